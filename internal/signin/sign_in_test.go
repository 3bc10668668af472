package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/servertest"
)

const person = "ada@example.com"

func server(t *testing.T, opts ...servertest.Option) *servertest.Server {
	t.Helper()
	s := servertest.New(t, opts...)
	s.CreateUser(person, account.NoRole)
	return s
}

func signIn(b *servertest.Browser, email, password string) servertest.Page {
	return b.Get("/signin").Submit(url.Values{"email": {email}, "password": {password}}, "email", "password")
}

func TestSomebodyWithoutARequestSignsInAndOut(t *testing.T) {
	s := server(t)
	b := s.Browser()
	page := signIn(b, person, servertest.Password)
	if page.Status != http.StatusOK || page.URL.Path != "/signin" || !strings.Contains(page.Body, "You are signed in") || !strings.Contains(page.Body, person) {
		t.Fatalf("after signing in (%d at %s):\n%s", page.Status, page.URL, page.Body)
	}
	page = b.Get("/signout")
	if !strings.Contains(page.Body, person) {
		t.Errorf("the confirmation does not name the person:\n%s", page.Body)
	}
	page = page.Submit(nil)
	if page.URL.Path != "/signout" || !strings.Contains(page.Body, "You are signed out") {
		t.Errorf("after signing out (%s):\n%s", page.URL, page.Body)
	}
	if page = b.Get("/signin"); !strings.Contains(page.Body, `name="password"`) {
		t.Errorf("the person is still signed in:\n%s", page.Body)
	}
}

func TestAGetOfSignOutEndsNothing(t *testing.T) {
	s := server(t)
	b := s.Browser()
	signIn(b, person, servertest.Password)
	b.Get("/signout")
	if page := b.Get("/signin"); !strings.Contains(page.Body, "You are signed in") {
		t.Errorf("a link signed the person out:\n%s", page.Body)
	}
}

// The session's token changes at every sign-in, and the one before is worth nothing.
func TestTheSessionRotatesAtEverySignIn(t *testing.T) {
	s := server(t)
	b := s.Browser()
	cookie := func() *http.Cookie {
		u, _ := url.Parse(s.URL)
		for _, c := range b.Client.Jar.Cookies(u) {
			if c.Name == "__Host-clientele_session" {
				return c
			}
		}
		t.Fatal("there is no session cookie")
		return nil
	}
	signIn(b, person, servertest.Password)
	first := cookie()
	b.Post("/signin", url.Values{"email": {person}, "password": {servertest.Password}})
	if cookie().Value == first.Value {
		t.Error("the token is the same after another sign-in")
	}
	old := s.Browser()
	u, _ := url.Parse(s.URL)
	old.Client.Jar.SetCookies(u, []*http.Cookie{{Name: first.Name, Value: first.Value, Path: "/", Secure: true}})
	if page := old.Get("/signin"); strings.Contains(page.Body, "You are signed in") {
		t.Error("the token of before still works")
	}
}

// RFC 6265 §4.1.2: the cookie is for this host, this protocol and no script.
func TestRFC6265_4_1_2_TheSessionCookie(t *testing.T) {
	for public, want := range map[string]string{
		servertest.PublicURL:          "__Host-clientele_session",
		"http://localhost:8123":       "clientele_8123",
		"https://id.example.test/sso": "__Host-clientele_session",
	} {
		s := server(t, servertest.WithPublicURL(public))
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/signin", strings.NewReader(url.Values{"email": {person}, "password": {servertest.Password}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != s.URL+"/signin" {
			t.Errorf("%s: the answer is %d to %s", public, resp.StatusCode, resp.Header.Get("Location"))
		}
		found := false
		for _, c := range resp.Cookies() {
			if c.Secure != strings.HasPrefix(public, "https") || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: the cookie is %s", public, c)
			}
			if c.Name == want {
				found = true
				if c.MaxAge != int(7*24*time.Hour/time.Second) {
					t.Errorf("%s: it lives %d s", public, c.MaxAge)
				}
			}
		}
		if !found {
			t.Errorf("%s: there is no %s among %v", public, want, resp.Cookies())
		}
	}
}

