package dashboard_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/outbound"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestAnAPIIsCreatedEditedAndDeleted(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	wrong := b.Get("/dashboard/apis/new").Submit(url.Values{"name": {"Orders"}, "identifier": {"with blank"}, "scopes": {"read:orders See orders\nbad\"scope"}}, "identifier")
	wants(t, wrong, http.StatusUnprocessableEntity, `id="f-identifier-error"`, `id="f-scopes-error"`, `value="with blank"`, "read:orders See orders")
	page := wrong.Submit(url.Values{"identifier": {"https://orders.example.com/"}, "scopes": {"read:orders See orders\nwrite:orders"}}, "identifier")
	wants(t, page, http.StatusOK, "API created", "Given when a request names no permission")
	same := b.Get("/dashboard/apis/new").Submit(url.Values{"name": {"Again"}, "identifier": {"https://orders.example.com"}}, "identifier")
	wants(t, same, http.StatusUnprocessableEntity, "There is an API with this identifier already")
	bad := page.Submit(url.Values{"token_lifetime": {"soon"}, "name": {""}}, "revision")
	wants(t, bad, http.StatusUnprocessableEntity, `id="f-token_lifetime-error"`, `id="f-name-error"`, `value="soon"`)
	page = page.Submit(url.Values{"token_lifetime": {"10m"}, "signing_algorithm": {"ES256"}, "offline": {"on"}}, "revision")
	wants(t, page, http.StatusOK, "Saved.")
	api, err := s.Registry.APIByIdentifier(t.Context(), "https://orders.example.com/")
	if err != nil || api.TokenLifetime != 10*time.Minute || len(api.Scopes) != 2 || api.SigningAlgorithm != "ES256" || !api.AllowOfflineAccess {
		t.Errorf("%v %+v", err, api)
	}
	danger := b.Get("/dashboard/apis/" + api.ID + "/danger")
	wants(t, danger, http.StatusOK, "What stops working", "at most 10 minutes later")
	wants(t, danger.Submit(url.Values{"typed": {"orders"}}, "typed"), http.StatusUnprocessableEntity, "Type the name exactly")
	wants(t, danger.Submit(url.Values{"typed": {"Orders"}}, "typed"), http.StatusOK, "Orders was deleted")
}

func TestTheManagementAPIIsLockedAgainstEdits(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	at := "/dashboard/apis/" + registry.ManagementAPIID
	wants(t, b.Get(at), http.StatusOK, "This server&#39;s own API", "nothing of it can be changed here")
	for _, tab := range []string{"/danger", "/mcp", "/third-parties", "/permissions/remove?permission=read:clients"} {
		wants(t, b.Get(at+tab), http.StatusNotFound)
	}
	if page := b.Get(at + "/permissions"); strings.Contains(page.Body, "Add permissions") || strings.Contains(page.Body, ">Remove<") {
		t.Error("its permissions can be changed")
	}
}

