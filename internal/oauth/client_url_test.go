package oauth

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestClientURLsThatAreAccepted(t *testing.T) {
	for _, c := range []struct{ text, host, port, origin, path string }{
		{"https://app.example.com/client.json", "app.example.com", "", "https://app.example.com", "/client.json"},
		{"https://app.example.com/id", "app.example.com", "", "https://app.example.com", "/id"},
		{"https://app.example.com/id/", "app.example.com", "", "https://app.example.com", "/id/"},
		{"https://app.example.com//id", "app.example.com", "", "https://app.example.com", "//id"},
		{"https://app.example.com:443/id", "app.example.com", "443", "https://app.example.com", "/id"},
		{"https://app.example.com/a/...b/..c/d.", "app.example.com", "", "https://app.example.com", "/a/...b/..c/d."},
		{"https://app.example.com/%7Euser/%0a", "app.example.com", "", "https://app.example.com", "/%7Euser/%0a"},
		{"https://app.example.com/~user/@me", "app.example.com", "", "https://app.example.com", "/~user/@me"},
		{"https://xn--bcher-kva.com/id", "xn--bcher-kva.com", "", "https://xn--bcher-kva.com", "/id"},
		{"https://3d.example.com/id", "3d.example.com", "", "https://3d.example.com", "/id"},
		{"https://a.b/c", "a.b", "", "https://a.b", "/c"},
		{"https://app.example.com/" + strings.Repeat("a", MaxClientURLLength-24), "app.example.com", "", "https://app.example.com", "/" + strings.Repeat("a", MaxClientURLLength-24)},
	} {
		u, err := ParseClientURL(c.text, ClientURLRules{})
		if err != nil {
			t.Errorf("%s is refused: it %v", c.text, err)
			continue
		}
		if u.String() != c.text || u.Host() != c.host || u.Port() != c.port || u.Origin() != c.origin || u.Path() != c.path || u.IsZero() {
			t.Errorf("%s: host %q, port %q, origin %q, path %q", u, u.Host(), u.Port(), u.Origin(), u.Path())
		}
	}
}

// Each refusal names its rule, so that pages and traces can explain it.
func TestClientURLsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		rule  string
		texts []string
	}{
		{"client_url_empty", []string{""}},
		{"client_url_length", []string{"https://app.example.com/" + strings.Repeat("a", MaxClientURLLength-23)}},
		{"client_url_scheme", []string{"http://app.example.com/id", "ftp://app.example.com/id", "//app.example.com/id", "app.example.com/id", "httpss://a.example.com/id", "javascript:alert(1)"}},
		{"client_url_case", []string{"HTTPS://app.example.com/id", "Https://app.example.com/id", "https://App.example.com/id", "https://app.example.COM/id"}},
		{"client_url_userinfo", []string{"https://u@app.example.com/id", "https://u:p@app.example.com/id", "https://@app.example.com/id", "https://:@app.example.com/id", "https://app.example.com:443@evil.net/id"}},
		{"client_url_host", []string{
			"https:///id", "https:/app.example.com/id", "https:app.example.com/id", "https://:443/id", "https://a..b.com/id", "https://.a.com/id", "https://-a.com/id",
			"https://a-.com/id", "https://*.example.com/id", "https://" + strings.Repeat("a", 64) + ".com/id", "https://" + strings.Repeat("a.", 127) + "com/id",
		}},
		{"client_url_path", []string{"https://app.example.com", "https://app.example.com?x=1", "https://app.example.com:443"}},
		{"client_url_root", []string{"https://app.example.com/", "https://app.example.com//", "https://app.example.com/?x=1"}},
		{"client_url_dot_segment", []string{
			"https://app.example.com/a/./b", "https://app.example.com/a/../b", "https://app.example.com/..", "https://app.example.com/.", "https://app.example.com/%2e%2e/x",
			"https://app.example.com/%2E/x", "https://app.example.com/.%2e/", "https://app.example.com/a/%2e.", "https://app.example.com/a%2f..%2fb", "https://app.example.com/a%5c%2e%2e",
		}},
		{"client_url_fragment", []string{"https://app.example.com/id#x", "https://app.example.com/id#", "https://app.example.com#/id"}},
		{"client_url_query", []string{"https://app.example.com/id?x=1", "https://app.example.com/id?"}},
		{"client_url_port", []string{
			"https://app.example.com:8443/id", "https://app.example.com:/id", "https://app.example.com:0/id", "https://app.example.com:0443/id", "https://app.example.com:65536/id",
			"https://app.example.com:44x/id", "https://app.example.com:80:443/id", "https://app.example.com:+443/id", "https://app.example.com:22/id",
		}},
		{"client_url_address", []string{
			"https://127.0.0.1/id", "https://192.0.2.1/id", "https://127.1/id", "https://2130706433/id", "https://0x7f000001/id", "https://0x7f.1/id", "https://0177.0.0.1/id",
			"https://1.2.3.4.5/id", "https://example.1/id", "https://a.0x1/id", "https://0x/id", "https://[::1]/id", "https://[2001:db8::1]/id", "https://[::ffff:127.0.0.1]/id", "https://[fe80::1%25eth0]/id",
			"https://8.8.8.8:443/id",
		}},
		{"client_url_single_label", []string{"https://intranet1/id", "https://com/id", "https://server/id", "https://localhost/id"}},
		{"client_url_special_name", []string{
			"https://app.localhost/id", "https://printer.local/id", "https://app.internal/id", "https://app.test/id", "https://app.example/id", "https://app.invalid/id",
			"https://abc.onion/id", "https://x.alt/id", "https://nas.home.arpa/id", "https://nas.lan/id", "https://x.corp/id", "https://x.intranet/id", "https://x.localdomain/id",
		}},
		{"client_url_trailing_dot", []string{"https://app.example.com./id", "https://localhost./id", "https://app.example.com.:443/id"}},
		{"client_url_characters", []string{
			"https://app.example.com/a b", " https://app.example.com/id", "https://app.example.com/id ", "https://app.example.com/\t", "https://app.example.com/id\r\n", "https://app.example.com/\x00",
			"https://app.example.com/\x7f", "https://app.example.com/\u0085", "https://b\u00fccher.com/id", "https://app.example.com/\u00fc", "https://app.example.com/\xff", "https://app.example.com/{id}",
			"https://app.example.com/<id>", "https://\u0430pp.example.com/id", "https://app\uff0eexample.com/id",
		}},
		{"client_url_backslash", []string{`https://app.example.com\id`, `https:\\app.example.com/id`, `https://app.example.com/a\b`, `https://app.example.com\@evil.net/id`}},
		{"client_url_escape", []string{"https://app.example.com/%", "https://app.example.com/%2", "https://app.example.com/%zz", "https://app.example.com/%+1", "https://app.example.com/a%2"}},
		{"client_url_host_escaped", []string{"https://app%2eexample.com/id", "https://%61pp.example.com/id"}},
		{"client_url_punycode", []string{"https://xn--a.com/id", "https://xn--99999999b.com/id"}},
	} {
		for _, text := range c.texts {
			_, err := ParseClientURL(text, ClientURLRules{})
			if refused, ok := errors.AsType[*URIError](err); !ok || refused.Rule != c.rule {
				t.Errorf("%q: %v, want the rule %s", text, err, c.rule)
			}
		}
	}
}

