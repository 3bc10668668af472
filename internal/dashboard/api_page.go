package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"clientele/internal/registry"
	"clientele/internal/ui"
)

// apiForm is the settings of an API as text.
type apiForm struct {
	values url.Values
	Wrong  faults
	Stale  bool
	Typed  string
}

func (f apiForm) get(name string) string { return f.values.Get(name) }
func (f apiForm) on(name string) bool    { return f.values.Get(name) != "" }

var apiFields = []string{"name", "identifier", "scopes", "signing_algorithm", "token_lifetime", "token_profile", "user_policy", "client_policy", "typed"}

func apiFormOf(a *registry.API) apiForm {
	v := url.Values{}
	v.Set("revision", strconv.FormatInt(a.Revision, 10))
	v.Set("name", a.Name)
	v.Set("scopes", scopesText(a.Scopes))
	v["default"] = defaultScopes(a.Scopes)
	v.Set("signing_algorithm", a.SigningAlgorithm)
	v.Set("token_lifetime", spanText(a.TokenLifetime))
	v.Set("token_profile", string(a.TokenProfile))
	setOn(v, "offline", a.AllowOfflineAccess)
	setOn(v, "skip_consent", a.SkipConsent)
	v.Set("user_policy", string(a.UserPolicy))
	v.Set("client_policy", string(a.ClientPolicy))
	return apiForm{values: v, Wrong: faults{}}
}

func (f *apiForm) apply(a *registry.API) {
	a.Name = f.get("name")
	a.Scopes, _ = scopesOf(f.get("scopes"), linesOf(f.get("default")))
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
	id := r.PathValue("id")
	f := apiForm{values: r.PostForm, Wrong: faults{}}
	a, _, err := d.Registry.UpdateAPI(r.Context(), v.actor(), id, revisionOf(r), func(a *registry.API) error {
		f.Wrong = faults{}
		f.apply(a)
		return nil
	})
	_, values := scopesOf(f.get("scopes"), nil)
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	status := http.StatusUnprocessableEntity
	switch {
	case wrong:
		f.Wrong.addInvalid(invalid, apiLabels, map[string][]string{"scopes": values})
	case errors.Is(err, registry.ErrStale):
		f.Stale, status = true, http.StatusConflict
	case err != nil:
		return err
	default:
		return d.done(w, r, "/dashboard/apis/"+a.ID, "Saved. The next token is made by it.")
	}
	was, err := d.Registry.API(r.Context(), id)
	if err != nil {
		return err
	}
	if f.Stale {
		f.values.Set("revision", strconv.FormatInt(was.Revision, 10))
	}
	return v.write(w, r, status, apiPage(v, &was, f))
}

func (d *Dashboard) deleteAPI(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := apiFormOf(&a)
	f.Typed = r.PostForm.Get("typed")
	if f.Typed != a.Name {
		f.Wrong.add("typed", "Type the name exactly as it stands above: "+a.Name)
		return v.write(w, r, http.StatusUnprocessableEntity, apiPage(v, &a, f))
	}
	err = d.Registry.DeleteAPI(r.Context(), v.actor(), a.ID)
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		return d.sent(w, r, "/dashboard/apis/"+a.ID, ui.Danger, invalid.Error())
	}
	if err != nil {
		return err
	}
	return d.done(w, r, "/dashboard/apis", a.Name+" was deleted.")
}

// callers is who may call an API by a client grant.
type callers struct {
	API          registry.API
	List         []caller
	Default      accessForm // what every third-party application may do for people
	Had          *registry.ClientGrant
	Strangers    accessForm // what every application may do for people that came by itself and nobody approved
	HadStrangers *registry.ClientGrant
	More         bool // there are more than the page shows
}

type caller struct {
	App   registry.Application
	Grant registry.ClientGrant
}