func TestPermissionsAreAddedDescribedAndRemoved(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	api := s.CreateAPI("https://orders.example.com/", "read:orders")
	app := newWeb(s)
	s.Grant(app, api, registry.ForClient, "read:orders")
	at := "/dashboard/apis/" + api.ID + "/permissions"
	page := b.Get(at)
	wants(t, page.Submit(url.Values{"added": {"  "}}, "added"), http.StatusUnprocessableEntity, "Write at least one permission")
	wants(t, page.Submit(url.Values{"added": {"openid People\nwrite:orders Change orders"}}, "added"), http.StatusUnprocessableEntity, "write:orders Change orders", "is a scope of OpenID Connect")
	added := url.Values{"added": {"write:orders Change orders\ndelete:orders"}}
	wants(t, page.Submit(added, "added"), http.StatusOK, "2 permissions added")
	wants(t, page.Submit(added, "added"), http.StatusOK, "2 permissions added") // sent twice, added once
	if now, _ := s.Registry.API(t.Context(), api.ID); len(now.Scopes) != 3 {
		t.Errorf("%+v", now.Scopes)
	}
	wants(t, page.Submit(url.Values{"added": {"read:orders Again"}}, "added"), http.StatusUnprocessableEntity, "is there twice", "read:orders Again")

	page = b.Get(at).Submit(url.Values{"description": {"See orders", "Change", "Delete"}, "default": {"read:orders"}}, "revision")
	wants(t, page, http.StatusOK, "Saved.", `value="See orders"`)
	now, _ := s.Registry.API(t.Context(), api.ID)
	if len(now.Scopes) != 3 || now.Scopes[2].Description != "Delete" || !now.Scopes[0].Default || now.Scopes[1].Default {
		t.Errorf("%+v", now.Scopes)
	}
	ask := b.Get(at + "/remove?permission=read%3Aorders")
	wants(t, ask, http.StatusOK, "1 application has it by name")
	wants(t, ask.Submit(nil, "permission"), http.StatusOK, "Removed: read:orders")
	if now, _ = s.Registry.API(t.Context(), api.ID); len(now.Scopes) != 2 {
		t.Errorf("%+v", now.Scopes)
	}
	wants(t, b.Get(at+"/remove?permission=read%3Aorders"), http.StatusNotFound)
}

// Two operators open the same page. Who saves second sees both versions, with what was typed.
func TestAStaleEditOfAnAPIShowsBothVersions(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	api := s.CreateAPI("https://orders.example.com/", "read:orders")
	mine, theirs := b.Get("/dashboard/apis/"+api.ID), b.Get("/dashboard/apis/"+api.ID)
	wants(t, theirs.Submit(url.Values{"name": {"Their orders"}, "token_lifetime": {"5m"}}, "revision"), http.StatusOK, "Saved.")
	stale := mine.Submit(url.Values{"name": {"My orders"}}, "revision")
	wants(t, stale, http.StatusConflict, "This was saved in the meantime", "My orders", "Their orders", "saved by owner@example.com")
	page := stale.Submit(url.Values{"take.name": {"mine"}, "take.token_lifetime": {"theirs"}}, "revision")
	wants(t, page, http.StatusOK, "Saved.")
	now, _ := s.Registry.API(t.Context(), api.ID)
	if now.Name != "My orders" || now.TokenLifetime != 5*time.Minute {
		t.Errorf("%+v", now)
	}
	at := "/dashboard/apis/" + api.ID + "/permissions"
	mine, theirs = b.Get(at), b.Get(at)
	theirs.Submit(url.Values{"description": {"Theirs"}}, "revision")
	stale = mine.Submit(url.Values{"description": {"Mine"}}, "revision")
	wants(t, stale, http.StatusConflict, "read:orders Theirs", "read:orders Mine")
	wants(t, stale.Submit(url.Values{"take.permissions": {"theirs"}}, "revision"), http.StatusOK, "Theirs")
}

// From an application's page the way to a new API leads back to what the application may do there. The application is looked up, so
// nothing of the address is shown.
func TestAnAPIMadeForAnApplicationLeadsBackToIt(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app, _ := s.CreateApplication(registry.Draft{Name: "Nightly job", Type: registry.MachineToMachine})
	wants(t, b.Get("/dashboard/applications/"+app.ID+"/apis"), http.StatusOK, "/dashboard/apis/new?for="+app.ID)
	page := b.Get("/dashboard/apis/new?for=" + app.ID)
	wants(t, page, http.StatusOK, "The API that Nightly job calls", `href="/dashboard/applications/`+app.ID+`/apis"`)
	page = page.Submit(url.Values{"name": {""}, "identifier": {"https://jobs.example.com/"}}, "identifier")
	wants(t, page, http.StatusUnprocessableEntity, "The API that Nightly job calls", `value="https://jobs.example.com/"`)
	form := url.Values{"name": {"Jobs"}, "scopes": {"run:jobs Run jobs"}}
	made := page.Submit(form, "identifier")
	api, err := s.Registry.APIByIdentifier(t.Context(), "https://jobs.example.com/")
	if at := "/dashboard/applications/" + app.ID + "/apis/" + api.ID; err != nil || made.URL.Path != at {
		t.Errorf("%v: it leads to %s, not %s", err, made.URL.Path, at)
	}
	wants(t, made, http.StatusOK, "API created.", "run:jobs")
	wants(t, page.Submit(form, "identifier"), http.StatusOK, "API created.", "run:jobs") // a double submit
	wants(t, page.Submit(url.Values{"name": {"Other"}}, "identifier"), http.StatusUnprocessableEntity, "There is an API with this identifier already")
	stranger := b.Get("/dashboard/apis/new?for=app_unknown%22%3E")
	wants(t, stranger, http.StatusOK, "Tell this server what accepts its tokens")
	if strings.Contains(stranger.Body, "app_unknown") {
		t.Error("the address is echoed")
	}
}

