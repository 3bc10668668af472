package dashboard

import (
	"errors"
	"net/http"

	"clientele/internal/registry"
	"clientele/internal/ui"
)

// dangerForm is the page of the verbs that stop something from working.
type dangerForm struct {
	Once  string
	Typed string
	Wrong faults
	Uses  int // client grants that go with the application
}

func (d *Dashboard) danger(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.writeDanger(w, r, v, &a, dangerForm{}, http.StatusOK)
}

func (d *Dashboard) writeDanger(w http.ResponseWriter, r *http.Request, v *visit, a *registry.Application, f dangerForm, status int) error {
	grants, err := d.Registry.ClientGrants(r.Context(), registry.ClientGrantQuery{ApplicationID: a.ID, Limit: registry.MaxPageSize})
	if err != nil {
		return err
	}
	f.Once, f.Uses = d.newOnce(), len(grants.Items)
	return v.write(w, r, status, dangerPage(v, a, f))
}

func (d *Dashboard) switchApplication(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.SetEnabled(r.Context(), v.actor(), r.PathValue("id"), r.PostForm.Get("enabled") == "yes")
	if err != nil {
		return err
	}
	if a.Enabled {
		return d.done(w, r, appPath(&a, "danger"), "Switched on. People can sign in with it again.")
	}
	return d.sent(w, r, appPath(&a, "danger"), ui.Warn, "Switched off. Nobody can sign in with it and it gets no new tokens.")
}

// deleteApplication asks for the name, because there is no undo and the client ID never comes back.
func (d *Dashboard) deleteApplication(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := dangerForm{Typed: r.PostForm.Get("typed"), Wrong: faults{}}
	if f.Typed != a.Name {
		f.Wrong.add("typed", "Type the name exactly as it stands above: "+a.Name)
		return d.writeDanger(w, r, v, &a, f, http.StatusUnprocessableEntity)
	}
	said := a.Name + " was deleted."
	if a.Import != nil && on(r.PostForm, "block") { // before it is deleted, so that it cannot come back in between
		_, err := d.Registry.CreateAdmissionRule(r.Context(), v.actor(), a.ExternalID, registry.Deny, "deleted: "+shortened(a.Name))
		if err != nil && !errors.Is(err, registry.ErrConflict) {
			return err
		}
		said = a.Name + " was deleted, and its URL is blocked."
	}
	if err := d.Registry.Delete(r.Context(), v.actor(), a.ID); err != nil {
		return err
	}
	return d.done(w, r, "/dashboard/applications", said)
}
