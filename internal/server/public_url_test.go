package server

import "testing"

func TestAPublicURLIsHTTPSOrLoopback(t *testing.T) {
	for url, issuer := range map[string]string{
		"https://id.example.com":         "https://id.example.com/",
		"https://id.example.com/":        "https://id.example.com/",
		"HTTPS://ID.Example.com":         "https://id.example.com/",
		"https://id.example.com:443":     "https://id.example.com/",
		"https://id.example.com:8443/":   "https://id.example.com:8443/",
		"https://example.com/auth":       "https://example.com/auth/",
		"https://example.com/auth/":      "https://example.com/auth/",
		"http://localhost:8080":          "http://localhost:8080/",
		"http://127.0.0.1:8080/":         "http://127.0.0.1:8080/",
		"http://[::1]:8080":              "http://[::1]:8080/",
		"http://id.localhost:80":         "http://id.localhost/",
		"http://id.example.com":          "",
		"http://10.0.0.1":                "",
		"id.example.com":                 "",
		"":                               "",
		"ftp://id.example.com":           "",
		"https://u:p@id.example.com":     "",
		"https://id.example.com?x=1":     "",
		"https://id.example.com/?":       "",
		"https://id.example.com/#":       "",
		"https://id.example.com/a//b":    "",
		"https://id.example.com/a/../b":  "",
		"https://id.example.com/a%2fb":   "",
		"http://localhost.example.com":   "",
		"https://id.example.com/a b":     "",
		"http://127.0.0.1.example.com/x": "",
	} {
		got, err := ParsePublicURL(url)
		if (err == nil) != (issuer != "") || got.Issuer != issuer {
			t.Errorf("ParsePublicURL(%q) = %q, %v; want issuer %q", url, got.Issuer, err, issuer)
		}
	}
}
