package frame

import (
	"errors"
	"net/http"
	"net/url"

	"clientele/internal/account"
	"clientele/internal/ui"
)

// ToUsers leads to the list of people.
var ToUsers = ui.Link{Label: "Users", Href: "/dashboard/users"}

// UserBadge is what is worth knowing about a user at a glance.
func UserBadge(u *account.User) ui.Badge {
	switch {
	case u.Blocked:
		return ui.Badge{Kind: ui.Danger, Text: "blocked", Dot: true}
	case u.PasswordHash == "":
		return ui.Badge{Kind: ui.Note, Text: "no password", Dot: true}
	}
	return ui.Badge{Kind: ui.Good, Text: "can sign in", Dot: true}
}

// RoleOptions are the roles, with none first.
var RoleOptions = []ui.Option{
	{Value: "", Label: "None", Text: "Signs in to applications and nothing more."},
	{Value: string(account.Viewer), Label: "Viewer", Text: "Looks at everything but secrets, changes nothing."},
	{Value: string(account.Editor), Label: "Editor", Text: "Changes applications, APIs and people without a role."},
	{Value: string(account.Owner), Label: "Owner", Text: "Does everything: operators, signing keys and settings too."},
}

// UserPath is a page of a user.
func UserPath(u *account.User, tab string) string {
	if tab == "" {
		return "/dashboard/users/" + u.ID
	}
	return "/dashboard/users/" + u.ID + "/" + tab
}

// RoleMoved means that somebody else gave the person another role since the form was made.
type RoleMoved struct{ Now account.Role }

// Error says which role it is now.
func (e *RoleMoved) Error() string {
	if e.Now == account.NoRole {
		return "the person has no role any more"
	}
	return "the role is " + string(e.Now) + " now"
}

// GiveRole makes a person an operator, or takes that back. A form that carries in was which role it was made from changes that one
// only. It fails with account.ErrLastOwner, and with *RoleMoved.
func (d *Base) GiveRole(r *http.Request, v *Visit, id string, role account.Role) error {
	_, err := d.Accounts.Update(r.Context(), v.Actor(), id, 0, func(u *account.User) error {
		if r.PostForm.Has("was") && string(u.Role) != r.PostForm.Get("was") && u.Role != role {
			return &RoleMoved{u.Role}
		}
		u.Role = role
		return nil
	})
	return err
}

// ShowResetLink makes a link by which the person sets a password, and shows it this once. back is where Done leads.
func (d *Base) ShowResetLink(w http.ResponseWriter, r *http.Request, v *Visit, u *account.User, back string) error {
	token, expires, err := d.Accounts.NewResetLink(r.Context(), u.ID)
	if err != nil {
		return err
	}
	link := d.Issuer + "reset?token=" + url.QueryEscape(token.Reveal())
	return v.Write(w, r, http.StatusOK, resetLinkPage(v, u, link, expires, back))
}

// AddUser puts why a change of a user was refused where it belongs, and reports whether that is what err says.
func (f Faults) AddUser(err error) bool {
	invalid, wrong := errors.AsType[*account.Invalid](err)
	stale, moved := errors.AsType[*RoleMoved](err)
	switch {
	case wrong:
		f.AddAccount(invalid)
	case errors.Is(err, account.ErrConflict):
		f.Add("email", "There is a user with this e-mail address already.")
	case errors.Is(err, account.ErrLastOwner):
		f.Add("role", "This is the last owner who can sign in. Make another owner first.")
	case moved:
		f.Add("role", "Somebody else changed this in the meantime: "+stale.Error()+". Nothing was overwritten; choose again.")
	case errors.Is(err, account.ErrStale):
		f.Add("role", "Somebody else changed the user in the same moment. Look again and save once more.")
	default:
		return false
	}
	return true
}