func (d *Dashboard) callersOf(r *http.Request) (callers, error) {
	c := callers{}
	var err error
	if c.API, err = d.Registry.API(r.Context(), r.PathValue("id")); err != nil {
		return c, err
	}
	page, err := d.Registry.ClientGrants(r.Context(), registry.ClientGrantQuery{APIID: c.API.ID, Limit: registry.MaxPageSize})
	if err != nil {
		return c, err
	}
	c.More = page.Next != ""
	for i, g := range page.Items {
		if g.ApplicationID == "" {
			switch {
			case g.SubjectType != registry.ForUser:
			case g.ThirdParties:
				c.Had = &page.Items[i]
			case g.Strangers:
				c.HadStrangers = &page.Items[i]
			}
			continue
		}
		a, err := d.Registry.Application(r.Context(), g.ApplicationID)
		if errors.Is(err, registry.ErrNotFound) {
			continue // deleted while we looked
		}
		if err != nil {
			return c, err
		}
		c.List = append(c.List, caller{a, g})
	}
	c.Default, c.Strangers = formFrom(c.Had, registry.ForUser), formFrom(c.HadStrangers, registry.ForUser)
	c.Strangers.Whom = toStrangers
	return c, nil
}

func (d *Dashboard) apiApplications(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := d.callersOf(r)
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, apiApplicationsPage(v, c))
}

// toStrangers says of a form that it is about the applications nobody approved.
const toStrangers = "strangers"

// saveDefaultGrant sets what every third-party application, or every one that nobody approved, may do for people, unless it has a
// grant of its own.
func (d *Dashboard) saveDefaultGrant(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := d.callersOf(r)
	if err != nil {
		return err
	}
	f := accessForm{Subject: registry.ForUser, Whom: r.PostForm.Get("whom"), Choice: r.PostForm.Get("access"), Scopes: r.PostForm["scope"]}
	shown, had := &c.Default, c.Had
	if f.Whom == toStrangers {
		shown, had = &c.Strangers, c.HadStrangers
	}
	if err = f.contradiction(); err == nil {
		want := registry.ClientGrant{ThirdParties: f.Whom != toStrangers, Strangers: f.Whom == toStrangers, APIID: c.API.ID, SubjectType: registry.ForUser}
		err = d.saveGrant(r, v, had, want, f)
	}
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		f.Fault = grantFault(invalid)
		*shown = f
		return v.write(w, r, http.StatusUnprocessableEntity, apiApplicationsPage(v, c))
	}
	if err != nil {
		return err
	}
	return d.done(w, r, "/dashboard/apis/"+c.API.ID+"/applications", "Saved. The next token has the new permissions.")
}

func subjectWords(g registry.ClientGrant) string {
	if g.SubjectType == registry.ForUser {
		return "people"
	}
	return "itself"
}

func apiTabs(a *registry.API, current string) ui.Tabs {
	links := []ui.Link{{Label: "Settings", Href: "/dashboard/apis/" + a.ID}, {Label: "Applications", Href: "/dashboard/apis/" + a.ID + "/applications"}}
	for i := range links {
		links[i].Current = links[i].Label == current
	}
	return ui.Tabs{Label: a.Name, Links: links}
}

var (
	userPolicies = []ui.Option{
		{Value: string(registry.AllowAll), Label: "Every first-party application", Text: "Third-party applications still need a permission of their own."},
		{Value: string(registry.RequireGrant), Label: "Applications with a permission", Text: "Each is permitted one by one, under its APIs tab."},
		{Value: string(registry.DenyAll), Label: "None"},
	}
	clientPolicies = []ui.Option{
		{Value: string(registry.RequireGrant), Label: "Applications with a permission"},
		{Value: string(registry.DenyAll), Label: "None"},
	}
	profiles = []ui.Option{
		{Value: string(registry.RFC9068), Label: "RFC 9068 (at+jwt)"},
		{Value: string(registry.Auth0Profile), Label: "Plain JWT, for libraries that refuse at+jwt"},
	}
)
