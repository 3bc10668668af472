package authorize_test

import (
	"net/url"
	"strings"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

const (
	person   = "ada@example.com"
	callback = "https://app.example.com/callback"
)

func TestAPersonSignsInAndTheApplicationGetsACode(t *testing.T) {
	s := servertest.New(t)
	s.CreateUser(person, "")
	app, _ := s.CreateApplication(registry.Draft{Name: "Orders web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	b := s.Browser()
	page := b.Get("/authorize?" + request(app, nil).Encode())
	if page.URL.Path != "/signin" || !strings.Contains(page.Body, "Orders web") {
		t.Fatalf("the person is at %s:\n%s", page.URL, page.Body)
	}
	page = page.Submit(url.Values{"email": {person}, "password": {servertest.Password}}, "email", "password")
	if page.Left == nil {
		t.Fatalf("the person stays at %s (%d):\n%s", page.URL, page.Status, page.Body)
	}
	answer := page.Left.Query()
	if !strings.HasPrefix(page.Left.String(), callback+"?") || answer.Get("code") == "" || answer.Get("state") != "a state" || answer.Get("iss") != s.URL+"/" {
		t.Errorf("the answer is %s", page.Left)
	}
}

func request(app registry.Application, change url.Values) url.Values {
	all := url.Values{
		"response_type": {"code"}, "client_id": {app.ID}, "redirect_uri": {callback}, "scope": {"openid profile"}, "state": {"a state"},
		"code_challenge": {servertest.Challenge()}, "code_challenge_method": {"S256"},
	}
	for name, values := range change {
		all[name] = values
		if len(values) == 0 {
			delete(all, name)
		}
	}
	return all
}
