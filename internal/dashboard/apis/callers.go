package apis

import (
	"errors"
	"net/http"
	"net/url"

	"clientele/internal/dashboard/access"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// callers is one page of who may call an API by a permission of its own.
type callers struct {
	API           registry.API
	Search, After string
	Page          registry.Page[registry.Caller]
}

// callerPage is how many applications stand on a page.
const callerPage = 50

func (d *Pages) apiApplications(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	c := callers{Search: r.URL.Query().Get("find"), After: r.URL.Query().Get("after")}
	var err error
	if c.API, err = d.Registry.API(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	c.Page, err = d.APIs.Callers(r.Context(), registry.CallerQuery{APIID: c.API.ID, Search: frame.Shortened(c.Search), After: c.After, Limit: callerPage})
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, apiApplicationsPage(v, c))
}

func (c callers) pager() ui.Pager {
	q := url.Values{}
	if c.Search != "" {
		q.Set("find", c.Search)
	}
	p := ui.Pager{Shown: "50 a page, newest first"}
	if c.After != "" {
		p.First = apiPath(&c.API, "applications?"+q.Encode())
	}
	if c.Page.Next != "" {
		q.Set("after", c.Page.Next)
		p.Next = apiPath(&c.API, "applications?"+q.Encode())
	}
	return p
}

// thirdParties is what applications of others may do with an API without a grant of their own.
type thirdParties struct {
	API          registry.API
	Default      access.AccessForm // what every third-party application may do for people
	Had          *registry.ClientGrant
	Strangers    access.AccessForm // what every application may do for people that came by itself and nobody approved
	HadStrangers *registry.ClientGrant
}

func (d *Pages) thirdPartiesOf(r *http.Request) (t thirdParties, err error) {
	if t.API, err = d.Registry.API(r.Context(), r.PathValue("id")); err != nil {
		return t, err
	}
	if t.API.System {
		return t, registry.ErrNotFound
	}
	if t.Had, err = d.defaultGrant(r, registry.ClientGrantQuery{APIID: t.API.ID, SubjectType: registry.ForUser, ThirdParties: true}); err != nil {
		return t, err
	}
	if t.HadStrangers, err = d.defaultGrant(r, registry.ClientGrantQuery{APIID: t.API.ID, SubjectType: registry.ForUser, Strangers: true}); err != nil {
		return t, err
	}
	t.Default, t.Strangers = access.FormFrom(t.Had, registry.ForUser), access.FormFrom(t.HadStrangers, registry.ForUser)
	t.Strangers.Whom = toStrangers
	return t, nil
}

// defaultGrant is the one grant that a query selects; nil if there is none.
func (d *Pages) defaultGrant(r *http.Request, q registry.ClientGrantQuery) (*registry.ClientGrant, error) {
	q.Limit = 1
	page, err := d.Registry.ClientGrants(r.Context(), q)
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	return &page.Items[0], nil
}

func (d *Pages) apiThirdParties(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	t, err := d.thirdPartiesOf(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, apiThirdPartiesPage(v, t))
}

// toStrangers says of a form that it is about the applications nobody approved.
const toStrangers = "strangers"

// saveDefaultGrant sets what every third-party application, or every one that nobody approved, may do for people, unless it has a
// grant of its own.
func (d *Pages) saveDefaultGrant(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	t, err := d.thirdPartiesOf(r)
	if err != nil {
		return err
	}
	f := access.AccessForm{Subject: registry.ForUser, Whom: r.PostForm.Get("whom"), Choice: r.PostForm.Get("access"), Scopes: r.PostForm["scope"], Revision: r.PostForm.Get("revision")}
	had := t.Had
	if f.Whom == toStrangers {
		had = t.HadStrangers
	}
	want := registry.ClientGrant{ThirdParties: f.Whom != toStrangers, Strangers: f.Whom == toStrangers, APIID: t.API.ID, SubjectType: registry.ForUser}
	err = d.Access.Save(r, v, had, want, f)
	if err == nil {
		return d.Done(w, r, apiPath(&t.API, "third-parties"), "Saved. The next token has the new permissions.")
	}
	return d.defaultRefused(w, r, v, f, err)
}

// defaultRefused shows the form again with everything typed, and what is in force now beside it.
func (d *Pages) defaultRefused(w http.ResponseWriter, r *http.Request, v *frame.Visit, f access.AccessForm, refusal error) error {
	t, err := d.thirdPartiesOf(r)
	if err != nil {
		return err
	}
	now, status := &t.Default, http.StatusUnprocessableEntity
	if f.Whom == toStrangers {
		now = &t.Strangers
	}
	invalid, wrong := errors.AsType[*registry.Invalid](refusal)
	switch {
	case wrong:
		f.Fault = access.GrantFault(invalid)
	case access.Overtaken(refusal):
		status, f.Fault = http.StatusConflict, now.OvertakenFault()
	default:
		return refusal
	}
	f.Revision = now.Revision
	*now = f
	return v.Write(w, r, status, apiThirdPartiesPage(v, t))
}
