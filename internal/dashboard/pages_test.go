package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestEveryPageIsWhatABrowserAndAScreenReaderExpect(t *testing.T) {
	s := servertest.New(t)
	app, api, person := newWeb(s), s.CreateAPI("https://orders.example.com/", "read:orders"), s.CreateUser("person@example.com", account.NoRole)
	machine, _ := s.CreateApplication(registry.Draft{Name: "Nightly run", Type: registry.MachineToMachine})
	s.CreateApplication(registry.Draft{Name: "Theirs", Type: registry.SinglePage, Ownership: registry.ThirdParty})
	s.Grant(machine, api, registry.ForClient, "read:orders")
	servertest.CheckMarkup(t, "set-up", s.Browser().Get("/setup").Body)
	for _, role := range []account.Role{account.Owner, account.Viewer} {
		b := signedIn(t, s, role)
		for _, path := range []string{
			"", "/applications", "/applications?q=nothing", "/applications/" + app.ID, "/applications/" + app.ID + "/settings", "/applications/" + app.ID + "/credentials",
			"/applications/" + app.ID + "/apis", "/applications/" + app.ID + "/apis/" + api.ID, "/applications/" + app.ID + "/danger",
			"/applications/" + machine.ID, "/applications/" + machine.ID + "/settings", "/applications/" + machine.ID + "/apis/" + api.ID,
			"/applications/" + machine.ID + "/apis/" + registry.ManagementAPIID, "/apis", "/apis/" + api.ID, "/apis/" + registry.ManagementAPIID,
			"/apis/" + api.ID + "/applications", "/apis/" + api.ID + "/permissions", "/apis/" + api.ID + "/third-parties", "/apis/" + api.ID + "/mcp", "/apis/" + api.ID + "/danger", "/apis/" + registry.ManagementAPIID + "/permissions", "/users", "/users/" + person.ID, "/users/" + person.ID + "/access", "/users/" + person.ID + "/danger", "/settings/keys", "/settings", "/settings/branding", "/settings/sign-in", "/settings/sessions", "/settings/applications", "/settings/defaults", "/settings/retention", "/settings/operators",
		} {
			page := b.Get("/dashboard" + path)
			if page.Status != http.StatusOK || page.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s: %d %s", role, path, page.Status, page.Header.Get("Cache-Control"))
			}
			servertest.CheckMarkup(t, string(role)+" "+path, page.Body)
		}
	}
	b := signedIn(t, s, account.Editor)
	for _, path := range []string{"/applications/new", "/apis/new", "/users/new", "/nothing/here"} {
		servertest.CheckMarkup(t, path, b.Get("/dashboard"+path).Body)
	}
}

func TestWhatIsNotThereIsSaidInsideTheFrame(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	for _, path := range []string{"/dashboard/nothing", "/dashboard/applications/none", "/dashboard/apis/none", "/dashboard/users/none", "/dashboard/applications/none/settings"} {
		wants(t, b.Get(path), http.StatusNotFound, "There is nothing here", "Sign out")
	}
}

func TestSigningKeysAreRotatedAndRevoked(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	wants(t, b.Post("/dashboard/settings/keys/rotate", url.Values{"algorithm": {"ES256"}}), http.StatusOK, "Rotated.", "verifies")
	var old string
	for _, k := range s.Signing.List() {
		if k.State == "previous" {
			old = k.ID
		}
	}
	wants(t, b.Post("/dashboard/settings/keys/revoke", url.Values{"kid": {old}}), http.StatusOK, "stops verifying, with most verifiers within the hour", "Revoke key", "There is no way back")
	wants(t, b.Post("/dashboard/settings/keys/revoke", url.Values{"kid": {old}, "sure": {"on"}}), http.StatusOK, "Revoked.")
	wants(t, b.Post("/dashboard/settings/keys/rotate", url.Values{"algorithm": {"HS256"}}), http.StatusOK, "no key of this algorithm")
}

