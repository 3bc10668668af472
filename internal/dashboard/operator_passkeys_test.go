package dashboard_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/servertest"
	"clientele/internal/settings"
)

func addPasskey(t *testing.T, s *servertest.Server, b *servertest.Browser) *servertest.Authenticator {
	t.Helper()
	key := s.NewAuthenticator()
	page := b.Post("/dashboard/profile/passkeys/new", nil)
	servertest.CheckMarkup(t, "new passkey", page.Body)
	wants(t, page.AddPasskey(key), http.StatusOK, "Passkey added")
	return key
}

func demandPasskeys(t *testing.T, s *servertest.Server) {
	t.Helper()
	if err := s.Settings.Set(t.Context(), audit.Actor{Kind: audit.ActorSystem}, "operator_passkeys", "on"); err != nil {
		t.Fatal(err)
	}
}

func TestAnOperatorSignsInWithAPasskey(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		key := addPasskey(t, s, signedIn(t, s, account.Viewer))
		b := s.Browser()
		page := b.SignInWith(key, "/dashboard/signin", url.Values{"to": {"/dashboard/profile"}})
		wants(t, page, http.StatusOK, "viewer@example.com", "by passkey")
		servertest.CheckMarkup(t, "profile", page.Body)
		if page.URL.Path != "/dashboard/profile" {
			t.Errorf("it leads to %s", page.URL)
		}
	})
}

// A passkey that was answered for applications opens no dashboard, nor does one of a person without a role.
func TestAPersonsPasskeyOpensNoDashboard(t *testing.T) {
	s := servertest.New(t)
	u := s.CreateUser("person@example.com", account.NoRole)
	key := s.NewAuthenticator()
	begun, err := s.Accounts.BeginPasskey(t.Context(), u, "ses_1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Accounts.AddPasskey(t.Context(), servertest.Actor, u, account.NewPasskey{State: begun.State, Answer: key.Create(begun.Options), Session: "ses_1"}); err != nil {
		t.Fatal(err)
	}
	wants(t, s.Browser().SignInWith(key, "/dashboard/signin", nil), http.StatusUnprocessableEntity, "This passkey is not known here, or you are no operator here.")
}

func TestATokenIsNotKeptWhileAPasskeyIsAskedFor(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	addPasskey(t, s, b)
	demandPasskeys(t, s)
	page := b.Post("/dashboard/tools/token", url.Values{"token": {"eyJ.the.token"}})
	wants(t, page, http.StatusForbidden, "passkey")
	if strings.Contains(page.Body, "eyJ.the.token") {
		t.Error("the token stands on the page")
	}
}

func TestWhereAPasskeyIsDemandedNothingElseIsOpenBeforeOneIsThere(t *testing.T) {
	s := servertest.New(t)
	s.CreateUser("owner@example.com", account.Owner)
	demandPasskeys(t, s)
	b := s.Browser()
	page := b.Get("/dashboard/signin?to=/dashboard/users").Submit(url.Values{"email": {"owner@example.com"}, "password": {servertest.Password}}, "password")
	wants(t, page, http.StatusOK, "Add a passkey first")
	servertest.CheckMarkup(t, "demanded", page.Body)
	for _, path := range []string{"/dashboard", "/dashboard/applications", "/dashboard/settings", "/dashboard/profile", "/dashboard/nothing"} {
		wants(t, b.Get(path), http.StatusOK, "Add a passkey first")
	}
	if after := b.Post("/dashboard/users/new", url.Values{"email": {"mine@example.com"}}); after.URL.Path != "/dashboard/passkey" {
		t.Errorf("a form leads to %s (%d)", after.URL, after.Status)
	}
	if _, err := s.Accounts.UserByEmail(t.Context(), "mine@example.com"); !errors.Is(err, account.ErrNotFound) {
		t.Error("a form was taken")
	}
	key := s.NewAuthenticator()
	wants(t, page.AddPasskey(key), http.StatusOK, "Passkey added")
	wants(t, b.Get("/dashboard/applications"), http.StatusOK, "Applications")

	// From now on the password alone is not enough.
	page = s.Browser().Get("/dashboard/signin").Submit(url.Values{"email": {"owner@example.com"}, "password": {servertest.Password}}, "password")
	wants(t, page, http.StatusUnprocessableEntity, "This instance asks operators for a passkey. Use yours.")
	if strings.Contains(page.Body, `type="password"`) {
		t.Error("the page still asks for the password")
	}
	wants(t, s.Browser().SignInWith(key, "/dashboard/signin", nil), http.StatusOK, "Sign out")

	// The last one stays, and the command line is the way out.
	held, err := s.Accounts.Passkeys(t.Context(), operator(t, s).ID)
	if err != nil || len(held) != 1 {
		t.Fatal(held, err)
	}
	wants(t, b.Post("/dashboard/profile/passkeys/remove", url.Values{"passkey": {held[0].ID}}), http.StatusUnprocessableEntity, "This is your last passkey")
	if err := s.Settings.Set(t.Context(), audit.Actor{Kind: audit.ActorSystem}, "operator_passkeys", "off"); err != nil {
		t.Fatal(err)
	}
	wants(t, s.Browser().Get("/dashboard/signin").Submit(url.Values{"email": {"owner@example.com"}, "password": {servertest.Password}}, "password"), http.StatusOK, "Sign out")
}

