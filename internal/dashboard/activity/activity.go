package activity

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// Log is what the dashboard reads of what happened.
type Log interface {
	Activity(ctx context.Context, q audit.ActivityQuery) (audit.ActivityPage, error)
	Tallies(ctx context.Context, applicationID string, since time.Time) ([]audit.Tally, error)
	Names(ctx context.Context, applications, people []string) (map[string]string, error)
}

var toActivity = ui.Link{Label: "Activity", Href: frame.ActivityPath}

// activityFilter is what of the log somebody asked for, as it was typed.
type activityFilter struct {
	Path        string // of the list: the log, or an application's tab
	Show        string // change, use, refused; empty = all
	Kind        string
	Search      string // a reference
	Application string // id or client ID
	Person      string // id or e-mail address
	Since       string // day
	Until       string // day, which is included
	After       string
	Wrong       map[string]string // by field: why it selects nothing
}

func filterOf(r *http.Request, path string) activityFilter {
	form := r.URL.Query()
	get := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	return activityFilter{
		Path: path, Show: get("show"), Kind: get("kind"), Search: get("q"), Application: get("application"), Person: get("person"),
		Since: get("since"), Until: get("until"), After: get("after"), Wrong: map[string]string{},
	}
}

// values are the filters as they stand in a link.
func (f *activityFilter) values() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"show": f.Show, "kind": f.Kind, "q": f.Search, "application": f.Application, "person": f.Person, "since": f.Since, "until": f.Until,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func (f *activityFilter) filtered() bool { return len(f.values()) > 0 }

// narrow reports whether one of the filters is set that are folded away.
func (f *activityFilter) narrow() bool {
	return f.Application+f.Person+f.Since+f.Until != ""
}

// link is another page of the log with the same filters.
func (f *activityFilter) link(path, after string) string {
	q := f.values()
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (f *activityFilter) pager(next string) ui.Pager {
	p := ui.Pager{Shown: "50 a page, newest first"}
	if f.After != "" {
		p.First = f.link(f.Path, "")
	}
	if next != "" {
		p.Next = f.link(f.Path, next)
	}
	return p
}

// showOptions are where lines come from.
var showOptions = []ui.Option{
	{Label: "Everything"}, {Value: "change", Label: "Changes"}, {Value: "use", Label: "Sign-ins and tokens"}, {Value: "refused", Label: "Refused only"},
}

// query is the filter as the store takes it. What was typed and stands for nothing is in Wrong.
func (d *Pages) activityQuery(ctx context.Context, f *activityFilter) (audit.ActivityQuery, error) {
	q := audit.ActivityQuery{Kind: f.Kind, After: f.After, Limit: registry.DefaultPageSize, Refused: f.Show == "refused"}
	switch f.Show {
	case "change":
		q.Sources = []audit.Source{audit.Changes}
	case "use":
		q.Sources = []audit.Source{audit.Uses, audit.Refusals}
	}
	if f.Search != "" {
		var ok bool
		if q.Reference, ok = frame.AsReference(f.Search); !ok {
			f.Wrong["q"] = "A reference looks like 7KQ2-MD4F."
		}
	}
	var err error
	if q.ApplicationID, err = d.applicationTyped(ctx, f); err != nil {
		return q, err
	}
	if q.UserID, err = d.personTyped(ctx, f); err != nil {
		return q, err
	}
	q.Since = f.day("since", f.Since)
	if until := f.day("until", f.Until); !until.IsZero() {
		q.Until = until.AddDate(0, 0, 1)
	}
	return q, nil
}

func (f *activityFilter) day(name, typed string) time.Time {
	if typed == "" {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		f.Wrong[name] = "Type a day like 2026-07-31."
	}
	return day
}

func (d *Pages) applicationTyped(ctx context.Context, f *activityFilter) (id string, err error) {
	if f.Application == "" {
		return "", nil
	}
	a, err := d.Registry.Application(ctx, f.Application)
	if errors.Is(err, registry.ErrNotFound) {
		a, err = d.Registry.ApplicationByClientID(ctx, oauth.ClientID(f.Application))
	}
	if errors.Is(err, registry.ErrNotFound) { // what it did is kept longer than it
		f.Wrong["application"] = "There is no application with this client ID any more. What is kept of it is shown."
		return f.Application, nil
	}
	return a.ID, err
}

func (d *Pages) personTyped(ctx context.Context, f *activityFilter) (id string, err error) {
	if f.Person == "" || !strings.Contains(f.Person, "@") {
		return f.Person, nil
	}
	u, err := d.Accounts.UserByEmail(ctx, f.Person)
	if errors.Is(err, account.ErrNotFound) {
		f.Wrong["person"] = "Nobody has this e-mail address."
		return "", nil
	}
	return u.ID, err
}

// hopeless reports whether what was typed selects nothing at all.
func (f *activityFilter) hopeless() bool {
	for _, name := range []string{"q", "person", "since", "until"} {
		if f.Wrong[name] != "" {
			return true
		}
	}
	return false
}

// readLog reads one page of the log into words.
func (d *Pages) readLog(ctx context.Context, f *activityFilter) (lines []LogLine, next string, err error) {
	q, err := d.activityQuery(ctx, f)
	if err != nil || f.hopeless() {
		return nil, "", err
	}
	page, err := d.Events.Activity(ctx, q)
	if err != nil {
		return nil, "", err
	}
	lines, err = d.Lines(ctx, page.Entries)
	return lines, page.Next, err
}

// listActivity answers with the log. A reference that explains itself leads to the explanation.
func (d *Pages) listActivity(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := filterOf(r, frame.ActivityPath)
	if ref, ok := frame.AsReference(f.Search); ok && len(f.values()) == 1 {
		t, err := d.trace(r, ref)
		if err != nil {
			return err
		}
		if t != nil {
			http.Redirect(w, r, d.Path(frame.RefusalsPath+"/"+ref), http.StatusSeeOther)
			return nil
		}
	}
	lines, next, err := d.readLog(r.Context(), &f)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, activityPage(v, &f, lines, next))
}

// Routes are what happened and what was refused.
func (d *Pages) Routes() []frame.Route {
	return slices.Concat([]frame.Route{
		frame.On("GET /dashboard/activity", account.ActView, d.listActivity),
		frame.On("GET /dashboard/activity/export.jsonl", account.ActView, d.exportActivity),
		frame.On("GET /dashboard/applications/{id}/activity", account.ActView, d.applicationActivity),
	}, d.refusalRoutes())
}
