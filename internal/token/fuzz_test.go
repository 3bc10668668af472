package token_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// Nothing that anybody sends makes the token or the revocation endpoint answer that the server failed.
func FuzzRequest(f *testing.F) {
	s := servertest.New(f)
	s.CreateAPI(audience, "read:orders")
	app, _ := s.CreateApplication(registry.Draft{Name: "App", Type: registry.Native, RedirectURIs: []string{"com.example.app:/cb"}})
	for _, body := range []string{
		"grant_type=authorization_code&code=clac_x&code_verifier=y&client_id=" + app.ID,
		"grant_type=refresh_token&refresh_token=clrt_x.1.k.m&scope=a+b&client_id=" + app.ID,
		"grant_type=client_credentials&audience=%00&resource=https://api.example.com/&client_id=" + app.ID,
		`{"grant_type":"authorization_code","client_id":"` + app.ID + `","code":"\u0000","resource":["x"]}`,
		"token=a.b.c&client_id=" + app.ID,
		"token=clat_a.b.c.d.e&token_type_hint=x&client_id=" + app.ID,
		"client_id=https://client.example/%FF&grant_type=refresh_token",
	} {
		f.Add(body, "", false)
		f.Add(body, "Basic YTpi", true)
	}
	f.Fuzz(func(t *testing.T, body, authorization string, json bool) {
		for _, path := range []string{"/oauth/token", "/oauth/revoke"} {
			r := httptest.NewRequest(http.MethodPost, s.URL+path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if json {
				r.Header.Set("Content-Type", "application/json")
			}
			if authorization != "" {
				r.Header["Authorization"] = []string{authorization}
			}
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			if w.Code >= http.StatusInternalServerError {
				t.Errorf("%s: %d %s for %q", path, w.Code, w.Body, body)
			}
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s: the answer to %q may be stored", path, body)
			}
		}
	})
}
