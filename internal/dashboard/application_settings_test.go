package dashboard_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestSettingsAreSavedAndRecorded(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	page := b.Get("/dashboard/applications/"+app.ID+"/settings").Submit(url.Values{
		"name": {"Orders shop"}, "redirect_uris": {"https://a.example.com/cb", "", " https://b.example.com/cb "}, "id_token.lifetime": {"30m"},
	}, "revision", "name")
	wants(t, page, http.StatusOK, "Saved. The change is in force.")
	now, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil || now.Name != "Orders shop" || strings.Join(registry.Values(now.RedirectURIs), " ") != "https://a.example.com/cb https://b.example.com/cb" ||
		now.IDToken.Lifetime != 30*time.Minute || !now.RequirePKCE || now.Refresh != app.Refresh || !slices.Equal(now.GrantTypes, app.GrantTypes) {
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
		"name": {"<b>"}, "redirect_uris": {"https://fine.example.com/cb", "http://a.example.com/cb", "data:text/html,x"}, "id_token.lifetime": {"ten"},
		"web_origins": {"https://a.example.com/path"},
	}, "revision", "name")
	wants(t, page, http.StatusUnprocessableEntity, "5 things to correct", `id="f-name-error"`, `id="f-redirect_uris-1-error"`, `id="f-redirect_uris-2-error"`, `id="f-id_token.lifetime-error"`,
		`id="f-web_origins-0-error"`, "data:text/html,x uses the scheme data:", "http://a.example.com/cb must use https",
		`value="data:text/html,x"`, `value="&lt;b&gt;"`, `value="ten"`, `value="https://fine.example.com/cb"`)
	servertest.CheckMarkup(t, "settings with faults", page.Body)
	if now, _ := s.Registry.Application(t.Context(), app.ID); now.Revision != app.Revision {
		t.Error("something was saved")
	}
}