// Who may use an API, and whether people are asked, is what a grant is: it asks for a fresh sign-in, as grants do. Nothing else of
// the form does, and what was typed comes through the sign-in.
func TestOpeningAnAPIAsksForAFreshSignIn(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	api := s.CreateAPI("https://orders.example.com/", "read:orders")
	at := "/dashboard/apis/" + api.ID
	page := b.Get(at)
	stale(s)
	page = page.Submit(url.Values{"name": {"Renamed"}, "token_lifetime": {"5m"}, "offline": {"on"}}, "revision")
	wants(t, page, http.StatusOK, "Saved.")
	for field, value := range map[string]string{"user_policy": string(registry.DenyAll), "client_policy": string(registry.DenyAll), "skip_consent": "on"} {
		if field == "skip_consent" && api.SkipConsent {
			value = ""
		}
		wants(t, page.Submit(url.Values{field: {value}}, "revision"), http.StatusForbidden, "Sign in once more")
	}
	if now, _ := s.Registry.API(t.Context(), api.ID); now.UserPolicy != api.UserPolicy || now.ClientPolicy != api.ClientPolicy || now.SkipConsent != api.SkipConsent {
		t.Errorf("changed without a sign-in: %+v", now)
	}
	ask := page.Submit(url.Values{"name": {"Typed before"}, "user_policy": {string(registry.DenyAll)}}, "revision")
	again := ask.Submit(url.Values{"password": {servertest.Password}}, "password")
	wants(t, again.Submit(nil, "revision"), http.StatusOK, "Saved.")
	if now, _ := s.Registry.API(t.Context(), api.ID); now.Name != "Typed before" || now.UserPolicy != registry.DenyAll {
		t.Errorf("%+v", now)
	}
}

func TestThirdPartiesGetADefaultPermission(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	api := s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	page := b.Post("/dashboard/apis/"+api.ID+"/default", url.Values{"access": {"some"}, "scope": {"read:orders"}})
	wants(t, page, http.StatusOK, "Saved.")
	grants, err := s.Registry.ClientGrants(t.Context(), registry.ClientGrantQuery{ThirdParties: true})
	if err != nil || len(grants.Items) != 1 || grants.Items[0].SubjectType != registry.ForUser || grants.Items[0].Scopes.String() != "read:orders" {
		t.Error(err, grants)
	}
}

func TestADefaultThatSomebodyElseChangedIsNotOverwrittenUnseen(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	api := s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	at := "/dashboard/apis/" + api.ID + "/third-parties"
	mine, theirs := b.Get(at), b.Get(at)
	wants(t, theirs.Submit(url.Values{"access": {"all"}}, "revision"), http.StatusOK, "Saved.")
	stale := mine.Submit(url.Values{"access": {"some"}, "scope": {"read:orders"}}, "revision")
	wants(t, stale, http.StatusConflict, "Now it is: all permissions", "your choice still stands below")
	wants(t, stale.Submit(nil, "revision"), http.StatusOK, "Saved.")
	grants, err := s.Registry.ClientGrants(t.Context(), registry.ClientGrantQuery{ThirdParties: true})
	if err != nil || len(grants.Items) != 1 || grants.Items[0].Scopes.String() != "read:orders" {
		t.Error(err, grants)
	}
}

