package users

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/ui"
)

// userForm is the page of a user as it was and as it is shown again.
type userForm struct {
	values url.Values
	Role   string // as it was chosen, in a form of its own
	Wrong  frame.Faults
	Stale  []frame.StaleField
}

func (f userForm) get(name string) string { return f.values.Get(name) }

// userFields are the fields of the form, in the order of the page.
var userFields = []string{"email", "verified", "name"}

func userFormOf(u *account.User) userForm {
	v := url.Values{}
	v.Set("revision", strconv.FormatInt(u.Revision, 10))
	v.Set("email", u.Email)
	v.Set("name", u.Name)
	frame.SetOn(v, "verified", u.EmailVerified)
	v.Set("seen", frame.SeenOf(v, userFields))
	return userForm{values: v, Role: string(u.Role), Wrong: frame.Faults{}}
}

// profileWrong reports whether the form itself came back with faults; those of role and password are other forms'.
func (f userForm) profileWrong() bool {
	return len(f.Wrong["email"])+len(f.Wrong["name"]) > 0 || len(f.Stale) > 0
}

// mayTouch: only an owner changes an operator, whatever it is about; otherwise an editor could take over an owner by setting
// a password.
func mayTouch(v *frame.Visit, u *account.User) bool {
	return v.CanEdit() && (!u.Role.Operator() || v.May(account.ActManageOperators))
}

// touchable reads the user of the request, for a change.
func (d *Pages) touchable(r *http.Request, v *frame.Visit) (account.User, error) {
	u, err := d.Accounts.User(r.Context(), r.PathValue("id"))
	if err == nil && !mayTouch(v, &u) {
		return u, frame.ErrForbidden
	}
	return u, err
}

func (d *Pages) user(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.Accounts.User(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, userPage(v, &u, userFormOf(&u)))
}

func (d *Pages) saveUser(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	f := userForm{values: r.PostForm, Role: string(u.Role), Wrong: frame.Faults{}}
	frame.TakeTheirs(f.values, userFormOf(&u).values, userFields)
	_, err = d.Accounts.Update(r.Context(), v.Actor(), u.ID, frame.RevisionOf(r), func(u *account.User) error {
		u.Email, u.Name, u.EmailVerified = strings.TrimSpace(f.get("email")), strings.TrimSpace(f.get("name")), frame.Ticked(f.values, "verified")
		return nil
	})
	if errors.Is(err, account.ErrStale) {
		return d.staleUser(w, r, v, u.ID, f)
	}
	return d.answerUser(w, r, v, &u, f, err, "Saved.")
}

// staleUser answers a form whose user changed meanwhile with both versions. One that says what is there already was sent twice.
func (d *Pages) staleUser(w http.ResponseWriter, r *http.Request, v *frame.Visit, id string, f userForm) error {
	u, err := d.Accounts.User(r.Context(), id)
	if err != nil {
		return err
	}
	now := userFormOf(&u)
	f.Stale = frame.StaleFields(userFields, f.values, now.values, func(field string) string { return userTitles[field] }, userValueWords)
	if len(f.Stale) == 0 {
		if f.get("revision") == now.get("revision") {
			return d.Done(w, r, frame.UserPath(&u, ""), "Saved.")
		}
		return d.Done(w, r, frame.UserPath(&u, ""), "Saved. Somebody else changed something else in the meantime, which stays.")
	}
	if err := d.SayWho(r.Context(), "user", id, u.Revision-frame.RevisionOf(r), f.Stale); err != nil {
		return err
	}
	frame.KeepTheirs(f.values, now.values, f.Stale)
	return v.Write(w, r, http.StatusConflict, userPage(v, &u, f))
}

// saveRole gives or takes a role. Nobody can leave the instance without an owner.
func (d *Pages) saveRole(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.Accounts.User(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := userFormOf(&u)
	f.Role = r.PostForm.Get("role")
	err = d.GiveRole(r, v, u.ID, account.Role(f.Role))
	if moved, stale := errors.AsType[*frame.RoleMoved](err); stale {
		f.Wrong.AddUser(err)
		u.Role, f.Role = moved.Now, string(moved.Now)
		return v.Write(w, r, http.StatusConflict, userPage(v, &u, f))
	}
	return d.answerUser(w, r, v, &u, f, err, "Saved. The role counts from now on.")
}

func (d *Pages) setPassword(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	err = d.Accounts.SetPassword(r.Context(), v.Actor(), u.ID, r.PostForm.Get("password"))
	return d.answerUser(w, r, v, &u, userFormOf(&u), err, "Password set. Everything the person was signed in with has ended.")
}

// makeResetLink shows a link by which the person sets a new password. It is shown by answering the POST, and kept nowhere.
func (d *Pages) makeResetLink(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	return d.ShowResetLink(w, r, v, &u, frame.UserPath(&u, ""))
}

// answerUser answers a change of a user: done, or the page again with the reason in its place.
func (d *Pages) answerUser(w http.ResponseWriter, r *http.Request, v *frame.Visit, u *account.User, f userForm, err error, said string) error {
	if err == nil {
		return d.Done(w, r, frame.UserPath(u, ""), said)
	}
	if !f.Wrong.AddUser(err) {
		return err
	}
	return v.Write(w, r, http.StatusUnprocessableEntity, userPage(v, u, f))
}

func userTabs(u *account.User, current string) ui.Tabs {
	links := []ui.Link{{Label: "Profile"}, {Label: "Access", Href: "access"}, {Label: "Danger zone", Href: "danger"}}
	for i := range links {
		links[i].Current = links[i].Label == current
		links[i].Href = frame.UserPath(u, links[i].Href)
	}
	return ui.Tabs{Label: u.Email, Links: links}
}

var userTitles = map[string]string{"email": "E-mail address", "name": "Name", "verified": "The e-mail address is verified"}

var userValueWords = map[string]func(string) string{"email": frame.AsIs, "name": frame.AsIs, "verified": frame.OnOff}
