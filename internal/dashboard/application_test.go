package dashboard_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
)

func create(b *servertest.Browser, name, kind, owner string) servertest.Page {
	return b.Get("/dashboard/applications/new").Submit(url.Values{"name": {name}, "type": {kind}, "ownership": {owner}}, "once")
}

func TestAnApplicationOfEachTypeIsCreated(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	for _, c := range []struct {
		kind       string
		keepSecret bool
	}{{"native", false}, {"spa", false}, {"regular_web", true}, {"non_interactive", true}} {
		t.Run(c.kind, func(t *testing.T) {
			page := create(b, "Orders "+c.kind, c.kind, "first_party")
			if !c.keepSecret {
				wants(t, page, http.StatusOK, "Application created", "Say where people return to")
				return
			}
			wants(t, page, http.StatusOK, "This is the only time the secret is shown", "I have stored it")
			value := between(t, page, `id="secret-value" class="mono" readonly value="`, `"`)
			if !secret.WellFormed(secret.PrefixClientSecret, value) || page.Header.Get("Cache-Control") != "no-store" {
				t.Error(value, page.Header.Get("Cache-Control"))
			}
			servertest.CheckMarkup(t, "secret", page.Body)
		})
	}
}

func TestASecretIsOnNoOtherPage(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	page := create(b, "Orders web", "regular_web", "first_party")
	value := between(t, page, `id="secret-value" class="mono" readonly value="`, `"`)
	list, err := s.Registry.Applications(t.Context(), registry.Query{})
	if err != nil || len(list.Items) != 1 {
		t.Fatal(err, list)
	}
	for _, tab := range []string{"", "/settings", "/credentials", "/apis", "/danger"} {
		if p := b.Get("/dashboard/applications/" + list.Items[0].ID + tab); strings.Contains(p.Body, value) {
			t.Errorf("%s shows the secret", p.URL)
		}
	}
}

func TestSendingTheFormTwiceMakesOneApplication(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	form := b.Get("/dashboard/applications/new").Form("once").Values
	form["name"], form["type"], form["ownership"] = []string{"Orders web"}, []string{"regular_web"}, []string{"first_party"}
	wants(t, b.Post("/dashboard/applications/new", form), http.StatusOK, "only time")
	wants(t, b.Post("/dashboard/applications/new", form), http.StatusConflict, "This form was sent before")
	if list, err := s.Registry.Applications(t.Context(), registry.Query{}); err != nil || len(list.Items) != 1 {
		t.Error(err, len(list.Items))
	}
}

func TestAFormWithAMadeUpTokenMakesNothing(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	for _, once := range []string{"", "made up"} {
		wants(t, b.Post("/dashboard/applications/new", url.Values{"name": {"x"}, "type": {"spa"}, "once": {once}}), http.StatusConflict)
	}
}

func TestAFaultyApplicationComesBackWithEverythingTyped(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	page := create(b, "<Orders>", "spa", "third_party")
	wants(t, page, http.StatusUnprocessableEntity, `id="f-name-error"`, `value="&lt;Orders&gt;"`, "One thing to correct")
	if page.Form("once").Values.Get("type") != "spa" || page.Form("once").Values.Get("ownership") != "third_party" {
		t.Error(page.Form("once").Values)
	}
	wants(t, page.Submit(url.Values{"name": {"Orders"}}, "once"), http.StatusOK, "Application created")
	wants(t, create(b, "", "", "first_party"), http.StatusUnprocessableEntity, `id="f-name-error"`, `id="f-type-error"`, "2 things to correct")
}

func TestMachineToMachineGoesOnToItsAPI(t *testing.T) {
	s := servertest.New(t)
	s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	b := signedIn(t, s, account.Owner)
	page := create(b, "Nightly run", "non_interactive", "first_party")
	next := between(t, page, `<a class="button primary" href="`, `"`)
	apis := b.Get(next)
	wants(t, apis, http.StatusOK, "Choose the API it calls")
	link := regexp.MustCompile(`href="(/dashboard/applications/\w+/apis/[0-9a-f]{24})">https://orders`).FindStringSubmatch(apis.Body)
	if link == nil {
		t.Fatal(apis.Body)
	}
	saved := b.Get(link[1]).Submit(url.Values{"access": {"some"}, "scope": {"read:orders"}}, "subject")
	wants(t, saved, http.StatusOK, "Saved. The next token has the new permissions.", ">read:orders<")
	grants, err := s.Registry.ClientGrants(t.Context(), registry.ClientGrantQuery{})
	if err != nil || len(grants.Items) != 1 || grants.Items[0].Scopes.String() != "read:orders" || grants.Items[0].SubjectType != registry.ForClient {
		t.Error(err, grants)
	}
	forgotten := b.Get(link[1]).Submit(url.Values{"access": {"none"}, "scope": {"read:orders"}}, "subject")
	wants(t, forgotten, http.StatusUnprocessableEntity, "is set to none, but permissions are ticked")
	b.Post(link[1], url.Values{"subject": {"client"}, "access": {"none"}})
	if grants, _ := s.Registry.ClientGrants(t.Context(), registry.ClientGrantQuery{}); len(grants.Items) != 0 {
		t.Error("the permission was not taken back")
	}
}

