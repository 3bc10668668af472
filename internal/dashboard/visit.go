package dashboard

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/ui"
)

// freshFor is how long after a sign-in sensitive changes go through without another.
const freshFor = 5 * time.Minute

// visit is one request of an operator who is signed in.
type visit struct {
	user    account.User
	session account.Session
	now     time.Time
	site    ui.Site
	flash   ui.Alert // what the request before this one did
	here    string   // path of the request
	waiting int      // applications that wait for approval
	address string
}

// may reports whether the operator's role allows the action.
func (v *visit) may(a account.Action) bool { return v.user.Role.May(a) }

// canEdit reports whether the operator may change applications, APIs and people.
func (v *visit) canEdit() bool { return v.may(account.ActEdit) }

// actor is the operator in the record of changes.
func (v *visit) actor() audit.Actor {
	return audit.Actor{Kind: audit.ActorOperator, ID: v.user.ID, Name: v.user.Email, Address: v.address, Door: "dashboard"}
}

// errForbidden means that the operator's role does not allow it.
var errForbidden = errors.New("the role does not allow this")

// behindSignIn lets operators through whose role allows the route, and sends everybody else to the sign-in page. What a form
// carried when the session ended, or when it is no longer fresh, is kept until after the sign-in.
func (d *Dashboard) behindSignIn(rt route) http.Handler {
	return d.open(func(w http.ResponseWriter, r *http.Request) error {
		v, err := d.visitOf(r)
		switch {
		case errors.Is(err, account.ErrNoSession):
			return d.askWhoItIs(w, r, nil)
		case err != nil:
			return err
		case d.owesPasskey(v) && !beforePasskey[rt.pattern]:
			return d.demandPasskey(w, r, v)
		case !v.may(rt.needs):
			return d.refuseRole(w, r, v)
		case rt.fresh && !v.session.Fresh(v.now, freshFor):
			return d.askWhoItIs(w, r, v)
		}
		v.flash = d.takeFlash(w, r)
		v.waiting = d.waitingCount(r.Context())
		return d.failedInside(w, r, v, rt.page(w, r, v))
	})
}

// open wraps a page that anybody may ask for.
func (d *Dashboard) open(page func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if r.Method == http.MethodPost {
			if err := parseForm(r); err != nil {
				d.failed(w, r, err)
				return
			}
		}
		if err := page(w, r); err != nil {
			d.failed(w, r, err)
		}
	}
}

// visitOf finds out who asks. It fails with account.ErrNoSession.
func (d *Dashboard) visitOf(r *http.Request) (*visit, error) {
	cookie, err := r.Cookie(d.cookieName(sessionCookie))
	if err != nil {
		return nil, account.ErrNoSession
	}
	s, u, err := d.Accounts.SessionOf(r.Context(), cookie.Value, account.OperatorSession)
	if err != nil {
		return nil, err
	}
	return &visit{user: u, session: s, now: d.Now(), site: d.Site(), here: r.URL.Path, address: addressOf(r)}, nil
}

// addressOf is the address of the browser; the server has put it where the connection's own stood.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// rail is the dashboard's navigation.
var rail = []ui.Link{
	{Label: "Home", Href: "/dashboard", Icon: "home"},
	{Label: "Applications", Href: "/dashboard/applications", Icon: "applications"},
	{Label: "APIs", Href: "/dashboard/apis", Icon: "api"},
	{Label: "Users", Href: "/dashboard/users", Icon: "users"},
	{Label: "Activity", Href: "/dashboard/activity", Icon: "activity"},
	{Label: "Tools", Href: toolsPath, Icon: "tools"},
	{Label: "Settings", Href: "/dashboard/settings", Icon: "settings"},
}

// page is the frame around a page of this visit. section is the place in the rail.
func (v *visit) page(title, section string, crumbs ...ui.Link) ui.Page {
	nav := make([]ui.Link, len(rail))
	copy(nav, rail)
	for i := range nav {
		nav[i].Current = nav[i].Label == section
		if nav[i].Label == "Applications" {
			nav[i].Count = v.waiting
		}
	}
	search := "/dashboard/applications"
	if title == section && title != "Home" { // a list has its own
		search = ""
	}
	return ui.Page{
		Title: title, Search: search, Crumbs: crumbs, Nav: nav, Person: v.user.Email, Role: string(v.user.Role),
		Profile: "/dashboard/profile", SignOut: "/dashboard/signout", Here: v.here, Flash: v.flash,
	}
}

// write answers with a page.
func (v *visit) write(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	return v.site.Write(w, r, status, ui.Plain, page)
}
