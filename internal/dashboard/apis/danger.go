package apis

import (
	"errors"
	"net/http"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// apiDelete is the page of deleting an API as it was and as it is shown again.
type apiDelete struct {
	API     registry.API
	Callers int
	Default bool // requests without audience and resource are for it
	Typed   string
	Wrong   frame.Faults
}

func (d *Pages) apiDeleteOf(r *http.Request) (f apiDelete, err error) {
	f.Wrong = frame.Faults{}
	if f.API, err = d.Registry.API(r.Context(), r.PathValue("id")); err != nil {
		return f, err
	}
	if f.API.System {
		return f, registry.ErrNotFound
	}
	f.Default = registry.CanonicalAudience(d.Settings.Current().DefaultAPI) == registry.CanonicalAudience(f.API.Identifier)
	counts, err := d.APIs.APICallers(r.Context(), []string{f.API.ID})
	f.Callers = counts[f.API.ID]
	return f, err
}

func (d *Pages) apiDanger(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f, err := d.apiDeleteOf(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, apiDangerPage(v, f))
}

func (d *Pages) deleteAPI(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f, err := d.apiDeleteOf(r)
	if err != nil {
		return err
	}
	if f.Typed = r.PostForm.Get("typed"); f.Typed != f.API.Name {
		f.Wrong.Add("typed", "Type the name exactly as it stands above: "+f.API.Name)
		return v.Write(w, r, http.StatusUnprocessableEntity, apiDangerPage(v, f))
	}
	err = d.Registry.DeleteAPI(r.Context(), v.Actor(), f.API.ID)
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		return d.Sent(w, r, apiPath(&f.API, ""), ui.Danger, invalid.Error())
	}
	if err != nil {
		return err
	}
	return d.Done(w, r, "/dashboard/apis", f.API.Name+" was deleted.")
}

// losses say what stops working.
func (f apiDelete) losses() []string {
	list := []string{
		"Whoever asks for a token of " + f.API.Identifier + " is refused from then on, and so is whoever has a refresh token for it.",
		"Access tokens that are out verify until they end, at most " + ui.Span(f.API.TokenLifetime) + " later.",
	}
	if f.API.UserPolicy == registry.AllowAll {
		list = append(list, "Every first-party application may act for people here today, without a permission of its own; none can any more.")
	}
	if f.Callers > 0 {
		list = append(list, frame.CountWords(f.Callers, "application loses its permissions here.", "applications lose their permissions here."))
	}
	if f.Default {
		list = append(list, "It is the default API: requests that name none get a token for UserInfo only, until you name another one under Settings.")
	}
	return list
}
