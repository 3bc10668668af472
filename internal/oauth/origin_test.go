package oauth

import (
	"errors"
	"testing"
)

func TestOriginsThatABrowserSends(t *testing.T) {
	for _, s := range []string{"https://app.example.com", "https://app.example.com:8443", "http://localhost:3000", "http://127.0.0.1", "http://[::1]:3000", "https://localhost:3000"} {
		if got, err := ParseOrigin(s); err != nil || got != s {
			t.Errorf("%s gives %q, %v", s, got, err)
		}
	}
}

func TestOriginsThatNoBrowserSends(t *testing.T) {
	for s, rule := range map[string]string{
		"":                                "uri_empty",
		"null":                            "uri_absolute",
		"*":                               "uri_absolute",
		"https://app.example.com/":        "origin_form",
		"https://app.example.com/path":    "origin_form",
		"https://app.example.com?x":       "origin_form",
		"https://app.example.com#x":       "uri_fragment",
		"https://app.example.com:443":     "origin_port",
		"http://localhost:80":             "origin_port",
		"http://app.example.com":          "origin_https",
		"https://*.example.com":           "origin_wildcard",
		"https://user@app.example.com":    "uri_userinfo",
		"https://App.example.com":         "uri_host_case",
		"capacitor://localhost":           "origin_scheme",
		"com.example.app://x":             "origin_scheme",
		"file:///x":                       "uri_scheme_dangerous",
		"https://app.example.com:080":     "uri_port",
		"https://app.example.com%2f.evil": "uri_absolute",
	} {
		_, err := ParseOrigin(s)
		if e, ok := errors.AsType[*URIError](err); !ok || e.Rule != rule {
			t.Errorf("%q is refused by %+v; want %s", s, err, rule)
		}
	}
}
