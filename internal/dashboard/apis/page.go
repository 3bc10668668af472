package apis

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// apiForm is the settings of an API as text.
type apiForm struct {
	values url.Values
	Wrong  frame.Faults
	Stale  []frame.StaleField
}

func (f apiForm) get(name string) string { return f.values.Get(name) }
func (f apiForm) on(name string) bool    { return f.values.Get(name) != "" }

// apiFields are the fields of the form, in the order of the page.
var apiFields = []string{"name", "token_lifetime", "signing_algorithm", "token_profile", "offline", "user_policy", "client_policy", "skip_consent"}

func apiFormOf(a *registry.API) apiForm {
	v := url.Values{}
	v.Set("revision", strconv.FormatInt(a.Revision, 10))
	v.Set("name", a.Name)
	v.Set("signing_algorithm", a.SigningAlgorithm)
	v.Set("token_lifetime", frame.SpanText(a.TokenLifetime))
	v.Set("token_profile", string(a.TokenProfile))
	frame.SetOn(v, "offline", a.AllowOfflineAccess)
	frame.SetOn(v, "skip_consent", a.SkipConsent)
	v.Set("user_policy", string(a.UserPolicy))
	v.Set("client_policy", string(a.ClientPolicy))
	v.Set("seen", frame.SeenOf(v, apiFields))
	return apiForm{values: v, Wrong: frame.Faults{}}
}

func (f *apiForm) apply(a *registry.API) {
	a.Name = f.get("name")
	a.SigningAlgorithm = f.get("signing_algorithm")
	a.TokenLifetime = f.Wrong.SpanOf(f.values, "token_lifetime", "The lifetime")
	a.TokenProfile = registry.TokenProfile(f.get("token_profile"))
	a.AllowOfflineAccess = f.on("offline")
	a.SkipConsent = f.on("skip_consent")
	a.UserPolicy = registry.AccessPolicy(f.get("user_policy"))
	a.ClientPolicy = registry.AccessPolicy(f.get("client_policy"))
}

// opens reports whether the form changes who may use the API, or whether people are asked: that is a grant to many at once.
func (f apiForm) opens(a *registry.API) bool {
	now := apiFormOf(a)
	return slices.ContainsFunc([]string{"user_policy", "client_policy", "skip_consent"}, func(field string) bool { return f.get(field) != now.get(field) })
}

func (d *Pages) api(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, apiPage(v, &a, apiFormOf(&a)))
}

// saveAPI writes the form if the API is still the one it was made from.
func (d *Pages) saveAPI(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	was, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := apiForm{values: r.PostForm, Wrong: frame.Faults{}}
	frame.TakeTheirs(f.values, apiFormOf(&was).values, apiFields)
	if frame.RevisionOf(r) == was.Revision && f.opens(&was) && !v.Fresh() {
		return frame.ErrNotFresh
	}
	a, _, err := d.Registry.UpdateAPI(r.Context(), v.Actor(), was.ID, frame.RevisionOf(r), func(a *registry.API) error {
		f.Wrong = frame.Faults{}
		f.apply(a)
		if len(f.Wrong) > 0 {
			a.TokenLifetime = -1 // what could not be read is refused by the rules, beside whatever else is wrong
		}
		return nil
	})
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	switch {
	case wrong:
		f.Wrong.AddInvalid(invalid, apiLabels, nil)
	case errors.Is(err, registry.ErrStale):
		return d.staleAPI(w, r, v, &was, f)
	case err != nil:
		return err
	default:
		return d.Done(w, r, apiPath(&a, ""), "Saved. The next token is made by it.")
	}
	return v.Write(w, r, http.StatusUnprocessableEntity, apiPage(v, &was, f))
}

// staleAPI answers a form whose API changed meanwhile with both versions. One that says what is there already was sent twice.
func (d *Pages) staleAPI(w http.ResponseWriter, r *http.Request, v *frame.Visit, was *registry.API, f apiForm) error {
	now := apiFormOf(was)
	f.Stale = frame.StaleFields(apiFields, f.values, now.values, func(field string) string { return apiTitles[field] }, apiValueWords)
	if len(f.Stale) == 0 {
		return d.Done(w, r, apiPath(was, ""), "Saved. The next token is made by it.")
	}
	if err := d.SayWho(r.Context(), registry.KindAPI, was.ID, was.Revision-frame.RevisionOf(r), f.Stale); err != nil {
		return err
	}
	frame.KeepTheirs(f.values, now.values, f.Stale)
	return v.Write(w, r, http.StatusConflict, apiPage(v, was, f))
}

// apiPath is a page of an API.
func apiPath(a *registry.API, tab string) string {
	if tab == "" {
		return "/dashboard/apis/" + a.ID
	}
	return "/dashboard/apis/" + a.ID + "/" + tab
}

// apiTabs are the pages of an API. This server's own has fewer: it is not for third parties, and nobody deletes it.
func apiTabs(a *registry.API, current string) ui.Tabs {
	links := []ui.Link{{Label: "Settings"}, {Label: "Permissions", Href: "permissions"}, {Label: "Applications", Href: "applications"}}
	if !a.System {
		links = append(links, ui.Link{Label: "Third parties", Href: "third-parties"}, ui.Link{Label: "MCP server", Href: "mcp"}, ui.Link{Label: "Danger zone", Href: "danger"})
	}
	for i := range links {
		links[i].Current = links[i].Label == current
		links[i].Href = apiPath(a, links[i].Href)
	}
	return ui.Tabs{Label: a.Name, Links: links}
}

// Routes are APIs.
func (d *Pages) Routes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/apis", account.ActView, d.listAPIs),
		frame.On("GET /dashboard/apis/new", account.ActEdit, d.newAPI),
		frame.On("POST /dashboard/apis/new", account.ActEdit, d.createAPI),
		frame.On("GET /dashboard/apis/{id}", account.ActView, d.api),
		frame.On("POST /dashboard/apis/{id}", account.ActEdit, d.saveAPI),
		frame.On("GET /dashboard/apis/{id}/permissions", account.ActView, d.apiPermissions),
		frame.On("POST /dashboard/apis/{id}/permissions", account.ActEdit, d.saveAPIPermissions),
		frame.On("POST /dashboard/apis/{id}/permissions/add", account.ActEdit, d.addAPIPermissions),
		frame.On("GET /dashboard/apis/{id}/permissions/remove", account.ActEdit, d.askRemovePermission),
		frame.On("POST /dashboard/apis/{id}/permissions/remove", account.ActEdit, d.removePermission),
		frame.On("GET /dashboard/apis/{id}/applications", account.ActView, d.apiApplications),
		frame.On("GET /dashboard/apis/{id}/third-parties", account.ActView, d.apiThirdParties),
		frame.OnFresh("POST /dashboard/apis/{id}/default", account.ActEdit, d.saveDefaultGrant),
		frame.On("GET /dashboard/apis/{id}/mcp", account.ActView, d.apiMCP),
		frame.On("POST /dashboard/apis/{id}/mcp", account.ActEdit, d.checkMCP),
		frame.On("GET /dashboard/apis/{id}/danger", account.ActView, d.apiDanger),
		frame.OnFresh("POST /dashboard/apis/{id}/delete", account.ActEdit, d.deleteAPI),
	}
}

// lockAPI is why the permissions of an API cannot be changed.
func lockAPI(v *frame.Visit, a *registry.API) string {
	if a.System {
		return "Comes with the version of the server."
	}
	return v.Lock()
}
