package applications

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// applicationList is what the list shows, and what was asked for.
type applicationList struct {
	Search string
	Chosen map[string]string // the filters and the order that are not as usual, by name
	After  string
	Before string
	Number int  // of the page, for people only; a cursor says where it begins
	Odd    bool // a filter has a value that nobody offers: it fits nothing
	Page   registry.Page[registry.Application]
}

// choice is one filter of the list, or its order.
type choice struct {
	Name    string
	Label   string
	Options []ui.Option
	apply   func(q *registry.Query, value string, now time.Time)
}

// applicationChoices are the filters in their order on the page, and the order of the list.
var applicationChoices = []choice{
	{"type", "Type", typeFilter(), filterType},
	{"origin", "Origin", []ui.Option{
		{Label: "Any origin"},
		{Value: string(registry.Manual), Label: "Made by hand"},
		{Value: string(registry.Imported), Label: "From a URL"},
		{Value: string(registry.Registered), Label: "Registered itself"},
	}, func(q *registry.Query, value string, _ time.Time) { q.Origin = registry.Origin(value) }},
	{"owner", "Owner", []ui.Option{
		{Label: "Any owner"}, {Value: string(registry.FirstParty), Label: "First-party"}, {Value: string(registry.ThirdParty), Label: "Third-party"},
	}, func(q *registry.Query, value string, _ time.Time) { q.Ownership = registry.Ownership(value) }},
	{"state", "State", []ui.Option{
		{Label: "Any state"}, {Value: "on", Label: "On"}, {Value: "off", Label: "Off"}, {Value: "held", Label: "Suspended or withdrawn"},
	}, filterState},
	{"unused", "Use", []ui.Option{
		{Label: "Used or not"}, {Value: "30", Label: "Unused for 30 days"}, {Value: "90", Label: "Unused for 90 days"},
	}, filterUnused},
	{
		"findings", "Findings",
		[]ui.Option{{Label: "Any findings"}, {Value: "high", Label: "High findings"}},
		func(q *registry.Query, _ string, _ time.Time) { q.Risky = true },
	},
	{"sort", "Order", []ui.Option{
		{Label: "Newest first"}, {Value: string(registry.ByName), Label: "By name"}, {Value: string(registry.LastUsed), Label: "Last used first"},
	}, func(q *registry.Query, value string, _ time.Time) { q.Sort = registry.Sort(value) }},
}

func typeFilter() []ui.Option {
	options := []ui.Option{{Label: "All types"}}
	for _, t := range frame.Types {
		options = append(options, ui.Option{Value: string(t.Type), Label: t.Label})
	}
	return append(options, ui.Option{Value: "generic", Label: "Generic"})
}

func filterType(q *registry.Query, value string, _ time.Time) {
	q.Types = []registry.Type{registry.Type(value)}
	if value == "generic" {
		q.Types = []registry.Type{registry.Generic}
	}
}

func filterState(q *registry.Query, value string, _ time.Time) {
	enabled := value == "on"
	if value == "held" {
		q.Held = true
		return
	}
	q.Enabled = &enabled
}

func filterUnused(q *registry.Query, value string, now time.Time) {
	days, _ := strconv.Atoi(value) // one of the options
	q.Unused = now.Add(-time.Duration(days) * 24 * time.Hour)
}

// readList reads what was asked for. A value that no filter offers is none.
func readList(form url.Values) applicationList {
	l := applicationList{Search: form.Get("q"), Chosen: map[string]string{}, After: form.Get("after"), Before: form.Get("before")}
	for _, c := range applicationChoices {
		value := form.Get(c.Name)
		switch {
		case value == "":
		case slices.ContainsFunc(c.Options, func(o ui.Option) bool { return o.Value == value }):
			l.Chosen[c.Name] = value
		default:
			l.Odd = l.Odd || c.Name != "sort"
		}
	}
	if n, err := strconv.Atoi(form.Get("page")); err == nil && n > 0 && n < 1_000_000 && l.After+l.Before != "" {
		l.Number = n
	}
	return l
}

