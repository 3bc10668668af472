package cimd

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// withRedirects is a document with these redirect URIs and further members.
func withRedirects(members string, uris ...string) string {
	list, err := json.Marshal(uris)
	if err != nil {
		panic(err)
	}
	if members != "" {
		members += ","
	}
	return with(members + `"redirect_uris":` + string(list))
}

func TestRedirectURIsOfADocument(t *testing.T) {
	const good = "https://app.example.com/cb"
	for _, c := range []struct {
		name, uri, rule, row string // no rule: accepted
	}{
		{"https", "https://app.example.com/other?x=1", "", ""},
		{"https elsewhere", "https://login.example.net/cb", "", ""},
		{"https at a port", "https://app.example.com:8443/cb", "", ""},
		{"localhost", "http://localhost/callback", "", ""},
		{"localhost at a port", "http://localhost:3000/callback", "", ""},
		{"an IPv4 loopback address", "http://127.0.0.1/callback", "", ""},
		{"an IPv6 loopback address", "http://[::1]:3000/callback", "", ""},
		{"a bare origin with its slash", "https://app.example.com/", "", ""},
		{"http to a host", "http://app.example.com/cb", "redirect_uri_https", "CX-06"},
		{"ftp", "ftp://app.example.com/cb", "redirect_uri_scheme", "CX-07"},
		{"a relative one", "/cb", "uri_absolute", "CX-06"},
		{"a look-alike of localhost", "http://localhost.evil.example.net/cb", "redirect_uri_https", "CX-06"},
		{"a look-alike of an address", "http://127.0.0.1.evil.example.net/cb", "redirect_uri_https", "CX-06"},
		{"the whole network", "http://0.0.0.0/cb", "redirect_uri_https", "CX-06"},
		{"a wildcard as a port", "http://localhost:*/callback", "redirect_uri_wildcard", "CX-05"},
		{"a wildcard as a host", "https://*.example.com/cb", "redirect_uri_wildcard", "CX-05"},
		{"a wildcard under a public suffix", "https://*.github.io/cb", "redirect_uri_wildcard", "CX-05"},
		{"a wildcard in a path", "https://app.example.com/*", "redirect_uri_wildcard", "CX-05"},
		{"a fragment", "https://app.example.com/cb#x", "uri_fragment", "CX-09"},
		{"an empty fragment", "https://app.example.com/cb#", "uri_fragment", "CX-09"},
		{"a scheme without a dot", "cursor://anysphere.cursor-mcp/oauth/callback", "redirect_uri_scheme", "CX-07"},
		{"a scheme of somebody else", "net.example.app:/cb", "redirect_uri_private_scheme", "CX-07"},
		{"a blank", "https://app.example.com/c b", "uri_characters", "CX-06"},
		{"dot segments", "https://app.example.com/a/../cb", "uri_dot_segment", "CX-06"},
	} {
		r := read(t, parsedURL(t), withRedirects(`"client_name":"x"`, good, c.uri), usual)
		if !r.Usable() || slices.Contains(r.Mapped.RedirectURIs, c.uri) != (c.rule == "") {
			t.Errorf("%s: %q, %+v", c.name, r.Mapped.RedirectURIs, r.Violations)
		}
		want := []string{c.rule}
		if c.rule == "" {
			want = nil
		}
		if d := cmp.Diff(want, brief(r.Warnings)); d != "" || c.rule != "" && r.Warnings[0].Row != c.row {
			t.Errorf("%s: %s %+v", c.name, d, r.Warnings)
		}
	}
}

// What runs code, or hides where it leads, is nobody's mistake.
func TestADangerousRedirectURIRefusesTheDocument(t *testing.T) {
	for _, uri := range []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
		"blob:https://app.example.com/x", "about:blank", "javascript:*", "http://127.0.0.1@evil.example.net/", "https://u:p@app.example.com/cb",
		`https://app.example.com\@evil.example.net/cb`, "http://2130706433/cb", "http://0x7f.1/cb", "http://127.1/cb", "https://app.example.com/%0d%0aX:1",
	} {
		r := read(t, parsedURL(t), withRedirects(`"client_name":"x"`, "https://app.example.com/cb", uri), usual)
		if len(r.Violations) != 1 || r.Violations[0].Row != "CX-08" || slices.Contains(r.Mapped.RedirectURIs, uri) {
			t.Errorf("%q: %+v", uri, r.Violations)
		}
	}
}