func TestTheQuickStartHasTheRealValues(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	for _, draft := range []registry.Draft{
		{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{"https://orders.example.com/cb"}},
		{Name: "Page", Type: registry.SinglePage, RedirectURIs: []string{"https://orders.example.com/cb"}},
		{Name: "Phone", Type: registry.Native, RedirectURIs: []string{"http://127.0.0.1/cb"}},
		{Name: "Machine", Type: registry.MachineToMachine},
		{Name: "Generic"},
	} {
		app, _ := s.CreateApplication(draft)
		page := b.Get("/dashboard/applications/" + app.ID)
		wants(t, page, http.StatusOK, app.ID, s.URL+"/", s.URL+"/oauth/token")
		guides := regexp.MustCompile(`\?guide=[a-z0-9-]+`).FindAllString(page.Body, -1)
		if len(guides) < 3 {
			t.Errorf("%s has the guides %v", draft.Name, guides)
		}
		for _, guide := range guides {
			code := b.Get("/dashboard/applications/" + app.ID + guide)
			wants(t, code, http.StatusOK, "When it does not work", s.URL+"/")
			servertest.CheckMarkup(t, guide, code.Body)
		}
	}
}

func TestACallbackURLIsAddedFromTheQuickStart(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app, _ := s.CreateApplication(registry.Draft{Name: "Page", Type: registry.SinglePage})
	wrong := b.Get("/dashboard/applications/"+app.ID).Submit(url.Values{"callback": {"http://orders.example.com/cb"}}, "callback")
	wants(t, wrong, http.StatusUnprocessableEntity, "This URL must use https", `value="http://orders.example.com/cb"`)
	wants(t, wrong.Submit(url.Values{"callback": {"https://orders.example.com/cb"}}, "callback"), http.StatusOK, "its origin may fetch tokens")
	now, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil || registry.Values(now.RedirectURIs)[0] != "https://orders.example.com/cb" || registry.Values(now.WebOrigins)[0] != "https://orders.example.com" {
		t.Error(err, now.RedirectURIs, now.WebOrigins)
	}
}

func TestEveryLinkOfAGuideLeadsToAPage(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	seen := map[string]bool{}
	for _, draft := range []registry.Draft{
		{Name: "Web", Type: registry.RegularWeb}, {Name: "Page", Type: registry.SinglePage}, {Name: "Phone", Type: registry.Native}, {Name: "Machine", Type: registry.MachineToMachine},
	} {
		app, _ := s.CreateApplication(draft)
		page := b.Get("/dashboard/applications/" + app.ID)
		for _, guide := range regexp.MustCompile(`\?guide=[a-z0-9-]+`).FindAllString(page.Body, -1) {
			_, article, _ := strings.Cut(b.Get("/dashboard/applications/"+app.ID+guide).Body, `id="guide"`)
			for _, m := range regexp.MustCompile(`href="(/dashboard/[^"#?]+)`).FindAllStringSubmatch(article, -1) {
				seen[m[1]] = true
			}
		}
	}
	if len(seen) < 6 {
		t.Errorf("only %v", seen)
	}
	for link := range seen {
		if page := b.Get(link); page.Status != http.StatusOK {
			t.Errorf("%s: %d", link, page.Status)
		}
	}
}

func TestOnePressRegistersEverythingThatAGuideUses(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app, _ := s.CreateApplication(registry.Draft{Name: "Page", Type: registry.SinglePage})
	page := b.Get("/dashboard/applications/" + app.ID + "?guide=vue")
	wants(t, page, http.StatusOK, "Add callback URL and web origin")
	after := b.Post("/dashboard/applications/"+app.ID+"/callback", url.Values{"guide": {"vue"}})
	wants(t, after, http.StatusOK, "its origin may fetch tokens", "Registered: what this guide uses")
	if after.URL.Query().Get("guide") != "vue" {
		t.Error(after.URL)
	}
	b.Post("/dashboard/applications/"+app.ID+"/callback", url.Values{"guide": {"vue"}})
	now, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil || !slices.Equal(registry.Values(now.RedirectURIs), []string{"http://localhost:5173/"}) || !slices.Equal(registry.Values(now.WebOrigins), []string{"http://localhost:5173"}) {
		t.Error(err, now.RedirectURIs, now.WebOrigins)
	}
}

