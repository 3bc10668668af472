package applications

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// An owner never changes, and some changes of type are easier from the start. A copy takes over what fits: it has a client ID and
// a secret of its own and no permissions, people or tokens of the first.

func (d *Pages) duplicateRoutes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/applications/{id}/duplicate", account.ActEdit, d.duplicateForm),
		frame.On("POST /dashboard/applications/{id}/duplicate", account.ActEdit, d.duplicate),
	}
}

func (d *Pages) duplicateForm(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := createForm{Name: "Copy of " + a.Name, Type: string(a.Type), Ownership: string(a.Ownership), Once: d.NewOnce()}
	return v.Write(w, r, http.StatusOK, duplicatePage(v, &a, f))
}

func (d *Pages) duplicate(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	first, err := d.UseOnce(r)
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
	f := createForm{Name: strings.TrimSpace(r.PostForm.Get("name")), Type: r.PostForm.Get("type"), Ownership: r.PostForm.Get("ownership"), Wrong: frame.Faults{}}
	draft, left := d.fitting(v, copyOf(&was, f))
	a, minted, err := d.Registry.Create(r.Context(), v.Actor(), draft)
	if invalid, wrong := errors.AsType[*registry.Invalid](err); wrong {
		f.Wrong.AddInvalid(invalid, settingLabels, nil)
		f.Once = d.NewOnce()
		return v.Write(w, r, http.StatusUnprocessableEntity, duplicatePage(v, &was, f))
	}
	if err != nil {
		return err
	}
	if len(minted) == 0 {
		kind := ui.Good
		if len(left) > 0 { // stays until it was read
			kind = ui.Warn
		}
		return d.Sent(w, r, frame.AppPath(&a, "settings"), kind, "Copied. It has a client ID of its own and no API permissions yet."+leftOut(left))
	}
	return d.showSecret(w, r, v, secretPage{
		App: a, Value: minted[0].Value, Title: "Application copied", Text: "Store its secret now. It has no API permissions yet." + leftOut(left), Next: nextAfterCreate(&a),
	})
}

// fitting takes the URLs out of a draft that an application of its type and owner may not have, and says which.
func (d *Pages) fitting(v *frame.Visit, draft registry.Draft) (registry.Draft, []string) {
	invalid, wrong := errors.AsType[*registry.Invalid](d.Registry.Check(v.Actor(), draft))
	if !wrong {
		return draft, nil
	}
	var left []string
	lists := map[string]*[]string{"redirect_uris": &draft.RedirectURIs, "logout_uris": &draft.LogoutURIs, "web_origins": &draft.WebOrigins, "cors_origins": &draft.CORSOrigins}
	for _, violation := range slices.Backward(invalid.Violations) { // from the end, so that the positions before it stay
		field, at := frame.SplitField(violation.Field)
		if list := lists[field]; list != nil && at >= 0 && at < len(*list) && !slices.Contains(left, (*list)[at]) {
			left = append(left, (*list)[at])
			*list = slices.Delete(*list, at, at+1)
		}
	}
	slices.Reverse(left)
	return draft, left
}

// leftOut names what did not fit.
func leftOut(urls []string) string {
	if len(urls) == 0 {
		return ""
	}
	return " Left out, as it does not fit the type or the owner: " + strings.Join(urls, ", ") + "."
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
