package bench

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/servertest"
	"clientele/internal/store/storetest"
)

// pagesMeasured are pages of the dashboard as a browser asks for them. The aim is a p50 of 10 ms for lists and a p99 of 50 ms.
var pagesMeasured = []struct{ name, path string }{
	{"list", "/dashboard/applications"},
	{"list/by-name", "/dashboard/applications?sort=name"},
	{"list/by-last-used", "/dashboard/applications?sort=last_used"},
	{"list/by-type", "/dashboard/applications?type=native"},
	{"list/by-origin", "/dashboard/applications?origin=manual"},
	{"list/by-origin-that-has-none", "/dashboard/applications?origin=imported"},
	{"list/by-origin-that-has-none-by-name", "/dashboard/applications?origin=imported&sort=name"},
	{"list/by-owner", "/dashboard/applications?owner=first_party"},
	{"list/by-owner-that-has-none", "/dashboard/applications?owner=third_party"},
	{"list/on", "/dashboard/applications?state=on"},
	{"list/off", "/dashboard/applications?state=off"},
	{"list/suspended", "/dashboard/applications?state=held"},
	{"list/unused-30", "/dashboard/applications?unused=30"},
	{"list/unused-90", "/dashboard/applications?unused=90"},
	{"list/unused-by-last-used", "/dashboard/applications?unused=30&sort=last_used"},
	{"list/high-findings-that-none-has", "/dashboard/applications?findings=high"},
	{"list/high-findings-that-none-has-by-name", "/dashboard/applications?findings=high&sort=name"},
	{"list/first-party-off-by-last-used", "/dashboard/applications?owner=first_party&state=off&sort=last_used"},
	{"list/all-filters", "/dashboard/applications?type=native&origin=manual&owner=first_party&state=off&unused=30&sort=name"},
	{"search/rare", "/dashboard/applications?q=app4711"},
	{"search/tenth", "/dashboard/applications?q=payroll"},
	{"search/tenth-by-last-used", "/dashboard/applications?q=chat&sort=last_used"},
	{"search/tenth-filtered", "/dashboard/applications?q=chat&type=native&state=off"},
	{"search/tenth-of-two-kinds", "/dashboard/applications?q=chat&type=native"},
	{"search/tenth-unused", "/dashboard/applications?q=chat&unused=30"},
	{"search/tenth-filtered-to-none", "/dashboard/applications?q=chat&origin=imported"},
	{"search/two-words", "/dashboard/applications?q=orders+team17"},
	{"search/two-frequent-words", "/dashboard/applications?q=billing+production"},
	{"search/two-that-never-meet", "/dashboard/applications?q=billing+orders"},
	{"search/two-that-never-meet-by-name", "/dashboard/applications?q=billing+orders&sort=name"},
	{"search/host", "/dashboard/applications?q=team17.example.com"},
	{"search/frequent", "/dashboard/applications?q=service"},
	{"search/frequent-by-name", "/dashboard/applications?q=service&sort=name"},
	{"search/frequent-filtered-to-none", "/dashboard/applications?q=service&origin=imported"},
	{"search/one-letter", "/dashboard/applications?q=s"},
	{"search/nothing", "/dashboard/applications?q=zzz"},
	{"home", "/dashboard"},
	{"activity", "/dashboard/activity"},
	{"activity/changes", "/dashboard/activity?show=change"},
	{"activity/uses", "/dashboard/activity?show=use"},
	{"activity/refused", "/dashboard/activity?show=refused"},
	{"activity/kind", "/dashboard/activity?kind=application.created"},
	{"activity/from-a-day", "/dashboard/activity?since=2026-03-01&until=2026-03-01"},
	{"activity/refusals", "/dashboard/activity/refusals"},
	{"users", "/dashboard/users"},
	{"users/blocked", "/dashboard/users?who=blocked"},
	{"users/operators", "/dashboard/users?who=operators"},
	{"users/rare", "/dashboard/users?q=person4711"},
	{"users/frequent", "/dashboard/users?q=person"},
	{"users/half", "/dashboard/users?q=ada"},
	{"users/two-that-never-meet", "/dashboard/users?q=ada+grace"},
	{"users/half-blocked", "/dashboard/users?q=ada&who=blocked"},
	{"apis", "/dashboard/apis"},
	{"create", "/dashboard/applications/new"},
	{"settings", "/dashboard/settings"},
}

