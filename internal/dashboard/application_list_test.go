package dashboard_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// listed are the names on a list, in their order.
func listed(p servertest.Page) (names []string) {
	_, body, _ := strings.Cut(p.Body, "<tbody>")
	for _, m := range regexp.MustCompile(`<th scope="row">.*?<a href="[^"]*">([^<]*)</a>`).FindAllStringSubmatch(body, -1) {
		names = append(names, html.UnescapeString(m[1]))
	}
	return names
}

func TestFiltersAndOrdersOfTheListGoTogether(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		b := signedIn(t, s, account.Editor)
		s.CreateApplication(registry.Draft{Name: "zebra", Type: registry.RegularWeb})
		old, _ := s.CreateApplication(registry.Draft{Name: "Apple", Type: registry.Native})
		s.CreateApplication(registry.Draft{Name: "mango", Type: registry.Native, Ownership: registry.ThirdParty, Tags: []string{"Fruit"}, RedirectURIs: []string{"https://mango.example.com/cb"}})
		s.Clock.Advance(29 * time.Minute)
		if err := s.Store.AppendUses(t.Context(), []audit.Use{{At: s.Clock.Now(), Kind: "token.issued", ApplicationID: old.ID}}); err != nil {
			t.Fatal(err)
		}
		off, _ := s.CreateApplication(registry.Draft{Name: "banana", Type: registry.Native})
		if _, err := s.Registry.SetEnabled(t.Context(), audit.Actor{Kind: audit.ActorOperator, ID: "usr_1"}, off.ID, false); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]string{
			"":                                      "banana mango Apple zebra",
			"?sort=name":                            "Apple banana mango zebra",
			"?sort=last_used":                       "Apple banana mango zebra",
			"?sort=unheard-of":                      "banana mango Apple zebra",
			"?type=native&sort=name":                "Apple banana mango",
			"?type=native&state=on&sort=name":       "Apple mango",
			"?state=off":                            "banana",
			"?owner=third_party":                    "mango",
			"?origin=manual&type=regular_web":       "zebra",
			"?origin=imported":                      "",
			"?state=held":                           "",
			"?findings=high":                        "",
			"?unused=30":                            "",
			"?q=fruit":                              "mango",
			"?q=mango.example.com&sort=name":        "mango",
			"?q=https%3A%2F%2Fmango.example.com%2F": "mango",
			"?q=" + old.ID:                          "Apple",
			"?state=unheard-of":                     "",
		} {
			page := b.Get("/dashboard/applications" + query)
			if got := strings.Join(listed(page), " "); got != want || page.Status != http.StatusOK {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
	})
}

func TestUnusedMeansMadeBeforeAndNotUsedSince(t *testing.T) {
	s := servertest.New(t)
	s.CreateApplication(registry.Draft{Name: "forgotten", Type: registry.Native})
	used, _ := s.CreateApplication(registry.Draft{Name: "used", Type: registry.Native})
	s.Clock.Advance(40 * 24 * time.Hour)
	s.CreateApplication(registry.Draft{Name: "new", Type: registry.Native})
	if err := s.Store.AppendUses(t.Context(), []audit.Use{{At: s.Clock.Now(), Kind: "token.issued", ApplicationID: used.ID}}); err != nil {
		t.Fatal(err)
	}
	b := signedIn(t, s, account.Viewer)
	for days, want := range map[string]string{"30": "forgotten", "90": ""} {
		if got := strings.Join(listed(b.Get("/dashboard/applications?unused="+days)), " "); got != want {
			t.Errorf("%s days: %q, want %q", days, got, want)
		}
	}
}

var pageLink = regexp.MustCompile(`<a class="button[^"]*" href="([^"]+)">\s*<span[^>]*>(Next|Previous|First) page</span>`)

// pageLinks are where the pager of a list leads.
func pageLinks(p servertest.Page) map[string]string {
	links := map[string]string{}
	for _, m := range pageLink.FindAllStringSubmatch(p.Body, -1) {
		links[m[2]] = html.UnescapeString(m[1])
	}
	return links
}

func TestALongListIsReadForwardsAndBackInEveryOrder(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	for i := range 2*registry.DefaultPageSize + 5 {
		s.CreateApplication(registry.Draft{Name: "Orders " + strconv.Itoa(i*7919%1000), Type: registry.RegularWeb})
	}
	for _, query := range []string{"", "?sort=name", "?sort=last_used", "?sort=name&q=orders"} {
		first := b.Get("/dashboard/applications" + query)
		second := b.Get(pageLinks(first)["Next"])
		third := b.Get(pageLinks(second)["Next"])
		links := pageLinks(third)
		if links["Next"] != "" || len(listed(third)) != 5 || !strings.Contains(third.Body, "101–105") {
			t.Fatalf("%q: the third page has %d and leads to %q", query, len(listed(third)), links["Next"])
		}
		if back := b.Get(links["Previous"]); !slices.Equal(listed(back), listed(second)) {
			t.Errorf("%q: the way back from the third page is another page", query)
		}
		if back := b.Get(pageLinks(b.Get(links["Previous"]))["Previous"]); !slices.Equal(listed(back), listed(first)) || pageLinks(back)["Previous"] != "" {
			t.Errorf("%q: the way back does not end at the first page", query)
		}
		if start := b.Get(links["First"]); !slices.Equal(listed(start), listed(first)) {
			t.Errorf("%q: the first page is another one", query)
		}
	}
}