func operator(t *testing.T, s *servertest.Server) account.User {
	t.Helper()
	u, err := s.Accounts.UserByEmail(t.Context(), "owner@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Who is signed in with a password when the switch is put on, and has a passkey, is asked for it; what was typed is kept.
func TestASessionByPasswordIsAskedForThePasskey(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	key := addPasskey(t, s, b)
	demandPasskeys(t, s)
	page := b.Post("/dashboard/users/new", url.Values{"email": {"grace@example.com"}})
	wants(t, page, http.StatusForbidden, "Sign in with a passkey", "grace%40example.com")
	page = b.SignInWith(key, "/dashboard/signin", url.Values{"to": {"/dashboard/users/new"}, "pending": {"email=grace%40example.com"}, "again": {"yes"}})
	wants(t, page, http.StatusOK, "Now to what you were doing", "grace@example.com")
}

func TestOnlyAnOwnerWithAPasskeyDemandsOne(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	ada := operator(t, s)
	actor := audit.Actor{Kind: audit.ActorOperator, ID: ada.ID, Name: ada.Email, Door: "dashboard"}
	err := s.Settings.Set(t.Context(), actor, "operator_passkeys", "on")
	if wrong, ok := errors.AsType[*settings.InvalidValue](err); !ok || wrong.Name != "operator_passkeys" {
		t.Errorf("without one: %v", err)
	}
	addPasskey(t, s, b)
	if err := s.Settings.Set(t.Context(), actor, "operator_passkeys", "on"); err != nil || !s.Settings.Current().OperatorPasskeys {
		t.Errorf("with one: %v", err)
	}
}

func TestAnOperatorChangesTheOwnAccount(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	page := b.Get("/dashboard/profile")
	servertest.CheckMarkup(t, "profile", page.Body)
	wrong := page.Submit(url.Values{"email": {"nobody"}, "name": {"Ada"}}, "revision")
	wants(t, wrong, http.StatusUnprocessableEntity, `value="nobody"`, `id="f-email-error"`, `value="Ada"`)
	wants(t, wrong.Submit(url.Values{"email": {"owner@example.com"}}, "revision"), http.StatusOK, "Saved.")
	both := page.Submit(url.Values{"name": {"Grace"}}, "revision")
	wants(t, both, http.StatusConflict, "in the meantime", `value="Grace"`, `<p dir="auto">Grace</p>`, `<p dir="auto">Ada</p>`, "saved by owner@example.com")
	servertest.CheckMarkup(t, "stale profile", both.Body)
	wants(t, both.Submit(url.Values{"take.name": {"theirs"}}, "revision"), http.StatusOK, "Saved.", `value="Ada"`)
	both = page.Submit(url.Values{"name": {"Grace"}}, "revision")
	wants(t, both.Submit(url.Values{"take.name": {"mine"}}, "revision"), http.StatusOK, "Saved.", `value="Grace"`)
	page = b.Get("/dashboard/profile")
	wants(t, page.Submit(url.Values{"current": {"not it"}, "password": {aPassword}}, "current"), http.StatusUnprocessableEntity, "This is not your current password")
	wants(t, page.Submit(url.Values{"current": {servertest.Password}, "password": {aPassword}}, "current"), http.StatusOK, "Password saved")
	wants(t, b.Post("/dashboard/profile/sessions", url.Values{"session": {"others"}}), http.StatusOK, "Signed out everywhere else.")
	stale(s)
	for _, path := range []string{"", "/password", "/passkeys/new", "/passkeys/remove"} {
		wants(t, b.Post("/dashboard/profile"+path, nil), http.StatusForbidden, "Sign in once more")
	}
}
