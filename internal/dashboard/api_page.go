package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// apiForm is the settings of an API as text.
type apiForm struct {
	values url.Values
	Wrong  faults
	Stale  []staleField
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
	v.Set("token_lifetime", spanText(a.TokenLifetime))
	v.Set("token_profile", string(a.TokenProfile))
	setOn(v, "offline", a.AllowOfflineAccess)
	setOn(v, "skip_consent", a.SkipConsent)
	v.Set("user_policy", string(a.UserPolicy))
	v.Set("client_policy", string(a.ClientPolicy))
	v.Set("seen", seenOf(v, apiFields))
	return apiForm{values: v, Wrong: faults{}}
}

func (f *apiForm) apply(a *registry.API) {
	a.Name = f.get("name")
	a.SigningAlgorithm = f.get("signing_algorithm")
	a.TokenLifetime = f.Wrong.spanOf(f.values, "token_lifetime", "The lifetime")
	a.TokenProfile = registry.TokenProfile(f.get("token_profile"))
	a.AllowOfflineAccess = f.on("offline")
	a.SkipConsent = f.on("skip_consent")
	a.UserPolicy = registry.AccessPolicy(f.get("user_policy"))
	a.ClientPolicy = registry.AccessPolicy(f.get("client_policy"))
}

func (d *Dashboard) api(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, apiPage(v, &a, apiFormOf(&a)))
}

// saveAPI writes the form if the API is still the one it was made from.
func (d *Dashboard) saveAPI(w http.ResponseWriter, r *http.Request, v *visit) error {
	was, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := apiForm{values: r.PostForm, Wrong: faults{}}
	takeTheirs(f.values, apiFormOf(&was).values, apiFields)
	a, _, err := d.Registry.UpdateAPI(r.Context(), v.actor(), was.ID, revisionOf(r), func(a *registry.API) error {
		f.Wrong = faults{}
		f.apply(a)
		if len(f.Wrong) > 0 {
			a.TokenLifetime = -1 // what could not be read is refused by the rules, beside whatever else is wrong
		}
		return nil
	})
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	switch {
	case wrong:
		f.Wrong.addInvalid(invalid, apiLabels, nil)
	case errors.Is(err, registry.ErrStale):
		return d.staleAPI(w, r, v, &was, f)
	case err != nil:
		return err
	default:
		return d.done(w, r, apiPath(&a, ""), "Saved. The next token is made by it.")
	}
	return v.write(w, r, http.StatusUnprocessableEntity, apiPage(v, &was, f))
}

// staleAPI answers a form whose API changed meanwhile with both versions. One that says what is there already was sent twice.
func (d *Dashboard) staleAPI(w http.ResponseWriter, r *http.Request, v *visit, was *registry.API, f apiForm) error {
	now := apiFormOf(was)
	f.Stale = staleFields(apiFields, f.values, now.values, func(field string) string { return apiTitles[field] }, apiValueWords)
	if len(f.Stale) == 0 {
		return d.done(w, r, apiPath(was, ""), "Saved. The next token is made by it.")
	}
	if err := d.sayWho(r.Context(), registry.KindAPI, was.ID, was.Revision-revisionOf(r), f.Stale); err != nil {
		return err
	}
	keepTheirs(f.values, now.values, f.Stale)
	return v.write(w, r, http.StatusConflict, apiPage(v, was, f))
}

// takeTheirs puts into a form what its operator chose of the other one's version.
func takeTheirs(mine, now url.Values, fields []string) {
	for _, field := range fields {
		if mine.Get("take."+field) == "theirs" {
			copyField(mine, now, field)
		}
		mine.Del("take." + field)
	}
}

// keepTheirs makes a stale form one of the current revision: fields that only the other one changed are as the other one left them.
func keepTheirs(mine, now url.Values, fields []staleField) {
	for _, f := range fields {
		if f.Theirs {
			copyField(mine, now, f.Name)
		}
	}
	mine.Set("revision", now.Get("revision"))
	mine.Set("seen", now.Get("seen"))
}

func copyField(mine, now url.Values, field string) {
	mine.Del(field)
	if values, there := now[field]; there {
		mine[field] = slices.Clone(values)
	}
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

// apiRoutes are APIs.
func (d *Dashboard) apiRoutes() []route {
	return []route{
		{"GET /dashboard/apis", account.ActView, false, d.listAPIs},
		{"GET /dashboard/apis/new", account.ActEdit, false, d.newAPI},
		{"POST /dashboard/apis/new", account.ActEdit, false, d.createAPI},
		{"GET /dashboard/apis/{id}", account.ActView, false, d.api},
		{"POST /dashboard/apis/{id}", account.ActEdit, false, d.saveAPI},
		{"GET /dashboard/apis/{id}/permissions", account.ActView, false, d.apiPermissions},
		{"POST /dashboard/apis/{id}/permissions", account.ActEdit, false, d.saveAPIPermissions},
		{"POST /dashboard/apis/{id}/permissions/add", account.ActEdit, false, d.addAPIPermissions},
		{"GET /dashboard/apis/{id}/permissions/remove", account.ActEdit, false, d.askRemovePermission},
		{"POST /dashboard/apis/{id}/permissions/remove", account.ActEdit, false, d.removePermission},
		{"GET /dashboard/apis/{id}/applications", account.ActView, false, d.apiApplications},
		{"GET /dashboard/apis/{id}/third-parties", account.ActView, false, d.apiThirdParties},
		{"POST /dashboard/apis/{id}/default", account.ActEdit, true, d.saveDefaultGrant},
		{"GET /dashboard/apis/{id}/mcp", account.ActView, false, d.apiMCP},
		{"POST /dashboard/apis/{id}/mcp", account.ActEdit, false, d.checkMCP},
		{"GET /dashboard/apis/{id}/danger", account.ActView, false, d.apiDanger},
		{"POST /dashboard/apis/{id}/delete", account.ActEdit, true, d.deleteAPI},
	}
}
