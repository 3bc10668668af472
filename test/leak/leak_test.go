package leak

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

const (
	audience = "https://orders.example.test/"
	callback = "https://app.example.test/callback"
	person   = "ada@example.test"
)

// run is one server on one engine, with everything it ever gave away.
type run struct {
	*servertest.Server
	t      *testing.T
	issued *issued
	client *http.Client
}

func TestNoSecretThatWasEverIssuedIsInTheDatabaseOrTheLog(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine.Name, func(t *testing.T) {
			dsn := engine.DSN(t)
			kept, err := store.Open(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { kept.Close() })
			var log bytes.Buffer
			s := servertest.New(t, servertest.WithStore(kept), servertest.WithLog(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
			r := &run{Server: s, t: t, issued: &issued{next: s.Transport(), secrets: map[string]string{}}, client: s.Client()}
			r.client.Transport = r.issued
			r.everything()
			s.FlushUses()

			text := dump(t, dsn)
			if !strings.Contains(text, person) || !strings.Contains(text, "token.issued") {
				t.Fatal("the dump does not show what must be there, so it proves nothing")
			}
			if log.Len() == 0 {
				t.Fatal("nothing was logged, so the log proves nothing")
			}
			if len(r.issued.secrets) < 20 {
				t.Fatalf("only %d secrets were seen", len(r.issued.secrets))
			}
			for value, what := range r.issued.secrets {
				if strings.Contains(text, value) {
					t.Errorf("%s is in the database in clear: %.12s…", what, value)
				}
				if strings.Contains(log.String(), value) {
					t.Errorf("%s is in the log in clear: %.12s…", what, value)
				}
			}
		})
	}
}

// everything issues each kind of secret at least once, and uses some of them wrongly.
func (r *run) everything() {
	setup, _, err := r.Accounts.NewSetupLink(r.t.Context())
	r.must(err)
	r.issued.add("set-up link", setup.Reveal())
	r.issued.add("password", servertest.Password)
	_, err = r.Accounts.RedeemSetup(r.t.Context(), setup.Reveal(), account.NewUser{Email: "ops@example.test", Password: servertest.Password}, "192.0.2.1")
	r.must(err)
	u := r.CreateUser(person, account.NoRole)
	reset, _, err := r.Accounts.NewResetLink(r.t.Context(), u.ID)
	r.must(err)
	r.issued.add("reset link", reset.Reveal())

	api := r.CreateAPI(audience, "read:orders")
	app, first := r.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	r.issued.add("client secret", first.Reveal())
	_, added, err := r.Registry.AddSecret(r.t.Context(), servertest.Actor, app.ID, "next", time.Hour, time.Time{})
	r.must(err)
	r.issued.add("added client secret", added.Value.Reveal())
	_, replaced, err := r.Registry.ReplaceSecret(r.t.Context(), servertest.Actor, app.ID)
	r.must(err)
	r.issued.add("replaced client secret", replaced.Value.Reveal())
	machine, machineSecret := r.CreateApplication(registry.Draft{Name: "Job", Type: registry.MachineToMachine})
	r.issued.add("client secret", machineSecret.Reveal())
	r.Grant(machine, api, registry.ForClient)

	r.flow(app.ID, replaced.Value.Reveal(), url.Values{"audience": {audience}, "scope": {"openid offline_access read:orders"}})
	r.flow(app.ID, replaced.Value.Reveal(), url.Values{"scope": {"openid email"}})
	native, _ := r.CreateApplication(registry.Draft{Name: "Phone", Type: registry.Native, RedirectURIs: []string{callback}})
	r.flow(native.ID, "", url.Values{"audience": {audience}, "scope": {"openid offline_access read:orders"}})
	r.token(url.Values{"grant_type": {"client_credentials"}, "client_id": {machine.ID}, "client_secret": {machineSecret.Reveal()}, "audience": {audience}})
	r.token(url.Values{"grant_type": {"client_credentials"}, "client_id": {app.ID}, "client_secret": {first.Reveal()}})
	r.keys(api)
	r.dashboard()
}

