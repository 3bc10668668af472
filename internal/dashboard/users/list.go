package users

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

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

func (d *Pages) listUsers(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	form := r.URL.Query()
	l := userList{Search: form.Get("q"), Who: form.Get("who"), After: form.Get("after")}
	var err error
	l.Page, err = d.Accounts.Users(r.Context(), account.Query{
		Search: l.Search, Operators: l.Who == "operators", Blocked: l.Who == "blocked", After: l.After, Limit: registry.DefaultPageSize,
	})
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, usersPage(v, l))
}

var whoFilter = []ui.Option{{Label: "Everybody"}, {Value: "operators", Label: "Operators"}, {Value: "blocked", Label: "Blocked"}}

// newUserForm is the form for a new user as it was and as it is shown again. A password is never shown again.
type newUserForm struct {
	Email, Name string
	Verified    bool
	Wrong       frame.Faults
}

func (d *Pages) newUser(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return v.Write(w, r, http.StatusOK, newUserPage(v, newUserForm{}))
}

func (d *Pages) createUser(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := newUserForm{Email: strings.TrimSpace(r.PostForm.Get("email")), Name: strings.TrimSpace(r.PostForm.Get("name")), Verified: frame.Ticked(r.PostForm, "verified"), Wrong: frame.Faults{}}
	u, err := d.Accounts.Create(r.Context(), v.Actor(), account.NewUser{Email: f.Email, EmailVerified: f.Verified, Name: f.Name, Password: r.PostForm.Get("password")})
	invalid, wrong := errors.AsType[*account.Invalid](err)
	switch {
	case wrong:
		f.Wrong.AddAccount(invalid)
	case errors.Is(err, account.ErrConflict):
		f.Wrong.Add("email", "There is a user with this e-mail address already.")
	case err != nil:
		return err
	default:
		return d.Done(w, r, "/dashboard/users/"+u.ID, "User created.")
	}
	return v.Write(w, r, http.StatusUnprocessableEntity, newUserPage(v, f))
}

// Routes are people and operators.
func (d *Pages) Routes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/users", account.ActView, d.listUsers),
		frame.On("GET /dashboard/users/new", account.ActEdit, d.newUser),
		frame.On("POST /dashboard/users/new", account.ActEdit, d.createUser),
		frame.On("GET /dashboard/users/{id}", account.ActView, d.user),
		frame.On("POST /dashboard/users/{id}", account.ActEdit, d.saveUser),
		frame.OnFresh("POST /dashboard/users/{id}/role", account.ActManageOperators, d.saveRole),
		frame.OnFresh("POST /dashboard/users/{id}/password", account.ActEdit, d.setPassword),
		frame.OnFresh("POST /dashboard/users/{id}/reset", account.ActEdit, d.makeResetLink),
		frame.On("GET /dashboard/users/{id}/access", account.ActView, d.userAccess),
		frame.On("POST /dashboard/users/{id}/sessions", account.ActEdit, d.endUserSessions),
		frame.On("POST /dashboard/users/{id}/sessions/{session}", account.ActEdit, d.endUserSession),
		frame.On("POST /dashboard/users/{id}/applications/{app}", account.ActEdit, d.disconnect),
		frame.OnFresh("POST /dashboard/users/{id}/passkeys/{passkey}", account.ActEdit, d.removePasskeyOf),
		frame.On("GET /dashboard/users/{id}/danger", account.ActView, d.userDanger),
		frame.On("POST /dashboard/users/{id}/block", account.ActEdit, d.blockUser),
		frame.OnFresh("POST /dashboard/users/{id}/delete", account.ActEdit, d.deleteUser),
	}
}
