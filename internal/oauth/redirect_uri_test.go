package oauth

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestRedirectURIsThatAreAccepted(t *testing.T) {
	for _, c := range []struct {
		text  string
		class RedirectClass
		host  string
	}{
		{"https://app.example.com/callback", RedirectHTTPS, "app.example.com"},
		{"https://app.example.com", RedirectHTTPS, "app.example.com"},
		{"https://app.example.com/cb?tenant=a%20b&x=%23", RedirectHTTPS, "app.example.com"},
		{"https://app.example.com:8443/cb", RedirectHTTPS, "app.example.com"},
		{"https://app.example.com/users/@me", RedirectHTTPS, "app.example.com"},
		{"https://my_app.example.com/cb", RedirectHTTPS, "my_app.example.com"},
		{"https://xn--bcher-kva.example/cb", RedirectHTTPS, "xn--bcher-kva.example"},
		{"https://192.0.2.7/cb", RedirectHTTPS, "192.0.2.7"},
		{"https://[2001:db8::1]:444/cb", RedirectHTTPS, "[2001:db8::1]"},
		{"https://app.example.com/a/...b/..c", RedirectHTTPS, "app.example.com"},
		{"http://localhost/cb", RedirectLoopback, "localhost"},
		{"http://localhost:3000/cb", RedirectLoopback, "localhost"},
		{"http://127.0.0.1:3000", RedirectLoopback, "127.0.0.1"},
		{"http://[::1]:3000/cb", RedirectLoopback, "[::1]"},
		{"https://localhost:3000/cb", RedirectLoopback, "localhost"},
		{"com.example.app:/callback", RedirectPrivateScheme, ""},
		{"com.example.app://callback", RedirectPrivateScheme, ""},
		{"com.example.app://login.example.com/ios/com.example.app/callback", RedirectPrivateScheme, ""},
		{"com.example.app:callback", RedirectPrivateScheme, ""},
	} {
		r, err := ParseRedirectURI(c.text)
		if err != nil {
			t.Errorf("%s is refused: it %v", c.text, err)
			continue
		}
		if r.Class() != c.class || r.Host() != c.host || r.String() != c.text {
			t.Errorf("%s is class %s of host %q, text %q", c.text, r.Class(), r.Host(), r)
		}
	}
}

