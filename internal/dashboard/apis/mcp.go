package apis

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"clientele/internal/account"
	"clientele/internal/cimd"
	"clientele/internal/dashboard/frame"
	"clientele/internal/outbound"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// Fetcher is the one way out. outbound.Client is one.
type Fetcher interface {
	Get(ctx context.Context, r outbound.Request) (*outbound.Response, error)
	Exempt(hostport string) bool
}

// liveDeadline is how long a server is waited for that is checked.
const liveDeadline = 3 * time.Second

// mcpPage is what the page shows: what to serve, and what is served.
type mcpPage struct {
	API       registry.API
	Want      resourceMetadata
	WellKnown string // empty: the identifier is no URL
	Obstacle  string // why it cannot be checked from here; empty = it can
	Fault     string // why it was not checked just now
	Rows      []cimd.LintRow
	Took      time.Duration
}

func (d *Pages) mcpOf(r *http.Request, v *frame.Visit) (mcpPage, error) {
	a, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err == nil && a.System {
		err = registry.ErrNotFound // this server publishes metadata of its own
	}
	p := mcpPage{API: a, Want: metadataOf(&a, d.Issuer), WellKnown: wellKnownOf(a.Identifier), Obstacle: uncheckable(a.Identifier, d.Outbound.Exempt)}
	if p.Obstacle == "" && d.inside(a.Identifier) && !v.May(account.ActManageInstance) {
		p.Obstacle = "Its host is one that this server reaches by --outbound-allow only. What stands there may be for insiders, so owners alone check it from here."
	}
	return p, err
}

// inside reports whether the server behind an identifier is reached by an exception of the guard only. Whoever may edit an API
// chooses the path of its identifier, so without a further bar they could read along at a host of the inside.
func (d *Pages) inside(identifier string) bool {
	u, err := url.Parse(identifier)
	return err == nil && d.Outbound.Exempt(u.Host)
}

func (d *Pages) apiMCP(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	p, err := d.mcpOf(r, v)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, apiMCPPage(v, p))
}

// checkMCP asks the server behind the API for its document and, without a token, for the resource itself, and says what differs.
// Nothing is kept.
func (d *Pages) checkMCP(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	p, err := d.mcpOf(r, v)
	if err != nil {
		return err
	}
	if p.Obstacle != "" {
		return v.Write(w, r, http.StatusUnprocessableEntity, apiMCPPage(v, p))
	}
	start := d.Now()
	if err = d.Budget.MayLook(v.Actor()); err == nil {
		p.Rows, err = d.lookLive(r.Context(), p)
	}
	p.Took = d.Now().Sub(start)
	if retry, busy := frame.BusyFor(err); busy {
		p.Fault = "Too much was fetched just now. Try again in " + retry + "."
		return v.Write(w, r, http.StatusTooManyRequests, apiMCPPage(v, p))
	}
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, apiMCPPage(v, p))
}

// liveVerdict is the sentence above the rows.
func liveVerdict(rows []cimd.LintRow) string {
	worst := cimd.LintPass
	for _, row := range rows {
		if row.Verdict == cimd.LintFail || row.Verdict == cimd.LintWarn && worst == cimd.LintPass {
			worst = row.Verdict
		}
	}
	switch worst {
	case cimd.LintFail:
		return "Clients will not find their way"
	case cimd.LintWarn:
		return "Clients find their way, with something to know"
	}
	return "Clients find their way"
}

// liveFacts count the rows by their verdict.
func liveFacts(rows []cimd.LintRow) ui.Facts {
	counts := map[cimd.LintVerdict]int{}
	for _, row := range rows {
		counts[row.Verdict]++
	}
	f := ui.Facts{Kind: ui.Good}
	switch {
	case counts[cimd.LintFail] > 0:
		f.Kind = ui.Danger
	case counts[cimd.LintWarn] > 0:
		f.Kind = ui.Warn
	}
	for _, part := range []struct {
		verdict cimd.LintVerdict
		noun    string
	}{{cimd.LintFail, "failed"}, {cimd.LintWarn, "with a warning"}, {cimd.LintPass, "passed"}} {
		if n := counts[part.verdict]; n > 0 {
			f.Items = append(f.Items, strconv.Itoa(n)+" "+part.noun)
		}
	}
	return f
}
