package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// risky is a web application with something to find: PKCE is off and its ID tokens are good for too long.
func risky(s *servertest.Server) registry.Application {
	off := false
	app, _ := s.CreateApplication(registry.Draft{
		Name: "Orders web", Type: registry.RegularWeb, RequirePKCE: &off, RedirectURIs: []string{"https://orders.example.com/callback"},
		IDToken: registry.IDTokenPolicy{Lifetime: 10 * 24 * 3600e9},
	})
	return app
}

func TestTheSecurityTabSaysWhatWasFoundAndWhatPassed(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := risky(s)
	page := b.Get("/dashboard/applications/" + app.ID + "/security")
	wants(t, page, http.StatusOK, "PKCE is not required", "RFC 9700 §2.1.1", "ID tokens are good for a week or more", "10 days", "Open Advanced", "Open Settings",
		"84", "1 moderate", "Every callback URL is written out")
	servertest.CheckMarkup(t, "security", page.Body)
	wants(t, b.Get("/dashboard/applications/"+app.ID), http.StatusOK, "Security check: 1 moderate")
}

func TestAOneClickChangeMendsWhatItSaysAndNothingElse(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := risky(s)
	path := "/dashboard/applications/" + app.ID + "/security"
	mend := func(what string) servertest.Page {
		t.Helper()
		return b.Post(path+"/mend", url.Values{"mend": {what}})
	}
	wants(t, mend("shorten_id_tokens"), http.StatusOK, "The check ran again")
	wants(t, mend("shorten_id_tokens"), http.StatusOK, "nothing left to change")
	wants(t, mend("remove_uri redirect_uris https://orders.example.com/callback"), http.StatusOK, "nothing left to change")
	wants(t, mend("revoke_secret "+app.Secrets[0].ID), http.StatusNotFound)
	now, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil || now.IDToken.Lifetime != registry.DefaultIDTokenLifetime || len(now.RedirectURIs) != 1 || !now.Secrets[0].RetiredAt.IsZero() || now.RequirePKCE {
		t.Errorf("%+v, %v", now, err)
	}
}

func TestAChangeOfACredentialNeedsAFreshSignIn(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := risky(s)
	stale(s)
	page := b.Post("/dashboard/applications/"+app.ID+"/security/mend-credential", url.Values{"mend": {"revoke_secret x"}})
	if !strings.Contains(page.Body, `name="password"`) {
		t.Errorf("no sign-in is asked for: %s", page.Body)
	}
}

func TestAViewerSeesFindingsAndChangesNothing(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	app := risky(s)
	path := "/dashboard/applications/" + app.ID + "/security"
	page := b.Get(path)
	wants(t, page, http.StatusOK, "PKCE is not required")
	if strings.Contains(page.Body, `name="mend"`) {
		t.Error("a viewer is offered a change")
	}
	wants(t, b.Post(path+"/mend", url.Values{"mend": {"shorten_id_tokens"}}), http.StatusForbidden)
}

func TestWhatIsTypedIsCheckedBeforeItIsSaved(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	path := "/dashboard/applications/" + app.ID
	form := b.Get(path+"/settings").Form("revision", "name").Values
	form["id_token.lifetime"] = []string{"8d"}
	page := b.Post(path+"/security/draft", form)
	wants(t, page, http.StatusOK, "data-findings", "ID tokens are good for a week or more")
	if strings.Contains(page.Body, "<html") || strings.Contains(page.Body, `name="mend"`) {
		t.Errorf("not a piece of a page: %s", page.Body)
	}
	now, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil || now.IDToken.Lifetime != registry.DefaultIDTokenLifetime {
		t.Errorf("looking saved it: %v, %v", now.IDToken, err)
	}
	wants(t, b.Post("/dashboard/applications/new/security/draft", url.Values{"type": {"spa"}, "ownership": {"first_party"}}), http.StatusOK, "data-findings")
}
