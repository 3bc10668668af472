package management_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// scrub replaces what differs from run to run.
func scrub(body string) string {
	for pattern, with := range map[string]string{
		`"client_id":"[A-Za-z0-9]{32}"`:                     `"client_id":"ID"`,
		`"client_id":"tpc_[A-Za-z0-9]{22}"`:                 `"client_id":"tpc_ID"`,
		`"client_secret":"clts_[A-Za-z0-9]{49}"`:            `"client_secret":"SECRET"`,
		`_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z`: `_at":"WHEN`,
	} {
		body = regexp.MustCompile(pattern).ReplaceAllString(body, with)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(body), "", "  "); err != nil {
		return body
	}
	return indented.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", name, diff)
	}
}

func TestAClientWithNothingButANameIsAnsweredWhole(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	golden(t, "client_minimal.json", scrub(p.call(http.MethodPost, "/clients", `{"name":"X"}`).want(http.StatusCreated).body))
}

func TestAThirdPartyClientIsAnsweredWhole(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	body := `{"name":"Partner","app_type":"regular_web","is_first_party":false,"third_party_security_mode":"strict","callbacks":["https://partner.example/cb"]}`
	golden(t, "client_third_party.json", scrub(p.call(http.MethodPost, "/clients", body).want(http.StatusCreated).body))
}

func TestEachTypeHasItsDefaults(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	for _, c := range []struct {
		appType, method string
		grants          []string
		secret          bool
	}{
		{"native", "none", []string{"authorization_code", "refresh_token"}, false},
		{"spa", "none", []string{"authorization_code", "refresh_token"}, false},
		{"regular_web", "", []string{"authorization_code", "refresh_token"}, true},
		{"non_interactive", "", []string{"client_credentials"}, true},
	} {
		a := p.call(http.MethodPost, "/clients", map[string]any{"name": c.appType, "app_type": c.appType}).want(http.StatusCreated)
		if got := a.texts("grant_types"); !slices.Equal(got, c.grants) {
			t.Errorf("%s: grant_types are %v, want %v", c.appType, got, c.grants)
		}
		if got, _ := a.json["token_endpoint_auth_method"].(string); got != c.method {
			t.Errorf("%s: token_endpoint_auth_method is %q, want %q", c.appType, got, c.method)
		}
		if _, has := a.json["client_secret"]; has != c.secret {
			t.Errorf("%s: has a secret: %v, want %v", c.appType, has, c.secret)
		}
	}
}

func TestASecretIsAnsweredOnlyWhereItIsMinted(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	made := p.call(http.MethodPost, "/clients", `{"name":"X","app_type":"regular_web"}`).want(http.StatusCreated)
	first := made.text("client_secret")
	path := "/clients/" + made.text("client_id")
	rotated := p.call(http.MethodPost, path+"/rotate-secret").want(http.StatusOK)
	second := rotated.text("client_secret")
	if first == second {
		t.Error("rotate-secret answered the old secret")
	}
	for _, a := range []answer{p.call(http.MethodGet, path), p.call(http.MethodGet, "/clients"), p.call(http.MethodPatch, path, `{"name":"Y"}`)} {
		a.want(http.StatusOK)
		if strings.Contains(a.body, "client_secret\":\"clts_") || strings.Contains(a.body, first) || strings.Contains(a.body, second) {
			t.Errorf("a secret left again: %s", a.body)
		}
	}
}

