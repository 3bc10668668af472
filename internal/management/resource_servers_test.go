package management_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/servertest"
)

func TestAnAPIWithNothingButAnIdentifierHasSafeDefaults(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	a := p.call(http.MethodPost, "/resource-servers", `{"identifier":"https://api.example/"}`).want(http.StatusCreated)
	delete(a.json, "id")
	want := map[string]any{
		"name": "https://api.example/", "is_system": false, "identifier": "https://api.example/", "signing_alg": "RS256", "token_lifetime": 3600.0,
		"token_dialect": "rfc9068_profile", "allow_offline_access": false, "skip_consent_for_verifiable_first_party_clients": false,
		"subject_type_authorization": map[string]any{"user": map[string]any{"policy": "allow_all"}, "client": map[string]any{"policy": "require_client_grant"}},
	}
	if diff := cmp.Diff(want, a.json); diff != "" {
		t.Error(diff)
	}
}

func TestAnAPIIsReadChangedAndDeletedByIDAndByIdentifier(t *testing.T) {
	for _, at := range []string{servertest.PublicURL, "https://id.example.test/auth"} {
		p := newProgram(t, servertest.New(t, servertest.WithPublicURL(at)))
		made := p.call(http.MethodPost, "/resource-servers", map[string]any{"identifier": "https://api.example/v1/", "name": "Orders"}).want(http.StatusCreated)
		identifier := made.text("identifier")
		for _, id := range []string{made.text("id"), url.PathEscape(identifier)} {
			path := "/resource-servers/" + id
			if got := p.call(http.MethodGet, path).want(http.StatusOK).text("name"); got != "Orders" {
				t.Errorf("%s: name is %s", path, got)
			}
			a := p.call(http.MethodPatch, path, `{"scopes":[{"value":"read:orders","description":"Read"},{"value":"write:orders"}],"token_lifetime":60,"signing_alg":"ES256",
				"subject_type_authorization":{"user":{"policy":"require_client_grant"}},"id":"ignored","is_system":false}`).want(http.StatusOK)
			if a.json["token_lifetime"] != 60.0 || a.json["signing_alg"] != "ES256" || a.text("id") != made.text("id") {
				t.Errorf("%s", a.body)
			}
			want := map[string]any{"user": map[string]any{"policy": "require_client_grant"}, "client": map[string]any{"policy": "require_client_grant"}}
			if diff := cmp.Diff(want, a.json["subject_type_authorization"]); diff != "" {
				t.Error(diff)
			}
		}
		p.call(http.MethodDelete, "/resource-servers/"+url.PathEscape(identifier)).want(http.StatusNoContent)
		p.call(http.MethodGet, "/resource-servers/"+made.text("id")).refused(http.StatusNotFound, "inexistent_resource_server", "does not exist")
	}
}

func TestAnAPIIsRefusedWithTheReason(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	p.call(http.MethodPost, "/resource-servers", `{"identifier":"https://api.example/"}`).want(http.StatusCreated)
	p.call(http.MethodPost, "/resource-servers", `{"identifier":"https://api.example"}`).refused(http.StatusConflict, "", "same identifier already exists")
	for body, message := range map[string]string{
		`{}`: "Missing required property: identifier",
		`{"identifier":"` + p.s.URL + `/api/v2/"}`:                                                           "The selected identifier is reserved.",
		`{"identifier":"` + p.s.URL + `"}`:                                                                   "The selected identifier is reserved.",
		`{"identifier":"https://b.example/","signing_alg":"HS256"}`:                                          "on property signing_alg",
		`{"identifier":"https://b.example/","signing_secret":"0123456789abcdef"}`:                            "on property signing_secret",
		`{"identifier":"https://b.example/","enforce_policies":true}`:                                        "on property enforce_policies",
		`{"identifier":"https://b.example/","token_dialect":"access_token_authz"}`:                           "on property token_dialect",
		`{"identifier":"https://b.example/","proof_of_possession":{"required":true}}`:                        "on property proof_of_possession",
		`{"identifier":"https://b.example/","token_encryption":{"format":"x"}}`:                              "on property token_encryption",
		`{"identifier":"https://b.example/","token_lifetime":0}`:                                             "on property token_lifetime",
		`{"identifier":"https://b.example/","token_lifetime":2592001}`:                                       "greater than maximum",
		`{"identifier":"https://b.example/","scopes":[{"value":"openid"}]}`:                                  "on property scopes[0]",
		`{"identifier":"https://b.example/","scopes":[{"description":"x"}]}`:                                 "Missing required property: value",
		`{"identifier":"https://b.example/","subject_type_authorization":{"client":{"policy":"allow_all"}}}`: "No enum match for: allow_all",
	} {
		p.call(http.MethodPost, "/resource-servers", body).refused(http.StatusBadRequest, "invalid_body", message)
	}
	p.call(http.MethodPatch, "/resource-servers/"+url.PathEscape("https://api.example/"), `{"identifier":"https://c.example/"}`).
		refused(http.StatusBadRequest, "invalid_body", "on property identifier")
}

func TestTheAPIOfTheServerItselfIsListedAndLeftAlone(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	path := "/resource-servers/" + url.PathEscape(p.s.URL+"/api/v2/")
	if a := p.call(http.MethodGet, path).want(http.StatusOK); a.json["is_system"] != true || a.text("identifier") != p.s.URL+"/api/v2/" {
		t.Errorf("%s", a.body)
	}
	p.call(http.MethodPatch, path, `{"name":"Mine"}`).refused(http.StatusBadRequest, "operation_not_supported", "System resource servers cannot be patched.")
	p.call(http.MethodDelete, path).refused(http.StatusBadRequest, "operation_not_supported", "System resource servers cannot be deleted.")
}

func TestAPIsAreListedInAllThreeShapes(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	for _, name := range []string{"a", "b", "c"} {
		p.s.CreateAPI("https://"+name+".example/", "read")
	}
	if a := p.call(http.MethodGet, "/resource-servers").want(http.StatusOK); len(a.list) != 4 {
		t.Errorf("%d APIs", len(a.list))
	}
	a := p.call(http.MethodGet, "/resource-servers?page=0&per_page=2&include_totals=true").want(http.StatusOK)
	if list, _ := a.json["resource_servers"].([]any); len(list) != 2 || a.json["total"] != 4.0 {
		t.Errorf("%s", a.body)
	}
	a = p.call(http.MethodGet, "/resource-servers?take=3").want(http.StatusOK)
	rest := p.call(http.MethodGet, "/resource-servers?take=3&from="+url.QueryEscape(a.text("next"))).want(http.StatusOK)
	if list, _ := rest.json["resource_servers"].([]any); len(list) != 1 {
		t.Errorf("%s", rest.body)
	}
	a = p.call(http.MethodGet, "/resource-servers?identifiers=https://a.example/&identifiers="+url.QueryEscape("https://c.example/")).want(http.StatusOK)
	if len(a.list) != 2 {
		t.Errorf("%s", a.body)
	}
}
