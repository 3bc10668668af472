package management_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"clientele/internal/management"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// endpoints are all operations with the scopes any of which opens them. %s is the id of something that does not exist.
var endpoints = []struct {
	method, path, body string
	scopes             []string
	opened             int // status with the scope
}{
	{http.MethodGet, "/clients", "", []string{"read:clients", "read:client_keys", "read:client_credentials", "read:client_summary"}, 200},
	{http.MethodGet, "/clients/none", "", []string{"read:clients", "read:client_keys", "read:client_credentials", "read:client_summary"}, 404},
	{http.MethodPost, "/clients", `{}`, []string{"create:clients"}, 400},
	{http.MethodPatch, "/clients/none", `{}`, []string{"update:clients", "update:client_keys", "update:client_credentials"}, 400},
	{http.MethodDelete, "/clients/none", "", []string{"delete:clients"}, 404},
	{http.MethodPost, "/clients/none/rotate-secret", "", []string{"update:client_keys"}, 404},
	{http.MethodGet, "/resource-servers", "", []string{"read:resource_servers"}, 200},
	{http.MethodGet, "/resource-servers/none", "", []string{"read:resource_servers"}, 404},
	{http.MethodPost, "/resource-servers", `{}`, []string{"create:resource_servers"}, 400},
	{http.MethodPatch, "/resource-servers/none", `{}`, []string{"update:resource_servers"}, 400},
	{http.MethodDelete, "/resource-servers/none", "", []string{"delete:resource_servers"}, 404},
	{http.MethodGet, "/client-grants", "", []string{"read:client_grants"}, 200},
	{http.MethodGet, "/client-grants/none", "", []string{"read:client_grants"}, 404},
	{http.MethodPost, "/client-grants", `{}`, []string{"create:client_grants"}, 400},
	{http.MethodPatch, "/client-grants/none", `{}`, []string{"update:client_grants"}, 400},
	{http.MethodDelete, "/client-grants/none", "", []string{"delete:client_grants"}, 404},
}

func (p *program) try(method, path, body string) answer {
	p.t.Helper()
	if body == "" {
		return p.call(method, path)
	}
	return p.call(method, path, body)
}

func TestEveryEndpointOpensWithEachOfItsScopesAndWithNoOther(t *testing.T) {
	s := servertest.New(t)
	for _, scope := range management.Scopes() {
		p := newProgram(t, s, scope.Value)
		for _, e := range endpoints {
			a := p.try(e.method, e.path, e.body)
			if slices.Contains(e.scopes, scope.Value) {
				if a.status != e.opened {
					t.Errorf("%s %s with %s: %d, want %d: %s", e.method, e.path, scope.Value, a.status, e.opened, a.body)
				}
				continue
			}
			a.refused(http.StatusForbidden, "insufficient_scope", "Insufficient scope, expected any of: "+strings.Join(e.scopes, ","))
			if got := a.header.Get("WWW-Authenticate"); !strings.Contains(got, `error="insufficient_scope"`) || !strings.Contains(got, e.scopes[0]) {
				t.Errorf("%s %s: challenge %s", e.method, e.path, got)
			}
		}
	}
}

func TestNoEndpointOpensWithoutAToken(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	for _, token := range []string{"", "nonsense", "a.b.c", p.token[:len(p.token)-4] + "AAAA"} {
		q := *p
		q.token = token
		for _, e := range endpoints {
			a := q.try(e.method, e.path, e.body)
			a.refused(http.StatusUnauthorized, "", "")
			if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s: headers %v", e.method, e.path, a.header)
			}
		}
	}
}

