package apis

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

var toAPIs = ui.Link{Label: "APIs", Href: "/dashboard/apis"}

// apiList is what the list shows.
type apiList struct {
	Search, After string
	Page          registry.Page[registry.API]
	Callers       map[string]int // applications with a permission of their own, by API
}

func (l apiList) pager() ui.Pager {
	q := url.Values{}
	if l.Search != "" {
		q.Set("q", l.Search)
	}
	p := ui.Pager{Shown: "50 a page, by name"}
	if l.After != "" {
		p.First = "/dashboard/apis?" + q.Encode()
	}
	if l.Page.Next != "" {
		q.Set("after", l.Page.Next)
		p.Next = "/dashboard/apis?" + q.Encode()
	}
	return p
}

func (d *Pages) listAPIs(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	l := apiList{Search: r.URL.Query().Get("q"), After: r.URL.Query().Get("after")}
	var err error
	if l.Page, err = d.Registry.APIs(r.Context(), registry.APIQuery{Search: l.Search, After: l.After, Limit: registry.DefaultPageSize}); err != nil {
		return err
	}
	ids := make([]string, len(l.Page.Items))
	for i := range l.Page.Items {
		ids[i] = l.Page.Items[i].ID
	}
	if l.Callers, err = d.APIs.APICallers(r.Context(), ids); err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, apisPage(v, l))
}

// newAPIForm is the form for a new API as it was and as it is shown again.
type newAPIForm struct {
	Name, Identifier, Scopes string
	Wrong                    frame.Faults
}

func (d *Pages) newAPI(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return v.Write(w, r, http.StatusOK, newAPIPage(v, newAPIForm{}))
}

func (d *Pages) createAPI(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := newAPIForm{Name: strings.TrimSpace(r.PostForm.Get("name")), Identifier: strings.TrimSpace(r.PostForm.Get("identifier")), Scopes: r.PostForm.Get("scopes"), Wrong: frame.Faults{}}
	scopes, values := scopesOf(f.Scopes, nil)
	api, err := d.Registry.CreateAPI(r.Context(), v.Actor(), registry.API{Name: f.Name, Identifier: f.Identifier, Scopes: scopes})
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	switch {
	case wrong:
		f.Wrong.AddInvalid(invalid, apiLabels, map[string][]string{"scopes": values})
	case errors.Is(err, registry.ErrConflict):
		f.Wrong.Add("identifier", "There is an API with this identifier already, a slash at its end apart. Take another one.")
	case err != nil:
		return err
	default:
		return d.Done(w, r, "/dashboard/apis/"+api.ID, "API created.")
	}
	return v.Write(w, r, http.StatusUnprocessableEntity, newAPIPage(v, f))
}

// scopesOf reads permissions: one a line, the permission, then its description. defaults are those that a request without a
// scope gets.
func scopesOf(text string, defaults []string) (scopes []registry.APIScope, values []string) {
	for _, line := range frame.LinesOf(text) {
		value, description, _ := strings.Cut(line, " ")
		s := registry.APIScope{Value: value, Description: strings.TrimSpace(description)}
		for _, d := range defaults {
			s.Default = s.Default || d == value
		}
		scopes, values = append(scopes, s), append(values, value)
	}
	return scopes, values
}

func defaultScopes(scopes []registry.APIScope) []string {
	var list []string
	for _, s := range scopes {
		if s.Default {
			list = append(list, s.Value)
		}
	}
	return list
}
