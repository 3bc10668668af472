package oauth

import (
	"errors"
	"testing"
)

func TestAWildcardStandsForExactlyOneLabel(t *testing.T) {
	p, err := ParseRedirectPattern("https://*.app.example.com:8443/cb?x=1")
	if err != nil {
		t.Fatal(err)
	}
	if !p.Wildcard() || !p.Exact().IsZero() || p.String() != "https://*.app.example.com:8443/cb?x=1" {
		t.Errorf("the pattern reads %q", p)
	}
	for text, want := range map[string]bool{
		"https://pr-12.app.example.com:8443/cb?x=1":         true,
		"https://a.app.example.com:8443/cb?x=1":             true,
		"https://a.b.app.example.com:8443/cb?x=1":           false,
		"https://app.example.com:8443/cb?x=1":               false,
		"https://a.app.example.com/cb?x=1":                  false,
		"https://a.app.example.com:8443/cb":                 false,
		"https://a.app.example.com:8443/cb?x=1&y=2":         false,
		"https://evil.example/.app.example.com:8443/":       false,
		"https://evil.example?.app.example.com:8443/cb?x=1": false,
		"http://localhost:8443/cb?x=1":                      false,
	} {
		if got := p.Matches(mustParse(t, text), true); got != want {
			t.Errorf("%s matches: %v", text, got)
		}
	}
}

func TestAPatternWithoutWildcardIsARedirectURI(t *testing.T) {
	p, err := ParseRedirectPattern("http://127.0.0.1/cb")
	if err != nil || p.Wildcard() || p.String() != "http://127.0.0.1/cb" {
		t.Fatalf("%v, %v", p, err)
	}
	if !p.Matches(mustParse(t, "http://127.0.0.1:4711/cb"), true) || p.Matches(mustParse(t, "http://127.0.0.1:4711/cb"), false) {
		t.Error("the port of a loopback redirect is not compared as in RFC 8252 §7.3")
	}
}

func TestWildcardsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		text, rule string
		dangerous  bool
	}{
		{"https://*.com/cb", "redirect_uri_wildcard_suffix", true},
		{"https://*.co.uk/cb", "redirect_uri_wildcard_suffix", true},
		{"https://*.github.io/cb", "redirect_uri_wildcard_suffix", true},
		{"https://*.vercel.app/cb", "redirect_uri_wildcard_suffix", true},
		{"https://*.s3.amazonaws.com/cb", "redirect_uri_wildcard_suffix", true},
		{"https://*.localhost/cb", "redirect_uri_wildcard_suffix", true},
		{"https://*.internal/cb", "redirect_uri_wildcard_suffix", true},
		{"http://*.example.com/cb", "redirect_uri_wildcard_form", false},
		{"https://*/cb", "redirect_uri_wildcard_form", false},
		{"https://app.*.example.com/cb", "redirect_uri_wildcard_form", false},
		{"https://*.*.example.com/cb", "redirect_uri_wildcard_form", false},
		{"https://pre-*.example.com/cb", "redirect_uri_wildcard_form", false},
		{"https://*.example.com@evil.example/cb", "uri_userinfo", true},
		{"https://*.example.com/../cb", "uri_dot_segment", false},
		{"https://*.example.com:0/cb", "uri_port", false},
		{"https://*.192.0.2.1/cb", "uri_host_address", true},
		{"com.example.app://*.example.com/cb", "redirect_uri_wildcard_form", false},
	} {
		_, err := ParseRedirectPattern(c.text)
		if e, ok := errors.AsType[*URIError](err); !ok || e.Rule != c.rule || e.Dangerous != c.dangerous {
			t.Errorf("%s is refused by %+v", c.text, err)
		}
	}
	for _, text := range []string{"https://*.example.com/cb", "https://*.foo.github.io/cb", "https://*.example.co.uk", "https://*.a.b.example.com/cb"} {
		if _, err := ParseRedirectPattern(text); err != nil {
			t.Errorf("%s is refused: it %v", text, err)
		}
	}
}

// An asterisk in the path or query is a character like any other.
func TestAnAsteriskBehindTheHostIsNoWildcard(t *testing.T) {
	p, err := ParseRedirectPattern("https://app.example.com/*/cb")
	if err != nil || p.Wildcard() || p.Matches(mustParse(t, "https://app.example.com/x/cb"), true) {
		t.Errorf("%v, %v", p, err)
	}
}
