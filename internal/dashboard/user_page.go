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
	Email, Name, Role, Typed string
	Verified                 bool
	Revision                 string
	Wrong                    faults
	Stale                    bool
}

func userFormOf(u *account.User) userForm {
	return userForm{Email: u.Email, Name: u.Name, Role: string(u.Role), Verified: u.EmailVerified, Revision: strconv.FormatInt(u.Revision, 10), Wrong: faults{}}
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
	f := userFormOf(&u)
	f.Email, f.Name, f.Verified = strings.TrimSpace(r.PostForm.Get("email")), strings.TrimSpace(r.PostForm.Get("name")), on(r.PostForm, "verified")
	_, err = d.Accounts.Update(r.Context(), v.actor(), u.ID, revisionOf(r), func(u *account.User) error {
		u.Email, u.Name, u.EmailVerified = f.Email, f.Name, f.Verified
		return nil
	})
	return d.answerUser(w, r, v, &u, f, err, "Saved.")
}

// saveRole gives or takes a role. Nobody can leave the instance without an owner.
func (d *Dashboard) saveRole(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := d.Accounts.User(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := userFormOf(&u)
	f.Role = r.PostForm.Get("role")
	_, err = d.Accounts.Update(r.Context(), v.actor(), u.ID, 0, func(u *account.User) error {
		u.Role = account.Role(f.Role)
		return nil
	})
	return d.answerUser(w, r, v, &u, f, err, "Saved. The role counts from now on.")
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
	token, expires, err := d.Accounts.NewResetLink(r.Context(), u.ID)
	if err != nil {
		return err
	}
	link := d.Issuer + "reset?token=" + url.QueryEscape(token.Reveal())
	return v.write(w, r, http.StatusOK, resetLinkPage(v, &u, link, expires))
}

func (d *Dashboard) blockUser(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	if r.PostForm.Get("blocked") == "yes" {
		_, err = d.Accounts.Block(r.Context(), v.actor(), u.ID)
		return d.answerUser(w, r, v, &u, userFormOf(&u), err, "Blocked. Everything the person was signed in with has ended.")
	}
	_, err = d.Accounts.Unblock(r.Context(), v.actor(), u.ID)
	return d.answerUser(w, r, v, &u, userFormOf(&u), err, "Unblocked. The person can sign in again.")
}

func (d *Dashboard) deleteUser(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	f := userFormOf(&u)
	if f.Typed = strings.TrimSpace(r.PostForm.Get("typed")); f.Typed != u.Email {
		f.Wrong.add("typed", "Type the e-mail address exactly as it stands above: "+u.Email)
		return v.write(w, r, http.StatusUnprocessableEntity, userPage(v, &u, f))
	}
	err = d.Accounts.Delete(r.Context(), v.actor(), u.ID)
	if errors.Is(err, account.ErrLastOwner) {
		return d.answerUser(w, r, v, &u, f, err, "")
	}
	if err != nil {
		return err
	}
	return d.done(w, r, "/dashboard/users", u.Email+" was deleted.")
}

// answerUser answers a change of a user: done, or the page again with the reason in its place.
func (d *Dashboard) answerUser(w http.ResponseWriter, r *http.Request, v *visit, u *account.User, f userForm, err error, said string) error {
	invalid, wrong := errors.AsType[*account.Invalid](err)
	status := http.StatusUnprocessableEntity
	switch {
	case err == nil:
		return d.done(w, r, "/dashboard/users/"+u.ID, said)
	case wrong:
		f.Wrong.addAccount(invalid)
	case errors.Is(err, account.ErrConflict):
		f.Wrong.add("email", "There is a user with this e-mail address already.")
	case errors.Is(err, account.ErrLastOwner):
		f.Wrong.add("role", "This is the last owner who can sign in. Make another owner first.")
	case errors.Is(err, account.ErrStale):
		f.Stale, status = true, http.StatusConflict
	default:
		return err
	}
	return v.write(w, r, status, userPage(v, u, f))
}

var roleOptions = []ui.Option{
	{Value: "", Label: "None", Text: "Signs in to applications and nothing more."},
	{Value: string(account.Viewer), Label: "Viewer", Text: "Looks at everything but secrets, changes nothing."},
	{Value: string(account.Editor), Label: "Editor", Text: "Changes applications, APIs and people without a role."},
	{Value: string(account.Owner), Label: "Owner", Text: "Does everything: operators, signing keys and settings too."},
}
