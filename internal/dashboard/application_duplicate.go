package dashboard

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"clientele/internal/account"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// An owner never changes, and some changes of type are easier from the start. A copy takes over what fits: it has a client ID and
// a secret of its own and no permissions, people or tokens of the first.

func (d *Dashboard) duplicateRoutes() []route {
	return []route{
		{"GET /dashboard/applications/{id}/duplicate", account.ActEdit, false, d.duplicateForm},
		{"POST /dashboard/applications/{id}/duplicate", account.ActEdit, false, d.duplicate},
	}
}

func (d *Dashboard) duplicateForm(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := createForm{Name: "Copy of " + a.Name, Type: string(a.Type), Ownership: string(a.Ownership), Once: d.newOnce()}
	return v.write(w, r, http.StatusOK, duplicatePage(v, &a, f))
}

func (d *Dashboard) duplicate(w http.ResponseWriter, r *http.Request, v *visit) error {
	first, err := d.useOnce(r)
	if err != nil {
		return err
	}
	if !first {
		return d.shownBefore(w, r, v, "/dashboard/applications")
	}
	was, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := createForm{Name: strings.TrimSpace(r.PostForm.Get("name")), Type: r.PostForm.Get("type"), Ownership: r.PostForm.Get("ownership"), Wrong: faults{}}
	a, minted, err := d.Registry.Create(r.Context(), v.actor(), copyOf(&was, f))
	if invalid, wrong := errors.AsType[*registry.Invalid](err); wrong {
		f.Wrong.addInvalid(invalid, settingLabels, nil)
		f.Once = d.newOnce()
		return v.write(w, r, http.StatusUnprocessableEntity, duplicatePage(v, &was, f))
	}
	if err != nil {
		return err
	}
	if len(minted) == 0 {
		return d.done(w, r, appPath(&a, "settings"), "Copied. It has a client ID of its own and no API permissions yet.")
	}
	return d.showSecret(w, r, v, secretPage{
		App: a, Value: minted[0].Value, Title: "Application copied", Text: "Store its secret now. It has no API permissions yet.", Next: nextAfterCreate(&a),
	})
}

// copyOf is the draft of a copy: what fits the new type and owner is taken over, everything else gets its default.
func copyOf(a *registry.Application, f createForm) registry.Draft {
	draft := registry.Draft{
		Name: f.Name, Type: registry.Type(f.Type), Ownership: registry.Ownership(f.Ownership),
		Description: a.Description, LogoURI: a.LogoURI, Tags: slices.Clone(a.Tags), Metadata: a.Metadata,
	}
	same := draft.Type == a.Type
	if same {
		draft.GrantTypes = slices.Clone(a.GrantTypes)
		draft.IDToken = a.IDToken
		draft.AuthMethods = slices.DeleteFunc(slices.Clone(a.AuthMethods), func(m oauth.AuthMethod) bool { return m == oauth.AuthPrivateKeyJWT })
	}
	if same && draft.Ownership == a.Ownership {
		refresh, pkce := a.Refresh, a.RequirePKCE
		draft.Refresh, draft.RequirePKCE = &refresh, &pkce
	}
	if draft.Type != registry.MachineToMachine {
		draft.RedirectURIs, draft.LogoutURIs = registry.Values(a.RedirectURIs), registry.Values(a.LogoutURIs)
		draft.WebOrigins, draft.CORSOrigins = registry.Values(a.WebOrigins), registry.Values(a.CORSOrigins)
		draft.InitiateLoginURI = a.InitiateLoginURI
	}
	if len(draft.AuthMethods) == 0 {
		draft.AuthMethods = nil
	}
	return draft
}