func TestSecretsAreAddedWithOverlapRevokedAndReplaced(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	path := "/dashboard/applications/" + app.ID
	page := b.Get(path+"/credentials").Submit(url.Values{"name": {"production"}, "overlap": {"168"}, "expires": {"90"}}, "once", "overlap")
	wants(t, page, http.StatusOK, "Secret added", "another 7 days")
	now, _ := s.Registry.Application(t.Context(), app.ID)
	at := s.Clock.Now()
	if len(now.Secrets) != 2 || !now.Secrets[0].ExpiresAt.Equal(at.Add(7*24*time.Hour)) || !now.Secrets[1].ExpiresAt.Equal(at.Add(90*24*time.Hour)) {
		t.Errorf("%+v", now.Secrets)
	}
	for _, bad := range []url.Values{{"overlap": {"1000"}}, {"expires": {"soon"}}, {"name": {strings.Repeat("n", 65)}}} {
		wants(t, b.Get(path+"/credentials").Submit(bad, "once", "overlap"), http.StatusUnprocessableEntity, "One thing to correct")
	}
	wants(t, b.Post(path+"/secrets/"+now.Secrets[0].ID+"/revoke", nil), http.StatusOK, "Secret revoked")
	page = b.Get(path+"/danger").Submit(url.Values{}, "once")
	wants(t, page, http.StatusOK, "Secret replaced")
	now, _ = s.Registry.Application(t.Context(), app.ID)
	usable := 0
	for _, secret := range now.Secrets {
		if secret.Usable(at) {
			usable++
		}
	}
	if usable != 1 {
		t.Error(usable, "secrets work")
	}
}

func TestGoingPublicRetiresTheSecrets(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	path := "/dashboard/applications/" + app.ID
	refused := b.Get(path+"/credentials").Submit(url.Values{"method": {"none"}}, "method")
	if refused.Status == http.StatusUnprocessableEntity { // today's rule wants rotating refresh tokens first
		wants(t, refused, http.StatusUnprocessableEntity, `id="f-method-error"`)
		b.Get(path+"/settings").Submit(url.Values{"refresh.rotating": {"on"}}, "revision", "name")
		refused = b.Get(path+"/credentials").Submit(url.Values{"method": {"none"}}, "method")
	}
	wants(t, refused, http.StatusOK, "Saved.")
	now, _ := s.Registry.Application(t.Context(), app.ID)
	if !now.Public() || now.Secrets[0].Usable(s.Clock.Now()) {
		t.Errorf("%+v", now)
	}
}

func TestAResetLinkIsMadeByAnOperatorAndSetsAPassword(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	person := s.CreateUser("person@example.com", account.NoRole)
	page := b.Post("/dashboard/users/"+person.ID+"/reset", nil)
	wants(t, page, http.StatusOK, "Reset link for person@example.com")
	servertest.CheckMarkup(t, "reset link", page.Body)
	link := between(t, page, `data-copy="`, `"`)
	set := s.Browser().Get(link).Submit(url.Values{"password": {aPassword}}, "password")
	if set.Status != http.StatusOK {
		t.Error(set.Status, set.Body)
	}
	if _, err := s.Accounts.Authenticate(t.Context(), "person@example.com", aPassword, "192.0.2.1"); err != nil {
		t.Error(err)
	}
}

func TestReplacingASecretOffersToEndTheRefreshTokens(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	page := b.Get("/dashboard/applications/"+app.ID+"/danger").Submit(url.Values{"families": {"on"}}, "once")
	wants(t, page, http.StatusOK, "Secret replaced", "There was no refresh token to end.")
}

func TestASlashTooManyIsForgiven(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	if page := b.Get("/dashboard/"); page.URL.Path != "/dashboard" || page.Status != http.StatusOK {
		t.Error(page.URL, page.Status)
	}
}

func TestBelowThePathOfTheIssuerEverythingWorksToo(t *testing.T) {
	s := servertest.New(t, servertest.WithPublicURL("https://example.test/id"))
	b := signedInBelow(t, s)
	page := create(b, "Orders", "spa", "first_party")
	wants(t, page, http.StatusOK, "Application created", `href="/id/dashboard/applications"`, `action="/id/ui/theme"`)
	if !strings.HasPrefix(page.URL.Path, "/id/dashboard/applications/") {
		t.Error(page.URL)
	}
}

func signedInBelow(t *testing.T, s *servertest.Server) *servertest.Browser {
	t.Helper()
	s.CreateUser("owner@example.com", account.Owner)
	b := s.Browser()
	wants(t, b.Get("/dashboard").Submit(url.Values{"email": {"owner@example.com"}, "password": {servertest.Password}}, "password"), http.StatusOK, "Sign out")
	return b
}
