package authorize_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// web is a server with one person and one application, and a browser in which the person is signed in since a minute.
func web(t *testing.T) (*servertest.Server, registry.Application, *servertest.Browser) {
	t.Helper()
	s := servertest.New(t)
	s.CreateUser(person, "")
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	b := s.Browser()
	if answer := b.Authorize(person, request(app, nil)); answer.Get("code") == "" {
		t.Fatalf("the first sign-in answers %v", answer)
	}
	s.Clock.Advance(time.Minute)
	return s, app, b
}

func at(t *testing.T, page servertest.Page, path string) servertest.Page {
	t.Helper()
	if page.Left != nil || page.URL.Path != path {
		t.Fatalf("the browser is at %s (%d), left for %v; want %s:\n%s", page.URL, page.Status, page.Left, path, page.Body)
	}
	return page
}

func answered(t *testing.T, page servertest.Page) url.Values {
	t.Helper()
	if page.Left == nil {
		t.Fatalf("the browser stays at %s (%d):\n%s", page.URL, page.Status, page.Body)
	}
	return page.Left.Query()
}

func submitPassword(page servertest.Page) servertest.Page {
	return page.Submit(url.Values{"email": {person}, "password": {servertest.Password}}, "email", "password")
}

func TestASignedInPersonIsNotAskedAgain(t *testing.T) {
	_, app, b := web(t)
	for _, prompt := range []string{"", "none"} {
		if answer := answered(t, b.Get("/authorize?"+request(app, url.Values{"prompt": {prompt}}).Encode())); answer.Get("code") == "" {
			t.Errorf("prompt=%q answers %v", prompt, answer)
		}
	}
}

// OpenID Connect Core 1.0 §3.1.2.1: prompt=login asks even somebody who is signed in, and it comes to an end.
func TestOIDC_3_1_2_1_PromptLoginAsksOnce(t *testing.T) {
	_, app, b := web(t)
	page := at(t, b.Get("/authorize?"+request(app, url.Values{"prompt": {"login"}}).Encode()), "/signin")
	if !strings.Contains(page.Body, "Signed in as") {
		t.Errorf("the page does not say who is signed in:\n%s", page.Body)
	}
	if answer := answered(t, submitPassword(page)); answer.Get("code") == "" {
		t.Errorf("after signing in the answer is %v", answer)
	}
	at(t, b.Get("/authorize?"+request(app, url.Values{"prompt": {"login"}}).Encode()), "/signin")
}

// OpenID Connect Core 1.0 §3.1.2.1: max_age counts from the sign-in, and 0 is prompt=login.
func TestOIDC_3_1_2_1_MaxAge(t *testing.T) {
	s, app, b := web(t)
	get := func(maxAge, prompt string) servertest.Page {
		return b.Get("/authorize?" + request(app, url.Values{"max_age": {maxAge}, "prompt": {prompt}}).Encode())
	}
	for _, enough := range []string{"60", "61", "3600", "99999999999999999999999"} {
		if answer := answered(t, get(enough, "")); answer.Get("code") == "" {
			t.Errorf("max_age=%s answers %v", enough, answer)
		}
	}
	for _, short := range []string{"0", "59"} {
		if answer := answered(t, get(short, "none")); answer.Get("error") != "login_required" {
			t.Errorf("max_age=%s with prompt=none answers %v", short, answer)
		}
		page := submitPassword(at(t, get(short, ""), "/signin"))
		if answer := answered(t, page); answer.Get("code") == "" {
			t.Errorf("max_age=%s after signing in answers %v", short, answer)
		}
		s.Clock.Advance(time.Minute)
	}
}

// OpenID Connect Core 1.0 §3.1.2.1: select_account lets the person choose.
func TestOIDC_3_1_2_1_SelectAccount(t *testing.T) {
	s, app, b := web(t)
	s.CreateUser("grace@example.com", "")
	choose := func() servertest.Page {
		return at(t, b.Get("/authorize?"+request(app, url.Values{"prompt": {"select_account"}}).Encode()), "/signin")
	}
	page := choose()
	if !strings.Contains(page.Body, "Continue as "+person) {
		t.Fatalf("the page does not offer the account:\n%s", page.Body)
	}
	if answer := answered(t, page.Submit(nil, "account")); answer.Get("code") == "" {
		t.Errorf("continuing answers %v", answer)
	}
	page = choose()
	another := at(t, b.Get(page.URL.String()+"&another=1"), "/signin")
	left := another.Submit(url.Values{"email": {"grace@example.com"}, "password": {servertest.Password}}, "email", "password")
	if answer := answered(t, left); answer.Get("code") == "" {
		t.Errorf("another account answers %v", answer)
	}
}

func TestAnAccountIsOnlyKeptWhereTheRequestLetsThePersonChoose(t *testing.T) {
	_, app, b := web(t)
	page := at(t, b.Get("/authorize?"+request(app, url.Values{"prompt": {"login select_account"}}).Encode()), "/signin")
	page = page.Submit(url.Values{"account": {"current"}}, "email", "password")
	if page.Left != nil || page.Status != 422 {
		t.Errorf("the account was kept: %v (%d)", page.Left, page.Status)
	}
}

func TestLoginHintFillsInTheAddress(t *testing.T) {
	s := servertest.New(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	page := s.Browser().Get("/authorize?" + request(app, url.Values{"login_hint": {`ada"><script>@example.com`}}).Encode())
	if got := page.Form("email").Values.Get("email"); got != `ada"><script>@example.com` || strings.Contains(page.Body, "<script>@") {
		t.Errorf("the address is %q:\n%s", got, page.Body)
	}
}

// A request that began in one browser cannot be finished in another. RFC 6749 §10.12.
func TestRFC6749_10_12_ASealedRequestOpensInItsBrowserOnly(t *testing.T) {
	s, app, _ := web(t)
	page := s.Browser().Get("/authorize?" + request(app, nil).Encode())
	elsewhere := at(t, s.Browser().Get(page.URL.String()), "/signin")
	if elsewhere.Status != 400 || !strings.Contains(elsewhere.Body, "another browser") || strings.Contains(elsewhere.Body, "Web") {
		t.Errorf("another browser sees (%d):\n%s", elsewhere.Status, elsewhere.Body)
	}
}

func TestASealedRequestLivesFifteenMinutes(t *testing.T) {
	s, app, _ := web(t)
	b := s.Browser()
	page := b.Get("/authorize?" + request(app, nil).Encode())
	s.Clock.Advance(15*time.Minute + time.Second)
	late := submitPassword(page)
	if late.Status != 400 || !strings.Contains(late.Body, "15 minutes") {
		t.Errorf("late by a second (%d):\n%s", late.Status, late.Body)
	}
}

func TestADamagedRequestIsAPage(t *testing.T) {
	s, _, _ := web(t)
	b := s.Browser()
	for _, path := range []string{
		"/signin?request=hello", "/signin?request=%00%ff", "/authorize/resume", "/authorize/resume?request=x",
		"/authorize/resume?request=" + strings.Repeat("A", 32), "/consent?request=" + strings.Repeat("A", 32), "/consent", "/consent?request=%00",
		"/signin?request=" + strings.Repeat("A", 30000),
	} {
		if page := b.Get(path); page.Status != 400 || !strings.Contains(page.Body, "This sign-in") {
			t.Errorf("%.60s answers %d:\n%s", path, page.Status, page.Body)
		}
	}
}
