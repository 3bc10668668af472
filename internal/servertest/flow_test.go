package servertest_test

import (
	"net/url"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestABrowserSignsInAndComesBackWithACode(t *testing.T) {
	s := servertest.New(t)
	s.CreateUser("ada@example.com", "")
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{"https://app.example.test/callback"}})
	answer := s.Browser().Authorize("ada@example.com", url.Values{
		"client_id": {app.ID}, "redirect_uri": {"https://app.example.test/callback"}, "scope": {"openid"},
	})
	if answer.Get("code") == "" || answer.Get("state") != "a state" || answer.Get("iss") != s.Issuer() {
		t.Errorf("the browser came back with %v", answer)
	}
}

func TestABrowserAllowsWhatAThirdPartyAsks(t *testing.T) {
	s := servertest.New(t)
	s.CreateUser("ada@example.com", "")
	app, _ := s.CreateApplication(registry.Draft{
		Name: "Partner", Type: registry.RegularWeb, Ownership: registry.ThirdParty, RedirectURIs: []string{"https://partner.example.test/callback"},
	})
	answer := s.Browser().Authorize("ada@example.com", url.Values{
		"client_id": {app.ID}, "redirect_uri": {"https://partner.example.test/callback"}, "scope": {"openid email"},
	})
	if answer.Get("code") == "" {
		t.Errorf("the browser came back with %v", answer)
	}
}
