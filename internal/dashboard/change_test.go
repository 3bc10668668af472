package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestSettingsAreSavedAndRecorded(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	page := b.Get("/dashboard/applications/"+app.ID+"/settings").Submit(url.Values{
		"name": {"Orders shop"}, "redirect_uris": {"https://a.example.com/cb\r\n\r\n https://b.example.com/cb "}, "id_token.lifetime": {"30m"}, "metadata": {"team=blue"},
	}, "revision", "name")
	wants(t, page, http.StatusOK, "Saved. The change is in force.")
	now, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil || now.Name != "Orders shop" || strings.Join(registry.Values(now.RedirectURIs), " ") != "https://a.example.com/cb https://b.example.com/cb" ||
		now.IDToken.Lifetime != 30*time.Minute || now.Metadata["team"] != "blue" || !now.RequirePKCE || now.Refresh != app.Refresh {
		t.Errorf("%v %+v", err, now)
	}
	events, err := s.Store.Events(t.Context(), audit.Query{TargetID: app.ID, Limit: 1})
	if err != nil || events[0].Kind != "application.updated" || events[0].Actor.Name != "editor@example.com" || events[0].Actor.Door != "dashboard" {
		t.Error(err, events)
	}
}

func TestEveryFaultStandsInItsPlaceAndNothingTypedIsLost(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	page := b.Get("/dashboard/applications/"+app.ID+"/settings").Submit(url.Values{
		"name": {"<b>"}, "redirect_uris": {"http://a.example.com/cb\njavascript:alert(1)"}, "id_token.lifetime": {"ten"}, "metadata": {"novalue"},
		"web_origins": {"https://a.example.com/path"},
	}, "revision", "name")
	wants(t, page, http.StatusUnprocessableEntity, "6 things to correct", `id="f-name-error"`, `id="f-redirect_uris-error"`, `id="f-id_token.lifetime-error"`,
		`id="f-metadata-error"`, `id="f-web_origins-error"`, "javascript:alert(1) uses the scheme javascript:", "http://a.example.com/cb must use https",
		"javascript:alert(1)</textarea>", `value="&lt;b&gt;"`, `value="ten"`, "novalue</textarea>")
	servertest.CheckMarkup(t, "settings with faults", page.Body)
	if now, _ := s.Registry.Application(t.Context(), app.ID); now.Revision != app.Revision {
		t.Error("something was saved")
	}
}

func TestAnEditOfSomethingThatChangedIsRefused(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	open := b.Get("/dashboard/applications/" + app.ID + "/settings")
	if _, _, err := s.Registry.Update(t.Context(), servertest.Actor, app.ID, 0, func(a *registry.Application) error { a.Description = "theirs"; return nil }); err != nil {
		t.Fatal(err)
	}
	page := open.Submit(url.Values{"name": {"Mine"}}, "revision", "name")
	wants(t, page, http.StatusConflict, "Somebody else saved in the meantime", `value="Mine"`)
	if now, _ := s.Registry.Application(t.Context(), app.ID); now.Name != "Orders web" || now.Description != "theirs" {
		t.Error("it was overwritten:", now.Name, now.Description)
	}
	wants(t, page.Submit(url.Values{}, "revision", "name"), http.StatusOK, "Saved.")
}

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
		"/dashboard/users/" + person.ID + "/delete", "/dashboard/keys/rotate", "/dashboard/keys/revoke", "/dashboard/settings",
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
	wants(t, ask, http.StatusForbidden, "Sign in once more", `value="owner@example.com"`)
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
		"/dashboard/keys/rotate", "/dashboard/keys/revoke",
	} {
		wants(t, b.Post(path, url.Values{}), http.StatusForbidden, "Sign in once more")
	}
}
