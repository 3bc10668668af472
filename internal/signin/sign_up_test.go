package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func open(t *testing.T, s *servertest.Server) {
	t.Helper()
	if err := s.Settings.Set(t.Context(), servertest.Actor, "sign_up", "true"); err != nil {
		t.Fatal(err)
	}
}

func TestSignUpIsClosedUnlessTheInstanceOpensIt(t *testing.T) {
	s := server(t)
	for _, page := range []servertest.Page{s.Browser().Get("/signup"), s.Browser().Post("/signup", url.Values{"email": {"new@example.com"}, "password": {"a long pass phrase"}})} {
		if page.Status != http.StatusNotFound || !strings.Contains(page.Body, "Sign-up is closed") {
			t.Errorf("it answers %d:\n%s", page.Status, page.Body)
		}
	}
	if strings.Contains(s.Browser().Get("/signin").Body, "Create one") {
		t.Error("the sign-in page offers what is closed")
	}
}

func TestWhoeverSignsUpGoesOnToTheApplication(t *testing.T) {
	s := server(t)
	open(t, s)
	app, _ := s.CreateApplication(registry.Draft{Name: "Orders web", Type: registry.RegularWeb, RedirectURIs: []string{"https://app.example.com/cb"}})
	b := s.Browser()
	page := b.Get("/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {app.ID}, "redirect_uri": {"https://app.example.com/cb"}, "scope": {"openid"},
		"code_challenge": {servertest.Challenge()}, "code_challenge_method": {"S256"}, "screen_hint": {"signup"}, "login_hint": {"new@example.com"},
	}.Encode())
	if page.URL.Path != "/signup" || !strings.Contains(page.Body, "Orders web") || page.Form("email").Values.Get("email") != "new@example.com" {
		t.Fatalf("the page is %s:\n%s", page.URL, page.Body)
	}
	page = page.Submit(url.Values{"name": {"New Person"}, "email": {"new@example.com"}, "password": {"a rather long pass phrase"}}, "name", "email", "password")
	if page.Left == nil || page.Left.Query().Get("code") == "" {
		t.Fatalf("after signing up: %v (%d)\n%s", page.Left, page.Status, page.Body)
	}
}

func TestSignUpSaysWhatIsWrongUnderItsField(t *testing.T) {
	s := server(t)
	open(t, s)
	for name, c := range map[string]struct{ email, password, says string }{
		"no address":           {"", "a rather long pass phrase", "e-mail address"},
		"no password":          {"new@example.com", "", "A password is needed."},
		"a short password":     {"new@example.com", "short", "10"},
		"an address with user": {person, "a rather long pass phrase", "There is an account with this address already."},
	} {
		page := s.Browser().Get("/signup").Submit(url.Values{"name": {"N"}, "email": {c.email}, "password": {c.password}}, "email", "password")
		if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, c.says) || page.Form("email").Values.Get("email") != c.email {
			t.Errorf("%s answers %d:\n%s", name, page.Status, page.Body)
		}
	}
}

func TestSignUpSaysHowLongToWait(t *testing.T) {
	s := server(t)
	open(t, s)
	form := url.Values{"name": {"N"}, "email": {person}, "password": {"a rather long pass phrase"}}
	for range 21 {
		s.Browser().Post("/signup", form)
	}
	page := s.Browser().Post("/signup", form)
	servertest.CheckMarkup(t, "sign-up", page.Body)
	wants(t, page, http.StatusTooManyRequests, "Too many accounts were asked for from your network. Wait a second, then try again.", `value="`+person+`"`)
	if page.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", page.Header.Get("Retry-After"))
	}
}

func TestAResetLinkIsGoodOnce(t *testing.T) {
	s := server(t)
	u, err := s.Accounts.UserByEmail(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.Accounts.NewResetLink(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	link := "/reset?" + url.Values{"token": {token.Reveal()}}.Encode()
	b := s.Browser()
	page := b.Get(link)
	if short := page.Submit(url.Values{"password": {"short"}}, "password"); short.Status != http.StatusUnprocessableEntity {
		t.Errorf("a short password answers %d", short.Status)
	}
	page = page.Submit(url.Values{"password": {"another long pass phrase"}}, "password")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "You are signed in") {
		t.Fatalf("after setting it (%d):\n%s", page.Status, page.Body)
	}
	if again := s.Browser().Get(link); again.Status != http.StatusBadRequest || !strings.Contains(again.Body, "not good any more") {
		t.Errorf("the second use answers %d", again.Status)
	}
	if page := signIn(s.Browser(), person, "another long pass phrase"); page.Status != http.StatusOK {
		t.Errorf("the new password answers %d", page.Status)
	}
}