func TestATokenForAnotherAudienceIsRefused(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	api := p.s.CreateAPI("https://api.example/", "read:clients")
	p.s.Grant(p.app, api, registry.ForClient, "read:clients")
	sign := func(claims string) string {
		t.Helper()
		token, err := p.s.Signing.Sign(t.Context(), "RS256", "at+jwt", []byte(claims))
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	issuer, now := p.s.URL+"/", p.s.Clock.Now().Unix()
	claims := func(name, value string) string {
		all := map[string]string{
			"iss": `"` + issuer + `"`, "aud": `"` + issuer + `api/v2/"`, "sub": `"` + p.app.ID + `@clients"`, "client_id": `"` + p.app.ID + `"`,
			"gty": `"client-credentials"`, "scope": `"read:clients"`, "jti": `"` + p.grant.ID + `.x"`, "exp": itoa(now + 60), "iat": itoa(now),
		}
		if name != "" {
			all[name] = value
		}
		var members []string
		for k, v := range all {
			members = append(members, `"`+k+`":`+v)
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	p.token = sign(claims("", ""))
	p.call(http.MethodGet, "/clients").want(http.StatusOK)
	for _, c := range []struct{ name, value, message string }{
		{"aud", `"https://api.example/"`, "Bad audience"},
		{"aud", `["https://api.example/","x"]`, "Bad audience"},
		{"iss", `"https://other.example/"`, "Invalid token"},
		{"exp", itoa(now - 1), "Expired token"},
		{"exp", itoa(now), "Expired token"},
		{"exp", `"never"`, "Invalid token"},
		{"nbf", itoa(now + 60), "Invalid token"},
		{"gty", `"authorization_code"`, "Client is not global"},
		{"sub", `"usr_somebody"`, "Client is not global"},
		{"jti", `"cgr_another.x"`, "client grant"},
		{"client_id", `"unknown"`, "Client is not global"},
		{"scope", `"\u0001"`, "Invalid token"},
	} {
		p.token = sign(claims(c.name, c.value))
		p.call(http.MethodGet, "/clients").refused(http.StatusUnauthorized, "", c.message)
	}
}

func TestAnIDTokenOpensNothing(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	token, err := p.s.Signing.Sign(t.Context(), "RS256", "JWT", []byte(`{"iss":"`+p.s.URL+`/","aud":"`+p.app.ID+`","sub":"usr_x","exp":99999999999}`))
	if err != nil {
		t.Fatal(err)
	}
	p.token = token
	p.call(http.MethodGet, "/clients").refused(http.StatusUnauthorized, "", "Bad audience")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// What a token may do is decided on every call, not when it was issued.
func TestATokenEndsWithItsApplication(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	p.call(http.MethodGet, "/clients").want(http.StatusOK)
	if _, err := p.s.Registry.SetEnabled(t.Context(), servertest.Actor, p.app.ID, false); err != nil {
		t.Fatal(err)
	}
	p.call(http.MethodGet, "/clients").refused(http.StatusUnauthorized, "", "disabled")
	if _, err := p.s.Registry.SetEnabled(t.Context(), servertest.Actor, p.app.ID, true); err != nil {
		t.Fatal(err)
	}
	p.call(http.MethodGet, "/clients").want(http.StatusOK)
	if err := p.s.Registry.Delete(t.Context(), servertest.Actor, p.app.ID); err != nil {
		t.Fatal(err)
	}
	p.call(http.MethodGet, "/clients").refused(http.StatusUnauthorized, "", "does not exist any more")
}

func TestATokenEndsWithItsClientGrant(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	if err := p.s.Registry.DeleteClientGrant(t.Context(), servertest.Actor, p.grant.ID); err != nil {
		t.Fatal(err)
	}
	p.call(http.MethodGet, "/clients").refused(http.StatusUnauthorized, "", "client grant")

	// A new grant needs a new token: the old one was given by the old grant.
	g := p.grant
	g.ID = ""
	if _, err := p.s.Registry.CreateClientGrant(t.Context(), servertest.Actor, g); err != nil {
		t.Fatal(err)
	}
	p.call(http.MethodGet, "/clients").refused(http.StatusUnauthorized, "", "client grant")
	p.token = p.newToken()
	p.call(http.MethodGet, "/clients").want(http.StatusOK)
}

func TestAScopeTakenAwayIsGoneAtOnceAndOneAddedNeedsANewToken(t *testing.T) {
	p := newProgram(t, servertest.New(t), "read:clients", "create:clients")
	change := func(scopes ...string) {
		t.Helper()
		_, _, err := p.s.Registry.UpdateClientGrant(t.Context(), servertest.Actor, p.grant.ID, 0, func(g *registry.ClientGrant) error {
			g.Scopes = oauth.Scopes(scopes)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	change("create:clients", "delete:clients")
	p.call(http.MethodGet, "/clients").refused(http.StatusForbidden, "insufficient_scope", "read:clients")
	p.call(http.MethodDelete, "/clients/none").refused(http.StatusForbidden, "insufficient_scope", "delete:clients")
	p.call(http.MethodPost, "/clients", `{"name":"X"}`).want(http.StatusCreated)
}

func TestScopesDecideWhichPropertiesAreSeen(t *testing.T) {
	s := servertest.New(t)
	target, _ := s.CreateApplication(registry.Draft{Name: "Target", Type: registry.RegularWeb, Description: "D", RedirectURIs: []string{"https://a.example/cb"}})
	path := "/clients/" + target.ID
	for _, c := range []struct {
		scope   string
		sees    []string
		refused string
	}{
		{"read:client_summary", []string{"app_type", "client_id", "description", "name"}, "callbacks"},
		{"read:client_credentials", []string{"app_type", "client_id", "description", "name"}, "callbacks"},
		{"read:clients", nil, "client_secret"},
		{"read:client_keys", nil, ""},
	} {
		p := newProgram(t, s, c.scope)
		a := p.call(http.MethodGet, path).want(http.StatusOK)
		if c.sees != nil {
			var got []string
			for name := range a.json {
				got = append(got, name)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.sees) {
				t.Errorf("%s sees %v", c.scope, got)
			}
		} else if len(a.texts("callbacks")) != 1 {
			t.Errorf("%s does not see callbacks: %s", c.scope, a.body)
		}
		if c.refused == "" {
			p.call(http.MethodGet, path+"?fields=client_secret,callbacks").want(http.StatusOK)
			continue
		}
		for _, where := range []string{path, "/clients"} {
			p.call(http.MethodGet, where+"?fields=name,"+c.refused).refused(http.StatusForbidden, "insufficient_scope", "Some fields cannot be read")
		}
		p.call(http.MethodGet, path+"?include_fields=false&fields="+c.refused).want(http.StatusOK)
	}
}

func TestKeyScopesAloneDoNotChangeSettings(t *testing.T) {
	p := newProgram(t, servertest.New(t), "update:client_keys")
	p.call(http.MethodPatch, "/clients/"+p.app.ID, `{"name":"Y"}`).refused(http.StatusForbidden, "insufficient_scope", "Some fields cannot be updated")
}

func TestNobodyHandsOnAScopeHeLacks(t *testing.T) {
	s := servertest.New(t)
	strong := newProgram(t, s)
	weak := newProgram(t, s, "create:client_grants", "update:client_grants", "read:clients", "update:client_keys")
	other, _ := s.CreateApplication(registry.Draft{Name: "Other", Type: registry.MachineToMachine})
	audience := s.URL + "/api/v2/"

	weak.call(http.MethodPost, "/client-grants", map[string]any{"client_id": other.ID, "audience": audience, "scope": []string{"read:clients", "delete:clients"}}).
		refused(http.StatusForbidden, "insufficient_scope", "delete:clients")
	made := weak.call(http.MethodPost, "/client-grants", map[string]any{"client_id": other.ID, "audience": audience, "scope": []string{"read:clients"}}).want(http.StatusCreated)
	weak.call(http.MethodPatch, "/client-grants/"+made.text("id"), `{"scope":["read:clients","create:clients"]}`).refused(http.StatusForbidden, "insufficient_scope", "create:clients")
	weak.call(http.MethodPatch, "/client-grants/"+weak.grant.ID, `{"scope":["read:clients","create:client_grants","update:client_grants","delete:clients"]}`).
		refused(http.StatusForbidden, "insufficient_scope", "delete:clients")

	// A secret of somebody who may do more would be a way round.
	weak.call(http.MethodPost, "/clients/"+strong.app.ID+"/rotate-secret").refused(http.StatusForbidden, "insufficient_scope", "create:clients")
	weak.call(http.MethodPost, "/clients/"+other.ID+"/rotate-secret").want(http.StatusOK)
}

func TestTheSystemAPIIsNeverGrantedWholesaleOrToThirdParties(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	audience := p.s.URL + "/api/v2/"
	partner, _ := p.s.CreateApplication(registry.Draft{Name: "Partner", Type: registry.MachineToMachine, Ownership: registry.ThirdParty})
	p.call(http.MethodPost, "/client-grants", map[string]any{"client_id": partner.ID, "audience": audience, "scope": []string{"read:clients"}}).
		refused(http.StatusBadRequest, "invalid_body", "cannot be created for third-party clients")
	p.call(http.MethodPost, "/client-grants", map[string]any{"client_id": p.app.ID, "audience": audience, "allow_all_scopes": true}).
		refused(http.StatusBadRequest, "invalid_body", "on property allow_all_scopes")
	p.call(http.MethodPost, "/client-grants", map[string]any{"default_for": "third_party_clients", "audience": audience, "scope": []string{"read:clients"}}).
		refused(http.StatusBadRequest, "invalid_body", "on property audience")
}