// Each refusal names its rule, so that pages and APIs can explain it.
func TestRedirectURIsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		text, rule string
		dangerous  bool
	}{
		{"", "uri_empty", false},
		{"https://app.example.com/" + strings.Repeat("a", MaxRedirectURILength), "uri_length", false},
		{"/callback", "uri_absolute", false},
		{"app.example.com/callback", "uri_absolute", false},
		{"//app.example.com/callback", "uri_absolute", false},
		{"https://app.example.com/cb#", "uri_fragment", false},
		{"https://app.example.com/cb#done", "uri_fragment", false},
		{"https://app.example.com/a b", "uri_characters", false},
		{" https://app.example.com/", "uri_characters", false},
		{"https://app.example.com/\r\nX:1", "uri_characters", false},
		{"https://app.example.com/\x00", "uri_characters", false},
		{"https://bücher.example/cb", "uri_characters", false},
		{"https://app.example.com/ü", "uri_characters", false},
		{"https://app.example.com/{id}", "uri_characters", false},
		{"https://app.example.com/%", "uri_escape", false},
		{"https://app.example.com/?a=%zz", "uri_escape", false},
		{"https://app.example.com/?a=%+1", "uri_escape", false},
		{"https://app.example.com/%0d%0aSet-Cookie:x", "uri_escape_control", true},
		{"https://app.example.com/?x=%00", "uri_escape_control", true},
		{"https://app.example.com/..%5c", "uri_escape_control", true},
		{`https://app.example.com\@evil.example/cb`, "uri_backslash", true},
		{`https:\\app.example.com/cb`, "uri_backslash", true},
		{"HTTPS://app.example.com/cb", "uri_case", false},
		{"Com.Example.App:/cb", "uri_case", false},
		{"https://App.Example.com/cb", "uri_host_case", false},
		{"https://user@app.example.com/cb", "uri_userinfo", true},
		{"https://user:pass@app.example.com/cb", "uri_userinfo", true},
		{"https://@app.example.com/cb", "uri_userinfo", true},
		{"http://localhost:80@evil.example/cb", "uri_userinfo", true},
		{"http://localhost@evil.example/cb", "uri_userinfo", true},
		{"http://127.0.0.1:3000@evil.example:80/cb", "uri_userinfo", true},
		{"com.example.app://user@host/cb", "uri_userinfo", true},
		{"https:app.example.com/cb", "uri_host", false},
		{"https:/app.example.com/cb", "uri_host", false},
		{"https:///app.example.com/cb", "uri_host", false},
		{"https://", "uri_host", false},
		{"https://:443/cb", "uri_host", false},
		{"https://?x=1", "uri_host", false},
		{"https://app.example.com:/cb", "uri_port", false},
		{"https://app.example.com:0/cb", "uri_port", false},
		{"https://app.example.com:080/cb", "uri_port", false},
		{"https://app.example.com:65536/cb", "uri_port", false},
		{"https://app.example.com:999999999999/cb", "uri_port", false},
		{"https://app%2eexample.com/cb", "uri_absolute", false},
		{"https://[::1%25lo]/cb", "uri_host_escaped", true},
		{"https://app..example.com/cb", "uri_host_name", false},
		{"https://app.example.com./cb", "uri_host_name", false},
		{"https://.example.com/cb", "uri_host_name", false},
		{"https://-app.example.com/cb", "uri_host_name", false},
		{"https://*.example.com/cb", "uri_host_name", false},
		{"https://a,b.example.com/cb", "uri_host_name", false},
		{"https://a;b.example.com/cb", "uri_host_name", false},
		{"https://a&b.example.com/cb", "uri_host_name", false},
		{"https://" + strings.Repeat("a", 64) + ".example/cb", "uri_host_name", false},
		{"https://xn--a.example/cb", "uri_host_punycode", false},
		{"https://2130706433/cb", "uri_host_address", true},
		{"https://127.1/cb", "uri_host_address", true},
		{"https://0x7f.0x1/cb", "uri_host_address", true},
		{"https://127.0.0.01/cb", "uri_host_address", true},
		{"https://example.1/cb", "uri_host_address", true},
		{"http://[0:0:0:0:0:0:0:1]/cb", "uri_host_address", false},
		{"http://[::ffff:127.0.0.1]/cb", "uri_host_address", false},
		{"https://app.example.com/a/../b", "uri_dot_segment", false},
		{"https://app.example.com/a/%2e%2E/b", "uri_dot_segment", false},
		{"https://app.example.com/a/.%2e", "uri_dot_segment", false},
		{"https://app.example.com/./cb", "uri_dot_segment", false},
		{"com.example.app:/../cb", "uri_dot_segment", false},
		{"http://app.example.com/cb", "redirect_uri_https", false},
		{"http://127.0.0.2/cb", "redirect_uri_https", false},
		{"http://0.0.0.0/cb", "redirect_uri_https", false},
		{"http://[::]/cb", "redirect_uri_https", false},
		{"http://localhost.example.com/cb", "redirect_uri_https", false},
		{"http://sub.localhost/cb", "redirect_uri_https", false},
		{"http://127.0.0.1.nip.io/cb", "redirect_uri_https", false},
		{"myapp:/callback", "redirect_uri_scheme", false},
		{"myapp://callback", "redirect_uri_scheme", false},
		{"urn:ietf:wg:oauth:2.0:oob", "redirect_uri_scheme", false},
		{"ftp://app.example.com/cb", "redirect_uri_scheme", false},
		{"ws://app.example.com/cb", "redirect_uri_scheme", false},
		{"mailto:a.b@example.com", "redirect_uri_scheme", false},
		{"com..app:/cb", "redirect_uri_scheme", false},
		{"com.app.:/cb", "redirect_uri_scheme", false},
		{"com.example.app:", "redirect_uri_syntax", false},
		{"com.example.app://", "redirect_uri_syntax", false},
	} {
		refused(t, c.text, c.rule, c.dangerous)
	}
}

// The way back is where a browser is sent with a Location header or a link: a scheme that runs code there would run it in
// the name of this server.
func TestASchemeThatRunsCodeIsDangerousInEverySpelling(t *testing.T) {
	for _, text := range []string{
		"javascript:alert(1)", "JavaScript:alert(1)", "jAvAsCrIpT:alert(1)", " javascript:alert(1)", "\x01javascript:alert(1)",
		"java\tscript:alert(1)", "java\nscript:alert(1)", "javascript\r\n:alert(1)", "javascript:%61lert(1)",
		"java%0ascript:alert(1)", "%6aavascript:alert(1)", "%256aavascript:alert(1)", "javascript%3aalert(1)", "\ufeffjavascript:alert(1)", "\u200bjavascript:x",
		"javascript://app.example.com/%0aalert(1)", "javascript://app.example.com/callback",
		"data:text/html,<script>alert(1)</script>", "DATA:text/html;base64,PHN2Zz4=", "vbscript:msgbox(1)", "file:///etc/passwd",
		"blob:https://app.example.com/8d1", "about:blank", "filesystem:https://app.example.com/t/x", "view-source:https://app.example.com/",
		"intent://scan/#Intent;scheme=zxing;end", "content://com.example/x", "jar:https://a.example/x!/y", "chrome-extension://abc/x",
	} {
		refused(t, text, "uri_scheme_dangerous", true)
	}
}

func refused(t *testing.T, text, rule string, dangerous bool) {
	t.Helper()
	r, err := ParseRedirectURI(text)
	if err == nil {
		t.Errorf("%q is accepted", text)
		return
	}
	e, ok := errors.AsType[*URIError](err)
	if !ok || e.Rule != rule || e.Dangerous != dangerous {
		t.Errorf("%q is refused by %+v; want rule %s, dangerous %v", text, err, rule, dangerous)
	}
	if !r.IsZero() || strings.ContainsAny(e.Message, "\r\n\x00") {
		t.Errorf("%q gave %v with message %q", text, r, e.Message)
	}
}

