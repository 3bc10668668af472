package authorize_test

import (
	"net/url"
	"testing"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
)

// granted is the grant behind the code of an answer.
func granted(t *testing.T, s *servertest.Server, answer url.Values) grant.Grant {
	t.Helper()
	code, g, err := s.Store.Code(t.Context(), s.Keys.Hashes(secret.ForCode, answer.Get("code")))
	if err != nil {
		t.Fatalf("the answer %v has no code: %v", answer, err)
	}
	if code.ExpiresAt.Sub(code.CreatedAt) != grant.CodeLifetime || !code.RedeemedAt.IsZero() {
		t.Errorf("the code lives %s", code.ExpiresAt.Sub(code.CreatedAt))
	}
	return g
}

func TestTheGrantKnowsWhatItWasGivenUnder(t *testing.T) {
	s, app, b := web(t)
	api := s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	g := granted(t, s, b.Authorize(person, request(app, url.Values{
		"scope": {"openid email read:orders delete:everything offline_access"}, "audience": {"https://orders.example.com"}, "nonce": {"n-1"},
	})))
	if g.ApplicationID != app.ID || g.ClientID != app.ClientID() || g.RedirectURI != callback || g.Nonce != "n-1" || g.Resources {
		t.Errorf("the grant is %+v", g)
	}
	if g.UserID == "" || g.SessionID == "" || g.AuthTime.IsZero() || len(g.AMR) != 1 || g.AMR[0] != "pwd" {
		t.Errorf("the grant does not know the sign-in: %+v", g)
	}
	if got := g.Scopes.String(); got != "openid email read:orders offline_access" {
		t.Errorf("the scopes are %q", got)
	}
	if len(g.Targets) != 1 || g.Targets[0].APIID != api.ID || g.Targets[0].Audience != "https://orders.example.com/" || g.Targets[0].Scopes.String() != "read:orders" {
		t.Errorf("the targets are %+v", g.Targets)
	}
}

func TestScopesAndTargets(t *testing.T) {
	s, app, b := web(t)
	s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	s.CreateAPI("https://stock.example.com", "read:stock")
	for name, c := range map[string]struct {
		change    url.Values
		scopes    string
		audiences []string
		resources bool
	}{
		"no API":                                 {url.Values{"scope": {"openid profile"}}, "openid profile", nil, false},
		"no scope at all":                        {url.Values{"scope": nil}, "", nil, false},
		"no scope at an API without defaults":    {url.Values{"scope": nil, "audience": {"https://orders.example.com/"}}, "", []string{"https://orders.example.com/"}, false},
		"unknown scopes are dropped":             {url.Values{"scope": {"openid admin read:stock"}, "audience": {"https://orders.example.com/"}}, "openid", []string{"https://orders.example.com/"}, false},
		"a slash too few":                        {url.Values{"scope": {"read:orders"}, "audience": {"https://orders.example.com"}}, "read:orders", []string{"https://orders.example.com/"}, false},
		"a slash too many":                       {url.Values{"scope": {"read:stock"}, "resource": {"https://stock.example.com/"}}, "read:stock", []string{"https://stock.example.com"}, true},
		"two resources":                          {url.Values{"scope": {"read:stock read:orders"}, "resource": {"https://stock.example.com", "https://orders.example.com/"}}, "read:stock read:orders", []string{"https://stock.example.com", "https://orders.example.com/"}, true},
		"the same resource twice":                {url.Values{"scope": {"read:stock"}, "resource": {"https://stock.example.com", "https://stock.example.com/"}}, "read:stock", []string{"https://stock.example.com"}, true},
		"an audience and a resource":             {url.Values{"scope": {"read:stock read:orders"}, "audience": {"https://orders.example.com/"}, "resource": {"https://stock.example.com"}}, "read:stock read:orders", []string{"https://orders.example.com/", "https://stock.example.com"}, true},
		"the audience of UserInfo":               {url.Values{"scope": {"openid"}, "audience": {s.URL + "/userinfo"}}, "openid", nil, false},
		"offline_access without an API":          {url.Values{"scope": {"openid offline_access"}}, "openid offline_access", nil, false},
		"spaces and repetitions":                 {url.Values{"scope": {"  openid   openid  email "}}, "openid email", nil, false},
		"offline_access of an API that lets one": {url.Values{"scope": {"offline_access"}, "audience": {"https://stock.example.com"}}, "offline_access", []string{"https://stock.example.com"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := granted(t, s, b.Authorize(person, request(app, c.change)))
			if g.Scopes.String() != c.scopes || g.Resources != c.resources || len(g.Targets) != len(c.audiences) {
				t.Fatalf("granted %q for %v (resources %v), want %q for %v", g.Scopes, g.Targets, g.Resources, c.scopes, c.audiences)
			}
			for i, audience := range c.audiences {
				if g.Targets[i].Audience != audience {
					t.Errorf("target %d is %s, want %s", i, g.Targets[i].Audience, audience)
				}
			}
		})
	}
}

