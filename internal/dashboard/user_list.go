package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

var toUsers = ui.Link{Label: "Users", Href: "/dashboard/users"}

// userList is what the list shows.
type userList struct {
	Search, Who, After string
	Page               account.Page
}

func (l userList) filtered() bool { return l.Search != "" || l.Who != "" }

func (l userList) pager() ui.Pager {
	q := url.Values{}
	if l.Search != "" {
		q.Set("q", l.Search)
	}
	if l.Who != "" {
		q.Set("who", l.Who)
	}
	p := ui.Pager{Shown: "50 a page, newest first"}
	if l.After != "" {
		p.First = "/dashboard/users?" + q.Encode()
	}
	if l.Page.Next != "" {
		q.Set("after", l.Page.Next)
		p.Next = "/dashboard/users?" + q.Encode()
	}
	return p
}

func (d *Dashboard) listUsers(w http.ResponseWriter, r *http.Request, v *visit) error {
	form := r.URL.Query()
	l := userList{Search: form.Get("q"), Who: form.Get("who"), After: form.Get("after")}
	var err error
	l.Page, err = d.Accounts.Users(r.Context(), account.Query{
		Search: l.Search, Operators: l.Who == "operators", Blocked: l.Who == "blocked", After: l.After, Limit: registry.DefaultPageSize,
	})
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, usersPage(v, l))
}

var whoFilter = []ui.Option{{Label: "Everybody"}, {Value: "operators", Label: "Operators"}, {Value: "blocked", Label: "Blocked"}}

// newUserForm is the form for a new user as it was and as it is shown again. A password is never shown again.
type newUserForm struct {
	Email, Name string
	Verified    bool
	Wrong       faults
}

func (d *Dashboard) newUser(w http.ResponseWriter, r *http.Request, v *visit) error {
	return v.write(w, r, http.StatusOK, newUserPage(v, newUserForm{}))
}

func (d *Dashboard) createUser(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := newUserForm{Email: strings.TrimSpace(r.PostForm.Get("email")), Name: strings.TrimSpace(r.PostForm.Get("name")), Verified: on(r.PostForm, "verified"), Wrong: faults{}}
	u, err := d.Accounts.Create(r.Context(), v.actor(), account.NewUser{Email: f.Email, EmailVerified: f.Verified, Name: f.Name, Password: r.PostForm.Get("password")})
	invalid, wrong := errors.AsType[*account.Invalid](err)
	switch {
	case wrong:
		f.Wrong.addAccount(invalid)
	case errors.Is(err, account.ErrConflict):
		f.Wrong.add("email", "There is a user with this e-mail address already.")
	case err != nil:
		return err
	default:
		return d.done(w, r, "/dashboard/users/"+u.ID, "User created.")
	}
	return v.write(w, r, http.StatusUnprocessableEntity, newUserPage(v, f))
}

// userBadge is what is worth knowing about a user at a glance.
func userBadge(u *account.User) ui.Badge {
	switch {
	case u.Blocked:
		return ui.Badge{Kind: ui.Danger, Text: "blocked", Dot: true}
	case u.PasswordHash == "":
		return ui.Badge{Kind: ui.Note, Text: "no password", Dot: true}
	}
	return ui.Badge{Kind: ui.Good, Text: "can sign in", Dot: true}
}

// userRoutes are people and operators.
func (d *Dashboard) userRoutes() []route {
	return []route{
		{"GET /dashboard/users", account.ActView, false, d.listUsers},
		{"GET /dashboard/users/new", account.ActEdit, false, d.newUser},
		{"POST /dashboard/users/new", account.ActEdit, false, d.createUser},
		{"GET /dashboard/users/{id}", account.ActView, false, d.user},
		{"POST /dashboard/users/{id}", account.ActEdit, false, d.saveUser},
		{"POST /dashboard/users/{id}/role", account.ActManageOperators, true, d.saveRole},
		{"POST /dashboard/users/{id}/password", account.ActEdit, true, d.setPassword},
		{"POST /dashboard/users/{id}/reset", account.ActEdit, true, d.makeResetLink},
		{"GET /dashboard/users/{id}/access", account.ActView, false, d.userAccess},
		{"POST /dashboard/users/{id}/sessions", account.ActEdit, false, d.endUserSessions},
		{"POST /dashboard/users/{id}/sessions/{session}", account.ActEdit, false, d.endUserSession},
		{"POST /dashboard/users/{id}/applications/{app}", account.ActEdit, false, d.disconnect},
		{"POST /dashboard/users/{id}/passkeys/{passkey}", account.ActEdit, true, d.removePasskeyOf},
		{"GET /dashboard/users/{id}/danger", account.ActView, false, d.userDanger},
		{"POST /dashboard/users/{id}/block", account.ActEdit, false, d.blockUser},
		{"POST /dashboard/users/{id}/delete", account.ActEdit, true, d.deleteUser},
	}
}
