package registry

import (
	"encoding/json"
	"errors"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
)

var (
	morning = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	olga    = audit.Actor{Kind: audit.ActorOperator, ID: "usr_1", Name: "olga@example.com", Door: "dashboard"}
)

// violations runs all rules over a draft and returns what they found as "field rule".
func violations(d Draft, p Policy) []string {
	a := d.application(olga, morning)
	a.tidy(nil, olga, morning)
	return named(inspect(&a, nil, p))
}

func named(err error) []string {
	var list []string
	if invalid, ok := errors.AsType[*Invalid](err); ok {
		for _, v := range invalid.Violations {
			list = append(list, v.Field+" "+v.Rule)
		}
	}
	return list
}

func ptr[T any](v T) *T { return &v }

func TestADraftWithNothingButANameAndATypeIsFine(t *testing.T) {
	for _, kind := range []Type{Generic, Native, SinglePage, RegularWeb, MachineToMachine} {
		for _, owner := range []Ownership{"", FirstParty, ThirdParty} {
			if got := violations(Draft{Name: "Orders", Type: kind, Ownership: owner}, Policy{}); got != nil {
				t.Errorf("%s %s: %v", kind, owner, got)
			}
		}
	}
}

func TestDefaultsByType(t *testing.T) {
	for _, c := range []struct {
		kind     Type
		owner    Ownership
		methods  string
		grants   string
		rotating bool
		idToken  time.Duration
	}{
		{Native, FirstParty, "none", "authorization_code refresh_token", true, 10 * time.Hour},
		{SinglePage, FirstParty, "none", "authorization_code refresh_token", true, 10 * time.Hour},
		{RegularWeb, FirstParty, "client_secret_basic client_secret_post", "authorization_code refresh_token", false, 10 * time.Hour},
		{Generic, FirstParty, "client_secret_basic client_secret_post", "authorization_code refresh_token", false, 10 * time.Hour},
		{MachineToMachine, FirstParty, "client_secret_basic client_secret_post", "client_credentials", false, 10 * time.Hour},
		{Native, ThirdParty, "none", "authorization_code refresh_token", true, time.Hour},
		{RegularWeb, ThirdParty, "client_secret_basic client_secret_post", "authorization_code refresh_token", true, time.Hour},
		{MachineToMachine, ThirdParty, "client_secret_basic client_secret_post", "client_credentials", false, time.Hour},
	} {
		a := Draft{Name: "Orders", Type: c.kind, Ownership: c.owner}.application(olga, morning)
		methods, grants := strings.ReplaceAll(lines(a.AuthMethods), "\n", " "), strings.ReplaceAll(lines(a.GrantTypes), "\n", " ")
		if methods != c.methods || grants != c.grants || a.Refresh.Rotating != c.rotating || a.IDToken.Lifetime != c.idToken {
			t.Errorf("%s %s: methods %s, grants %s, rotating %v, ID tokens %v", c.kind, c.owner, methods, grants, a.Refresh.Rotating, a.IDToken.Lifetime)
		}
		if !a.RequirePKCE || !a.Enabled || a.Refresh.Lifetime != 30*24*time.Hour || a.Refresh.IdleLifetime != 15*24*time.Hour || a.IDToken.Algorithm != "RS256" {
			t.Errorf("%s %s: PKCE %v, enabled %v, refresh %+v", c.kind, c.owner, a.RequirePKCE, a.Enabled, a.Refresh)
		}
		if leeway := a.Refresh.Leeway; (leeway == 30*time.Second) != c.rotating {
			t.Errorf("%s %s: leeway %v", c.kind, c.owner, leeway)
		}
	}
}