func TestAPrivateSchemeIsTheReversedHostOfTheDocument(t *testing.T) {
	for uri, accepted := range map[string]bool{
		"com.example.app:/cb": true, "com.example.app.mobile:/cb": true, "com.example.app://cb": true,
		"com.example.apple:/cb": false, "com.example:/cb": false, "net.example.app:/cb": false, "com.example.other:/cb": false, "app.example.com:/cb": false,
	} {
		r := read(t, parsedURL(t), withRedirects(`"application_type":"native"`, "http://127.0.0.1/cb", uri), usual)
		if slices.Contains(r.Mapped.RedirectURIs, uri) != accepted || !r.Usable() {
			t.Errorf("%s: %q %+v", uri, r.Mapped.RedirectURIs, r.Warnings)
		}
	}
}

func TestRedirectHostsCanBeTiedToTheDocument(t *testing.T) {
	all := []string{
		"https://app.example.com/cb", "https://app.example.com:443/cb", "https://app.example.com:8443/cb", "https://www.example.com/cb", "https://example.net/cb", "https://app.example.com.evil.net/cb",
		"http://127.0.0.1/cb",
	}
	for policy, want := range map[string][]string{
		"any": all, "": all,
		"same_site":   {all[0], all[1], all[2], all[3], all[6]},
		"same_origin": {all[0], all[1], all[6]},
	} {
		p := usual
		p.RedirectHosts = policy
		r := read(t, parsedURL(t), withRedirects("", all...), p)
		if d := cmp.Diff(want, r.Mapped.RedirectURIs); d != "" {
			t.Errorf("%s: %s", policy, d)
		}
	}
	p := usual
	p.RedirectHosts = "same_site"
	shared := parseURL(t, "https://one.github.io/client.json")
	r := read(t, shared, `{"client_id":"https://one.github.io/client.json","redirect_uris":["https://two.github.io/cb"]}`, p)
	if d := cmp.Diff([]string{"redirect_uris_none"}, brief(r.Violations)); d != "" {
		t.Errorf("neighbours on a shared host are one site: %s", d)
	}
}

func TestAHomePageOfANeighbourOnASharedHostIsNotShown(t *testing.T) {
	r := read(t, parseURL(t, "https://one.github.io/client.json"), `{"client_id":"https://one.github.io/client.json","client_name":"x","client_uri":"https://two.github.io/","redirect_uris":["http://127.0.0.1/cb"]}`, usual)
	if r.Mapped.ClientURI != "" || !r.Usable() {
		t.Errorf("shows %q: %+v", r.Mapped.ClientURI, r.Violations)
	}
}

func TestTheTypeIsInferredWithoutTheMember(t *testing.T) {
	const key = `"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://app.example.com/jwks"`
	for _, c := range []struct {
		name, body string
		want       registry.Type
	}{
		{"loopback only", withRedirects("", "http://localhost/cb", "http://127.0.0.1/cb"), registry.Native},
		{"private schemes only", withRedirects("", "com.example.app:/cb"), registry.Native},
		{"https only", withRedirects("", "https://app.example.com/cb"), registry.RegularWeb},
		{"https and loopback", withRedirects("", "https://app.example.com/cb", "http://127.0.0.1/cb"), registry.RegularWeb},
		{"said to be native", withRedirects(`"application_type":"native"`, "https://app.example.com/cb"), registry.Native},
		{"said to be web", withRedirects(`"application_type":"web"`, "https://app.example.com/cb"), registry.RegularWeb},
		{"only acts for itself", `{"client_id":"` + clientURL + `","grant_types":["client_credentials"],` + key + `}`, registry.MachineToMachine},
		{"acts for itself too", withRedirects(key+`,"grant_types":["client_credentials","authorization_code"]`, "https://app.example.com/cb"), registry.RegularWeb},
	} {
		r := read(t, parsedURL(t), c.body, usual)
		if r.Mapped.Type != c.want || !r.Usable() {
			t.Errorf("%s: %q %+v", c.name, r.Mapped.Type, r.Violations)
		}
		if broken := registry.JudgeMapped(r.Mapped, usual.Registry); len(broken) > 0 {
			t.Errorf("%s: the registry has against it: %+v", c.name, broken)
		}
	}
}

func TestAWebApplicationOnLoopbackIsAcceptedWithAWarning(t *testing.T) {
	r := read(t, parsedURL(t), withRedirects(`"client_name":"x","application_type":"web"`, "http://127.0.0.1/cb"), usual)
	if d := cmp.Diff([]string{"application_type_loopback"}, brief(r.Warnings)); d != "" || !r.Usable() || r.Mapped.Type != registry.RegularWeb {
		t.Errorf("%s %+v", d, r.Violations)
	}
}

