package apis

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
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
	For                      *registry.Application // that will call it, if it is made for one
	Wrong                    frame.Faults
}

func (d *Pages) newAPI(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	caller, err := d.callerOf(r.Context(), r.URL.Query().Get("for"))
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, newAPIPage(v, newAPIForm{For: caller}))
}

// callerOf is the application that an API is made for; nil for none, and for one that is not there.
func (d *Pages) callerOf(ctx context.Context, id string) (*registry.Application, error) {
	if id == "" {
		return nil, nil //nolint:nilnil // an API is mostly made for nobody in particular
	}
	a, err := d.Registry.Application(ctx, id)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return nil, nil //nolint:nilnil // as above
	case err != nil:
		return nil, err
	}
	return &a, nil
}

// back is where a form leads that is given up.
func (f newAPIForm) back() string {
	if f.For == nil {
		return "/dashboard/apis"
	}
	return frame.AppPath(f.For, "apis")
}

// lead says what the form is for.
func (f newAPIForm) lead() string {
	if f.For == nil {
		return "Tell this server what accepts its tokens, and what can be permitted there."
	}
	return "The API that " + f.For.Name + " calls. Afterwards you say what " + f.For.Name + " may do there."
}

// after is where the way goes on once the API is there.
func (f newAPIForm) after(a *registry.API) string {
	if f.For == nil {
		return apiPath(a, "")
	}
	return frame.AppPath(f.For, "apis/"+a.ID)
}

func (d *Pages) createAPI(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := newAPIForm{Name: strings.TrimSpace(r.PostForm.Get("name")), Identifier: strings.TrimSpace(r.PostForm.Get("identifier")), Scopes: r.PostForm.Get("scopes"), Wrong: frame.Faults{}}
	var err error
	if f.For, err = d.callerOf(r.Context(), r.PostForm.Get("for")); err != nil {
		return err
	}
	scopes, values := scopesOf(f.Scopes, nil)
	api, err := d.Registry.CreateAPI(r.Context(), v.Actor(), registry.API{Name: f.Name, Identifier: f.Identifier, Scopes: scopes})
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	switch {
	case wrong:
		f.Wrong.AddInvalid(invalid, apiLabels, map[string][]string{"scopes": values})
	case errors.Is(err, registry.ErrConflict):
		if twin, sent := d.sentBefore(r.Context(), f, scopes); sent {
			return d.Done(w, r, f.after(&twin), "API created.")
		}
		f.Wrong.Add("identifier", "There is an API with this identifier already, a slash at its end apart. Take another one.")
	case err != nil:
		return err
	default:
		return d.Done(w, r, f.after(&api), "API created.")
	}
	return v.Write(w, r, http.StatusUnprocessableEntity, newAPIPage(v, f))
}

// sentBefore is the API that the same form made already: a double submit makes one, and leads there.
func (d *Pages) sentBefore(ctx context.Context, f newAPIForm, scopes []registry.APIScope) (registry.API, bool) {
	a, err := d.Registry.APIByIdentifier(ctx, f.Identifier)
	return a, err == nil && a.Revision == 1 && a.Name == f.Name && a.Identifier == f.Identifier && slices.Equal(a.Scopes, scopes)
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