// Every refusal that reference and specifications ask for, by the field it marks and the name of its rule.
func TestRules(t *testing.T) {
	many := func(n int, format string) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = strings.ReplaceAll(format, "N", strconv.Itoa(i))
		}
		return list
	}
	tooMany := make(map[string]string)
	for i := range MaxMetadataPairs + 1 {
		tooMany[strconv.Itoa(i)] = "x"
	}
	code, refresh, credentials := oauth.AuthorizationCode, oauth.RefreshToken, oauth.ClientCredentials
	for _, c := range []struct {
		says string
		d    Draft
		want string
	}{
		{"a name is needed", Draft{Name: "  "}, "name name"},
		{"a name has no markup", Draft{Name: "<b>Orders</b>"}, "name name"},
		{"a name has at most 128 characters", Draft{Name: strings.Repeat("ü", 129)}, "name name"},
		{"a name is one line", Draft{Name: "Orders\nand more"}, "name name"},
		{"a name does not change the direction of reading", Draft{Name: "Orders \u202egnip"}, "name name"},
		{"a name is UTF-8", Draft{Name: "Orders \xff"}, "name name"},
		{"a description has at most 140 characters", Draft{Name: "A", Description: strings.Repeat("ü", 141)}, "description description"},
		{"a logo is https", Draft{Name: "A", LogoURI: "http://localhost/logo.png"}, "logo_uri logo_uri"},
		{"a logo is a URL", Draft{Name: "A", LogoURI: "logo.png"}, "logo_uri uri_absolute"},
		{"a logo does not run code", Draft{Name: "A", LogoURI: "javascript:alert(1)"}, "logo_uri uri_scheme_dangerous"},
		{"a type is one of four", Draft{Name: "A", Type: "sso_integration"}, "type type"},
		{"an ownership is one of two", Draft{Name: "A", Ownership: "stolen"}, "ownership ownership"},
		{"there are at most 20 tags", Draft{Name: "A", Tags: many(21, "tN")}, "tags tags"},
		{"a tag is a word", Draft{Name: "A", Tags: []string{"ok", "two words"}}, "tags[1] tags"},
		{"there are at most ten pairs of metadata", Draft{Name: "A", Metadata: tooMany}, "metadata metadata"},
		{"a metadata key is not empty", Draft{Name: "A", Metadata: map[string]string{"": "x"}}, "metadata metadata"},
		{"a metadata key has at most 255 characters", Draft{Name: "A", Metadata: map[string]string{strings.Repeat("k", 256): "x"}}, "metadata metadata"},
		{"a metadata value has at most 255 characters", Draft{Name: "A", Metadata: map[string]string{"k": strings.Repeat("ü", 256)}}, "metadata.k metadata"},
		{"a metadata value has no NUL", Draft{Name: "A", Metadata: map[string]string{"k": "a\x00"}}, "metadata.k metadata"},
		{"remembered settings are bounded", Draft{Name: "A", Extras: json.RawMessage(`"` + strings.Repeat("x", 64<<10) + `"`)}, "extras extras"},

		{"the authentication methods are known", Draft{Name: "A", AuthMethods: []oauth.AuthMethod{"tls_client_auth"}}, "auth_methods[0] auth_method_known"},
		{"none stands alone", Draft{Name: "A", AuthMethods: []oauth.AuthMethod{oauth.AuthNone, oauth.AuthClientSecretPost}, Refresh: &RefreshPolicy{Rotating: true, Lifetime: time.Hour}}, "auth_methods auth_method_none_alone"},
		{"a browser keeps no secret", Draft{Name: "A", Type: SinglePage, AuthMethods: []oauth.AuthMethod{oauth.AuthClientSecretPost}}, "auth_methods auth_method_browser"},
		{"the implicit grant does not exist", Draft{Name: "A", GrantTypes: []oauth.GrantType{code, "implicit"}}, "grant_types[1] grant_type_known"},
		{"the password grant does not exist", Draft{Name: "A", GrantTypes: []oauth.GrantType{"password"}}, "grant_types[0] grant_type_known"},
		{"the grants are known", Draft{Name: "A", GrantTypes: []oauth.GrantType{"urn:x"}}, "grant_types[0] grant_type_known"},
		{"a public application has no client credentials", Draft{Name: "A", AuthMethods: []oauth.AuthMethod{oauth.AuthNone}, GrantTypes: []oauth.GrantType{credentials}}, "grant_types client_credentials_public"},
		{"a machine does not sign people in", Draft{Name: "A", Type: MachineToMachine, GrantTypes: []oauth.GrantType{credentials, code}}, "grant_types[1] grant_type_for_type"},
		{"refresh tokens come from codes", Draft{Name: "A", GrantTypes: []oauth.GrantType{refresh}}, "grant_types grant_type_for_type"},
		{"PKCE stays on for a public application", Draft{Name: "A", Type: Native, RequirePKCE: ptr(false)}, "require_pkce require_pkce_public"},
		{"PKCE stays on for a third party", Draft{Name: "A", Type: RegularWeb, Ownership: ThirdParty, RequirePKCE: ptr(false)}, "require_pkce require_pkce_third_party"},
		{"PKCE stays on for a public third party, and is said once", Draft{Name: "A", Type: Native, Ownership: ThirdParty, RequirePKCE: ptr(false)}, "require_pkce require_pkce_public"},

		{"an ID token lives", Draft{Name: "A", IDToken: IDTokenPolicy{Lifetime: -time.Second}}, "id_token.lifetime id_token"},
		{"an ID token does not live for months", Draft{Name: "A", IDToken: IDTokenPolicy{Lifetime: 31 * 24 * time.Hour}}, "id_token.lifetime id_token"},
		{"lifetimes are whole seconds", Draft{Name: "A", IDToken: IDTokenPolicy{Lifetime: 1500 * time.Millisecond}}, "id_token.lifetime id_token"},
		{"an ID token is signed with a key pair", Draft{Name: "A", IDToken: IDTokenPolicy{Algorithm: "HS256"}}, "id_token.algorithm id_token"},
		{"a lifetime is not negative", Draft{Name: "A", Refresh: &RefreshPolicy{Lifetime: -1}}, "refresh.lifetime refresh_limits"},
		{"a lifetime is at most five years", Draft{Name: "A", Refresh: &RefreshPolicy{Lifetime: 157788001 * time.Second}}, "refresh.lifetime refresh_limits"},
		{"a leeway is at most ten minutes", Draft{Name: "A", Refresh: &RefreshPolicy{Leeway: time.Hour}}, "refresh.leeway refresh_limits"},
		{"idle is shorter than the lifetime", Draft{Name: "A", Refresh: &RefreshPolicy{Lifetime: time.Hour, IdleLifetime: time.Hour}}, "refresh.idle_lifetime refresh_limits"},
		{"rotation needs the grant", Draft{Name: "A", GrantTypes: []oauth.GrantType{code}, Refresh: &RefreshPolicy{Rotating: true, Lifetime: time.Hour}}, "refresh.rotating refresh_rotation_grant"},
		{"rotating tokens end", Draft{Name: "A", Refresh: &RefreshPolicy{Rotating: true}}, "refresh.lifetime refresh_rotation_expiry"},
		{"tokens of a public application rotate", Draft{Name: "A", Type: Native, Refresh: &RefreshPolicy{Lifetime: time.Hour}}, "refresh.rotating refresh_rotation_public"},
		{"tokens of a third party end", Draft{Name: "A", Type: RegularWeb, Ownership: ThirdParty, Refresh: &RefreshPolicy{IdleLifetime: time.Hour}}, "refresh.lifetime refresh_third_party"},
		{"tokens of a third party end when idle", Draft{Name: "A", Type: RegularWeb, Ownership: ThirdParty, Refresh: &RefreshPolicy{Lifetime: time.Hour}}, "refresh.idle_lifetime refresh_third_party"},

		{"there are at most 100 redirect URIs", Draft{Name: "A", RedirectURIs: many(101, "https://app.example.com/N")}, "redirect_uris redirect_uris"},
		{"a redirect URI is https or loopback", Draft{Name: "A", RedirectURIs: []string{"https://a.example/cb", "http://a.example/cb"}}, "redirect_uris[1] redirect_uri_https"},
		{"a private scheme is for native applications", Draft{Name: "A", Type: RegularWeb, RedirectURIs: []string{"com.example.app:/cb"}}, "redirect_uris[0] redirect_uri_private_scheme"},
		{"a private scheme has a dot", Draft{Name: "A", Type: Native, RedirectURIs: []string{"myapp:/cb"}}, "redirect_uris[0] redirect_uri_scheme"},
		{"a wildcard needs the switch", Draft{Name: "A", Type: RegularWeb, RedirectURIs: []string{"https://*.example.com/cb"}}, "redirect_uris[0] redirect_uri_wildcard"},
		{"a logout URI has no wildcard", Draft{Name: "A", LogoutURIs: []string{"https://*.example.com/"}}, "logout_uris[0] uri_host_name"},
		{"a logout URI with a private scheme is for native applications", Draft{Name: "A", LogoutURIs: []string{"com.example.app:/out"}}, "logout_uris[0] logout_uri_private_scheme"},
		{"a web origin has no path", Draft{Name: "A", WebOrigins: []string{"https://app.example.com/"}}, "web_origins[0] origin_form"},
		{"a CORS origin is https", Draft{Name: "A", CORSOrigins: []string{"http://app.example.com"}}, "cors_origins[0] origin_https"},
		{"the login page is https", Draft{Name: "A", InitiateLoginURI: "http://localhost:3000/login"}, "initiate_login_uri initiate_login_uri"},
		{"nobody signs in to a machine", Draft{Name: "A", Type: MachineToMachine, RedirectURIs: []string{"https://app.example.com/cb"}}, "redirect_uris uris_without_person"},
	} {
		t.Run(c.says, func(t *testing.T) {
			if got := strings.Join(violations(c.d, Policy{}), ", "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatIsLegal(t *testing.T) {
	for says, d := range map[string]Draft{
		"a public regular web application":                                {Type: RegularWeb, AuthMethods: []oauth.AuthMethod{oauth.AuthNone}, RedirectURIs: []string{"https://app.example.com/cb"}},
		"a native application with https, loopback and private redirects": {Type: Native, RedirectURIs: []string{"https://app.example.com/cb", "http://127.0.0.1/cb", "http://[::1]:1/cb", "com.example.app:/cb"}},
		"a single page application on localhost":                          {Type: SinglePage, RedirectURIs: []string{"http://localhost:5173/cb"}, WebOrigins: []string{"http://localhost:5173"}},
		"a web server that is a machine too":                              {Type: RegularWeb, GrantTypes: []oauth.GrantType{oauth.AuthorizationCode, oauth.ClientCredentials}},
		"a confidential application without PKCE":                         {Type: RegularWeb, RequirePKCE: ptr(false)},
		"no grant at all": {Type: RegularWeb, GrantTypes: []oauth.GrantType{}},
		"refresh tokens of a server of ours that never end": {Type: RegularWeb, Refresh: &RefreshPolicy{}},
		"only an idle limit":                  {Type: Native, Refresh: &RefreshPolicy{Rotating: true, IdleLifetime: time.Hour}},
		"metadata of every allowed character": {Metadata: map[string]string{"a:,-+=_*?\"/\\()<>@\t b": "ünï\ncode"}},
		"a description of two lines":          {Description: "one\ntwo"},
	} {
		d.Name = "Orders"
		if got := violations(d, Policy{}); got != nil {
			t.Errorf("%s: %v", says, got)
		}
	}
}

// All of them, each at its field, in the order of the table.
func TestARefusalNamesEveryViolation(t *testing.T) {
	got := violations(Draft{
		Name: "", Type: SinglePage, AuthMethods: []oauth.AuthMethod{oauth.AuthClientSecretBasic}, GrantTypes: []oauth.GrantType{"implicit"},
		RedirectURIs: []string{"javascript:alert(1)", "https://fine.example/cb", "https://user@evil.example"}, WebOrigins: []string{"*"},
	}, Policy{})
	want := "name name, auth_methods auth_method_browser, grant_types[0] grant_type_known, redirect_uris[0] uri_scheme_dangerous, redirect_uris[2] uri_userinfo, web_origins[0] uri_absolute"
	if strings.Join(got, ", ") != want {
		t.Errorf("found\n %s, want\n %s", strings.Join(got, ", "), want)
	}
}

// A wildcard is for first-party web applications of an instance that allows it, and never directly below a public suffix.
func TestTheVerdictOnARedirectURI(t *testing.T) {
	on := Policy{WildcardRedirects: true}
	for _, c := range []struct {
		a     Application
		p     Policy
		value string
		want  Verdict
	}{
		{Application{Type: RegularWeb, Ownership: FirstParty}, on, "https://*.example.com/cb", OK},
		{Application{Type: SinglePage, Ownership: FirstParty}, on, "https://*.example.com/cb", OK},
		{Application{Type: SinglePage, Ownership: FirstParty}, Policy{}, "https://*.example.com/cb", Unusable},
		{Application{Type: Native, Ownership: FirstParty}, on, "https://*.example.com/cb", Unusable},
		{Application{Type: Generic, Ownership: FirstParty}, on, "https://*.example.com/cb", Unusable},
		{Application{Type: RegularWeb, Ownership: ThirdParty}, on, "https://*.example.com/cb", Unusable},
		{Application{Type: RegularWeb, Ownership: FirstParty}, on, "https://*.github.io/cb", Dangerous},
		{Application{Type: Native, Ownership: ThirdParty}, on, "com.example.app:/cb", OK},
		{Application{Type: RegularWeb, Ownership: FirstParty}, on, "com.example.app:/cb", Unusable},
		{Application{Type: Native, Ownership: FirstParty}, on, "data:text/html,x", Dangerous},
		{Application{Type: Native, Ownership: FirstParty}, on, "https://a@b.example/", Dangerous},
		{Application{Type: Native, Ownership: FirstParty}, on, "myapp:/cb", Unusable},
	} {
		if j := JudgeRedirectURI(&c.a, c.p, c.value); j.Verdict != c.want || (j.Message == "") != (c.want == OK) {
			t.Errorf("%s of %s %s: %+v", c.value, c.a.Ownership, c.a.Type, j)
		}
	}
}

// One comparer serves every endpoint.
func TestTheRegisteredURIThatARequestMatches(t *testing.T) {
	web := Application{Type: RegularWeb, Ownership: FirstParty, RedirectURIs: URIs("http://localhost:3000/cb", "https://*.example.com/cb", "https://b.example.com/cb")}
	native := Application{Type: Native, Ownership: FirstParty, RedirectURIs: URIs("http://127.0.0.1/cb", "com.example.app:/cb")}
	third := Application{Type: RegularWeb, Ownership: ThirdParty, RedirectURIs: URIs("http://127.0.0.1:3000/cb", "https://*.example.com/cb")}
	for _, c := range []struct {
		a           *Application
		p           Policy
		asked, want string
	}{
		{&web, Policy{}, "http://localhost:3000/cb", "http://localhost:3000/cb"},
		{&web, Policy{}, "http://localhost:3001/cb", ""},
		{&web, Policy{}, "https://a.example.com/cb", ""},
		{&web, Policy{WildcardRedirects: true}, "https://a.example.com/cb", "https://*.example.com/cb"},
		{&web, Policy{WildcardRedirects: true}, "https://b.example.com/cb", "https://b.example.com/cb"},
		{&native, Policy{}, "http://127.0.0.1:51004/cb", "http://127.0.0.1/cb"},
		{&native, Policy{}, "http://localhost:51004/cb", ""},
		{&native, Policy{}, "com.example.app:/cb", "com.example.app:/cb"},
		{&native, Policy{}, "com.example.app:/cb2", ""},
		{&third, Policy{}, "http://127.0.0.1:51004/cb", "http://127.0.0.1:3000/cb"},
		{&third, Policy{WildcardRedirects: true}, "https://a.example.com/cb", ""},
	} {
		asked, err := oauth.ParseRedirectURI(c.asked)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := c.a.RedirectFor(asked, c.p)
		if got.Value != c.want || ok != (c.want != "") {
			t.Errorf("%s matches %q, %v", c.asked, got.Value, ok)
		}
	}
}

func TestWhatPeopleTypeIsTrimmedAndCountedOnce(t *testing.T) {
	a := Draft{
		Name: "  Orders ", Description: "\tall of them\n", LogoURI: " https://a.example/l.png", Tags: []string{"x", "y", "x"},
		RedirectURIs: []string{" https://a.example/cb ", "https://a.example/cb", "https://a.example/cb/"},
		GrantTypes:   []oauth.GrantType{oauth.AuthorizationCode, oauth.AuthorizationCode},
	}.application(olga, morning)
	a.tidy(nil, olga, morning)
	if a.Name != "Orders" || a.Description != "all of them" || a.LogoURI != "https://a.example/l.png" || len(a.Tags) != 2 || len(a.GrantTypes) != 1 {
		t.Errorf("%+v", a)
	}
	if len(a.RedirectURIs) != 2 || a.RedirectURIs[0] != (URI{Value: "https://a.example/cb", Source: FromOperator, AddedAt: morning, AddedBy: "olga@example.com"}) {
		t.Errorf("%+v", a.RedirectURIs)
	}
}

func TestAnEditLeavesTheOriginalAlone(t *testing.T) {
	a := Draft{Name: "Orders", Tags: []string{"x"}, RedirectURIs: []string{"https://a.example/"}, Metadata: map[string]string{"k": "v"}}.application(olga, morning)
	a.Secrets = []ClientSecret{{ID: "sec_1"}}
	b := a.clone()
	b.Tags[0], b.RedirectURIs[0].Value, b.Metadata["k"], b.GrantTypes[0], b.AuthMethods[0], b.Secrets[0].ID = "", "", "", "", "", ""
	if a.Tags[0] != "x" || a.RedirectURIs[0].Value == "" || !maps.Equal(a.Metadata, map[string]string{"k": "v"}) || a.GrantTypes[0] == "" || a.AuthMethods[0] == "" || a.Secrets[0].ID == "" {
		t.Errorf("the original became %+v", a)
	}
}

func TestRulesHaveNamesOfTheirOwn(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range rules {
		if r.name == "" || seen[r.name] {
			t.Errorf("rule %q is there twice or has no name", r.name)
		}
		seen[r.name] = true
	}
}