func (l applicationList) query(now time.Time) registry.Query {
	q := registry.Query{Search: l.Search, After: l.After, Before: l.Before, Limit: registry.DefaultPageSize, Bare: true}
	for _, c := range applicationChoices {
		if value := l.Chosen[c.Name]; value != "" {
			c.apply(&q, value, now)
		}
	}
	return q
}

// filtered reports whether the list leaves anything out; its order does not.
func (l applicationList) filtered() bool {
	others := len(l.Chosen)
	if l.Chosen["sort"] != "" {
		others--
	}
	return l.Search != "" || others > 0 || l.Odd
}

// link is the list with the same filters and some values set, or taken away if they are empty.
func (l applicationList) link(set ...ui.Hidden) string {
	q := url.Values{}
	if l.Search != "" {
		q.Set("q", l.Search)
	}
	for name, value := range l.Chosen {
		q.Set(name, value)
	}
	for _, s := range set {
		if q.Del(s.Name); s.Value != "" {
			q.Set(s.Name, s.Value)
		}
	}
	if len(q) == 0 {
		return frame.ToApplications.Href
	}
	return frame.ToApplications.Href + "?" + q.Encode()
}

func (l applicationList) pager() ui.Pager {
	number := max(l.Number, 1)
	if l.Page.Back == "" {
		number = 1
	}
	p := ui.Pager{Shown: strconv.Itoa(len(l.Page.Items)) + " on this page"}
	if number == l.Number || l.Page.Back == "" { // where the page stands is known
		first := (number-1)*registry.DefaultPageSize + 1
		p.Shown = strconv.Itoa(first) + "–" + strconv.Itoa(first+len(l.Page.Items)-1)
	}
	if l.Page.Back != "" {
		p.First = l.link()
		p.Back = l.link(ui.Hidden{Name: "before", Value: l.Page.Back}, ui.Hidden{Name: "page", Value: strconv.Itoa(max(number-1, 1))})
	}
	if l.Page.Next != "" {
		p.Next = l.link(ui.Hidden{Name: "after", Value: l.Page.Next}, ui.Hidden{Name: "page", Value: strconv.Itoa(number + 1)})
	}
	return p
}

// columns are the heads of the table; those that have an order lead to the list in it.
func (l applicationList) columns(ticks bool) []ui.Column {
	by := func(label string, sort registry.Sort, direction string) ui.Column {
		c := ui.Column{Label: label, Sort: l.link(ui.Hidden{Name: "sort", Value: string(sort)})}
		if l.Chosen["sort"] == string(sort) {
			c.Sorted = direction
		}
		return c
	}
	columns := []ui.Column{
		by("Name", registry.ByName, "ascending"),
		{Label: "Client ID"},
		{Label: "Origin"},
		{Label: "Findings"},
		{Label: "State"},
		by("Last used", registry.LastUsed, "descending"), by("Created", registry.Newest, "descending"),
		{Label: "Actions", Hidden: true, End: true},
	}
	if ticks {
		columns = append([]ui.Column{{Label: "Tick all on this page", Tick: true}}, columns...)
	}
	return columns
}

func (d *Pages) listApplications(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	form := r.URL.Query()
	if ref, ok := frame.AsReference(form.Get("q")); ok { // the search of the bar takes references, too
		http.Redirect(w, r, d.Path(frame.RefusalsPath+"/"+ref), http.StatusSeeOther)
		return nil
	}
	l := readList(form)
	if !l.Odd {
		var err error
		if l.Page, err = d.Registry.Applications(r.Context(), l.query(v.Now)); err != nil {
			return err
		}
	}
	return v.Write(w, r, http.StatusOK, applicationsPage(v, l))
}

// listRoutes are the list of applications, and what is done with several at once.
func (d *Pages) listRoutes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/applications", account.ActView, d.listApplications),
		frame.On("GET /dashboard/applications/new", account.ActEdit, d.newApplication),
		frame.On("POST /dashboard/applications/new", account.ActEdit, d.createApplication),
		frame.On("GET "+bulkPath, account.ActEdit, d.confirmBulk),
		frame.On("POST "+bulkPath+"/switch", account.ActEdit, d.switchSeveral),
		frame.OnFresh("POST "+bulkPath+"/delete", account.ActEdit, d.deleteSeveral),
	}
}
