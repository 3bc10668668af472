package applications

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"clientele/internal/advisor"
	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// The settings of an application are two forms, each on a tab of its own: what is changed often, and the rest under Advanced.
// Saving one leaves the other alone.
const (
	partSettings = "settings"
	partAdvanced = "advanced"
)

// settingsForm is the settings of an application as text, as they are typed.
type settingsForm struct {
	values url.Values
	Wrong  frame.Faults
	At     map[string]map[int][]string // messages about one value of a list, by field and position
	Stale  []frame.StaleField          // what differs from what somebody else saved in between
	Found  []advisor.Finding           // by the security check of what is typed
}

func (f settingsForm) get(name string) string { return f.values.Get(name) }
func (f settingsForm) on(name string) bool    { return f.values.Get(name) != "" }
func (f settingsForm) has(name, value string) bool {
	return slices.Contains(f.values[name], value)
}

func (f settingsForm) list(name string) []string { return frame.ListOf(f.values, name) }

// settingLabels are what the page calls the fields in its messages.
var settingLabels = map[string]string{
	"name": "The name", "description": "The description", "logo_uri": "The logo URL", "type": "The type", "tags": "A tag",
	"redirect_uris": "A callback URL", "logout_uris": "A logout URL", "web_origins": "A web origin", "cors_origins": "An origin",
	"initiate_login_uri": "The login URL", "grant_types": "The list of grant types", "require_pkce": "PKCE", "auth_methods": "The authentication method",
	"id_token.lifetime": "The lifetime", "id_token.algorithm": "The algorithm", "refresh.rotating": "Rotation", "refresh.leeway": "The leeway",
	"refresh.lifetime": "The lifetime", "refresh.idle_lifetime": "The idle lifetime", "metadata": "The metadata",
}

// settingFields are the fields of each form, in their order.
var settingFields = map[string][]string{
	partSettings: {
		"name", "description", "logo_uri", "type", "tags", "initiate_login_uri", "redirect_uris", "logout_uris", "web_origins", "cors_origins",
		"id_token.lifetime", "id_token.algorithm", "refresh.rotating", "refresh.leeway", "refresh.lifetime", "refresh.idle_lifetime",
	},
	partAdvanced: {"grant_types", "require_pkce", "metadata"},
}

var uriFields = []string{"redirect_uris", "logout_uris", "web_origins", "cors_origins"}

// formOf writes the settings of an application into a form.
func formOf(a *registry.Application, part string) settingsForm {
	v := url.Values{}
	v.Set("part", part)
	v.Set("revision", strconv.FormatInt(a.Revision, 10))
	if part == partAdvanced {
		for _, g := range a.GrantTypes {
			v.Add("grant_types", string(g))
		}
		frame.SetOn(v, "require_pkce", a.RequirePKCE)
		setPairs(v, a.Metadata)
	} else {
		v.Set("name", a.Name)
		v.Set("description", a.Description)
		v.Set("logo_uri", a.LogoURI)
		v.Set("type", string(a.Type))
		v.Set("tags", strings.Join(a.Tags, ", "))
		v.Set("initiate_login_uri", a.InitiateLoginURI)
		v["redirect_uris"] = registry.Values(a.RedirectURIs)
		v["logout_uris"] = registry.Values(a.LogoutURIs)
		v["web_origins"] = registry.Values(a.WebOrigins)
		v["cors_origins"] = registry.Values(a.CORSOrigins)
		v.Set("id_token.lifetime", frame.SpanText(a.IDToken.Lifetime))
		v.Set("id_token.algorithm", a.IDToken.Algorithm)
		frame.SetOn(v, "refresh.rotating", a.Refresh.Rotating)
		v.Set("refresh.leeway", frame.SpanText(a.Refresh.Leeway))
		v.Set("refresh.lifetime", frame.SpanText(a.Refresh.Lifetime))
		v.Set("refresh.idle_lifetime", frame.SpanText(a.Refresh.IdleLifetime))
	}
	v.Set("seen", frame.SeenOf(v, settingFields[part]))
	return settingsForm{values: v, Wrong: frame.Faults{}}
}

// formFrom reads what was sent.
func settingsFrom(r *http.Request) settingsForm {
	f := settingsForm{values: r.PostForm, Wrong: frame.Faults{}}
	if f.get("part") != partAdvanced {
		f.values.Set("part", partSettings)
	}
	if pairs := pairsFrom(r.PostForm); pairs != nil {
		f.values["metadata"] = pairs
	}
	return f
}

// settingsDraft is the application as the form that was sent would make it, for looking at it before it is saved. It writes
// nothing; what cannot be read is among the faults and has a value that no rule accepts.
func settingsDraft(r *http.Request, was registry.Application) (registry.Application, frame.Faults) {
	f := settingsFrom(r)
	f.apply(&was)
	return was, f.Wrong
}

// apply puts the form into an application. What cannot be read is noted and becomes a value that the registry refuses, so that
// nothing is written and every other message is found too. A section that the page did not show is left as it is.
func (f *settingsForm) apply(a *registry.Application) {
	f.Wrong = frame.Faults{}
	if f.get("part") == partAdvanced {
		f.applyAdvanced(a)
		return
	}
	a.Description = strings.ReplaceAll(f.get("description"), "\r\n", "\n")
	a.Tags = tagsOf(f.get("tags"))
	if a.Import == nil {
		f.applyOwn(a)
	}
	if f.values.Has("initiate_login_uri") {
		a.InitiateLoginURI = f.get("initiate_login_uri")
		a.LogoutURIs = urisLike(f.list("logout_uris"), a.LogoutURIs)
		a.WebOrigins = urisLike(f.list("web_origins"), a.WebOrigins)
		a.CORSOrigins = urisLike(f.list("cors_origins"), a.CORSOrigins)
	}
	if f.values.Has("id_token.lifetime") {
		a.IDToken.Lifetime = f.Wrong.SpanOf(f.values, "id_token.lifetime", "The lifetime")
		a.IDToken.Algorithm = f.get("id_token.algorithm")
	}
	if f.values.Has("refresh.lifetime") {
		a.Refresh.Lifetime = f.Wrong.SpanOf(f.values, "refresh.lifetime", "The lifetime")
		a.Refresh.IdleLifetime = f.Wrong.SpanOf(f.values, "refresh.idle_lifetime", "The idle lifetime")
		a.Refresh.Leeway = f.Wrong.SpanOf(f.values, "refresh.leeway", "The leeway")
		a.Refresh.Rotating = f.on("refresh.rotating")
	}
}

