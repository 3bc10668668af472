package apis

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
)

// Reader is what the pages of APIs ask beyond the registry. The store is one.
type Reader interface {
	APICallers(ctx context.Context, apiIDs []string) (map[string]int, error)
	ScopeUse(ctx context.Context, apiID, scope string) (registry.ScopeUse, error)
	Callers(ctx context.Context, q registry.CallerQuery) (registry.Page[registry.Caller], error)
}

// permissionForm is the permissions of an API: those it has, and those that are to be added.
type permissionForm struct {
	Scopes   []registry.APIScope
	Revision int64
	Seen     string
	Added    string
	Wrong    frame.Faults
	Stale    []frame.StaleField
}

func permissionFormOf(a *registry.API) permissionForm {
	return permissionForm{Scopes: a.Scopes, Revision: a.Revision, Seen: frame.SeenOf(permissionValues(a.Scopes), permissionFields), Wrong: frame.Faults{}}
}

var permissionFields = []string{"permissions"}

// permissionValues are permissions as one field of text, to compare two versions of them.
func permissionValues(scopes []registry.APIScope) url.Values {
	lines := make([]string, len(scopes))
	for i, s := range scopes {
		lines[i] = strings.TrimSpace(s.Value + " " + s.Description)
		if s.Default {
			lines[i] += " (given by default)"
		}
	}
	return url.Values{"permissions": lines}
}

// scopesTyped reads the rows of the table.
func scopesTyped(form url.Values) []registry.APIScope {
	var scopes []registry.APIScope
	for i, value := range form["permission"] {
		s := registry.APIScope{Value: value, Default: slices.Contains(form["default"], value)}
		if i < len(form["description"]) {
			s.Description = strings.TrimSpace(form["description"][i])
		}
		scopes = append(scopes, s)
	}
	return scopes
}

func (d *Pages) apiPermissions(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, apiPermissionsPage(v, &a, permissionFormOf(&a)))
}

// saveAPIPermissions writes descriptions and which permissions are given by default, if the API is still the one the form was made
// from. Permissions are neither added nor removed by it.
func (d *Pages) saveAPIPermissions(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	was, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := permissionFormOf(&was)
	f.Scopes = scopesTyped(r.PostForm)
	if r.PostForm.Get("take.permissions") == "theirs" {
		f.Scopes = was.Scopes
	}
	_, _, err = d.Registry.UpdateAPI(r.Context(), v.Actor(), was.ID, frame.RevisionOf(r), func(a *registry.API) error {
		a.Scopes = slices.Clone(f.Scopes)
		return nil
	})
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	switch {
	case err == nil:
		return d.Done(w, r, apiPath(&was, "permissions"), "Saved. The next token is made by it.")
	case wrong:
		f.Wrong.AddInvalid(invalid, apiLabels, map[string][]string{"scopes": scopeValues(f.Scopes)})
		return v.Write(w, r, http.StatusUnprocessableEntity, apiPermissionsPage(v, &was, f))
	case !errors.Is(err, registry.ErrStale):
		return err
	}
	mine := permissionValues(f.Scopes)
	mine.Set("seen", r.PostForm.Get("seen"))
	f.Stale = frame.StaleFields(permissionFields, mine, permissionValues(was.Scopes), func(string) string { return "Permissions" }, nil)
	if len(f.Stale) == 0 {
		return d.Done(w, r, apiPath(&was, "permissions"), "Saved. The next token is made by it.")
	}
	return v.Write(w, r, http.StatusConflict, apiPermissionsPage(v, &was, f))
}

func scopeValues(scopes []registry.APIScope) []string {
	values := make([]string, len(scopes))
	for i, s := range scopes {
		values[i] = s.Value
	}
	return values
}

// addAPIPermissions adds what stands in the lines. A permission that is there already is refused, so sending it twice adds it once.
func (d *Pages) addAPIPermissions(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	was, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := permissionFormOf(&was)
	f.Added = r.PostForm.Get("added")
	scopes, values := scopesOf(f.Added, nil)
	if len(scopes) == 0 {
		f.Wrong.Add("added", "Write at least one permission, as in read:orders.")
		return v.Write(w, r, http.StatusUnprocessableEntity, apiPermissionsPage(v, &was, f))
	}
	said := "Permission added: " + scopes[0].Value + "."
	if len(scopes) > 1 {
		said = strconv.Itoa(len(scopes)) + " permissions added."
	}
	if addedBefore(was.Scopes, scopes) { // sent twice
		return d.Done(w, r, apiPath(&was, "permissions"), said)
	}
	_, _, err = d.Registry.UpdateAPI(r.Context(), v.Actor(), was.ID, 0, func(a *registry.API) error {
		values = append(scopeValues(a.Scopes), scopeValues(scopes)...)
		a.Scopes = append(a.Scopes, scopes...)
		return nil
	})
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		f.Wrong.AddInvalid(invalid, apiLabels, map[string][]string{"scopes": values})
		f.Wrong["added"] = f.Wrong["scopes"]
		delete(f.Wrong, "scopes")
		return v.Write(w, r, http.StatusUnprocessableEntity, apiPermissionsPage(v, &was, f))
	}
	if err != nil {
		return err
	}
	return d.Done(w, r, apiPath(&was, "permissions"), said)
}

// addedBefore reports whether an API has just these permissions, in just these words, at its end.
func addedBefore(has, added []registry.APIScope) bool {
	return len(has) >= len(added) && slices.Equal(has[len(has)-len(added):], added)
}

// removal is one permission and who holds it.
type removal struct {
	API   registry.API
	Scope registry.APIScope
	Use   registry.ScopeUse
}

func (d *Pages) removalOf(r *http.Request) (removal, error) {
	a, err := d.Registry.API(r.Context(), r.PathValue("id"))
	if err != nil {
		return removal{}, err
	}
	i := slices.IndexFunc(a.Scopes, func(s registry.APIScope) bool { return s.Value == r.FormValue("permission") })
	if i < 0 || a.System {
		return removal{API: a}, registry.ErrNotFound
	}
	use, err := d.APIs.ScopeUse(r.Context(), a.ID, a.Scopes[i].Value)
	return removal{API: a, Scope: a.Scopes[i], Use: use}, err
}

func (d *Pages) askRemovePermission(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	x, err := d.removalOf(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, removePermissionPage(v, x))
}

// removePermission takes a permission out of the API. Client grants that name it stop giving it with the next token. One that is
// gone already was removed by the same form before.
func (d *Pages) removePermission(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	value := r.PostForm.Get("permission")
	a, _, err := d.Registry.UpdateAPI(r.Context(), v.Actor(), r.PathValue("id"), 0, func(a *registry.API) error {
		a.Scopes = slices.DeleteFunc(a.Scopes, func(s registry.APIScope) bool { return s.Value == value })
		return nil
	})
	if err != nil {
		return err
	}
	return d.Done(w, r, apiPath(&a, "permissions"), "Removed: "+frame.Shortened(value)+". The next token is made without it.")
}

// holders say who loses a permission.
func (x removal) holders() []string {
	var list []string
	add := func(n int, one, many string) {
		if n > 0 {
			list = append(list, frame.CountWords(n, one, many))
		}
	}
	add(x.Use.Applications, "application has it by name", "applications have it by name")
	add(x.Use.Whole, "application has every permission of the API, so this one too", "applications have every permission of the API, so this one too")
	add(x.Use.Defaults, "default for third parties has it", "defaults for third parties have it")
	return list
}