func TestARotatedSecretReplacesTheOlderOnesAtOnce(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	other := newProgram(t, p.s, "read:clients")
	old := other.secret
	other.secret = p.call(http.MethodPost, "/clients/"+other.app.ID+"/rotate-secret").want(http.StatusOK).text("client_secret")
	other.newToken()
	app, err := p.s.Registry.Application(t.Context(), other.app.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, state := app.VerifySecret(p.s.Keys, old, p.s.Clock.Now()); state != registry.SecretRetired {
		t.Errorf("the old secret is %s", state)
	}
}

func TestAChangeNamesOnlyWhatItChanges(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	made := p.call(http.MethodPost, "/clients", `{"name":"X","app_type":"regular_web","description":"D","callbacks":["https://a.example/cb"],
		"token_endpoint_auth_method":"client_secret_post","client_metadata":{"a":"1","b":"2"},"cross_origin_loc":"https://a.example/x","sso":true,
		"jwt_configuration":{"alg":"RS256","lifetime_in_seconds":600},
		"refresh_token":{"rotation_type":"rotating","expiration_type":"expiring","leeway":7,"token_lifetime":1000,"idle_token_lifetime":500}}`).want(http.StatusCreated)
	path := "/clients/" + made.text("client_id")
	change := func(body string) answer {
		t.Helper()
		return p.call(http.MethodPatch, path, body).want(http.StatusOK)
	}

	same := change(`{"name":"X2"}`)
	for _, name := range []string{"description", "callbacks", "client_metadata", "jwt_configuration", "refresh_token", "cross_origin_loc", "sso", "token_endpoint_auth_method"} {
		if diff := cmp.Diff(made.json[name], same.json[name]); diff != "" {
			t.Errorf("%s changed although nobody named it:\n%s", name, diff)
		}
	}
	merged := change(`{"client_metadata":{"a":null,"b":"","c":"3"},"callbacks":[],"cross_origin_loc":null}`)
	if diff := cmp.Diff(map[string]any{"c": "3"}, merged.json["client_metadata"]); diff != "" {
		t.Errorf("metadata is not merged:\n%s", diff)
	}
	for _, gone := range []string{"callbacks", "cross_origin_loc"} {
		if v, has := merged.json[gone]; has {
			t.Errorf("%s is still %v", gone, v)
		}
	}
	if v, has := change(`{"token_endpoint_auth_method":null}`).json["token_endpoint_auth_method"]; has {
		t.Errorf("null left token_endpoint_auth_method at %v", v)
	}
	if got := change(`{"jwt_configuration":{"alg":"ES256"}}`).json["jwt_configuration"]; !cmp.Equal(got, map[string]any{"alg": "ES256", "lifetime_in_seconds": 600.0, "secret_encoded": false}) {
		t.Errorf("jwt_configuration is %v", got)
	}
	reset, _ := change(`{"refresh_token":null}`).json["refresh_token"].(map[string]any)
	if reset["token_lifetime"] != 2592000.0 || reset["rotation_type"] != "non-rotating" {
		t.Errorf("null did not restore the defaults: %v", reset)
	}
	endless, _ := change(`{"refresh_token":{"rotation_type":"non-rotating","expiration_type":"non-expiring"}}`).json["refresh_token"].(map[string]any)
	if endless["infinite_token_lifetime"] != true || endless["expiration_type"] != "non-expiring" {
		t.Errorf("refresh_token is %v", endless)
	}
}

// Deploy tools send back what they read, with their change in it.
func TestAnAnswerSentBackAsAChangeChangesNothing(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	for _, appType := range []string{"native", "spa", "regular_web", "non_interactive"} {
		made := p.call(http.MethodPost, "/clients", map[string]any{"name": appType, "app_type": appType, "oidc_conformant": true, "organization_usage": "deny"}).want(http.StatusCreated)
		delete(made.json, "client_secret")
		again := p.call(http.MethodPatch, "/clients/"+made.text("client_id"), made.json).want(http.StatusOK)
		if diff := cmp.Diff(made.json, again.json); diff != "" {
			t.Errorf("%s:\n%s", appType, diff)
		}
	}
}

func TestSettingsThatAreNotActedOnAreRememberedAndGivenBack(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	body := `{"name":"X","oidc_conformant":false,"addons":{"samlp":{"audience":"a"}},"mobile":{"ios":{"team_id":"T"}},"allowed_clients":["a"],
		"custom_login_page":"<b>hi</b>","organization_usage":"allow","session_transfer":{"can_create_session_transfer_token":true},"par_request_expiry":60,
		"oidc_logout":{"backchannel_logout_urls":["https://a.example/out"]}}`
	made := p.call(http.MethodPost, "/clients", body).want(http.StatusCreated)
	read := p.call(http.MethodGet, "/clients/"+made.text("client_id")).want(http.StatusOK)
	for name, want := range map[string]any{
		"oidc_conformant": false, "addons": map[string]any{"samlp": map[string]any{"audience": "a"}}, "custom_login_page": "<b>hi</b>",
		"organization_usage": "allow", "par_request_expiry": 60.0, "allowed_clients": []any{"a"},
	} {
		if diff := cmp.Diff(want, read.json[name]); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	gone := p.call(http.MethodPatch, "/clients/"+made.text("client_id"), `{"organization_usage":null,"par_request_expiry":null}`).want(http.StatusOK)
	if _, has := gone.json["organization_usage"]; has {
		t.Error("null did not forget organization_usage")
	}
	if gone.json["custom_login_page"] != "<b>hi</b>" {
		t.Error("forgetting one setting lost another")
	}
}

func TestSettingsThatWouldBeDangerousToBelieveInAreRefusedWithTheReason(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	for body, want := range map[string][2]string{
		`"require_pushed_authorization_requests":true`:                                     {"require_pushed_authorization_requests", "not supported yet"},
		`"require_proof_of_possession":true`:                                               {"require_proof_of_possession", "not supported yet"},
		`"signed_request_object":{"required":true}`:                                        {"signed_request_object", "not supported yet"},
		`"compliance_level":"fapi2_sp_pkj_mtls"`:                                           {"compliance_level", "enforced"},
		`"organization_usage":"require"`:                                                   {"organization_usage", "organizations do not exist"},
		`"client_authentication_methods":{"tls_client_auth":{}}`:                           {"client_authentication_methods", "mutual TLS"},
		`"encryption_key":{"pub":"x"}`:                                                     {"encryption_key", "not encrypted"},
		`"grant_types":["implicit"]`:                                                       {"grant_types[0]", "implicit"},
		`"grant_types":["password"]`:                                                       {"grant_types[0]", "password"},
		`"jwt_configuration":{"alg":"HS256"}`:                                              {"jwt_configuration.alg", "RS256"},
		`"jwt_configuration":{"secret_encoded":true}`:                                      {"jwt_configuration.secret_encoded", "plain text"},
		`"client_secret":"chosen"`:                                                         {"client_secret", "rotate-secret"},
		`"is_first_party":false,"third_party_security_mode":"permissive"`:                  {"third_party_security_mode", "consent"},
		`"token_quota":{"client_credentials":{"enforce":true,"per_day":1}}`:                {"token_quota", "nothing would be limited"},
		`"refresh_token":{"rotation_type":"rotating","expiration_type":"non-expiring"}`:    {"refresh_token", ""},
		`"callbacks":["javascript:alert(1)"]`:                                              {"callbacks[0]", "javascript:"},
		`"app_type":"spa","token_endpoint_auth_method":"none","web_origins":["ftp://a.b"]`: {"web_origins[0]", ""},
	} {
		a := p.call(http.MethodPost, "/clients", `{"name":"X",`+body+`}`)
		a.refused(http.StatusBadRequest, "invalid_body", want[1])
		if !strings.Contains(a.body, "on property "+want[0]) {
			t.Errorf("%s: the message does not name %s: %s", body, want[0], a.body)
		}
	}
}

func TestOwnershipAndTheSecretCannotBeChanged(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	path := "/clients/" + p.call(http.MethodPost, "/clients", `{"name":"X"}`).want(http.StatusCreated).text("client_id")
	p.call(http.MethodPatch, path, `{"is_first_party":false}`).refused(http.StatusBadRequest, "invalid_body", "on property is_first_party")
	p.call(http.MethodPatch, path, `{"is_first_party":true}`).want(http.StatusOK)
	p.call(http.MethodPatch, path, `{"client_secret":"mine"}`).refused(http.StatusBadRequest, "invalid_body", "cannot be chosen")
}

func TestADeletedClientIsGone(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	path := "/clients/" + p.call(http.MethodPost, "/clients", `{"name":"X"}`).want(http.StatusCreated).text("client_id")
	if a := p.call(http.MethodDelete, path).want(http.StatusNoContent); a.body != "" {
		t.Errorf("204 with a body: %s", a.body)
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		p.call(method, path).refused(http.StatusNotFound, "inexistent_client", "The client does not exist")
	}
	p.call(http.MethodPatch, path, `{"name":"Y"}`).refused(http.StatusNotFound, "inexistent_client", "The client does not exist")
	p.call(http.MethodPost, path+"/rotate-secret").refused(http.StatusNotFound, "inexistent_client", "The client does not exist")
}

func TestAPublicClientHasNoSecretToRotate(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	id := p.call(http.MethodPost, "/clients", `{"name":"X","app_type":"spa"}`).want(http.StatusCreated).text("client_id")
	p.call(http.MethodPost, "/clients/"+id+"/rotate-secret").refused(http.StatusBadRequest, "invalid_body", "token_endpoint_auth_method")
}

func TestTheRecordNamesTheProgramThatChangedSomething(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	id := p.call(http.MethodPost, "/clients", `{"name":"X"}`).want(http.StatusCreated).text("client_id")
	app, err := p.s.Registry.Application(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if app.CreatedBy != "Program" {
		t.Errorf("created by %q", app.CreatedBy)
	}
}

func TestAChangeOfAnOlderRevisionIsRefused(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	p.s.CreateAPI("https://api.example/", "read")
	api := p.call(http.MethodGet, "/resource-servers/"+url.PathEscape("https://api.example/")).want(http.StatusOK)
	grant := p.call(http.MethodPost, "/client-grants", map[string]any{"client_id": p.app.ID, "audience": "https://api.example/", "scope": []string{"read"}}).want(http.StatusCreated)
	for path, bodies := range map[string][2]string{
		"/clients/" + p.app.ID:                {`{"name":"A"}`, `{"name":"B"}`},
		"/resource-servers/" + api.text("id"): {`{"name":"A"}`, `{"name":"B"}`},
		"/client-grants/" + grant.text("id"):  {`{"scope":[]}`, `{"scope":["read"]}`},
	} {
		seen := p.call(http.MethodGet, path).want(http.StatusOK).header.Get("ETag")
		change := func(body, tag string) answer {
			req := p.request(http.MethodPatch, path, body)
			req.Header.Set("If-Match", tag)
			return send(t, p.s, req)
		}
		now := change(bodies[0], seen).want(http.StatusOK).header.Get("ETag")
		if now == seen || now == "" {
			t.Errorf("%s: ETag was %s and is %s", path, seen, now)
		}
		for _, tag := range []string{seen, `"nonsense"`, `W/` + now} {
			change(bodies[1], tag).refused(http.StatusPreconditionFailed, "stale", "Read it again")
		}
		change(bodies[1], "*").want(http.StatusOK)
	}
}