func TestApplicationsNobodyApprovedGetADefaultPermissionOfTheirOwn(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	api := s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	at := "/dashboard/apis/" + api.ID + "/default"
	b.Post(at, url.Values{"access": {"all"}})
	page := b.Post(at, url.Values{"whom": {"strangers"}, "access": {"some"}, "scope": {"read:orders"}})
	wants(t, page, http.StatusOK, "Saved.", "Applications nobody approved", `name="whom" value="strangers"`)
	servertest.CheckMarkup(t, "API", page.Body)
	grants, err := s.Registry.ClientGrants(t.Context(), registry.ClientGrantQuery{Strangers: true})
	if err != nil || len(grants.Items) != 1 || grants.Items[0].SubjectType != registry.ForUser || grants.Items[0].Scopes.String() != "read:orders" {
		t.Error(err, grants)
	}
	b.Post(at, url.Values{"whom": {"strangers"}, "access": {"none"}})
	if all, err := s.Registry.ClientGrants(t.Context(), registry.ClientGrantQuery{}); err != nil || len(all.Items) != 1 || !all.Items[0].ThirdParties {
		t.Error(err, all)
	}
}

func TestTheApplicationsOfAnAPIAreSearchedAndPaged(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	api, other := s.CreateAPI("https://orders.example.com/", "read:orders"), s.CreateAPI("https://other.example.com/", "read:other")
	for i := range 52 {
		app, _ := s.CreateApplication(registry.Draft{Name: fmt.Sprintf("Job %02d", i), Type: registry.MachineToMachine})
		s.Grant(app, api, registry.ForClient, "read:orders")
		if i == 7 {
			s.Grant(app, other, registry.ForClient, "read:other")
		}
	}
	at := "/dashboard/apis/" + api.ID + "/applications"
	first := b.Get(at)
	wants(t, first, http.StatusOK, "Job 51", "Job 02", "Next page", ">read:orders<", ">none<")
	next := strings.ReplaceAll(between(t, first, `href="`+at+`?after=`, `"`), "&amp;", "&")
	wants(t, b.Get(at+"?after="+next), http.StatusOK, "Job 01", "Job 00", "First page")
	found := b.Get(at + "?find=07")
	wants(t, found, http.StatusOK, "Job 07")
	if strings.Contains(found.Body, "Job 08") {
		t.Error("the search found what does not fit")
	}
	wants(t, b.Get("/dashboard/apis/"+other.ID+"/applications"), http.StatusOK, "Job 07")
	wants(t, b.Get("/dashboard/apis"), http.StatusOK, ">52<")
}

