package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

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

// withPasskey signs the person in with the password and adds a passkey.
func withPasskey(t *testing.T, s *servertest.Server) (*servertest.Browser, *servertest.Authenticator) {
	t.Helper()
	b, key := s.Browser(), s.NewAuthenticator()
	signIn(b, person, servertest.Password)
	page := b.Post("/account/passkeys/new", nil)
	servertest.CheckMarkup(t, "new passkey", page.Body)
	wants(t, page.AddPasskey(key), http.StatusOK, "Passkey added", "synced")
	return b, key
}

func TestAPersonAddsAPasskeyAndComesBackWithACode(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := server(t, on)
		app, _ := s.CreateApplication(registry.Draft{Name: "Orders", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
		_, key := withPasskey(t, s)
		b := s.Browser()
		page := b.Get("/authorize?" + url.Values{"response_type": {"code"}, "code_challenge": {servertest.Challenge()}, "code_challenge_method": {"S256"}, "client_id": {app.ID}, "redirect_uri": {callback}, "scope": {"openid"}}.Encode())
		wants(t, page, http.StatusOK, `autocomplete="username webauthn"`, "Sign in with a passkey")
		page = b.SignInWith(key, "/signin", url.Values{"request": {page.Form("password").Values.Get("request")}})
		if page.Left == nil || page.Left.Query().Get("code") == "" {
			t.Fatalf("it ended at %s (%d): %s", page.URL, page.Status, page.Body)
		}
		u, err := s.Accounts.UserByEmail(t.Context(), person)
		if err != nil {
			t.Fatal(err)
		}
		grants, err := s.Store.UserGrants(t.Context(), u.ID)
		if err != nil || len(grants) != 1 || strings.Join(grants[0].AMR, " ") != "swk user" || grants[0].ACR != "" {
			t.Errorf("%+v, %v", grants, err)
		}
	})
}

func TestWhatChangesHowSomebodySignsInNeedsAFreshSignIn(t *testing.T) {
	s := server(t)
	b, key := withPasskey(t, s)
	s.Clock.Advance(6 * time.Minute)
	for _, path := range []string{"/account/passkeys/new", "/account/passkeys/remove", "/account/password"} {
		page := b.Post(path, url.Values{"passkey": {"x"}})
		wants(t, page, http.StatusForbidden, "Sign in once more", "Sign in with a passkey")
		servertest.CheckMarkup(t, path, page.Body)
	}
	asked := b.Get("/account/password") // before anything is typed that the sign-in would lose
	wants(t, asked, http.StatusForbidden, "Sign in once more")
	wrong := asked.Submit(url.Values{"password": {"not it"}}, "password")
	wants(t, wrong, http.StatusUnprocessableEntity, "Sign in once more", "The password is wrong.")
	if right := wrong.Submit(url.Values{"password": {servertest.Password}}, "password"); right.URL.Path != "/account/password" {
		t.Errorf("it leads to %s (%d)", right.URL, right.Status)
	}
	page := b.SignInWith(key, "/signin", url.Values{"next": {"account/passkeys"}, "again": {"yes"}})
	if page.URL.Path != "/account/passkeys" {
		t.Errorf("it leads to %s", page.URL)
	}
	wants(t, b.Post("/account/passkeys/new", nil), http.StatusOK, "data-passkey-options")
	if page := b.SignInWith(key, "/signin", url.Values{"next": {"//evil.example"}}); page.URL.Path != "/signin" {
		t.Errorf("a made-up page leads to %s", page.URL)
	}
}

