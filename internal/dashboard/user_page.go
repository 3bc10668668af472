package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"clientele/internal/account"
	"clientele/internal/ui"
)

// userForm is the page of a user as it was and as it is shown again.
type userForm struct {
	values url.Values
	Role   string // as it was chosen, in a form of its own
	Wrong  faults
	Stale  []staleField
}

func (f userForm) get(name string) string { return f.values.Get(name) }

// userFields are the fields of the form, in the order of the page.
var userFields = []string{"email", "verified", "name"}

func userFormOf(u *account.User) userForm {
	v := url.Values{}
	v.Set("revision", strconv.FormatInt(u.Revision, 10))
	v.Set("email", u.Email)
	v.Set("name", u.Name)
	setOn(v, "verified", u.EmailVerified)
	v.Set("seen", seenOf(v, userFields))
	return userForm{values: v, Role: string(u.Role), Wrong: faults{}}
}

// profileWrong reports whether the form itself came back with faults; those of role and password are other forms'.
func (f userForm) profileWrong() bool {
	return len(f.Wrong["email"])+len(f.Wrong["name"]) > 0 || len(f.Stale) > 0
}

// mayTouch: only an owner changes an operator, whatever it is about; otherwise an editor could take over an owner by setting
// a password.
func mayTouch(v *visit, u *account.User) bool {
	return v.canEdit() && (!u.Role.Operator() || v.may(account.ActManageOperators))
}

// touchable reads the user of the request, for a change.
func (d *Dashboard) touchable(r *http.Request, v *visit) (account.User, error) {
	u, err := d.Accounts.User(r.Context(), r.PathValue("id"))
	if err == nil && !mayTouch(v, &u) {
		return u, errForbidden
	}
	return u, err
}

func (d *Dashboard) user(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := d.Accounts.User(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, userPage(v, &u, userFormOf(&u)))
}

func (d *Dashboard) saveUser(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	f := userForm{values: r.PostForm, Role: string(u.Role), Wrong: faults{}}
	takeTheirs(f.values, userFormOf(&u).values, userFields)
	_, err = d.Accounts.Update(r.Context(), v.actor(), u.ID, revisionOf(r), func(u *account.User) error {
		u.Email, u.Name, u.EmailVerified = strings.TrimSpace(f.get("email")), strings.TrimSpace(f.get("name")), on(f.values, "verified")
		return nil
	})
	if errors.Is(err, account.ErrStale) {
		return d.staleUser(w, r, v, u.ID, f)
	}
	return d.answerUser(w, r, v, &u, f, err, "Saved.")
}

// staleUser answers a form whose user changed meanwhile with both versions. One that says what is there already was sent twice.
func (d *Dashboard) staleUser(w http.ResponseWriter, r *http.Request, v *visit, id string, f userForm) error {
	u, err := d.Accounts.User(r.Context(), id)
	if err != nil {
		return err
	}
	now := userFormOf(&u)
	f.Stale = staleFields(userFields, f.values, now.values, func(field string) string { return userTitles[field] }, userValueWords)
	if len(f.Stale) == 0 {
		if f.get("revision") == now.get("revision") {
			return d.done(w, r, userPath(&u, ""), "Saved.")
		}
		return d.done(w, r, userPath(&u, ""), "Saved. Somebody else changed something else in the meantime, which stays.")
	}
	if err := d.sayWho(r.Context(), "user", id, u.Revision-revisionOf(r), f.Stale); err != nil {
		return err
	}
	keepTheirs(f.values, now.values, f.Stale)
	return v.write(w, r, http.StatusConflict, userPage(v, &u, f))
}

// saveRole gives or takes a role. Nobody can leave the instance without an owner.
func (d *Dashboard) saveRole(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := d.Accounts.User(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := userFormOf(&u)
	f.Role = r.PostForm.Get("role")
	err = d.giveRole(r, v, u.ID, account.Role(f.Role))
	return d.answerUser(w, r, v, &u, f, err, "Saved. The role counts from now on.")
}

func (d *Dashboard) giveRole(r *http.Request, v *visit, id string, role account.Role) error {
	_, err := d.Accounts.Update(r.Context(), v.actor(), id, 0, func(u *account.User) error {
		u.Role = role
		return nil
	})
	return err
}

func (d *Dashboard) setPassword(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	err = d.Accounts.SetPassword(r.Context(), v.actor(), u.ID, r.PostForm.Get("password"))
	return d.answerUser(w, r, v, &u, userFormOf(&u), err, "Password set. Everything the person was signed in with has ended.")
}

// makeResetLink shows a link by which the person sets a new password. It is shown by answering the POST, and kept nowhere.
func (d *Dashboard) makeResetLink(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	return d.showResetLink(w, r, v, &u, userPath(&u, ""))
}

func (d *Dashboard) showResetLink(w http.ResponseWriter, r *http.Request, v *visit, u *account.User, back string) error {
	token, expires, err := d.Accounts.NewResetLink(r.Context(), u.ID)
	if err != nil {
		return err
	}
	link := d.Issuer + "reset?token=" + url.QueryEscape(token.Reveal())
	return v.write(w, r, http.StatusOK, resetLinkPage(v, u, link, expires, back))
}

// answerUser answers a change of a user: done, or the page again with the reason in its place.
func (d *Dashboard) answerUser(w http.ResponseWriter, r *http.Request, v *visit, u *account.User, f userForm, err error, said string) error {
	if err == nil {
		return d.done(w, r, userPath(u, ""), said)
	}
	if !f.Wrong.addUser(err) {
		return err
	}
	return v.write(w, r, http.StatusUnprocessableEntity, userPage(v, u, f))
}

// addUser puts why a change of a user was refused where it belongs, and reports whether that is what err says.
func (f faults) addUser(err error) bool {
	invalid, wrong := errors.AsType[*account.Invalid](err)
	switch {
	case wrong:
		f.addAccount(invalid)
	case errors.Is(err, account.ErrConflict):
		f.add("email", "There is a user with this e-mail address already.")
	case errors.Is(err, account.ErrLastOwner):
		f.add("role", "This is the last owner who can sign in. Make another owner first.")
	case errors.Is(err, account.ErrStale):
		f.add("role", "Somebody else changed the user in the same moment. Look again and save once more.")
	default:
		return false
	}
	return true
}

// userPath is a page of a user.
func userPath(u *account.User, tab string) string {
	if tab == "" {
		return "/dashboard/users/" + u.ID
	}
	return "/dashboard/users/" + u.ID + "/" + tab
}

func userTabs(u *account.User, current string) ui.Tabs {
	links := []ui.Link{{Label: "Profile"}, {Label: "Access", Href: "access"}, {Label: "Danger zone", Href: "danger"}}
	for i := range links {
		links[i].Current = links[i].Label == current
		links[i].Href = userPath(u, links[i].Href)
	}
	return ui.Tabs{Label: u.Email, Links: links}
}

var userTitles = map[string]string{"email": "E-mail address", "name": "Name", "verified": "The e-mail address is verified"}

var userValueWords = map[string]func(string) string{"email": asIs, "name": asIs, "verified": onOff}

var roleOptions = []ui.Option{
	{Value: "", Label: "None", Text: "Signs in to applications and nothing more."},
	{Value: string(account.Viewer), Label: "Viewer", Text: "Looks at everything but secrets, changes nothing."},
	{Value: string(account.Editor), Label: "Editor", Text: "Changes applications, APIs and people without a role."},
	{Value: string(account.Owner), Label: "Owner", Text: "Does everything: operators, signing keys and settings too."},
}