func TestAnMCPServerIsCheckedLive(t *testing.T) {
	net := servertest.NewInternet(t)
	s := servertest.New(t, servertest.WithInternet(net))
	b := signedIn(t, s, account.Editor)
	api := s.CreateAPI("https://mcp.example.org/mcp", "tools:read")
	at := "/dashboard/apis/" + api.ID + "/mcp"
	page := b.Get(at)
	const where = "https://mcp.example.org/.well-known/oauth-protected-resource/mcp"
	wants(t, page, http.StatusOK, where, "authorization_servers", "WWW-Authenticate", "Check live")
	wants(t, b.Post(at, nil), http.StatusOK, "Clients will not find their way")
	host := net.Host("mcp.example.org")
	host.JSON("/.well-known/oauth-protected-resource/mcp", map[string]any{
		"resource": api.Identifier, "authorization_servers": []string{strings.TrimSuffix(s.Issuer(), "/")}, "scopes_supported": []string{"tools:read"},
	})
	host.Handle("/mcp", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.Header.Get("Authorization") != "" {
			t.Error(r.Method, r.Header)
		}
		w.Header().Set("WWW-Authenticate", `Bearer resource_metadata="`+where+`"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	found := b.Post(at, nil)
	wants(t, found, http.StatusOK, "Clients will not find their way", "lacks the slash at its end", "Without a token it answers 401")
	servertest.CheckMarkup(t, "check live", found.Body)
	host.JSON("/.well-known/oauth-protected-resource/mcp", map[string]any{
		"resource": api.Identifier, "authorization_servers": []string{s.Issuer()}, "scopes_supported": []string{"tools:read"},
	})
	wants(t, b.Post(at, nil), http.StatusOK, ">Clients find their way<")
	if viewer := signedIn(t, s, account.Viewer); viewer.Post(at, nil).Status != http.StatusForbidden {
		t.Error("a viewer makes this server call another one")
	}
	loop := s.CreateAPI("http://localhost:3000/mcp", "tools:read")
	wants(t, b.Post("/dashboard/apis/"+loop.ID+"/mcp", nil), http.StatusUnprocessableEntity, "It cannot be checked from here")
}

// MCP lets a server that is not named by WWW-Authenticate serve its document at the host's own place; clients look there second.
func TestADocumentAtTheRootOfTheHostIsFoundSecond(t *testing.T) {
	net := servertest.NewInternet(t)
	s := servertest.New(t, servertest.WithInternet(net))
	b := signedIn(t, s, account.Editor)
	api := s.CreateAPI("https://mcp.example.org/mcp", "tools:read")
	host := net.Host("mcp.example.org")
	host.Handle("/mcp", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.WriteHeader(http.StatusUnauthorized)
	}))
	host.JSON("/.well-known/oauth-protected-resource", map[string]any{
		"resource": api.Identifier, "authorization_servers": []string{s.Issuer()}, "scopes_supported": []string{"tools:read"},
	})
	at := "/dashboard/apis/" + api.ID + "/mcp"
	wants(t, b.Post(at, nil), http.StatusOK, "at https://mcp.example.org/.well-known/oauth-protected-resource only", "MCP clients look at the host&#39;s own place second", "authorization_servers names this server")
	host.JSON("/.well-known/oauth-protected-resource/mcp", map[string]any{
		"resource": api.Identifier, "authorization_servers": []string{s.Issuer()}, "scopes_supported": []string{"tools:read"},
	})
	wants(t, b.Post(at, nil), http.StatusOK, "Clients find their way, with something to know", "a Bearer challenge without resource_metadata", "1 with a warning")
}

func TestOfAServerThatDoesNotAnswerNothingElseIsAsked(t *testing.T) {
	net := servertest.NewInternet(t)
	s := servertest.New(t, servertest.WithInternet(net))
	b := signedIn(t, s, account.Editor)
	api := s.CreateAPI("https://nowhere.example.org/mcp", "tools:read")
	page := b.Post("/dashboard/apis/"+api.ID+"/mcp", nil)
	wants(t, page, http.StatusOK, "The server answers", "Clients will not find their way", "1 failed", "Nothing else was asked")
	if strings.Contains(page.Body, "passed") {
		t.Error("something passed at a server that does not answer")
	}
}

// Who may edit an API chooses the address that is asked. At a host of the inside, which only an exception opens, that would be
// reading along, so owners alone may.
func TestAHostOfTheInsideIsCheckedByOwnersOnly(t *testing.T) {
	net := servertest.NewInternet(t)
	out := net.Options()
	out.Exceptions = append(out.Exceptions, outbound.Exception{Host: "tools.corp.example", Port: 443, Allow: netip.MustParsePrefix("10.0.0.0/8")})
	s := servertest.New(t, servertest.WithOutbound(out))
	api := s.CreateAPI("https://tools.corp.example/mcp", "tools:read")
	at := "/dashboard/apis/" + api.ID + "/mcp"
	editor := signedIn(t, s, account.Editor)
	wants(t, editor.Get(at), http.StatusOK, "owners alone check it from here", "authorization_servers")
	wants(t, editor.Post(at, nil), http.StatusUnprocessableEntity, "owners alone check it from here")
	owner := signedIn(t, s, account.Owner)
	wants(t, owner.Post(at, nil), http.StatusOK, "What was found")
}