func TestAnUpperCaseClientURLIsToldToBeNotCanonical(t *testing.T) {
	_, err := ParseClientURL("https://Claude.example.com/id", ClientURLRules{})
	if err == nil || !strings.Contains(err.Error(), "not canonical") || !strings.Contains(err.Error(), "claude.example.com") {
		t.Errorf("got %v", err)
	}
}

// A URL that differs in a byte is another client, or none: never the same.
func TestNearMissesOfAClientURLAreOtherClients(t *testing.T) {
	const known = "https://app.example.com/~id"
	for _, other := range []string{
		"https://app.example.com/~id/", "https://app.example.com:443/~id", "https://app.example.com/%7Eid", "https://app.example.com/%7eid", "https://app.example.com/~ID",
		"https://app.example.com//~id", "https://app.example.com/~id?a", "https://app.example.com/~id%20", "https://www.app.example.com/~id",
	} {
		u, err := ParseClientURL(other, ClientURLRules{Query: true})
		if err != nil || u.String() == known || u.String() != other {
			t.Errorf("%s became %q (%v)", other, u, err)
		}
	}
}

func TestAQueryIsAllowedBehindASwitch(t *testing.T) {
	rules := ClientURLRules{Query: true}
	u, err := ParseClientURL("https://app.example.com/id?x=/../1&y=?", rules)
	if err != nil || u.Path() != "/id" {
		t.Errorf("path %q, %v", u.Path(), err)
	}
	if _, err := ParseClientURL("https://app.example.com/id?", rules); err == nil {
		t.Error("an empty query is accepted")
	}
}

func TestAnExemptHostMayHaveAnyNameAndPort(t *testing.T) {
	rules := ClientURLRules{Exempt: func(hostport string) bool {
		return hostport == "id.internal" || hostport == "id.internal:8443" || hostport == "127.0.0.1" || hostport == "buildbox"
	}}
	for _, text := range []string{"https://id.internal/c", "https://id.internal:8443/c", "https://buildbox/c"} {
		if _, err := ParseClientURL(text, rules); err != nil {
			t.Errorf("%s: it %v", text, err)
		}
	}
	for _, text := range []string{"https://id.internal:8444/c", "https://www.id.internal/c", "https://127.0.0.1/c", "https://buildbox:8443/c", "https://ID.internal/c", "https://id.internal/"} {
		if _, err := ParseClientURL(text, rules); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}

// What is accepted reads the same in the standard library's eyes, has a path, and came through unchanged.
func FuzzParseClientURL(f *testing.F) {
	for _, seed := range []string{
		"https://app.example.com/client.json", "https://app.example.com:443/id?x=1", "https://127.1/x", "https://a.b/%2e%2e/x", "https://[::1]/x", "https://u@h.com/x", "HTTPS://h.com/x",
		`https://h.com\x`, "https://xn--bcher-kva.com/x", "https://h.com./x", "https://h.com/#",
	} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, query bool) {
		u, err := ParseClientURL(text, ClientURLRules{Query: query})
		if err != nil {
			if _, ok := errors.AsType[*URIError](err); !ok || !u.IsZero() {
				t.Fatalf("%q: %v beside %q", text, err, u)
			}
			return
		}
		std, err := url.Parse(text)
		if err != nil || u.String() != text {
			t.Fatalf("%q was accepted; net/url: %v", text, err)
		}
		if std.Scheme != "https" || std.Hostname() != u.Host() || std.Port() != u.Port() || std.User != nil || std.Fragment != "" || std.EscapedPath() != u.Path() {
			t.Errorf("%q: net/url reads host %q, port %q, path %q", text, std.Hostname(), std.Port(), std.EscapedPath())
		}
		if clean := std.JoinPath(); strings.Trim(u.Path(), "/") == "" || strings.Contains(clean.Path, "/../") || !strings.Contains(u.Host(), ".") {
			t.Errorf("%q has no path, or one with dots", text)
		}
	})
}