func TestWhatSomebodyElseDeletedLeavesAnEmptyPageAndAWayOn(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	wants(t, b.Get(bulkOf("off", "no-such-id")), http.StatusOK, "No application was ticked")
	gone := b.Get(bulkOf("delete", app.ID))
	if err := s.Registry.Delete(t.Context(), audit.Actor{Kind: audit.ActorOperator, ID: "usr_1"}, app.ID); err != nil {
		t.Fatal(err)
	}
	wants(t, gone.Submit(url.Values{"typed": {"1"}}, "typed"), http.StatusOK, "They are gone already")
}

func bulkOf(verb string, ids ...string) string {
	return "/dashboard/applications/several?" + url.Values{"verb": {verb}, "id": ids, "back": {"/dashboard/applications?sort=name"}}.Encode()
}

func TestSeveralAreSwitchedOffAndOnAfterTheyAreNamed(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	one, _ := s.CreateApplication(registry.Draft{Name: "One", Type: registry.Native})
	two, _ := s.CreateApplication(registry.Draft{Name: "Two", Type: registry.Native})
	three, _ := s.CreateApplication(registry.Draft{Name: "Three", Type: registry.Native})
	page := b.Get(bulkOf("off", one.ID, two.ID))
	wants(t, page, http.StatusOK, "Switch off 2 applications", "One", "Two", "they get no new tokens")
	servertest.CheckMarkup(t, "several", page.Body)
	if strings.Contains(page.Body, "Three") {
		t.Error("one is named that was not ticked")
	}
	after := page.Submit(url.Values{}, "verb")
	wants(t, after, http.StatusOK, "2 applications switched off.")
	if after.URL.RawQuery != "sort=name" {
		t.Error("the list lost its order:", after.URL)
	}
	for id, want := range map[string]bool{one.ID: false, two.ID: false, three.ID: true} {
		if a, err := s.Registry.Application(t.Context(), id); err != nil || a.Enabled != want {
			t.Errorf("%s: on %v, %v", a.Name, a.Enabled, err)
		}
	}
	wants(t, b.Get(bulkOf("on", one.ID)).Submit(url.Values{}, "verb"), http.StatusOK, "1 application switched on.")
}

func TestSeveralAreDeletedOnlyWithTheirNumberAndAFreshSignIn(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	one, two := newWeb(s), newWeb(s)
	page := b.Get(bulkOf("delete", one.ID, two.ID))
	wants(t, page, http.StatusOK, "Delete 2 applications", "their client IDs never come back")
	wrong := page.Submit(url.Values{"typed": {"3"}}, "typed")
	wants(t, wrong, http.StatusUnprocessableEntity, `id="f-typed-error"`, `value="3"`, "Delete 2 applications")
	stale(s)
	wants(t, wrong.Submit(url.Values{"typed": {"2"}}, "typed"), http.StatusForbidden, "Sign in once more")
	b = s.Browser()
	b.Get("/dashboard").Submit(url.Values{"email": {"editor@example.com"}, "password": {servertest.Password}}, "password")
	done := b.Get(bulkOf("delete", one.ID, two.ID)).Submit(url.Values{"typed": {"2"}}, "typed")
	wants(t, done, http.StatusOK, "2 applications deleted.")
	for _, id := range []string{one.ID, two.ID} {
		if _, err := s.Registry.Application(t.Context(), id); err == nil {
			t.Error(id, "is still there")
		}
	}
}

func TestNothingIsDoneWithSeveralThatThePageDoesNotOffer(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	for _, path := range []string{bulkOf("explode", app.ID), bulkOf("", app.ID), bulkOf("off", slices.Repeat([]string{"x"}, 5)...)} {
		if page := b.Get(path); page.Status == http.StatusInternalServerError {
			t.Error(path, page.Status)
		}
	}
	many := make([]string, registry.MaxPageSize+1)
	for i := range many {
		many[i] = "id" + strconv.Itoa(i)
	}
	wants(t, b.Get(bulkOf("off", many...)), http.StatusNotFound)
	wants(t, b.Post("/dashboard/applications/several/switch", url.Values{"verb": {"delete"}, "id": {app.ID}}), http.StatusNotFound)
	wants(t, b.Post("/dashboard/applications/several/delete", url.Values{"verb": {"off"}, "id": {app.ID}}), http.StatusNotFound)
	away := b.Post("/dashboard/applications/several/switch", url.Values{"verb": {"off"}, "id": {app.ID}, "back": {"https://evil.example/"}})
	if away.Left != nil || away.URL.Path != "/dashboard/applications" {
		t.Error("the form led to", away.URL, away.Left)
	}
	viewer := signedIn(t, s, account.Viewer)
	if page := viewer.Get("/dashboard/applications"); strings.Contains(page.Body, "data-tick") || strings.Contains(page.Body, "data-bulk") {
		t.Error("a viewer is offered what he may not do")
	}
	wants(t, viewer.Get(bulkOf("off", app.ID)), http.StatusForbidden)
}

func TestARowLeadsToThePagesOfItsApplication(t *testing.T) {
	s := servertest.New(t)
	app := newWeb(s)
	page := signedIn(t, s, account.Editor).Get("/dashboard/applications")
	for _, tab := range []string{"", "/settings", "/credentials", "/apis", "/danger"} {
		if !strings.Contains(page.Body, `class="menu-item`) || !strings.Contains(page.Body, `href="/dashboard/applications/`+app.ID+tab+`"`) {
			t.Errorf("no way to %q", tab)
		}
	}
}
