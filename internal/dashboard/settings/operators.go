package settings

import (
	"errors"
	"net/http"
	"strings"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// inviteForm is the form for a new operator as it was and as it is shown again, and why another's role did not change.
type inviteForm struct {
	Email, Name, Role string
	Wrong             frame.Faults
	Refused           string
}

// writeOperators answers with the list, the newest 100 first: nobody has more.
func (d *Pages) writeOperators(w http.ResponseWriter, r *http.Request, v *frame.Visit, status int, p settingPage, f instanceForm, invite inviteForm) error {
	list, err := d.Accounts.Users(r.Context(), account.Query{Operators: true, Limit: registry.MaxPageSize})
	if err != nil {
		return err
	}
	if invite.Role == "" {
		invite.Role = string(account.Editor)
	}
	return v.Write(w, r, status, operatorsPage(v, p, f, list.Users, invite))
}

func operatorsTab() settingPage {
	for _, p := range settingPages {
		if p.Path == operatorsPath {
			return p
		}
	}
	return settingPage{}
}

// inviteOperator creates a user with a role, and shows the link by which they choose their password. Somebody who is there already
// is not changed by it: their page gives a role.
func (d *Pages) inviteOperator(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := inviteForm{
		Email: strings.TrimSpace(r.PostForm.Get("email")), Name: strings.TrimSpace(r.PostForm.Get("name")), Role: r.PostForm.Get("role"), Wrong: frame.Faults{},
	}
	if !account.Role(f.Role).Operator() {
		f.Wrong.Add("role", "Choose a role.")
	}
	var u account.User
	var err error
	if len(f.Wrong) == 0 {
		u, err = d.Accounts.Create(r.Context(), v.Actor(), account.NewUser{Email: f.Email, Name: f.Name, Role: account.Role(f.Role)})
	}
	if err != nil && !f.Wrong.AddUser(err) {
		return err
	}
	if len(f.Wrong) > 0 {
		p := operatorsTab()
		return d.writeOperators(w, r, v, http.StatusUnprocessableEntity, p, d.currentSettings(p.names()), f)
	}
	return d.ShowResetLink(w, r, v, &u, operatorsPath)
}

// changeOperator gives another role, or none: then the person stays, without this dashboard.
func (d *Pages) changeOperator(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	role := account.Role(r.PostForm.Get("role"))
	err := d.GiveRole(r, v, r.PathValue("id"), role)
	said := "Saved. The role counts from now on."
	if role == account.NoRole {
		said = "Removed. The person still signs in to applications, and no longer here."
	}
	f := inviteForm{Wrong: frame.Faults{}}
	switch wrong := (frame.Faults{}); {
	case err == nil:
		return d.Done(w, r, operatorsPath, said)
	case errors.Is(err, account.ErrNotFound) || !wrong.AddUser(err):
		return err
	default:
		f.Refused = wrong.First("role")
	}
	status := http.StatusUnprocessableEntity
	if _, stale := errors.AsType[*frame.RoleMoved](err); stale {
		status = http.StatusConflict
	}
	p := operatorsTab()
	return d.writeOperators(w, r, v, status, p, d.currentSettings(p.names()), f)
}

// operatorRoles are the roles without none.
func operatorRoles() []ui.Option { return frame.RoleOptions[1:] }