// The password of an operator must not be enough to make the passkey that the dashboard asks for.
func TestWhereOperatorsNeedAPasskeyThePasswordMakesNoSecondOneAtThePeoplesDoor(t *testing.T) {
	s := server(t)
	s.CreateUser("owner@example.com", account.Owner)
	if err := s.Settings.Set(t.Context(), audit.Actor{Kind: audit.ActorSystem}, "operator_passkeys", "on"); err != nil {
		t.Fatal(err)
	}
	b, key := s.Browser(), s.NewAuthenticator()
	signIn(b, "owner@example.com", servertest.Password)
	first := b.Post("/account/passkeys/new", nil)
	second := b.Post("/account/passkeys/new", nil) // begun before there was one
	wants(t, first.AddPasskey(key), http.StatusOK, "Passkey added")

	wants(t, second.AddPasskey(s.NewAuthenticator()), http.StatusForbidden, "this instance asks operators for a passkey")
	for _, path := range []string{"/account/passkeys/new", "/account/passkeys/remove", "/account/password"} {
		page := b.Post(path, url.Values{"passkey": {"x"}})
		wants(t, page, http.StatusForbidden, "this instance asks operators for a passkey", "Sign in with a passkey")
		servertest.CheckMarkup(t, path, page.Body)
		if strings.Contains(page.Body, `type="password"`) {
			t.Errorf("%s asks for the password", path)
		}
	}
	refused := b.SignInWith(s.NewAuthenticator(), "/signin", url.Values{"next": {"account/passkeys"}, "again": {"yes"}})
	wants(t, refused, http.StatusUnprocessableEntity, "This passkey is not known here", "asks operators for a passkey")
	if strings.Contains(refused.Body, `type="password"`) {
		t.Error("after a passkey that is not known the page asks for the password")
	}
	wants(t, b.Post("/account/passkeys", url.Values{"state": {"made up"}, "answer": {"{}"}}), http.StatusForbidden, "this instance asks operators for a passkey")

	wants(t, b.SignInWith(key, "/signin", url.Values{"next": {"account/passkeys"}}), http.StatusOK, "Passkeys")
	wants(t, b.Post("/account/passkeys/new", nil).AddPasskey(s.NewAuthenticator()), http.StatusOK, "Passkey added")
}

