package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// settingsForm is the settings of an application as text, as they are typed.
type settingsForm struct {
	values url.Values
	Wrong  faults
	Stale  bool // somebody else saved in between; the revision is theirs now
}

func (f settingsForm) get(name string) string { return f.values.Get(name) }
func (f settingsForm) on(name string) bool    { return f.values.Get(name) != "" }
func (f settingsForm) has(name, value string) bool {
	for _, v := range f.values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// settingLabels are what the page calls the fields in its messages.
var settingLabels = map[string]string{
	"name": "The name", "description": "The description", "logo_uri": "The logo URL", "type": "The type", "tags": "A tag",
	"redirect_uris": "A callback URL", "logout_uris": "A logout URL", "web_origins": "A web origin", "cors_origins": "An origin",
	"initiate_login_uri": "The login URL", "grant_types": "The list of grant types", "require_pkce": "PKCE", "auth_methods": "The authentication method",
	"id_token.lifetime": "The lifetime", "id_token.algorithm": "The algorithm", "refresh.rotating": "Rotation", "refresh.leeway": "The leeway",
	"refresh.lifetime": "The lifetime", "refresh.idle_lifetime": "The idle lifetime", "metadata": "The metadata",
}

var settingFields = []string{
	"name", "description", "logo_uri", "type", "tags", "redirect_uris", "logout_uris", "web_origins", "cors_origins", "initiate_login_uri",
	"grant_types", "require_pkce", "id_token.lifetime", "id_token.algorithm", "refresh.rotating", "refresh.leeway", "refresh.lifetime",
	"refresh.idle_lifetime", "metadata",
}

// formOf writes the settings of an application into a form.
func formOf(a *registry.Application) settingsForm {
	v := url.Values{}
	v.Set("revision", strconv.FormatInt(a.Revision, 10))
	v.Set("name", a.Name)
	v.Set("description", a.Description)
	v.Set("logo_uri", a.LogoURI)
	v.Set("type", string(a.Type))
	v.Set("tags", strings.Join(a.Tags, ", "))
	v.Set("redirect_uris", strings.Join(registry.Values(a.RedirectURIs), "\n"))
	v.Set("logout_uris", strings.Join(registry.Values(a.LogoutURIs), "\n"))
	v.Set("web_origins", strings.Join(registry.Values(a.WebOrigins), "\n"))
	v.Set("cors_origins", strings.Join(registry.Values(a.CORSOrigins), "\n"))
	v.Set("initiate_login_uri", a.InitiateLoginURI)
	for _, g := range a.GrantTypes {
		v.Add("grant_types", string(g))
	}
	setOn(v, "require_pkce", a.RequirePKCE)
	v.Set("id_token.lifetime", spanText(a.IDToken.Lifetime))
	v.Set("id_token.algorithm", a.IDToken.Algorithm)
	setOn(v, "refresh.rotating", a.Refresh.Rotating)
	v.Set("refresh.leeway", spanText(a.Refresh.Leeway))
	v.Set("refresh.lifetime", spanText(a.Refresh.Lifetime))
	v.Set("refresh.idle_lifetime", spanText(a.Refresh.IdleLifetime))
	v.Set("metadata", metadataText(a.Metadata))
	return settingsForm{values: v, Wrong: faults{}}
}

func setOn(v url.Values, name string, is bool) {
	if is {
		v.Set(name, "on")
	}
}

// apply puts the form into an application. What cannot be read is noted and becomes a value that the registry refuses, so that
// nothing is written and every other message is found too. A section that the page did not show is left as it is.
func (f *settingsForm) apply(a *registry.Application) {
	a.Description = strings.ReplaceAll(f.get("description"), "\r\n", "\n")
	a.Tags = tagsOf(f.get("tags"))
	if a.Import == nil {
		f.applyOwn(a)
	}
	if f.values.Has("logout_uris") {
		a.LogoutURIs = registry.URIs(linesOf(f.get("logout_uris"))...)
		a.WebOrigins = registry.URIs(linesOf(f.get("web_origins"))...)
		a.CORSOrigins = registry.URIs(linesOf(f.get("cors_origins"))...)
		a.InitiateLoginURI = f.get("initiate_login_uri")
	}
	if f.values.Has("id_token.lifetime") {
		a.IDToken.Lifetime = f.Wrong.spanOf(f.values, "id_token.lifetime", "The lifetime")
		a.IDToken.Algorithm = f.get("id_token.algorithm")
	}
	if f.values.Has("refresh.lifetime") {
		a.Refresh.Lifetime = f.Wrong.spanOf(f.values, "refresh.lifetime", "The lifetime")
		a.Refresh.IdleLifetime = f.Wrong.spanOf(f.values, "refresh.idle_lifetime", "The idle lifetime")
		a.Refresh.Leeway = f.Wrong.spanOf(f.values, "refresh.leeway", "The leeway")
	}
	a.Refresh.Rotating = f.on("refresh.rotating") && a.Allows(oauth.RefreshToken)
	a.Metadata = f.metadata()
}

// applyOwn puts in what belongs to the document if there is one.
func (f *settingsForm) applyOwn(a *registry.Application) {
	a.Name, a.LogoURI = f.get("name"), f.get("logo_uri")
	a.Type = registry.Type(f.get("type"))
	a.GrantTypes = nil
	for _, g := range f.values["grant_types"] {
		a.GrantTypes = append(a.GrantTypes, oauth.GrantType(g))
	}
	a.RequirePKCE = f.on("require_pkce")
	if f.values.Has("redirect_uris") {
		a.RedirectURIs = registry.URIs(linesOf(f.get("redirect_uris"))...)
	}
}

func (f *settingsForm) metadata() map[string]string {
	pairs := map[string]string{}
	for _, line := range linesOf(f.get("metadata")) {
		key, value, found := strings.Cut(line, "=")
		if !found {
			f.Wrong.add("metadata", shortened(line)+" has no =; write key=value")
			key = "" // the registry refuses it, together with everything else that is wrong
		}
		pairs[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	if len(pairs) == 0 {
		return nil
	}
	return pairs
}

func (d *Dashboard) applicationSettings(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, settingsPage(v, &a, formOf(&a)))
}

// saveApplicationSettings writes the form if the application is still the one it was made from. Otherwise nothing is written
// and the page says who was first, with everything typed still in place.
func (d *Dashboard) saveApplicationSettings(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	f := settingsForm{values: r.PostForm, Wrong: faults{}}
	a, change, err := d.Registry.Update(r.Context(), v.actor(), id, revisionOf(r), func(a *registry.Application) error {
		f.Wrong = faults{}
		f.apply(a)
		return nil
	})
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	switch {
	case wrong:
		f.Wrong.addInvalid(invalid, settingLabels, f.lists())
	case errors.Is(err, registry.ErrStale):
		f.Stale = true
	case err != nil:
		return err
	case len(f.Wrong) == 0 && change.Empty():
		return d.done(w, r, appPath(&a, "settings"), "Nothing had changed.")
	case len(f.Wrong) == 0:
		return d.done(w, r, appPath(&a, "settings"), "Saved. The change is in force.")
	}
	was, err := d.Registry.Application(r.Context(), id)
	if err != nil {
		return err
	}
	status := http.StatusUnprocessableEntity
	if f.Stale {
		status = http.StatusConflict
		f.values.Set("revision", strconv.FormatInt(was.Revision, 10))
	}
	return v.write(w, r, status, settingsPage(v, &was, f))
}

func (f *settingsForm) lists() map[string][]string {
	lists := map[string][]string{"tags": tagsOf(f.get("tags")), "grant_types": f.values["grant_types"]}
	for _, name := range []string{"redirect_uris", "logout_uris", "web_origins", "cors_origins"} {
		lists[name] = linesOf(f.get(name))
	}
	return lists
}

func tagsOf(text string) []string {
	list := []string{}
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			list = append(list, tag)
		}
	}
	return list
}
