package dashboard

import (
	"context"
	"net/http"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/dashboard/activity"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// homeView is the first page: what needs somebody, how it goes, and what to do first while something is missing.
type homeView struct {
	Applications, APIs, Users int
	AllAPIs                   int // this server's own among them, as its list has it
	Attention                 []attentionItem
	Charts                    []ui.Chart
	Lines                     []activity.LogLine
	Issuer                    string
}

// starting reports whether the instance still needs its first steps.
func (h homeView) starting() bool { return h.Applications == 0 || h.APIs == 0 || h.Users < 2 }

// homeLines is how many of the newest lines of the log Home shows.
const homeLines = 10

func (d *Dashboard) home(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	ctx := r.Context()
	h := homeView{Issuer: d.Issuer, Attention: d.needsAttention(ctx, v)}
	if err := d.countThings(ctx, &h); err != nil {
		return err
	}
	tallies, err := d.Events.Tallies(ctx, "", activity.FirstDay(v.Now))
	if err != nil {
		return err
	}
	h.Charts = []ui.Chart{activity.SignInChart(tallies, v.Now), activity.TokenChart(tallies, v.Now, "Tokens", "Nobody asked for a token.")}
	page, err := d.Events.Activity(ctx, audit.ActivityQuery{Limit: homeLines})
	if err != nil {
		return err
	}
	if h.Lines, err = d.activity().Lines(ctx, page.Entries); err != nil {
		return err
	}
	for i := range h.Lines { // the details are on the log's own page
		h.Lines[i].Fields, h.Lines[i].Facts = nil, nil
	}
	return v.Write(w, r, http.StatusOK, homePage(v, h))
}

func (d *Dashboard) countThings(ctx context.Context, h *homeView) error {
	apps, err := d.Registry.Applications(ctx, registry.Query{Limit: 1, Total: true})
	if err != nil {
		return err
	}
	apis, err := d.Registry.APIs(ctx, registry.APIQuery{Limit: 2, Total: true})
	if err != nil {
		return err
	}
	users, err := d.Accounts.Users(ctx, account.Query{Limit: 1, Total: true})
	if err != nil {
		return err
	}
	h.Applications, h.APIs, h.AllAPIs, h.Users = apps.Total, apis.Total, apis.Total, users.Total
	for _, api := range apis.Items {
		if api.System {
			h.APIs-- // the one of this server itself is not theirs
		}
	}
	return nil
}

var homeTypes = []ui.Link{
	{Label: "Native", Href: "/dashboard/applications/new?type=native", Icon: "native"},
	{Label: "Single page", Href: "/dashboard/applications/new?type=spa", Icon: "spa"},
	{Label: "Regular web", Href: "/dashboard/applications/new?type=regular_web", Icon: "regular_web"},
	{Label: "Machine to machine", Href: "/dashboard/applications/new?type=non_interactive", Icon: "non_interactive"},
}

// homeRoutes are the first page and the session.
func (d *Dashboard) homeRoutes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard", account.ActView, d.home),
		frame.On("GET /dashboard/attention/{kind}", account.ActView, d.attention),
		frame.On("POST /dashboard/signout", account.ActView, d.signOut),
		frame.On("GET /dashboard/continue", account.ActView, d.resume),
	}
}