// theirs is what somebody else saved while a form was open.
func theirs(t *testing.T, s *servertest.Server, id string, change func(*registry.Application)) {
	t.Helper()
	if _, _, err := s.Registry.Update(t.Context(), servertest.Actor, id, 0, func(a *registry.Application) error { change(a); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestAnEditOfSomethingThatChangedIsRefusedWithBothVersionsInSight(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	open := b.Get("/dashboard/applications/" + app.ID + "/settings")
	theirs(t, s, app.ID, func(a *registry.Application) { a.Name, a.Description = "Theirs", "their words" })
	page := open.Submit(url.Values{"name": {"Mine"}}, "revision", "name")
	wants(t, page, http.StatusConflict, "This was saved in the meantime", `value="Mine"`, "<p dir=\"auto\">Mine</p>", "<p dir=\"auto\">Theirs</p>", "saved by "+servertest.Actor.Name)
	servertest.CheckMarkup(t, "stale settings", page.Body)
	if now, _ := s.Registry.Application(t.Context(), app.ID); now.Name != "Theirs" {
		t.Error("it was overwritten:", now.Name)
	}
	form := page.Form("revision", "name").Values
	if form.Get("take.name") != "mine" || form.Get("take.description") != "theirs" {
		t.Error("of a field that one of the two touched, that one's version is preselected:", form)
	}
	wants(t, page.Submit(url.Values{}, "revision", "name"), http.StatusOK, "Saved.")
	if now, _ := s.Registry.Application(t.Context(), app.ID); now.Name != "Mine" || now.Description != "their words" {
		t.Error(now.Name, now.Description)
	}
}

func TestOfTwoVersionsTheOtherOneCanBeTaken(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	open := b.Get("/dashboard/applications/" + app.ID + "/settings")
	theirs(t, s, app.ID, func(a *registry.Application) { a.Name = "Theirs" })
	page := open.Submit(url.Values{"name": {"Mine"}, "description": {"my words"}}, "revision", "name")
	wants(t, page.Submit(url.Values{"take.name": {"theirs"}}, "revision", "name"), http.StatusOK, "Saved.")
	if now, _ := s.Registry.Application(t.Context(), app.ID); now.Name != "Theirs" || now.Description != "my words" {
		t.Error(now.Name, now.Description)
	}
}

func TestTheThirdOneToSaveIsRefusedAgain(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	open := b.Get("/dashboard/applications/" + app.ID + "/settings")
	theirs(t, s, app.ID, func(a *registry.Application) { a.Name = "Theirs" })
	page := open.Submit(url.Values{"name": {"Mine"}}, "revision", "name")
	theirs(t, s, app.ID, func(a *registry.Application) { a.Name = "A third" })
	wants(t, page.Submit(url.Values{}, "revision", "name"), http.StatusConflict, "A third", `value="Mine"`)
}

func TestAFormSentTwiceIsOneChange(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	path := "/dashboard/applications/" + app.ID + "/settings"
	form := b.Get(path).Form("revision", "name").Values
	form.Set("name", "Orders shop")
	wants(t, b.Post(path, form), http.StatusOK, "Saved.")
	wants(t, b.Post(path, form), http.StatusOK, "Saved.")
	if now, _ := s.Registry.Application(t.Context(), app.ID); now.Revision != app.Revision+1 {
		t.Error("revision", now.Revision)
	}
}

func TestAdvancedChangesGrantTypesAndMetadataAndNothingElse(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	path := "/dashboard/applications/" + app.ID + "/advanced"
	page := b.Get(path)
	wants(t, page, http.StatusOK, s.URL+"/oauth/token", "Download PEM", "Puts tokens into URLs")
	servertest.CheckMarkup(t, "advanced", page.Body)
	saved := page.Submit(url.Values{"grant_types": {"authorization_code", "client_credentials"}, "meta_key": {"team", "", "tier=x"}, "meta_value": {"blue", "", "1"}}, "part")
	wants(t, saved, http.StatusOK, "Saved.", `value="tier=x"`)
	now, _ := s.Registry.Application(t.Context(), app.ID)
	if !now.Allows(oauth.ClientCredentials) || now.Allows(oauth.RefreshToken) || now.Metadata["tier=x"] != "1" || now.Metadata["team"] != "blue" || now.Name != app.Name || !now.RequirePKCE || len(now.RedirectURIs) != 1 {
		t.Errorf("%+v", now)
	}
	wrong := saved.Submit(url.Values{"grant_types": {"refresh_token"}, "meta_key": {"", "a", "a"}, "meta_value": {"lost", "1", "2"}}, "part")
	wants(t, wrong, http.StatusUnprocessableEntity, "lost has no key", "a is there twice", "refresh_token without authorization_code", `value="lost"`)
}

func TestAdvancedSaysWhyAGrantTypeCannotBe(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	for kind, reason := range map[registry.Type]string{registry.SinglePage: "cannot prove that it is itself", registry.MachineToMachine: "no person takes part", registry.Native: "nothing else ties a code"} {
		app, _ := s.CreateApplication(registry.Draft{Name: "One", Type: kind})
		wants(t, b.Get("/dashboard/applications/"+app.ID+"/advanced"), http.StatusOK, reason)
	}
}

func TestTheSigningKeysOfAnApplicationAreDownloaded(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	app := newWeb(s)
	set := b.Get("/dashboard/applications/" + app.ID + "/advanced/jwks.json")
	wants(t, set, http.StatusOK, `"kty": "RSA"`)
	wants(t, b.Get("/dashboard/applications/"+app.ID+"/advanced/keys.pem"), http.StatusOK, "-----BEGIN PUBLIC KEY-----", "RS256 current")
	if strings.Contains(set.Body, `"d":`) {
		t.Error("a private key was shown")
	}
}

func TestAnotherTypeDropsTheGrantTypesItCannotHave(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app, _ := s.CreateApplication(registry.Draft{Name: "Nightly", Type: registry.MachineToMachine})
	page := b.Get("/dashboard/applications/"+app.ID+"/settings").Submit(url.Values{"type": {"regular_web"}}, "revision", "name")
	wants(t, page, http.StatusOK, "Saved.")
	app, _ = s.CreateApplication(registry.Draft{Name: "Shop", Type: registry.RegularWeb, GrantTypes: []oauth.GrantType{oauth.AuthorizationCode, oauth.ClientCredentials}})
	page = b.Get("/dashboard/applications/"+app.ID+"/settings").Submit(url.Values{"type": {"non_interactive"}}, "revision", "name")
	wants(t, page, http.StatusOK, "Saved.")
	if now, _ := s.Registry.Application(t.Context(), app.ID); len(now.GrantTypes) != 1 || !now.Allows(oauth.ClientCredentials) {
		t.Error(now.GrantTypes)
	}
}