// RFC 8252 §7.3: the port of a loopback redirect does not count, because it is only known when the application runs.
func TestRFC8252_7_3_LoopbackPortDoesNotCount(t *testing.T) {
	for _, c := range []struct {
		registered, asked string
		exact, anyPort    bool
	}{
		{"http://127.0.0.1/cb", "http://127.0.0.1/cb", true, true},
		{"http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", false, true},
		{"http://127.0.0.1:3000/cb", "http://127.0.0.1:51004/cb", false, true},
		{"http://127.0.0.1:3000/cb", "http://127.0.0.1/cb", false, true},
		{"http://[::1]/cb", "http://[::1]:51004/cb", false, true},
		{"http://localhost:3000/cb", "http://localhost:51004/cb", false, true},
		{"http://localhost", "http://localhost:51004", false, true},
		// Three different hosts.
		{"http://localhost/cb", "http://127.0.0.1/cb", false, false},
		{"http://127.0.0.1/cb", "http://[::1]/cb", false, false},
		// Everything after the port is compared as a string.
		{"http://127.0.0.1/cb", "http://127.0.0.1:51004/cb/", false, false},
		{"http://127.0.0.1/cb", "http://127.0.0.1:51004/cb?x=1", false, false},
		{"http://127.0.0.1/", "http://127.0.0.1:51004", false, false},
		// http only, and loopback only.
		{"https://localhost:3000/cb", "https://localhost:51004/cb", false, false},
		{"http://localhost:3000/cb", "https://localhost:3000/cb", false, false},
		{"https://app.example.com/cb", "https://app.example.com:8443/cb", false, false},
		{"https://app.example.com/cb", "https://app.example.com:443/cb", false, false},
	} {
		registered, asked := mustParse(t, c.registered), mustParse(t, c.asked)
		if got := registered.Matches(asked, false); got != c.exact {
			t.Errorf("%s matches %s exactly: %v", c.asked, c.registered, got)
		}
		if got := registered.Matches(asked, true); got != c.anyPort {
			t.Errorf("%s matches %s on any port: %v", c.asked, c.registered, got)
		}
	}
}

func TestNothingMatchesAnEmptyRedirectURI(t *testing.T) {
	var none RedirectURI
	if none.Matches(none, true) || none.Matches(mustParse(t, "com.example.app:/cb"), true) || mustParse(t, "com.example.app:/cb").Matches(none, true) {
		t.Error("a zero RedirectURI matches")
	}
}

func TestTheOriginOfARedirectIsWhatAPolicyNames(t *testing.T) {
	for text, want := range map[string]string{
		"https://app.example.com/cb?x": "https://app.example.com",
		"https://app.example.com:1?x":  "https://app.example.com:1",
		"http://[::1]:3000/cb":         "http://[::1]:3000",
		"com.example.app://x/cb":       "",
	} {
		if got := mustParse(t, text).Origin(); got != want {
			t.Errorf("the origin of %s is %q", text, got)
		}
	}
}

func mustParse(t *testing.T, s string) RedirectURI {
	t.Helper()
	r, err := ParseRedirectURI(s)
	if err != nil {
		t.Fatalf("%s %v", s, err)
	}
	return r
}

// What is accepted leads where it seems to lead: Go's parser agrees about scheme and host, nothing is hidden in front of
// the host, and the text can stand in a header.
func FuzzRedirectURI(f *testing.F) {
	for _, s := range []string{
		"https://app.example.com/cb?x=1", "http://localhost:80@evil", "http://[::1]:3000/", "com.example.app:/cb", "com.example.app://cb",
		"javascript:alert(1)", "https://*.example.com/cb", "https://xn--bcher-kva.example", "https://a\\@b", "https://127.1/", "http://127.0.0.1:0/",
	} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, anyPort bool) {
		pattern, err := ParseRedirectPattern(s)
		if err == nil && pattern.String() != s {
			t.Fatalf("%q became %q", s, pattern)
		}
		r, err := ParseRedirectURI(s)
		if err != nil {
			if e, ok := errors.AsType[*URIError](err); !ok || e.Rule == "" || e.Message == "" {
				t.Fatalf("%q is refused without a reason: %v", s, err)
			}
			return
		}
		if r.String() != s || !r.Matches(r, anyPort) || !pattern.Matches(r, anyPort) {
			t.Fatalf("%q does not match itself", s)
		}
		if strings.ContainsAny(s, "\r\n\t \\#<>\"") || strings.Contains(authority(s), "@") {
			t.Fatalf("%q is accepted", s)
		}
		u, err := url.Parse(s)
		if err != nil || u.User != nil || u.Fragment != "" || u.Scheme != r.Scheme() {
			t.Fatalf("%q reads as %+v, %v", s, u, err)
		}
		if r.Class() != RedirectPrivateScheme && strings.Trim(r.Host(), "[]") != u.Hostname() {
			t.Fatalf("%q has host %q here and %q there", s, r.Host(), u.Hostname())
		}
		if u.Scheme == "http" && r.Class() != RedirectLoopback {
			t.Fatalf("%q is plain http to %s", s, r.Host())
		}
	})
}
