package signin_test

import (
	"net/http"
	"strings"
	"testing"
)

// A logo is what we made of it, and nothing in it runs, whatever somebody takes it for.
func TestALogoIsServedByItsHash(t *testing.T) {
	s := server(t)
	hash, png := strings.Repeat("l", 43), []byte("\x89PNG\r\n\x1a\n")
	if err := s.Store.SaveLogo(t.Context(), hash, png, s.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	page := s.Browser().Get("/logos/" + hash)
	header := page.Header
	if page.Status != http.StatusOK || page.Body != string(png) || header.Get("Content-Type") != "image/png" || header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(header.Get("Content-Security-Policy"), "sandbox;") || header.Get("Cross-Origin-Resource-Policy") != "same-origin" || !strings.Contains(header.Get("Cache-Control"), "immutable") {
		t.Errorf("%d with %v", page.Status, header)
	}
	for _, path := range []string{"/logos/" + strings.Repeat("m", 43), "/logos/x", "/logos/", "/logos/..%2f..%2fetc"} {
		if page := s.Browser().Get(path); page.Status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, page.Status)
		}
	}
}
