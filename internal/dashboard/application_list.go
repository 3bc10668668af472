package dashboard

import (
	"net/http"
	"net/url"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// applicationList is what the list shows.
type applicationList struct {
	Search    string
	Type      string // a registry.Type, or generic for those without
	Ownership string
	Page      registry.Page[registry.Application]
	After     string
}

func (l applicationList) filtered() bool { return l.Search != "" || l.Type != "" || l.Ownership != "" }

// link is the list with the same filters from another place on.
func (l applicationList) link(after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": l.Search, "type": l.Type, "owner": l.Ownership, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/dashboard/applications"
	}
	return "/dashboard/applications?" + q.Encode()
}

func (l applicationList) pager() ui.Pager {
	p := ui.Pager{Shown: "50 a page, newest first"}
	if l.After != "" {
		p.First = l.link("")
	}
	if l.Page.Next != "" {
		p.Next = l.link(l.Page.Next)
	}
	return p
}

func (d *Dashboard) listApplications(w http.ResponseWriter, r *http.Request, v *visit) error {
	form := r.URL.Query()
	if ref, ok := asReference(form.Get("q")); ok { // the search of the bar takes references, too
		http.Redirect(w, r, d.path(refusalsPath+"/"+ref), http.StatusSeeOther)
		return nil
	}
	l := applicationList{Search: form.Get("q"), Type: form.Get("type"), Ownership: form.Get("owner"), After: form.Get("after")}
	q := registry.Query{Search: l.Search, After: l.After, Limit: registry.DefaultPageSize, Ownership: registry.Ownership(l.Ownership)}
	switch l.Type {
	case "":
	case "generic":
		q.Types = []registry.Type{registry.Generic}
	default:
		q.Types = []registry.Type{registry.Type(l.Type)}
	}
	var err error
	if l.Page, err = d.Registry.Applications(r.Context(), q); err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, applicationsPage(v, l))
}

func typeFilter() []ui.Option {
	options := []ui.Option{{Label: "All types"}}
	for _, t := range types {
		options = append(options, ui.Option{Value: string(t.Type), Label: t.Label})
	}
	return append(options, ui.Option{Value: "generic", Label: "Generic"})
}

var ownershipFilter = []ui.Option{
	{Label: "Any owner"}, {Value: string(registry.FirstParty), Label: "First-party"}, {Value: string(registry.ThirdParty), Label: "Third-party"},
}

// applicationListRoutes are the list of applications.
func (d *Dashboard) applicationListRoutes() []route {
	return []route{
		{"GET /dashboard/applications", account.ActView, false, d.listApplications},
		{"GET /dashboard/applications/new", account.ActEdit, false, d.newApplication},
		{"POST /dashboard/applications/new", account.ActEdit, false, d.createApplication},
	}
}
