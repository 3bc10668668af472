package frame

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// FreshFor is how long after a sign-in sensitive changes go through without another.
const FreshFor = 5 * time.Minute

// Visit is one request of an operator who is signed in.
type Visit struct {
	User    account.User
	Session account.Session
	Now     time.Time
	Site    ui.Site
	Flash   ui.Alert // what the request before this one did
	Here    string   // path of the request
	Waiting int      // applications that wait for approval
	Address string
}

// May reports whether the operator's role allows the action.
func (v *Visit) May(a account.Action) bool { return v.User.Role.May(a) }

// Fresh reports whether the operator signed in at most FreshFor ago.
func (v *Visit) Fresh() bool { return v.Session.Fresh(v.Now, FreshFor) }

// CanEdit reports whether the operator may change applications, APIs and people.
func (v *Visit) CanEdit() bool { return v.May(account.ActEdit) }

// Actor is the operator in the record of changes.
func (v *Visit) Actor() audit.Actor {
	return audit.Actor{Kind: audit.ActorOperator, ID: v.User.ID, Name: v.User.Email, Address: v.Address, Door: "dashboard"}
}

// ErrForbidden means that the operator's role does not allow it.
var ErrForbidden = errors.New("the role does not allow this")

// VisitOf finds out who asks. It fails with account.ErrNoSession.
func (d *Base) VisitOf(r *http.Request) (*Visit, error) {
	cookie, err := r.Cookie(d.CookieName(SessionCookie))
	if err != nil {
		return nil, account.ErrNoSession
	}
	s, u, err := d.Accounts.SessionOf(r.Context(), cookie.Value, account.OperatorSession)
	if err != nil {
		return nil, err
	}
	return &Visit{User: u, Session: s, Now: d.Now(), Site: d.Site(), Here: r.URL.Path, Address: AddressOf(r)}, nil
}

// AddressOf is the address of the browser; the server has put it where the connection's own stood.
func AddressOf(r *http.Request) string {
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
	{Label: "Tools", Href: ToolsPath, Icon: "tools"},
	{Label: "Settings", Href: "/dashboard/settings", Icon: "settings"},
}

// Page is the frame around a page of this visit. section is the place in the rail.
func (v *Visit) Page(title, section string, crumbs ...ui.Link) ui.Page {
	nav := make([]ui.Link, len(rail))
	copy(nav, rail)
	for i := range nav {
		nav[i].Current = nav[i].Label == section
		if nav[i].Label == "Applications" {
			nav[i].Count = v.Waiting
		}
	}
	search := "/dashboard/applications"
	if title == section && title != "Home" && title != "Tools" { // a list has its own
		search = ""
	}
	return ui.Page{
		Title: title, Search: search, Crumbs: crumbs, Nav: nav, Person: v.User.Email, Role: string(v.User.Role),
		Profile: "/dashboard/profile", SignOut: "/dashboard/signout", Here: v.Here, Flash: v.Flash,
	}
}

// TabPage is Page for one tab of a thing: the crumb is the thing's name, the window's title says the tab first.
func (v *Visit) TabPage(tab, name, section string, crumbs ...ui.Link) ui.Page {
	p := v.Page(name, section, crumbs...)
	p.Tab = tab
	return p
}

// AppPage is the frame around a tab of an application.
func (v *Visit) AppPage(a *registry.Application, tab string) ui.Page {
	return v.TabPage(tab, a.Name, "Applications", ToApplications)
}

// Write answers with a page.
func (v *Visit) Write(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	return v.Site.Write(w, r, status, ui.Plain, page)
}

// Lock is why a viewer cannot change a field.
func (v *Visit) Lock() string {
	if v.CanEdit() {
		return ""
	}
	return "Your role may look but not change."
}

// FromDocument is why a field of an imported application cannot be changed here.
const FromDocument = "Comes from the metadata document. Its owner changes it there."

// LockOwn is why a field that a metadata document would own cannot be changed.
func (v *Visit) LockOwn(a *registry.Application) string {
	if a.Import != nil {
		return FromDocument
	}
	return v.Lock()
}

// WidePage is page for a list with many columns.
func (v *Visit) WidePage(title, section string) ui.Page {
	p := v.Page(title, section)
	p.Wide = true
	return p
}

// OwesPasskey reports whether the operator has still to come with a passkey before anything else.
func (d *Base) OwesPasskey(v *Visit) bool {
	return d.Settings.Current().OperatorPasskeys && !v.Session.ByPasskey() && d.Accounts.PasskeysWork()
}