// NIST SP 800-63B-4 §3.2.2: nobody learns from the page who has an account.
func TestAnUnknownPersonAndAWrongPasswordAnswerAlike(t *testing.T) {
	s := server(t)
	unknown := signIn(s.Browser(), "nobody@example.com", "whatever it may be")
	wrong := signIn(s.Browser(), person, "whatever it may be")
	if unknown.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, "The e-mail address or the password is wrong.") {
		t.Fatalf("a wrong password answers %d:\n%s", wrong.Status, wrong.Body)
	}
	if wrong.Status != unknown.Status || strings.ReplaceAll(unknown.Body, "nobody@example.com", person) != wrong.Body {
		t.Errorf("the pages differ:\n%s\n%s", unknown.Body, wrong.Body)
	}
	if strings.Contains(wrong.Body, "whatever it may be") || wrong.Form("email").Values.Get("email") != person {
		t.Error("the page keeps the password, or not the address")
	}
}

func TestTooManyAttemptsSayHowLongToWait(t *testing.T) {
	s := server(t)
	b := s.Browser()
	var page servertest.Page
	for range 12 {
		page = signIn(b, person, "wrong password")
	}
	if page.Status != http.StatusTooManyRequests || !strings.Contains(page.Body, "Too many attempts. Wait ") || page.Header.Get("Retry-After") == "" {
		t.Fatalf("after 12 attempts it answers %d:\n%s", page.Status, page.Body)
	}
	if right := signIn(b, person, servertest.Password); right.Status != http.StatusTooManyRequests {
		t.Errorf("the right password is looked at meanwhile: %d", right.Status)
	}
	s.Clock.Advance(time.Hour)
	if right := signIn(b, person, servertest.Password); right.Status != http.StatusOK {
		t.Errorf("the owner is locked out: %d\n%s", right.Status, right.Body)
	}
}

func TestABlockedPersonIsToldOnlyWithTheRightPassword(t *testing.T) {
	s := server(t)
	b := s.Browser()
	signIn(b, person, servertest.Password)
	u, err := s.Accounts.UserByEmail(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Accounts.Block(t.Context(), servertest.Actor, u.ID); err != nil {
		t.Fatal(err)
	}
	if page := b.Get("/signin"); strings.Contains(page.Body, "You are signed in") {
		t.Error("a blocked person stays signed in")
	}
	if page := signIn(s.Browser(), person, "wrong password"); !strings.Contains(page.Body, "or the password is wrong") {
		t.Errorf("a wrong password tells more:\n%s", page.Body)
	}
	if page := signIn(s.Browser(), person, servertest.Password); !strings.Contains(page.Body, "is blocked") {
		t.Errorf("the right password tells nothing:\n%s", page.Body)
	}
}

// No page for people may be stored, framed or run anything that is not ours; sign-in and consent leave form-action open,
// because Chromium holds it against the whole chain of redirects.
func TestTheHeadersOfPagesForPeople(t *testing.T) {
	s := server(t)
	for _, path := range []string{"/signin", "/signout", "/signup", "/consent", "/reset", "/signin?request=x"} {
		h := s.Browser().Get(path).Header
		policy := h.Get("Content-Security-Policy")
		if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "same-origin" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s has %v", path, h)
		}
		if !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "form-action") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s has the policy %s", path, policy)
		}
	}
}

// A form of another site cannot sign anybody in or out. RFC 6749 §10.12.
func TestRFC6749_10_12_FormsOfOtherSitesAreRefused(t *testing.T) {
	s := server(t)
	for _, path := range []string{"/signin", "/signup", "/signout", "/consent", "/reset"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader("email=a&password=b"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "https://evil.example")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s answers %d", path, resp.StatusCode)
		}
	}
}

func TestNoInputMakesAServerError(t *testing.T) {
	s := server(t)
	odd := []string{"", "\x00", "a\x00b@example.com", "\xff\xfe", strings.Repeat("a", 60000), "a@b", "\u202emoc.elpmaxe@a", "' OR 1=1 --", "a@" + strings.Repeat("x.", 200) + "example"}
	for _, path := range []string{"/signin", "/signup", "/reset", "/consent", "/signout"} {
		for _, value := range odd {
			form := url.Values{"email": {value}, "password": {value}, "request": {value}, "token": {value}, "decision": {value}, "name": {value}}
			if page := s.Browser().Post(path, form); page.Status >= 500 {
				t.Errorf("%s with %.20q answers %d", path, value, page.Status)
			}
			form.Del("request")
			if page := s.Browser().Post(path, form); page.Status >= 500 {
				t.Errorf("%s with %.20q answers %d", path, value, page.Status)
			}
		}
	}
	if page := s.Browser().Post("/signin", url.Values{"email": {strings.Repeat("a", 100_000)}}); page.Status != http.StatusBadRequest && page.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is too large answers %d", page.Status)
	}
}
