package management_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// drafts are applications that break rules, as the registry and as this door say them.
var drafts = []struct {
	body  string
	draft registry.Draft
}{
	{
		`{"name":"X","app_type":"regular_web","callbacks":["javascript:alert(1)","http://a.example/cb","https://a.example/cb#f","https://user@a.example/","com.example.app:/cb"]}`,
		registry.Draft{Name: "X", Type: registry.RegularWeb, RedirectURIs: []string{"javascript:alert(1)", "http://a.example/cb", "https://a.example/cb#f", "https://user@a.example/", "com.example.app:/cb"}},
	},
	{
		`{"name":"X","app_type":"spa","grant_types":["client_credentials","implicit","password"],"web_origins":["https://a.example/path","ftp://a.example"]}`,
		registry.Draft{Name: "X", Type: registry.SinglePage, GrantTypes: []oauth.GrantType{"client_credentials", "implicit", "password"}, WebOrigins: []string{"https://a.example/path", "ftp://a.example"}},
	},
	{
		`{"name":"X","app_type":"non_interactive","token_endpoint_auth_method":"none","callbacks":["https://a.example/cb"],"logo_uri":"javascript:x"}`,
		registry.Draft{Name: "X", Type: registry.MachineToMachine, AuthMethods: []oauth.AuthMethod{oauth.AuthNone}, RedirectURIs: []string{"https://a.example/cb"}, LogoURI: "javascript:x"},
	},
	{
		`{"name":"X","is_first_party":false,"app_type":"native","require_pkce":false,"callbacks":["https://*.a.example/cb"],"refresh_token":{"rotation_type":"non-rotating","expiration_type":"non-expiring"}}`,
		registry.Draft{Name: "X", Ownership: registry.ThirdParty, Type: registry.Native, RequirePKCE: new(false), RedirectURIs: []string{"https://*.a.example/cb"}, Refresh: &registry.RefreshPolicy{}},
	},
	{
		`{"name":"X","client_metadata":{"a\u0001":"b"},"jwt_configuration":{"alg":"HS256","lifetime_in_seconds":999999999},"tags":["<b>"],"initiate_login_uri":"http://a.example/"}`,
		registry.Draft{Name: "X", Metadata: map[string]string{"a\u0001": "b"}, IDToken: registry.IDTokenPolicy{Algorithm: "HS256", Lifetime: 999999999e9}, Tags: []string{"<b>"}, InitiateLoginURI: "http://a.example/"},
	},
}

// verdict is one violation without the name of its field, which each door has words of its own for.
type verdict struct{ Rule, Message string }

func TestTheSameDraftGetsTheSameVerdictHereAsInTheRegistry(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	for _, d := range drafts {
		_, _, err := p.s.Registry.Create(t.Context(), servertest.Actor, d.draft)
		var invalid *registry.Invalid
		if !errors.As(err, &invalid) {
			t.Errorf("the registry accepts %s: %v", d.body, err)
			continue
		}
		var want, got []verdict
		for _, v := range invalid.Violations {
			want = append(want, verdict{v.Rule, v.Message})
		}
		a := p.call(http.MethodPost, "/clients", d.body).want(http.StatusBadRequest)
		list, _ := a.json["violations"].([]any)
		for _, v := range list {
			object, _ := v.(map[string]any)
			rule, _ := object["rule"].(string)
			message, _ := object["message"].(string)
			got = append(got, verdict{rule, message})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-registry +here):\n%s", d.body, diff)
		}
	}
}
