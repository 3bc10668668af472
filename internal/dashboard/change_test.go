package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/servertest"
)

func TestAViewerChangesNothing(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	app, api, person := newWeb(s), s.CreateAPI("https://orders.example.com/", "read:orders"), s.CreateUser("person@example.com", account.NoRole)
	before, _ := s.Store.Events(t.Context(), audit.Query{Limit: 1})
	for _, path := range []string{
		"/dashboard/applications/new", "/dashboard/applications/" + app.ID + "/settings", "/dashboard/applications/" + app.ID + "/callback",
		"/dashboard/applications/" + app.ID + "/method", "/dashboard/applications/" + app.ID + "/secrets", "/dashboard/applications/" + app.ID + "/secrets/replace",
		"/dashboard/applications/" + app.ID + "/secrets/" + app.Secrets[0].ID + "/revoke", "/dashboard/applications/" + app.ID + "/apis/" + api.ID,
		"/dashboard/applications/" + app.ID + "/switch", "/dashboard/applications/" + app.ID + "/delete", "/dashboard/apis/new", "/dashboard/apis/" + api.ID,
		"/dashboard/apis/" + api.ID + "/default", "/dashboard/apis/" + api.ID + "/delete", "/dashboard/users/new", "/dashboard/users/" + person.ID,
		"/dashboard/users/" + person.ID + "/role", "/dashboard/users/" + person.ID + "/password", "/dashboard/users/" + person.ID + "/block",
		"/dashboard/users/" + person.ID + "/delete", "/dashboard/settings/keys/rotate", "/dashboard/settings/keys/revoke", "/dashboard/settings",
	} {
		wants(t, b.Post(path, url.Values{"typed": {app.Name}, "enabled": {"no"}}), http.StatusForbidden, "Your role does not allow this")
	}
	after, _ := s.Store.Events(t.Context(), audit.Query{Limit: 1})
	if after[0].Sequence != before[0].Sequence {
		t.Error("something changed:", after[0])
	}
}

func TestAnEditorCannotTakeOverAnOwner(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	owner := s.CreateUser("owner@example.com", account.Owner)
	for _, c := range []struct {
		verb string
		form url.Values
	}{
		{"", url.Values{"email": {"mine@example.com"}, "revision": {"1"}}},
		{"/password", url.Values{"password": {"a new password of mine"}}},
		{"/block", url.Values{"blocked": {"yes"}}},
		{"/delete", url.Values{"typed": {"owner@example.com"}}},
		{"/role", url.Values{"role": {""}}},
	} {
		wants(t, b.Post("/dashboard/users/"+owner.ID+c.verb, c.form), http.StatusForbidden)
	}
	if _, err := s.Accounts.Authenticate(t.Context(), "owner@example.com", servertest.Password, "192.0.2.1"); err != nil {
		t.Error("the owner was locked out:", err)
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	owner, err := s.Accounts.UserByEmail(t.Context(), "owner@example.com")
	if err != nil {
		t.Fatal(err)
	}
	for verb, form := range map[string]url.Values{"/role": {"role": {"viewer"}}, "/block": {"blocked": {"yes"}}, "/delete": {"typed": {"owner@example.com"}}} {
		wants(t, b.Post("/dashboard/users/"+owner.ID+verb, form), http.StatusUnprocessableEntity, "This is the last owner")
	}
}

func TestASensitiveChangeAsksForAFreshSignInAndKeepsWhatWasTyped(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	form := b.Get("/dashboard/applications/"+app.ID+"/credentials").Form("once", "overlap")
	stale(s)
	form.Values.Set("name", "production")
	ask := b.Post(form.Action, form.Values)
	wants(t, ask, http.StatusForbidden, "Sign in once more", `value="owner@example.com"`, "What you typed is kept", "Sign in and continue")
	if nothing := b.Post("/dashboard/settings/keys/rotate", url.Values{"algorithm": {"RS256"}}); strings.Contains(nothing.Body, "typed") || !strings.Contains(nothing.Body, "It goes on after it.") {
		t.Error("a button is taken for something typed")
	}
	servertest.CheckMarkup(t, "sign in once more", ask.Body)
	wrong := ask.Submit(url.Values{"password": {"wrong"}}, "password")
	wants(t, wrong, http.StatusUnprocessableEntity, "The password is wrong.")
	page := wrong.Submit(url.Values{"password": {servertest.Password}}, "password")
	wants(t, page, http.StatusOK, "Now to what you were doing")
	if page.URL.Path != "/dashboard/continue" {
		t.Error("the credential was not answered with a 303:", page.URL)
	}
	wants(t, page.Submit(url.Values{}, "name", "once"), http.StatusOK, "Secret added", "This is the only time")
	if now, _ := s.Registry.Application(t.Context(), app.ID); len(now.Secrets) != 2 || now.Secrets[1].Name != "production" {
		t.Errorf("%+v", now.Secrets)
	}
}

func TestWhatWasTypedOutlivesTheSession(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	open := b.Get("/dashboard/applications/" + app.ID + "/settings")
	s.Clock.Advance(time.Hour)
	ask := open.Submit(url.Values{"name": {"Renamed"}, "description": {strings.Repeat("long ", 20)}}, "revision", "name")
	wants(t, ask, http.StatusForbidden, "Your session ended")
	page := ask.Submit(url.Values{"email": {"owner@example.com"}, "password": {servertest.Password}}, "password")
	wants(t, page.Submit(url.Values{}, "name"), http.StatusOK, "Saved.")
	if now, _ := s.Registry.Application(t.Context(), app.ID); now.Name != "Renamed" {
		t.Error(now.Name)
	}
}

func TestEveryChangeOfSecretsKeysGrantsAndOperatorsNeedsAFreshSignIn(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app, api, person := newWeb(s), s.CreateAPI("https://orders.example.com/", "read:orders"), s.CreateUser("person@example.com", account.NoRole)
	stale(s)
	for _, path := range []string{
		"/dashboard/applications/" + app.ID + "/secrets", "/dashboard/applications/" + app.ID + "/secrets/replace", "/dashboard/applications/" + app.ID + "/method",
		"/dashboard/applications/" + app.ID + "/secrets/" + app.Secrets[0].ID + "/revoke", "/dashboard/applications/" + app.ID + "/apis/" + api.ID,
		"/dashboard/applications/" + app.ID + "/delete", "/dashboard/apis/" + api.ID + "/default", "/dashboard/apis/" + api.ID + "/delete",
		"/dashboard/users/" + person.ID + "/role", "/dashboard/users/" + person.ID + "/password", "/dashboard/users/" + person.ID + "/delete",
		"/dashboard/settings/keys/rotate", "/dashboard/settings/keys/revoke",
	} {
		wants(t, b.Post(path, url.Values{}), http.StatusForbidden, "Sign in once more")
	}
}
