package cimd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// usual is the policy of an instance without any setting.
var usual = Policy{RedirectHosts: "any", Registry: registry.Policy{LocalhostPort: true}}

// published reads a frozen document and the URL it names itself.
func published(tb testing.TB, name string) (oauth.ClientURL, []byte) {
	tb.Helper()
	body, err := os.ReadFile(filepath.Join("known", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	var d struct {
		ClientID string `json:"client_id"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		tb.Fatal(err)
	}
	return parseURL(tb, d.ClientID), body
}

func parseURL(tb testing.TB, text string) oauth.ClientURL {
	tb.Helper()
	u, err := oauth.ParseClientURL(text, oauth.ClientURLRules{})
	if err != nil {
		tb.Fatalf("%s %v", text, err)
	}
	return u
}

func read(tb testing.TB, u oauth.ClientURL, body string, p Policy) *Reading {
	tb.Helper()
	r, err := ReadDocument(u, []byte(body), p)
	if err != nil {
		tb.Fatalf("%v\n%s", err, body)
	}
	return r
}

var (
	codeRefresh = []oauth.GrantType{oauth.AuthorizationCode, oauth.RefreshToken}
	public      = []oauth.AuthMethod{oauth.AuthNone}
	either      = []oauth.AuthMethod{oauth.AuthNone, oauth.AuthPrivateKeyJWT}
)

// fixtures are the frozen documents with what becomes of each.
var fixtures = []struct {
	file     string
	client   string // as the compatibility table names it
	mapped   registry.Mapped
	warnings []string // rule and value
	unknown  []string
}{
	{"chatgpt", "ChatGPT", registry.Mapped{
		Name: "ChatGPT", ClientURI: "https://chatgpt.com/", LogoURI: "https://persistent.oaistatic.com/logo.png", Type: registry.RegularWeb,
		RedirectURIs: []string{"https://chatgpt.com/connector_platform_oauth_redirect"}, GrantTypes: codeRefresh, AuthMethods: either,
		Algorithm: "RS256", JWKSURI: "https://chatgpt.com/oauth/jwks.json",
	}, nil, nil},
	{"chatgpt-plural", "ChatGPT, without the preferred method", registry.Mapped{
		Name: "ChatGPT", ClientURI: "https://chatgpt.com/", LogoURI: "https://persistent.oaistatic.com/logo.png", Type: registry.RegularWeb,
		RedirectURIs: []string{"https://chatgpt.com/connector_platform_oauth_redirect"}, GrantTypes: codeRefresh, AuthMethods: either,
		Algorithm: "RS256", JWKSURI: "https://chatgpt.com/oauth/jwks.json",
	}, nil, nil},
	{"chatgpt-connector", "ChatGPT, one per connector", registry.Mapped{
		Name: "ChatGPT", ClientURI: "https://chatgpt.com/", LogoURI: "https://persistent.oaistatic.com/logo.png", Type: registry.RegularWeb,
		RedirectURIs: []string{"https://chatgpt.com/connector/oauth/Kf3a9Qx2bT7w"}, GrantTypes: codeRefresh, AuthMethods: either,
		Algorithm: "RS256", JWKSURI: "https://chatgpt.com/oauth/jwks.json",
	}, nil, nil},
	{"claude", "Claude (web, desktop, mobile)", registry.Mapped{
		Name: "Claude", ClientURI: "https://claude.ai", Type: registry.RegularWeb,
		RedirectURIs: []string{"https://claude.ai/api/mcp/auth_callback"}, GrantTypes: codeRefresh, AuthMethods: public,
	}, []string{"grant_type_unsupported urn:ietf:params:oauth:grant-type:jwt-bearer"}, nil},
	{"claude-code", "Claude Code", registry.Mapped{
		Name: "Claude Code", ClientURI: "https://claude.ai", Type: registry.Native,
		RedirectURIs: []string{"http://localhost/callback", "http://127.0.0.1/callback"}, GrantTypes: codeRefresh, AuthMethods: public,
	}, nil, nil},
	{"codex", "Codex", registry.Mapped{
		Name: "Codex", Type: registry.Native,
		RedirectURIs: []string{"http://127.0.0.1/callback", "http://localhost/callback"}, GrantTypes: codeRefresh, AuthMethods: public,
	}, nil, nil},
	{"codex-server", "Codex, one per server", registry.Mapped{
		Name: "Codex", Type: registry.Native,
		RedirectURIs: []string{"http://127.0.0.1/callback/l3vYkWq0Zx1a"}, GrantTypes: codeRefresh, AuthMethods: public,
	}, nil, nil},
	{"hermes-agent", "Hermes Agent", registry.Mapped{
		Name: "Hermes Agent", Type: registry.Native, RedirectURIs: hermesRedirects(), GrantTypes: codeRefresh, AuthMethods: public,
	}, nil, nil},
	{"mcp-debug", "mcp-debug", registry.Mapped{
		Name: "mcp-debug", Type: registry.Native,
		RedirectURIs: []string{"http://localhost:8765/callback", "http://127.0.0.1:8765/callback"}, GrantTypes: codeRefresh, AuthMethods: public,
	}, nil, nil},
	{"opencode", "opencode", registry.Mapped{
		Name: "opencode", ClientURI: "https://opencode.ai", LogoURI: "https://opencode.ai/favicon.png", Type: registry.Native,
		RedirectURIs: []string{"http://127.0.0.1/callback", "http://localhost/callback"}, GrantTypes: codeRefresh, AuthMethods: public,
	}, nil, nil},
	{"solid-app", "Solid applications (sample)", registry.Mapped{
		Name: "Solid Application Name", ClientURI: "https://app.example.com/", LogoURI: "https://app.example.com/logo.png", TermsURI: "https://app.example.com/tos.html",
		Type: registry.RegularWeb, RedirectURIs: []string{"https://app.example.net/callback"}, GrantTypes: []oauth.GrantType{oauth.RefreshToken, oauth.AuthorizationCode},
		AuthMethods: public, Scopes: oauth.Scopes{"openid", "webid", "offline_access"},
	}, nil, []string{"@context"}},
	{"vscode", "Visual Studio Code", registry.Mapped{
		Name: "Visual Studio Code", ClientURI: "https://vscode.dev/product", LogoURI: "https://code.visualstudio.com/assets/branding/app-icon.png", Type: registry.Native,
		RedirectURIs: []string{"http://127.0.0.1:33418/", "https://vscode.dev/redirect"}, GrantTypes: codeRefresh, AuthMethods: public,
	}, []string{"grant_type_unsupported urn:ietf:params:oauth:grant-type:device_code"}, nil},
	{"vscode-early", "Visual Studio Code, earlier", registry.Mapped{
		Name: "Visual Studio Code", Type: registry.Native,
		RedirectURIs: []string{"http://127.0.0.1:33418/", "https://vscode.dev/redirect"}, GrantTypes: codeRefresh, AuthMethods: public,
	}, []string{"client_uri_origin https://code.visualstudio.com", "grant_type_unsupported device_code"}, nil},
}

func hermesRedirects() (all []string) {
	for _, host := range []string{"127.0.0.1", "localhost"} {
		for _, port := range []string{"27890", "27891", "27892", "27893", "27894"} {
			all = append(all, "http://"+host+":"+port+"/callback")
		}
	}
	return all
}

func TestDocumentsOfClientsInTheFieldAreAccepted(t *testing.T) {
	for _, f := range fixtures {
		t.Run(f.file, func(t *testing.T) {
			u, body := published(t, f.file)
			r, err := ReadDocument(u, body, usual)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Usable() {
				t.Errorf("refused: %+v", r.Violations)
			}
			if d := cmp.Diff(f.mapped, r.Mapped, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("what becomes of it (-want +got):\n%s", d)
			}
			var warnings []string
			for _, w := range r.Warnings {
				warnings = append(warnings, w.Rule+" "+w.Value)
			}
			if d := cmp.Diff(f.warnings, warnings, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("warnings (-want +got):\n%s", d)
			}
			if d := cmp.Diff(f.unknown, r.Unknown, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("unknown members (-want +got):\n%s", d)
			}
			everyMemberHasARow(t, r, body)
		})
	}
}

// Under MCP's rules and with every policy about hosts, too: what refuses one of them is a decision, not an accident.
func TestDocumentsOfClientsInTheFieldUnderOtherPolicies(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy Policy
		refuse []string
	}{
		{"MCP's profile", Policy{NeedName: true}, nil},
		{"redirects on the same site", Policy{RedirectHosts: "same_site"}, []string{"solid-app"}},
		{"redirects on the same origin", Policy{RedirectHosts: "same_origin"}, []string{"solid-app"}},
		{"keys only", Policy{ConfidentialOnly: true}, []string{"claude", "claude-code", "codex", "codex-server", "hermes-agent", "mcp-debug", "opencode", "solid-app", "vscode", "vscode-early"}},
	} {
		for _, f := range fixtures {
			u, body := published(t, f.file)
			if r := read(t, u, string(body), c.policy); r.Usable() == slices.Contains(c.refuse, f.file) {
				t.Errorf("%s, %s: %+v", c.name, f.file, r.Violations)
			}
		}
	}
}

func everyMemberHasARow(t *testing.T, r *Reading, body []byte) {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatal(err)
	}
	for name := range members {
		row, found := r.Row(name)
		if !found || len(row.Values) == 0 || row.Owner == "" {
			t.Errorf("the member %s has the row %+v", name, row)
		}
		for _, v := range row.Values {
			if v.Verdict == "" || v.Verdict != Taken && v.Why == "" || v.Verdict == Taken && v.Becomes == "" {
				t.Errorf("%s: %+v says too little", name, v)
			}
		}
	}
	for _, f := range slices.Concat(r.Violations, r.Warnings) {
		if f.Rule == "" || f.Row == "" || f.Field == "" || f.Message == "" || f.Mend == "" {
			t.Errorf("%+v says too little", f)
		}
	}
}

func TestRowsComeInTheOrderOfTheDocumentAndDefaultsAfterThem(t *testing.T) {
	const body = `{"x":1,"redirect_uris":["https://app.example.com/cb"],"client_id":"https://app.example.com/c"}`
	r := read(t, parseURL(t, "https://app.example.com/c"), body, usual)
	var order []string
	for _, row := range r.Rows {
		order = append(order, row.Member)
	}
	want := "x redirect_uris client_id client_name token_endpoint_auth_method grant_types application_type"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("got %s", got)
	}
}

func TestTheFirstViolationIsTheFailure(t *testing.T) {
	u := parseURL(t, "https://app.example.com/c")
	for body, kind := range map[string]string{
		`{"client_id":"https://app.example.com/d","redirect_uris":["https://app.example.com/cb"]}`:                     "mismatch",
		`{"client_id":"https://app.example.com/c","redirect_uris":["https://app.example.com/cb"],"client_secret":"x"}`: "invalid_document",
		`{"client_id":"https://app.example.com/c"}`:                                                                    "invalid_document",
	} {
		if f := read(t, u, body, usual).Failure(); f == nil || string(f.Kind) != kind || !strings.HasSuffix(f.Message, ".") || f.Mend == "" {
			t.Errorf("%s: %+v, want the kind %s", body, f, kind)
		}
	}
	confidential := read(t, u, `{"client_id":"https://app.example.com/c","redirect_uris":["https://app.example.com/cb"]}`, Policy{ConfidentialOnly: true})
	if f := confidential.Failure(); f == nil || f.Kind != "blocked_by_policy" || f.Side != "operator" {
		t.Errorf("a policy of the operator: %+v", f)
	}
}
