package activity

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// refusalList is the refused attempts of clients that have a URL.
type refusalList struct {
	Search string // a reference, or a client ID
	Kind   string
	Page   registry.Page[audit.Trace]
	After  string
}

func (l refusalList) filtered() bool { return l.Search != "" || l.Kind != "" }

func (l refusalList) link(after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": l.Search, "kind": l.Kind, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return frame.RefusalsPath
	}
	return frame.RefusalsPath + "?" + q.Encode()
}

func (l refusalList) pager() ui.Pager {
	p := ui.Pager{Shown: "50 a page, newest first"}
	if l.After != "" {
		p.First = l.link("")
	}
	if l.Page.Next != "" {
		p.Next = l.link(l.Page.Next)
	}
	return p
}

// withOwnSearch is the frame of a list that has a search of its own.
func withOwnSearch(p ui.Page) ui.Page {
	p.Search = ""
	return p
}

// listRefusals answers with the list, or with the one trace that a reference names.
func (d *Pages) listRefusals(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	form := r.URL.Query()
	l := refusalList{Search: strings.TrimSpace(form.Get("q")), Kind: form.Get("kind"), After: form.Get("after")}
	if ref, ok := frame.AsReference(l.Search); ok {
		http.Redirect(w, r, d.Path(frame.RefusalsPath+"/"+ref), http.StatusSeeOther)
		return nil
	}
	var err error
	if l.Page, err = d.Registry.Traces(r.Context(), registry.TraceQuery{ClientID: l.Search, Kind: audit.FailureKind(l.Kind), After: l.After, Limit: registry.DefaultPageSize}); err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, refusalsPage(v, l))
}

// refusal explains one refused attempt.
func (d *Pages) refusal(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	ref, _ := frame.AsReference(r.PathValue("reference"))
	t, err := d.trace(r, ref)
	if err != nil {
		return err
	}
	if t == nil {
		return d.withoutTrace(w, r, v, ref)
	}
	var a *registry.Application
	if t.ApplicationID != "" {
		if found, err := d.Registry.Application(r.Context(), t.ApplicationID); err == nil {
			a = &found
		}
	}
	names, err := d.Events.Names(r.Context(), nil, distinct([]string{t.UserID}))
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, refusalPage(v, t, a, names[t.UserID]))
}

// withoutTrace leads to what the log says under a reference that nothing explains further.
func (d *Pages) withoutTrace(w http.ResponseWriter, r *http.Request, v *frame.Visit, ref string) error {
	page, err := d.Events.Activity(r.Context(), audit.ActivityQuery{Reference: ref, Limit: 1})
	if err != nil {
		return err
	}
	if len(page.Entries) == 0 {
		return v.Write(w, r, http.StatusNotFound, noRefusalPage(v, ref))
	}
	http.Redirect(w, r, d.Path(frame.ActivityPath+"?q="+ref), http.StatusSeeOther)
	return nil
}

func (d *Pages) trace(r *http.Request, ref string) (*audit.Trace, error) {
	page, err := d.Registry.Traces(r.Context(), registry.TraceQuery{Reference: ref, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	return &page.Items[0], nil
}

// The audience exception that a trace offers: which rule it is about, and for how long it is made.
const (
	audienceRule  = "assertion_aud_token_endpoint"
	exceptionSpan = 90 * 24 * time.Hour
)

// acceptAudience accepts the token endpoint's URL as aud of the client's assertions for a while.
func (d *Pages) acceptAudience(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	ref, _ := frame.AsReference(r.PathValue("reference"))
	t, err := d.trace(r, ref)
	if err != nil {
		return err
	}
	if t == nil || t.Rule != audienceRule || t.ApplicationID == "" {
		return registry.ErrNotFound
	}
	a, err := d.Registry.SetAudienceException(r.Context(), v.Actor(), t.ApplicationID, v.Now.Add(exceptionSpan))
	if err != nil {
		return err
	}
	return d.Done(w, r, frame.AppPath(&a, "document"), "The token endpoint's URL is accepted as audience until "+v.Now.Add(exceptionSpan).UTC().Format("2 January 2006")+".")
}

// detailWords are what the page calls the details of a trace.
var detailWords = map[string]string{
	"status": "Status", "content_type": "Media type", "bytes": "Size", "address": "Address of the host", "took": "Took",
}

// detailRows are the details of a trace in an order that stays the same.
func detailRows(t *audit.Trace) []ui.Hidden {
	rows := make([]ui.Hidden, 0, len(t.Detail))
	for _, key := range slices.Sorted(maps.Keys(t.Detail)) {
		if key == "rule" && t.Detail["pattern"] != "" { // its id says nothing beside what it is for
			continue
		}
		name := detailWords[key]
		if name == "" {
			name = frame.Capital(strings.ReplaceAll(key, "_", " "))
		}
		rows = append(rows, ui.Hidden{Name: name, Value: detailValue(key, t.Detail[key])})
	}
	return rows
}

// detailValue is a detail with its unit.
func detailValue(key, value string) string {
	switch key {
	case "bytes":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return ui.Number(n) + " bytes"
		}
	case "took":
		if d, err := time.ParseDuration(value); err == nil && d < 10*time.Second {
			return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
		}
	}
	return value
}

// traceReport is a trace as text, for whoever publishes the client.
func traceReport(t *audit.Trace) string {
	var sb strings.Builder
	sb.WriteString("Refused " + t.At.UTC().Format(time.RFC3339) + ", reference " + t.Reference + "\nclient " + t.ClientID + "\n")
	frame.WriteProblem(&sb, string(t.Side), ui.Problem{Title: t.Message, Where: t.Rule, Value: t.Value, Mend: t.Mend, Written: t.Spec})
	for _, row := range detailRows(t) {
		sb.WriteString("  " + row.Name + ": " + row.Value + "\n")
	}
	return sb.String()
}

func kindFilter() []ui.Option {
	options := []ui.Option{{Label: "All reasons"}}
	for _, k := range audit.FailureKinds() {
		options = append(options, ui.Option{Value: string(k), Label: frame.Capital(frame.FailureWord(k))})
	}
	return options
}

// doorWords say where somebody was refused.
var doorWords = map[string]string{
	"authorize": "at sign-in", "token": "fetching tokens", "revoke": "revoking a token", "par": "sending a request ahead", "import": "at import", "refresh": "refreshing its document",
}

func doorWord(door string) string {
	if w := doorWords[door]; w != "" {
		return w
	}
	return door
}

// traceTitle is what a trace is about in one line.
func traceTitle(t *audit.Trace) string {
	if t.Message != "" {
		return frame.Capital(t.Message)
	}
	return frame.Capital(frame.FailureWord(t.Kind))
}

// traceClient is the client of a trace as a host, if it has one.
func traceClient(t *audit.Trace) string {
	return clientName(t.ClientID)
}

// clientName is a client ID as the log names it: a URL by its host.
func clientName(id string) string {
	if strings.HasPrefix(id, "https://") {
		id = frame.HostOfURL(id)
	}
	return frame.Shortened(id)
}

// refusalRoutes are the refused applications and why they were.
func (d *Pages) refusalRoutes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/activity/refusals", account.ActView, d.listRefusals),
		frame.On("GET /dashboard/activity/refusals/{reference}", account.ActView, d.refusal),
		frame.OnFresh("POST /dashboard/activity/refusals/{reference}/accept-audience", account.ActEdit, d.acceptAudience),
	}
}