// tabs are the pages of one application.
var tabs = []string{"", "/settings", "/credentials", "/apis", "/security", "/activity", "/advanced", "/danger", "/try"}

// people is how many users there are besides.
const people = 10_000

// BenchmarkPage is the time the server takes for a whole page, compressed as it travels, at 100 000 applications of which a third
// is in use, and 10 000 people of whom every hundredth is blocked.
func BenchmarkPage(b *testing.B) {
	s := servertest.New(b, servertest.WithStore(storetest.Filled(b, applications)))
	use(b, s)
	crowd(b, s)
	cookies := signIn(b, s)
	ask := func(b *testing.B, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, s.URL+path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("%s: status %d", path, w.Code)
		}
		return w
	}
	for _, p := range slices.Concat(pagesMeasured, deep(b, s), ofOne(b, s)) {
		b.Run(p.name, func(b *testing.B) {
			size := ask(b, p.path).Body.Len()
			percentiles(b, func(int) error { ask(b, p.path); return nil })
			b.ReportMetric(float64(size)/1000, "kB-sent")
		})
	}
}

// ofOne are the pages of one application among all.
func ofOne(b *testing.B, s *servertest.Server) (pages []struct{ name, path string }) {
	b.Helper()
	page, err := s.Store.Applications(b.Context(), registry.Query{Search: "app4711", Limit: 1})
	if err != nil || len(page.Items) == 0 {
		b.Fatal(err)
	}
	for _, tab := range tabs {
		pages = append(pages, struct{ name, path string }{"application" + tab, "/dashboard/applications/" + page.Items[0].ID + tab})
	}
	return pages
}

// use makes every third application be used, on one of fifty days.
func use(b *testing.B, s *servertest.Server) {
	b.Helper()
	q := registry.Query{Limit: 1000, Bare: true}
	for n := 0; ; n++ {
		page, err := s.Store.Applications(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		var uses []audit.Use
		for i := range page.Items {
			if i%3 == 0 {
				uses = append(uses, audit.Use{At: s.Clock.Now().Add(-time.Duration((n+i)%50) * 24 * time.Hour), Kind: "token.issued", ApplicationID: page.Items[i].ID})
			}
		}
		if err := s.Store.AppendUses(b.Context(), uses); err != nil {
			b.Fatal(err)
		}
		if q.After = page.Next; q.After == "" {
			return
		}
	}
}

// crowd creates the people. Half are called Ada and half Grace.
func crowd(b *testing.B, s *servertest.Server) {
	b.Helper()
	now := s.Clock.Now()
	for i := range people {
		email := fmt.Sprintf("person%d@example.com", i)
		u := account.User{
			ID: fmt.Sprintf("usr_%d", i), Email: email, EmailKey: email, Name: fmt.Sprint([]string{"Ada", "Grace"}[i%2], " ", i), Blocked: i%100 == 99,
			CreatedAt: now, UpdatedAt: now, Revision: 1,
		}
		e := audit.Event{At: now, Kind: "user.created", TargetKind: "user", TargetID: u.ID, TargetName: email}
		if err := s.Store.CreateUser(b.Context(), u, e); err != nil {
			b.Fatal(err)
		}
	}
}

func signIn(b *testing.B, s *servertest.Server) []*http.Cookie {
	b.Helper()
	s.CreateUser("editor@example.com", account.Editor)
	browser := s.Browser()
	page := browser.Get("/dashboard").Submit(url.Values{"email": {"editor@example.com"}, "password": {servertest.Password}}, "password")
	if page.Status != http.StatusOK {
		b.Fatal(page.Status)
	}
	return browser.Client.Jar.Cookies(page.URL)
}

// deep are pages from the middle of the list in each order, forwards and back.
func deep(b *testing.B, s *servertest.Server) (pages []struct{ name, path string }) {
	b.Helper()
	for _, by := range []registry.Sort{registry.Newest, registry.ByName, registry.LastUsed} {
		q := registry.Query{Sort: by, Limit: 1000, Bare: true}
		for range 50 {
			page, err := s.Store.Applications(b.Context(), q)
			if err != nil {
				b.Fatal(err)
			}
			q.After = page.Next
		}
		for _, way := range []string{"after", "before"} {
			path := "/dashboard/applications?" + url.Values{"sort": {string(by)}, way: {q.After}}.Encode()
			pages = append(pages, struct{ name, path string }{"deep/" + way + "/" + cmp.Or(string(by), "newest"), path})
		}
	}
	return pages
}