// keys authenticates with a key: rightly, again with the same assertion, and wrongly in the ways that leave a trace.
func (r *run) keys(api registry.API) {
	key := r.NewClientKey()
	app := r.PutImported("https://agent.example.test/client.json", func(a *registry.Application) {
		a.AuthMethods, a.Keys = []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}, []registry.Key{key.Public}
		a.GrantTypes = append(a.GrantTypes, oauth.ClientCredentials)
		a.Import.ClientCredentials, a.Import.AudienceUntil = true, r.Clock.Now().Add(time.Hour)
	})
	r.Grant(app, api, registry.ForClient)
	for name, claims := range map[string]map[string]any{
		"good": nil, "for another": {"aud": "https://other.example.test/"}, "for the token endpoint": {"aud": r.Issuer() + "oauth/token"},
		"expired": {"exp": 1}, "of nobody": {"iss": "https://nobody.example.test/c", "sub": "https://nobody.example.test/c"},
	} {
		jti := "jti-" + secret.ID(22)
		if claims == nil {
			claims = map[string]any{}
		}
		claims["jti"] = jti
		assertion := key.Assertion(app.ExternalID, claims)
		r.issued.add("assertion "+name, assertion)
		r.issued.add("jti of an assertion "+name, jti)
		for i, part := range strings.Split(assertion, ".") {
			if i > 0 { // the header says nothing that the key set does not
				r.issued.add("part of an assertion "+name, part)
			}
		}
		form := url.Values{
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {assertion},
			"grant_type": {"client_credentials"}, "audience": {audience},
		}
		r.token(form)
		if again := r.token(form); again["error"] == nil {
			r.t.Fatalf("an assertion was good twice: %v", again)
		}
		r.token(url.Values{
			"client_assertion_type": form["client_assertion_type"], "client_assertion": {assertion}, "grant_type": {"refresh_token"}, "refresh_token": {"x"},
		})
	}
}

// flow is a code flow with a refresh, a replay of the code and a reuse of the refresh token.
func (r *run) flow(client, secret string, request url.Values) {
	b := r.Browser()
	b.Client = r.client
	request.Set("client_id", client)
	request.Set("redirect_uri", callback)
	answer := b.Authorize(person, request)
	redeem := url.Values{
		"grant_type": {"authorization_code"}, "code": {answer.Get("code")}, "code_verifier": {servertest.Verifier},
		"redirect_uri": {callback}, "client_id": {client},
	}
	if secret != "" {
		redeem.Set("client_secret", secret)
	}
	tokens := r.token(redeem)
	if tokens["access_token"] == nil {
		r.t.Fatalf("the code flow gave %v", tokens)
	}
	if refresh, ok := tokens["refresh_token"].(string); ok {
		again := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {client}, "client_secret": redeem["client_secret"]}
		next := r.token(again)
		if next["access_token"] == nil {
			r.t.Fatalf("the refresh gave %v", next)
		}
		if rotated, ok := next["refresh_token"].(string); ok {
			again.Set("refresh_token", rotated)
			r.token(again)
		}
		r.Clock.Advance(time.Minute)
		again.Set("refresh_token", refresh)
		r.token(again)
	}
	r.token(redeem)
}

// dashboard signs the operator in and creates an application on the page that shows its secret.
func (r *run) dashboard() {
	b := r.Browser()
	b.Client = r.client
	page := b.Get("/dashboard/signin").Submit(url.Values{"email": {"ops@example.test"}, "password": {servertest.Password}}, "password")
	if page.Status != http.StatusOK || strings.Contains(page.Body, `name="password"`) {
		r.t.Fatalf("the operator did not get in: %d\n%s", page.Status, page.Body)
	}
	page = b.Get("/dashboard/applications/new").Submit(url.Values{"name": {"Made in the dashboard"}, "type": {"regular_web"}}, "name", "once")
	if !minted.MatchString(page.Body) {
		r.t.Fatalf("the page shows no secret: %d\n%s", page.Status, page.Body)
	}
}

func (r *run) token(form url.Values) map[string]any {
	resp, err := r.client.PostForm(r.Path("/oauth/token"), form)
	r.must(err)
	defer resp.Body.Close()
	var members map[string]any
	r.must(json.NewDecoder(resp.Body).Decode(&members))
	return members
}

func (r *run) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}