func TestAGuideNamesTheAPIThatTheApplicationMayCallAndNoSecret(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	app, value := s.CreateApplication(registry.Draft{Name: "Machine", Type: registry.MachineToMachine})
	api := s.CreateAPI("https://orders.example.com/", "read:orders")
	s.Grant(app, api, registry.ForClient, "read:orders")
	page := b.Get("/dashboard/applications/" + app.ID + "?guide=curl")
	wants(t, page, http.StatusOK, api.Identifier, "with read:orders")
	if strings.Contains(page.Body, value.Reveal()) || strings.Contains(page.Body, "<form method=\"post\" action=\"/dashboard/applications/"+app.ID+"/callback") {
		t.Error("the page has the secret, or a form that a viewer cannot send")
	}
}

func TestAnApplicationFromAURLHasTheGuidesOfTheAPIItCalls(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	app := s.PutImported("https://agent.example.com/client.json", nil)
	page := b.Get("/dashboard/applications/" + app.ID + "/guides?guide=mcp-server-python")
	wants(t, page, http.StatusOK, "the MCP Python SDK", "/guides?guide=mcp-server-typescript")
}

func TestTheListIsSearchedAndFiltered(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	wants(t, b.Get("/dashboard/applications"), http.StatusOK, "No applications yet")
	newWeb(s)
	s.CreateApplication(registry.Draft{Name: "Phone", Type: registry.Native})
	for query, want := range map[string]struct{ has, hasNot string }{
		"":                    {"Phone", "No application"},
		"?q=orders":           {"Orders web", ">Phone<"},
		"?type=native":        {">Phone<", "Orders web"},
		"?q=nothing":          {"No application fits", "Orders web"},
		"?owner=third_party":  {"No application fits", "Orders web"},
		"?type=generic":       {"No application fits", "Orders web"},
		"?type=unheard_of":    {"No application fits", "Orders web"},
		"?after=not-a-cursor": {"pplication", "Something went wrong"},
	} {
		page := b.Get("/dashboard/applications" + query)
		if !strings.Contains(page.Body, want.has) || strings.Contains(page.Body, want.hasNot) {
			t.Errorf("%s: %d wrong list", query, page.Status)
		}
	}
}

func TestALongListHasPages(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	for range registry.DefaultPageSize + 1 {
		newWeb(s)
	}
	first := b.Get("/dashboard/applications?q=orders")
	next := strings.ReplaceAll(between(t, first, `<nav class="pager"`, `</nav>`), "&amp;", "&")
	link := regexp.MustCompile(`href="([^"]+)"`).FindStringSubmatch(next)
	if link == nil || !strings.Contains(link[1], "q=orders") {
		t.Fatal(next)
	}
	second := b.Get(link[1])
	wants(t, second, http.StatusOK, "First page")
	if n := strings.Count(second.Body, `data-label="Client ID"`); n != 1 {
		t.Error(n)
	}
}

func TestDeletingAsksForTheName(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	page := b.Get("/dashboard/applications/"+app.ID+"/danger").Submit(url.Values{"typed": {"orders web"}}, "typed")
	wants(t, page, http.StatusUnprocessableEntity, "Type the name exactly", `value="orders web"`)
	wants(t, page.Submit(url.Values{"typed": {"Orders web"}}, "typed"), http.StatusOK, "Orders web was deleted")
	wants(t, b.Get("/dashboard/applications/"+app.ID), http.StatusNotFound, "There is nothing here")
}

func TestAnApplicationIsSwitchedOffAndOn(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	page := b.Get("/dashboard/applications/"+app.ID+"/danger").Submit(url.Values{}, "enabled")
	wants(t, page, http.StatusOK, "Switched off", "This application is switched off")
	wants(t, page.Submit(url.Values{}, "enabled"), http.StatusOK, "Switched on")
}

func TestNothingOfAnApplicationBreaksOutOfThePage(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	s.CreateAPI("https://orders.example.com/a'b", "read:orders")
	app, _ := s.CreateApplication(registry.Draft{Name: `"'&lt; onload=alert(1)`, Type: registry.MachineToMachine, Description: "plain"})
	for _, tab := range []string{"", "?stack=curl", "/settings", "/credentials", "/apis", "/danger"} {
		page := b.Get("/dashboard/applications/" + app.ID + tab)
		servertest.CheckMarkup(t, tab, page.Body)
	}
}