func TestAPasskeyThatIsRefusedSaysWhyAndNothingOfAddresses(t *testing.T) {
	s := server(t)
	b, key := withPasskey(t, s)
	stranger := s.NewAuthenticator()
	wants(t, s.Browser().SignInWith(stranger, "/signin", nil), http.StatusUnprocessableEntity, "This passkey is not known here")
	wants(t, s.Browser().Post("/signin/passkey", url.Values{"state": {"made up"}, "answer": {"{}"}}), http.StatusUnprocessableEntity, "It took longer than five minutes")
	u, err := s.Accounts.UserByEmail(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Accounts.Block(t.Context(), servertest.Actor, u.ID); err != nil {
		t.Fatal(err)
	}
	wants(t, b.SignInWith(key, "/signin", nil), http.StatusUnprocessableEntity, "This account is blocked")
}

func TestAPersonRenamesAndRemovesAPasskey(t *testing.T) {
	s := server(t)
	b, _ := withPasskey(t, s)
	page := b.Get("/account/passkeys")
	servertest.CheckMarkup(t, "passkeys", page.Body)
	wrong := page.Submit(url.Values{"name": {strings.Repeat("n", 65)}}, "passkey", "name")
	wants(t, wrong, http.StatusUnprocessableEntity, "64 characters at most", strings.Repeat("n", 65))
	long := strings.Repeat("My own phone ", 4) + "and tablet" // 62 characters, which stay as they are
	page = wrong.Submit(url.Values{"name": {long}}, "passkey", "name")
	wants(t, page, http.StatusOK, ">"+long+"<", `value="`+long+`"`, "Renamed.")
	id := page.Form("passkey", "name").Values.Get("passkey")
	wants(t, b.Post("/account/passkeys/remove", url.Values{"passkey": {id}}), http.StatusOK, "Passkey removed", "You have no passkey")
	wants(t, b.Post("/account/passkeys/remove", url.Values{"passkey": {id}}), http.StatusOK, "ended before")
}

func TestAPersonChangesThePasswordAndEndsSessions(t *testing.T) {
	s := server(t)
	b, other := s.Browser(), s.Browser()
	signIn(b, person, servertest.Password)
	signIn(other, person, servertest.Password)
	page := b.Get("/account/sessions")
	servertest.CheckMarkup(t, "sessions", page.Body)
	wants(t, page, http.StatusOK, "this browser", "Sign out everywhere else")
	if strings.Index(page.Body, "this browser") > strings.Index(page.Body, `value="ses_`) {
		t.Error("this browser does not stand first")
	}
	wants(t, b.Post("/account/sessions", url.Values{"session": {"ses_of_somebody"}}), http.StatusOK, "ended before")
	wants(t, b.Post("/account/sessions", url.Values{"session": {"others"}}), http.StatusOK, "Signed out everywhere else.")
	if page := other.Get("/account/sessions"); page.URL.Path != "/signin" {
		t.Errorf("the other browser is at %s", page.URL)
	}
	page = b.Get("/account/password")
	servertest.CheckMarkup(t, "password", page.Body)
	wrong := page.Submit(url.Values{"current": {"not it"}, "password": {"three old brown bears"}}, "current")
	wants(t, wrong, http.StatusUnprocessableEntity, "This is not your current password")
	wants(t, wrong.Submit(url.Values{"current": {servertest.Password}, "password": {"short"}}, "current"), http.StatusUnprocessableEntity, "at least 10 characters")
	wants(t, wrong.Submit(url.Values{"current": {servertest.Password}, "password": {"three old brown bears"}}, "current"), http.StatusOK, "Password saved")
	wants(t, signIn(s.Browser(), person, "three old brown bears"), http.StatusOK, "You are signed in")
}

// D22: two devices of one application, of which one is disconnected; our own applications stand there too.
func TestAPersonDisconnectsOneDeviceOfTwo(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := server(t, on)
		app, _ := s.CreateApplication(registry.Draft{Name: "Orders phone", Type: registry.Native, RedirectURIs: []string{callback}})
		u, err := s.Accounts.UserByEmail(t.Context(), person)
		if err != nil {
			t.Fatal(err)
		}
		first, second := connect(t, s, app, u, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"), connect(t, s, app, u, "Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36")
		b := s.Browser()
		signIn(b, person, servertest.Password)
		page := b.Get("/account")
		servertest.CheckMarkup(t, "connected", page.Body)
		wants(t, page, http.StatusOK, "Orders phone", "part of this service", "Firefox on Linux", "Chrome on Android", "know who you are here")
		page = b.Post("/account/disconnect", url.Values{"grant": {second}})
		wants(t, page, http.StatusOK, "Disconnected.", "Firefox on Linux")
		if strings.Contains(page.Body, "Chrome on Android") {
			t.Error("the other device is still there")
		}
		kept, err := s.Store.Grant(t.Context(), first)
		if err != nil || !kept.Alive() {
			t.Errorf("the first device: %+v, %v", kept, err)
		}
		wants(t, b.Post("/account/disconnect", url.Values{"grant": {second}}), http.StatusOK, "ended before")
		grace := s.Browser()
		s.CreateUser("grace@example.com", account.NoRole)
		signIn(grace, "grace@example.com", servertest.Password)
		wants(t, grace.Post("/account/disconnect", url.Values{"grant": {first}}), http.StatusOK, "ended before")
		if kept, err := s.Store.Grant(t.Context(), first); err != nil || !kept.Alive() {
			t.Errorf("somebody else ended it: %+v, %v", kept, err)
		}
		wants(t, b.Post("/account/disconnect", url.Values{"application": {app.ID}}), http.StatusOK, "Nothing is connected", "Its access has ended, and it has to ask again.")
		missing := b.Get("/account/nothing")
		servertest.CheckMarkup(t, "no such page", missing.Body)
		wants(t, missing, http.StatusNotFound, "There is no such page", "Your account")
	})
}

// connect makes a grant with a refresh token, as a device gets it.
func connect(t *testing.T, s *servertest.Server, app registry.Application, u account.User, device string) string {
	t.Helper()
	now := s.Clock.Now()
	g := grant.Grant{ID: "grant-" + device[13:20], ApplicationID: app.ID, ClientID: app.ClientID(), UserID: u.ID, RedirectURI: callback, Device: device, Scopes: oauth.Scopes{"openid", "offline_access"}, CreatedAt: now}
	code := grant.Code{Hash: "h-" + s.Keys.Hash("test", device), GrantID: g.ID, ApplicationID: app.ID, RedirectURI: callback, CreatedAt: now, ExpiresAt: now.Add(time.Minute)}
	if err := s.Store.IssueCode(t.Context(), "", g, code); err != nil {
		t.Fatal(err)
	}
	family := grant.Family{ID: "fam-" + g.ID, GrantID: g.ID, ApplicationID: app.ID, UserID: u.ID, KeyID: "k", Generation: 1, Rotating: true, CreatedAt: now}
	if won, err := s.Store.RedeemCode(t.Context(), code.Hash, now, oauth.AuthNone, "", &family); err != nil || !won {
		t.Fatalf("%v, %v", won, err)
	}
	return g.ID
}
