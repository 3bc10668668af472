package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// signedIn is a browser of an operator with the role, freshly signed in.
func signedIn(t *testing.T, s *servertest.Server, role account.Role) *servertest.Browser {
	t.Helper()
	email := string(role) + "@example.com"
	s.CreateUser(email, role)
	b := s.Browser()
	page := b.Get("/dashboard").Submit(url.Values{"email": {email}, "password": {servertest.Password}}, "password")
	if page.URL.Path != "/dashboard" || page.Status != http.StatusOK {
		t.Fatalf("signing in ended at %s (%d): %s", page.URL, page.Status, page.Body)
	}
	return b
}

// stale lets the last sign-in grow older than sensitive changes allow, without the session ending.
func stale(s *servertest.Server) { s.Clock.Advance(6 * time.Minute) }

func newWeb(s *servertest.Server) registry.Application {
	app, _ := s.CreateApplication(registry.Draft{Name: "Orders web", Type: registry.RegularWeb, RedirectURIs: []string{"https://orders.example.com/callback"}})
	return app
}

// wants fails the test unless the page has the status and every text.
func wants(t *testing.T, p servertest.Page, status int, texts ...string) {
	t.Helper()
	if p.Status != status {
		t.Errorf("%s: status %d, not %d", p.URL, p.Status, status)
	}
	for _, text := range texts {
		if !strings.Contains(p.Body, text) {
			t.Errorf("%s does not say %q:\n%s", p.URL, text, p.Body)
		}
	}
}

// between is what stands between two texts of a page.
func between(t *testing.T, p servertest.Page, before, after string) string {
	t.Helper()
	_, rest, ok := strings.Cut(p.Body, before)
	if !ok {
		t.Fatalf("%s has no %q:\n%s", p.URL, before, p.Body)
	}
	text, _, _ := strings.Cut(rest, after)
	return text
}
