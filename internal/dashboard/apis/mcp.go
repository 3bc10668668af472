package apis

import (
	"context"
	"errors"
	"net/http"
	"time"

	"clientele/internal/cimd"
	"clientele/internal/dashboard/frame"
	"clientele/internal/outbound"
	"clientele/internal/registry"
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

func (d *Pages) mcpOf(r *http.Request) (mcpPage, error) {
	a, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err == nil && a.System {
		err = registry.ErrNotFound // this server publishes metadata of its own
	}
	return mcpPage{
		API: a, Want: metadataOf(&a, d.Issuer), WellKnown: wellKnownOf(a.Identifier), Obstacle: uncheckable(a.Identifier, d.Outbound.Exempt),
	}, err
}

func (d *Pages) apiMCP(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	p, err := d.mcpOf(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, apiMCPPage(v, p))
}

// checkMCP asks the server behind the API for its document and, without a token, for the resource itself, and says what differs.
// Nothing is kept.
func (d *Pages) checkMCP(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	p, err := d.mcpOf(r)
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

func (d *Pages) lookLive(ctx context.Context, p mcpPage) ([]cimd.LintRow, error) {
	document, err := d.fetchLive(ctx, outbound.Request{URL: p.WellKnown, Accept: "application/json", MaxBytes: maxMetadata})
	if err != nil {
		return nil, err
	}
	rows := compareMetadata(p.Want, document)
	resource, err := d.fetchLive(ctx, outbound.Request{URL: p.API.Identifier, Accept: "application/json, text/event-stream", MaxBytes: maxMetadata})
	if err != nil {
		return nil, err
	}
	return append(rows, compareChallenge(p.WellKnown, resource)...), nil
}

// fetchLive fetches by the strangers' lane: checking never uses up what known clients need. The error is an *outbound.Busy or that
// of ctx.
func (d *Pages) fetchLive(ctx context.Context, ask outbound.Request) (fetched, error) {
	ask.Deadline, ask.Lane = liveDeadline, outbound.Strangers
	answer, err := d.Outbound.Get(ctx, ask)
	got := fetched{URL: ask.URL, Answer: answer}
	if failure, ok := errors.AsType[*outbound.Failure](err); ok {
		got.Failure, err = failure, nil
	}
	return got, err
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
