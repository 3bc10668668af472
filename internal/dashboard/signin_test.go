package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/servertest"
)

const aPassword = "three old brown bears"

func TestTheSetUpLinkMakesTheFirstOperatorOnce(t *testing.T) {
	s := servertest.New(t)
	token, _, err := s.Accounts.NewSetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := s.Browser()
	form := url.Values{"token": {token.Reveal()}, "email": {"ada@example.com"}, "name": {"Ada"}, "password": {aPassword}}
	page := b.Get("/setup").Submit(form, "token")
	wants(t, page, http.StatusOK, "You are the owner of this instance", "ada@example.com")
	if page.URL.Path != "/dashboard" {
		t.Error(page.URL)
	}
	second := s.Browser()
	wants(t, second.Get("/setup"), http.StatusOK, "This instance is set up")
	wants(t, second.Post("/setup", form), http.StatusUnprocessableEntity, "The link is not valid")
}

func TestTheWholeLinkMayBePasted(t *testing.T) {
	s := servertest.New(t)
	token, _, err := s.Accounts.NewSetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	page := s.Browser().Get("/setup").Submit(url.Values{"token": {s.URL + "/setup#" + token.Reveal()}, "email": {"ada@example.com"}, "password": {aPassword}}, "token")
	wants(t, page, http.StatusOK, "You are the owner")
}

func TestAFaultyOperatorLeavesTheLinkGood(t *testing.T) {
	s := servertest.New(t)
	token, _, err := s.Accounts.NewSetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	page := s.Browser().Get("/setup").Submit(url.Values{"token": {token.Reveal()}, "email": {"ada"}, "password": {"short"}}, "token")
	wants(t, page, http.StatusUnprocessableEntity, `id="f-email-error"`, `id="f-password-error"`, `value="ada"`)
	wants(t, page.Submit(url.Values{"email": {"ada@example.com"}, "password": {aPassword}}, "token"), http.StatusOK, "You are the owner")
}

func TestOnlyOperatorsGetIn(t *testing.T) {
	s := servertest.New(t)
	s.CreateUser("person@example.com", account.NoRole)
	s.CreateUser("owner@example.com", account.Owner)
	const refused = "The e-mail address or the password is wrong, or you are no operator here."
	for _, try := range []url.Values{
		{"email": {"person@example.com"}, "password": {servertest.Password}},
		{"email": {"owner@example.com"}, "password": {"wrong"}},
		{"email": {"nobody@example.com"}, "password": {"wrong"}},
	} {
		wants(t, s.Browser().Get("/dashboard").Submit(try, "password"), http.StatusUnprocessableEntity, refused)
	}
}

func TestTheSessionEndsWhenIdleAndAfterEightHours(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	s.Clock.Advance(31 * time.Minute)
	if page := b.Get("/dashboard/apis"); page.URL.Path != "/dashboard/signin" || page.URL.Query().Get("to") != "/dashboard/apis" {
		t.Error("idle:", page.URL)
	}
	b = ownerAgain(t, s)
	for range 20 {
		s.Clock.Advance(25 * time.Minute)
		if page := b.Get("/dashboard/apis"); page.URL.Path != "/dashboard/apis" {
			if worked := s.Clock.Now(); worked.IsZero() {
				t.Fatal("no clock")
			}
			return
		}
	}
	t.Error("the session lives longer than 8 hours")
}

func ownerAgain(t *testing.T, s *servertest.Server) *servertest.Browser {
	t.Helper()
	b := s.Browser()
	b.Get("/dashboard").Submit(url.Values{"email": {"owner@example.com"}, "password": {servertest.Password}}, "password")
	return b
}

func TestTheOperatorsCookieIsStrictAndHidden(t *testing.T) {
	s := servertest.New(t)
	s.CreateUser("owner@example.com", account.Owner)
	form := url.Values{"email": {"owner@example.com"}, "password": {servertest.Password}}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/dashboard/signin", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", s.URL)
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" {
			t.Errorf("%+v", c)
		}
	}
	if resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) == 0 {
		t.Error(resp.StatusCode, resp.Cookies())
	}
}

func TestSigningInLeadsNowhereElse(t *testing.T) {
	s := servertest.New(t)
	s.CreateUser("owner@example.com", account.Owner)
	for _, to := range []string{"https://evil.example/", "//evil.example/", `/dashboard\..\evil`, "/signin", "/dashboard/signin"} {
		page := s.Browser().Get("/dashboard/signin?to="+url.QueryEscape(to)).Submit(url.Values{"email": {"owner@example.com"}, "password": {servertest.Password}}, "password")
		if page.URL.Path != "/dashboard" || page.Left != nil {
			t.Errorf("%s led to %s %v", to, page.URL, page.Left)
		}
	}
}

func TestSigningOutEndsTheSession(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	out := b.Post("/dashboard/signout", nil)
	wants(t, out, http.StatusOK, "You are signed out of the dashboard.")
	if out.URL.Path != "/dashboard/signin" {
		t.Error(out.URL)
	}
	servertest.CheckMarkup(t, "signed out", out.Body)
	if page := b.Get("/dashboard"); page.URL.Path != "/dashboard/signin" {
		t.Error(page.URL)
	}
}

func TestAnotherSiteCannotSendAForm(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/dashboard/users/new", strings.NewReader("email=evil@example.com"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := b.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Error(resp.StatusCode)
	}
}

func TestALinkFromElsewhereOpensThePageAllTheSame(t *testing.T) {
	s := servertest.New(t)
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/dashboard/apis", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Refresh"); got != "0; url=/dashboard/apis" {
		t.Error(got)
	}
}
