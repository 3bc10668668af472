package applications

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
)

// takeTheirs puts into the form what its operator chose of the other one's.
func (f *settingsForm) takeTheirs(now settingsForm) {
	for _, field := range settingFields[f.get("part")] {
		if f.get("take."+field) == "theirs" {
			f.copyFrom(now, field)
		}
		f.values.Del("take." + field)
	}
}

func (f *settingsForm) copyFrom(now settingsForm, field string) {
	names := []string{field}
	if field == "metadata" {
		names = []string{"metadata", "meta_key", "meta_value"}
	}
	for _, name := range names {
		f.values.Del(name)
		if values := now.values[name]; len(values) > 0 {
			f.values[name] = slices.Clone(values)
		}
	}
}

// staleSettings is the answer to a form whose application changed meanwhile. One that says what is there already was sent twice,
// or two people had the same idea: it went through.
func (d *Pages) staleSettings(r *http.Request, id string, f settingsForm) (registry.Application, settingsForm, int, error) {
	was, err := d.Registry.Application(r.Context(), id)
	if err != nil {
		return was, f, 0, err
	}
	now, part := formOf(&was, f.get("part")), f.get("part")
	fields := shownFields(&was, part)
	f.Stale = frame.StaleFields(fields, f.values, now.values, staleLabel, staleWords)
	if len(f.Stale) == 0 {
		return was, f, http.StatusSeeOther, nil
	}
	since := was.Revision - frame.RevisionOf(r)
	if err := d.SayWho(r.Context(), registry.KindApplication, id, since, f.Stale); err != nil {
		return was, f, 0, err
	}
	for _, s := range f.Stale {
		if s.Theirs {
			f.copyFrom(now, s.Name)
		}
	}
	f.values.Set("revision", strconv.FormatInt(was.Revision, 10))
	f.values.Set("seen", now.get("seen"))
	return was, f, http.StatusConflict, nil
}

// shownFields are the fields that the page shows of an application: the others were not typed, so they cannot differ.
func shownFields(a *registry.Application, part string) []string {
	if part == partAdvanced {
		if a.Import != nil {
			return []string{"metadata"}
		}
		return settingFields[part]
	}
	return slices.DeleteFunc(slices.Clone(settingFields[part]), func(field string) bool {
		switch {
		case a.Import != nil && a.FieldOwner(field) == registry.FromDocument:
			return true
		case strings.HasPrefix(field, "id_token."):
			return !hasURIs(a)
		case strings.HasPrefix(field, "refresh."):
			return !hasURIs(a)
		}
		return !hasURIs(a) && (field == "initiate_login_uri" || slices.Contains(uriFields, field))
	})
}

// hasURIs reports whether the page shows what people who sign in need.
func hasURIs(a *registry.Application) bool {
	return frame.SignsPeopleIn(a) || len(a.RedirectURIs)+len(a.LogoutURIs)+len(a.WebOrigins)+len(a.CORSOrigins) > 0
}

var staleLabels = map[string]string{
	"name": "Name", "description": "Description", "logo_uri": "Logo URL", "type": "Type", "tags": "Tags", "initiate_login_uri": "Login URL",
	"redirect_uris": "Callback URLs", "logout_uris": "Logout URLs", "web_origins": "Web origins", "cors_origins": "Other origins",
	"id_token.lifetime": "ID token lifetime", "id_token.algorithm": "ID token algorithm", "refresh.rotating": "Refresh token rotation",
	"refresh.leeway": "Refresh token leeway", "refresh.lifetime": "Refresh token lifetime", "refresh.idle_lifetime": "Idle lifetime of refresh tokens",
	"grant_types": "Grant types", "require_pkce": "Require PKCE", "metadata": "Metadata",
}

func staleLabel(field string) string { return staleLabels[field] }

// staleWords say how a value reads that is not shown as it is typed.
var staleWords = map[string]func(string) string{
	"name": frame.AsIs, "description": frame.AsIs, "tags": frame.AsIs, "refresh.rotating": frame.OnOff, "require_pkce": frame.OnOff,
	"type": func(t string) string { return frame.WordsOf(registry.Type(t)).Label },
}