func TestANativeApplicationDoesNotActForItself(t *testing.T) {
	const key = `"client_name":"x","token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://app.example.com/jwks"`
	r := read(t, parsedURL(t), withRedirects(key+`,"grant_types":["authorization_code","client_credentials"]`, "http://127.0.0.1/cb"), usual)
	if d := cmp.Diff([]string{"grant_type_unsupported"}, brief(r.Warnings)); d != "" || !r.Usable() || slices.Contains(r.Mapped.GrantTypes, oauth.ClientCredentials) {
		t.Errorf("%s %v %+v", d, r.Mapped.GrantTypes, r.Violations)
	}
	if row, _ := r.Row("grant_types"); row.Values[1].Verdict != Dropped {
		t.Errorf("%+v", row)
	}
}

// Which requests come through with what a document lists: the document's redirect URIs in an application, and the comparer
// that authorization and token requests use.
func TestRequestsAgainstTheRedirectURIsOfADocument(t *testing.T) {
	on, off := usual.Registry, registry.Policy{}
	for _, c := range []struct {
		name   string
		listed []string
		asked  string
		policy registry.Policy
		want   bool
	}{
		{"localhost at any port", []string{"http://localhost/callback"}, "http://localhost:49152/callback", on, true},
		{"localhost at any port, switched off", []string{"http://localhost/callback"}, "http://localhost:49152/callback", off, false},
		{"localhost as listed, switched off", []string{"http://localhost/callback"}, "http://localhost/callback", off, true},
		{"an address that was listed with a port", []string{"http://127.0.0.1:33418/"}, "http://127.0.0.1:51001/", on, true},
		{"an address at any port does not need the switch", []string{"http://127.0.0.1:33418/"}, "http://127.0.0.1:51001/", off, true},
		{"an address that was listed with a port, without one", []string{"http://127.0.0.1:33418/"}, "http://127.0.0.1/", on, true},
		{"localhost for an address", []string{"http://127.0.0.1/callback"}, "http://localhost/callback", on, false},
		{"IPv6 for IPv4", []string{"http://127.0.0.1/callback"}, "http://[::1]/callback", on, false},
		{"without the slash", []string{"http://127.0.0.1:33418/"}, "http://127.0.0.1:33418", on, false},
		{"https for http", []string{"http://127.0.0.1/callback"}, "https://127.0.0.1/callback", on, false},
		{"http for https", []string{"https://127.0.0.1/callback"}, "http://127.0.0.1/callback", on, false},
		{"the port of an https URL", []string{"https://app.example.com/cb"}, "https://app.example.com:8443/cb", on, false},
		{"another path", []string{"http://127.0.0.1/callback"}, "http://127.0.0.1:3000/callback/", on, false},
		{"another query", []string{"http://127.0.0.1/callback"}, "http://127.0.0.1:3000/callback?x=1", on, false},
		{"the identifier in a path", []string{"http://127.0.0.1/callback/l3vYkWq0Zx1a"}, "http://127.0.0.1:3000/callback/l3vYkWq0Zx1b", on, false},
		{"upper case in a path", []string{"https://app.example.com/cb"}, "https://app.example.com/CB", on, false},
		{"an escape for a letter", []string{"https://app.example.com/cb"}, "https://app.example.com/%63b", on, false},
		{"the second of several", []string{"http://127.0.0.1:33418/", "https://vscode.dev/redirect"}, "https://vscode.dev/redirect", on, true},
	} {
		r := read(t, parsedURL(t), withRedirects("", c.listed...), usual)
		app := registry.Application{Type: r.Mapped.Type, Ownership: registry.ThirdParty, RedirectURIs: registry.URIs(r.Mapped.RedirectURIs...)}
		asked, err := oauth.ParseRedirectURI(c.asked)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if _, found := app.RedirectFor(asked, c.policy); found != c.want {
			t.Errorf("%s: %s for %v: %v", c.name, c.asked, c.listed, found)
		}
	}
}

// What looks like the person's own device and is not cannot even be asked for.
func TestLookAlikesOfLoopbackAreNoRedirectURIs(t *testing.T) {
	for _, text := range []string{
		"http://localhost.evil.example/callback", "http://127.0.0.1.evil.example/callback", "http://127.0.0.1@evil.example/callback", "http://2130706433/callback",
		"http://0x7f.1/callback", "http://127.1/callback", "http://[::ffff:127.0.0.1]/callback", "http://[0:0:0:0:0:0:0:1]/callback", "http://LOCALHOST/callback",
	} {
		if u, err := oauth.ParseRedirectURI(text); err == nil {
			t.Errorf("%s is %s", text, u.Class())
		}
	}
}
