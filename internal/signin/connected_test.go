package signin_test

import (
	"net/url"
	"strings"
	"testing"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
)

const callback = "https://app.example.com/callback"

// What a person allowed they can take back, and then what rests on it ends. Nobody else's is touched.
func TestAPersonTakesBackWhatTheyAllowed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := server(t, on)
		s.CreateUser("grace@example.com", account.NoRole)
		app, _ := s.CreateApplication(registry.Draft{Name: "Acme Agent", Type: registry.RegularWeb, Ownership: registry.ThirdParty, RedirectURIs: []string{callback}})
		ask := url.Values{"client_id": {app.ID}, "redirect_uri": {callback}, "scope": {"openid profile"}}
		his, hers := s.Browser(), s.Browser()
		codes := map[string]string{person: his.Authorize(person, ask).Get("code"), "grace@example.com": hers.Authorize("grace@example.com", ask).Get("code")}
		alive := func(email string) bool {
			t.Helper()
			_, g, err := s.Store.Code(t.Context(), s.Keys.Hashes(secret.ForCode, codes[email]))
			if err != nil {
				t.Fatal(err)
			}
			return g.Alive()
		}
		page := his.Get("/account")
		if !strings.Contains(page.Body, "Acme Agent") || !strings.Contains(page.Body, "allowed") {
			t.Fatalf("the list is (%d)\n%s", page.Status, page.Body)
		}
		servertest.CheckMarkup(t, "connected", page.Body)
		if page = page.Submit(nil, "application"); page.URL.Path != "/account" || strings.Contains(page.Body, "Acme") || !strings.Contains(page.Body, "Nothing is connected") {
			t.Errorf("after disconnecting (%s, %d):\n%s", page.URL, page.Status, page.Body)
		}
		if alive(person) || !alive("grace@example.com") {
			t.Errorf("alive: his %v, hers %v", alive(person), alive("grace@example.com"))
		}
		if page = his.Post("/account/disconnect", url.Values{"application": {app.ID}}); page.Status != 200 || !alive("grace@example.com") {
			t.Errorf("once more: %d", page.Status)
		}
		wants(t, his.Post("/account/disconnect", url.Values{"application": {""}}), 200, "ended before")
		if page := hers.Get("/account"); !strings.Contains(page.Body, "Acme Agent") {
			t.Errorf("hers is gone:\n%s", page.Body)
		}
		if page := his.Get("/authorize?" + url.Values{"response_type": {"code"}, "code_challenge": {servertest.Challenge()}, "code_challenge_method": {"S256"}, "client_id": {app.ID}, "redirect_uri": {callback}, "scope": {"openid"}}.Encode()); page.URL.Path != "/consent" {
			t.Errorf("it is not asked about again: %s (%d)", page.URL, page.Status)
		}
	})
}

func TestNobodyInParticularSeesNoConnections(t *testing.T) {
	s := server(t)
	if page := s.Browser().Get("/account"); page.URL.Path != "/signin" {
		t.Errorf("it shows %s (%d)", page.URL, page.Status)
	}
	if page := s.Browser().Post("/account/disconnect", url.Values{"application": {"x"}}); page.URL.Path != "/signin" {
		t.Errorf("it answers with %s (%d)", page.URL, page.Status)
	}
}