// applyOwn puts in what belongs to the document if there is one.
func (f *settingsForm) applyOwn(a *registry.Application) {
	a.Name, a.LogoURI = f.get("name"), f.get("logo_uri")
	if t := registry.Type(f.get("type")); t != a.Type && f.values.Has("type") {
		a.Type = t
		a.GrantTypes = grantsAfter(a)
	}
	if f.values.Has("initiate_login_uri") {
		a.RedirectURIs = urisLike(f.list("redirect_uris"), a.RedirectURIs)
	}
}

// grantsAfter drops the grant types that a new type cannot have. If none is left it gets those it would have been created with.
func grantsAfter(a *registry.Application) []oauth.GrantType {
	left := slices.DeleteFunc(slices.Clone(a.GrantTypes), func(g oauth.GrantType) bool {
		return !slices.Contains(registry.GrantsFor(a.Type), g)
	})
	if len(left) == 0 {
		return registry.Defaults(a.Type, a.Ownership, a.AuthMethods).GrantTypes
	}
	return left
}

// urisLike are the values with what is known of those that were there before.
func urisLike(values []string, before []registry.URI) []registry.URI {
	list := registry.URIs(values...)
	for i := range list {
		if at := slices.IndexFunc(before, func(u registry.URI) bool { return u.Value == list[i].Value }); at >= 0 {
			list[i] = before[at]
		}
	}
	return list
}

func (d *Pages) applicationSettings(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := formOf(&a, partSettings)
	f.Found = d.checked(r, a, f)
	return v.Write(w, r, http.StatusOK, settingsPage(v, &a, f, d.Issuer))
}

// checked is what the security check says of a form as it is shown, so that it stands there from the start.
func (d *Pages) checked(r *http.Request, was registry.Application, f settingsForm) []advisor.Finding {
	f.apply(&was)
	return d.Advisor.Draft(r.Context(), was)
}

// saveApplicationSettings writes the form if the application is still the one it was made from. Otherwise nothing is written
// and the page shows both versions, with everything typed still in place.
func (d *Pages) saveApplicationSettings(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	was, f, status, err := d.saveForm(r, v, partSettings)
	if err != nil || status == http.StatusSeeOther {
		return d.settingsSaved(w, r, &was, &f, err)
	}
	f.Found = d.checked(r, was, f)
	return v.Write(w, r, status, settingsPage(v, &was, f, d.Issuer))
}

func (d *Pages) settingsSaved(w http.ResponseWriter, r *http.Request, a *registry.Application, f *settingsForm, err error) error {
	switch {
	case err != nil:
		return err
	case f.get("unchanged") != "":
		return d.Done(w, r, frame.AppPath(a, f.get("part")), "Nothing had changed.")
	}
	return d.Done(w, r, frame.AppPath(a, f.get("part")), "Saved. The change is in force.")
}

// saveForm tries to write one of the two forms. The status is 303 if it went through, 422 if something is wrong, and 409 if
// somebody else saved in between; a form that was sent twice went through.
func (d *Pages) saveForm(r *http.Request, v *frame.Visit, part string) (registry.Application, settingsForm, int, error) {
	id := r.PathValue("id")
	r.PostForm.Set("part", part)
	f := settingsFrom(r)
	was, err := d.Registry.Application(r.Context(), id)
	if err != nil {
		return was, f, 0, err
	}
	f.takeTheirs(formOf(&was, part))
	a, change, err := d.Registry.Update(r.Context(), v.Actor(), id, frame.RevisionOf(r), func(a *registry.Application) error {
		f.apply(a)
		return nil
	})
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	switch {
	case wrong:
		f.refused(invalid)
	case errors.Is(err, registry.ErrStale):
		return d.staleSettings(r, id, f)
	case err != nil:
		return was, f, 0, err
	case len(f.Wrong) == 0:
		if f.values.Del("unchanged"); change.Empty() {
			f.values.Set("unchanged", "yes")
		}
		return a, f, http.StatusSeeOther, nil
	}
	return was, f, http.StatusUnprocessableEntity, nil
}

// refused puts the registry's violations at their fields, and those about one value of a list at the value.
func (f *settingsForm) refused(invalid *registry.Invalid) {
	lists := f.lists()
	f.Wrong.AddInvalid(invalid, settingLabels, lists)
	f.At = map[string]map[int][]string{}
	for _, violation := range invalid.Violations {
		field, index := frame.SplitField(violation.Field)
		if index < 0 || !slices.Contains(uriFields, field) || index >= len(lists[field]) {
			continue
		}
		if f.At[field] == nil {
			f.At[field] = map[int][]string{}
		}
		f.At[field][index] = append(f.At[field][index], frame.Shortened(lists[field][index])+" "+violation.Message)
	}
}

func (f *settingsForm) lists() map[string][]string {
	lists := map[string][]string{"tags": tagsOf(f.get("tags")), "grant_types": f.values["grant_types"]}
	for _, name := range uriFields {
		lists[name] = f.list(name)
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