func TestNoScopeMeansTheDefaultScopesOfTheAPI(t *testing.T) {
	s, app, b := web(t)
	api := registry.API{Name: "Orders", Identifier: "https://orders.example.com/", Scopes: []registry.APIScope{{Value: "read:orders", Default: true}, {Value: "write:orders"}}}
	if _, err := s.Registry.CreateAPI(t.Context(), servertest.Actor, api); err != nil {
		t.Fatal(err)
	}
	g := granted(t, s, b.Authorize(person, request(app, url.Values{"scope": nil, "audience": {api.Identifier}})))
	if g.Scopes.String() != "read:orders" {
		t.Errorf("granted %q", g.Scopes)
	}
	g = granted(t, s, b.Authorize(person, request(app, url.Values{"scope": {"openid"}, "audience": {api.Identifier}})))
	if g.Scopes.String() != "openid" {
		t.Errorf("a request with a scope got %q", g.Scopes)
	}
}

func TestOfflineAccessNeedsTheClientAndTheAPI(t *testing.T) {
	s, app, b := web(t)
	api := registry.API{Name: "Orders", Identifier: "https://orders.example.com/", SkipConsent: true}
	if _, err := s.Registry.CreateAPI(t.Context(), servertest.Actor, api); err != nil {
		t.Fatal(err)
	}
	offline := url.Values{"scope": {"openid offline_access"}, "audience": {api.Identifier}}
	if g := granted(t, s, b.Authorize(person, request(app, offline))); g.Scopes.Has(oauth.ScopeOfflineAccess) {
		t.Errorf("the API does not let applications stay connected, but granted is %q", g.Scopes)
	}
	without, _ := s.CreateApplication(registry.Draft{Name: "No refresh", Type: registry.RegularWeb, RedirectURIs: []string{callback}, GrantTypes: []oauth.GrantType{oauth.AuthorizationCode}})
	if g := granted(t, s, b.Authorize(person, request(without, url.Values{"scope": {"openid offline_access"}}))); g.Scopes.Has(oauth.ScopeOfflineAccess) {
		t.Errorf("the client may not refresh, but granted is %q", g.Scopes)
	}
}

// Without audience and resource it is the application's only granted API, else the instance's default, else none.
func TestTheAPIWithoutAName(t *testing.T) {
	s, app, b := web(t)
	orders := s.CreateAPI("https://orders.example.com/", "read:orders")
	stock := s.CreateAPI("https://stock.example.com/", "read:stock")
	target := func() string {
		g := granted(t, s, b.Authorize(person, request(app, url.Values{"scope": {"openid"}})))
		if len(g.Targets) == 0 {
			return ""
		}
		return g.Targets[0].Audience
	}
	if got := target(); got != "" {
		t.Errorf("with nothing granted and no default it is %q", got)
	}
	if err := s.Settings.Set(t.Context(), servertest.Actor, "default_api", stock.Identifier); err != nil {
		t.Fatal(err)
	}
	if got := target(); got != stock.Identifier {
		t.Errorf("with a default it is %q", got)
	}
	s.Grant(app, orders, registry.ForUser)
	if got := target(); got != orders.Identifier {
		t.Errorf("with one granted it is %q", got)
	}
	s.Grant(app, stock, registry.ForUser)
	if got := target(); got != stock.Identifier {
		t.Errorf("with two granted and a default it is %q", got)
	}
}

func TestAnAPIThatDeniesTheClient(t *testing.T) {
	s, app, b := web(t)
	api := registry.API{Name: "Orders", Identifier: "https://orders.example.com/", UserPolicy: registry.RequireGrant, ClientPolicy: registry.RequireGrant}
	if _, err := s.Registry.CreateAPI(t.Context(), servertest.Actor, api); err != nil {
		t.Fatal(err)
	}
	for parameter, code := range map[string]string{"audience": "access_denied", "resource": "invalid_target"} {
		answer := b.Authorize(person, request(app, url.Values{parameter: {api.Identifier}}))
		if answer.Get("error") != code {
			t.Errorf("%s answers %v", parameter, answer)
		}
	}
}
