package authorize_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// tokens redeems a code of a public application.
func tokens(t *testing.T, s *servertest.Server, app registry.Application, answer url.Values) map[string]any {
	t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {app.ID}, "code": {answer.Get("code")}, "code_verifier": {servertest.Verifier}}
	resp, err := s.Client().PostForm(s.URL+"/oauth/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the token endpoint answers %d %v, %v", resp.StatusCode, body, err)
	}
	return body
}

// OpenID Connect Core 1.0 §3.1.2.2: the hint says who is expected.
func TestOIDC_3_1_2_2_IDTokenHint(t *testing.T) {
	s, other, b := web(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "SPA", Type: registry.SinglePage, RedirectURIs: []string{callback}})
	hint, _ := tokens(t, s, app, b.Authorize(person, request(app, nil)))["id_token"].(string)
	if hint == "" {
		t.Fatal("there is no ID token")
	}
	silent := url.Values{"prompt": {"none"}, "id_token_hint": {hint}}
	if answer := answered(t, b.Get("/authorize?"+request(app, silent).Encode())); answer.Get("code") == "" {
		t.Errorf("the hinted person: %v", answer)
	}
	if answer := answered(t, b.Get("/authorize?"+request(other, silent).Encode())); answer.Get("error") != "invalid_request" {
		t.Errorf("another application's hint: %v", answer)
	}
	s.CreateUser("grace@example.com", "")
	hers := s.Browser()
	hers.Authorize("grace@example.com", request(app, nil))
	if answer := answered(t, hers.Get("/authorize?"+request(app, silent).Encode())); answer.Get("error") != "login_required" {
		t.Errorf("another person, silently: %v", answer)
	}
	page := at(t, hers.Get("/authorize?"+request(app, url.Values{"id_token_hint": {hint}}).Encode()), "/signin")
	if answer := answered(t, submitPassword(page)); answer.Get("code") == "" {
		t.Errorf("the hinted person signs in: %v", answer)
	}
}

func TestTheWholeWayUnderAnyPublicURL(t *testing.T) {
	for _, public := range []string{"https://id.example.test/sso", "https://id.example.test/a/b", "http://localhost:8123", "http://127.0.0.1:9/x"} {
		s := servertest.New(t, servertest.WithPublicURL(public))
		s.CreateUser(person, "")
		app, _ := s.CreateApplication(registry.Draft{Name: "Acme", Type: registry.RegularWeb, Ownership: registry.ThirdParty, RedirectURIs: []string{callback}})
		b := s.Browser()
		if answer := b.Authorize(person, request(app, nil)); answer.Get("code") == "" || answer.Get("iss") != public+"/" {
			t.Errorf("%s answers %v", public, answer)
		}
		page := b.Get("/signout").Submit(nil)
		if !strings.Contains(page.Body, "You are signed out") {
			t.Errorf("%s: after signing out: %s (%d)", public, page.URL, page.Status)
		}
	}
}

// A wildcard never skips consent and never answers in silence.
func TestAWildcardRedirectAlwaysAsks(t *testing.T) {
	s, _, b := web(t)
	if err := s.Settings.Set(t.Context(), servertest.Actor, "wildcard_redirects", "true"); err != nil {
		t.Fatal(err)
	}
	app, _ := s.CreateApplication(registry.Draft{Name: "Previews", Type: registry.RegularWeb, RedirectURIs: []string{"https://*.previews.example.com/cb"}})
	ask := url.Values{"redirect_uri": {"https://pr-7.previews.example.com/cb"}}
	for range 2 {
		page := at(t, b.Get("/authorize?"+request(app, ask).Encode()), "/consent")
		if left := decide(page, "allow"); answered(t, left).Get("code") == "" {
			t.Errorf("the answer is %v", left.Left)
		}
	}
	ask.Set("prompt", "none")
	if answer := answered(t, b.Get("/authorize?"+request(app, ask).Encode())); answer.Get("error") != "consent_required" {
		t.Errorf("prompt=none answers %v", answer)
	}
	if err := s.Settings.Set(t.Context(), servertest.Actor, "wildcard_redirects", "false"); err != nil {
		t.Fatal(err)
	}
	if page := b.Get("/authorize?" + request(app, ask).Encode()); page.Left != nil || page.Status != 400 {
		t.Errorf("switched off it answers %v (%d)", page.Left, page.Status)
	}
}

// Of many answers to one request at once, one gives a code.
func TestConcurrentAnswersToOneRequestGiveOneCode(t *testing.T) {
	_, app, api, b := thirdParty(t, callback)
	page := at(t, b.Get("/authorize?"+request(app, url.Values{"audience": {api.Identifier}}).Encode()), "/consent")
	form := page.Form("shown").Values
	form.Set("decision", "allow")
	var codes sync.Map
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			left := b.Post("/consent", form)
			if left.Left == nil && left.Status == http.StatusBadRequest {
				return
			}
			if left.Left == nil || left.Left.Query().Get("code") == "" {
				t.Errorf("an answer is %v (%d)", left.Left, left.Status)
				return
			}
			codes.Store(left.Left.Query().Get("code"), true)
		})
	}
	all.Wait()
	count := 0
	codes.Range(func(any, any) bool { count++; return true })
	if count != 1 {
		t.Errorf("one request gave %d codes", count)
	}
}
