package browser

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// agentDocument is what a command-line agent publishes.
func agentDocument(redirects ...string) map[string]any {
	return map[string]any{
		"client_name": "Acme Agent", "redirect_uris": redirects, "grant_types": []string{"authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"token_endpoint_auth_method": "none", "contacts": []string{"ops@example.com"},
	}
}

// withPublisher is a server that can reach a publisher, an operator who is signed in, and a person.
func withPublisher(t *testing.T) (*instance, *tab, *publisher) {
	t.Helper()
	p := publish(t)
	s := serve(t, p.Args...)
	s.cli(password+"\n", "users", "create", person)
	return s, asOperator(t, s, "/dashboard/applications"), p
}

// An operator imports an application from its URL and follows its document; and a document that is wrong says how to mend it.
func TestAnApplicationIsImportedFromItsURL(t *testing.T) {
	s, b, p := withPublisher(t)
	createAPI(b, s)
	b.visit(s.URL + "/dashboard/applications/new")
	b.press("Import from URL")
	b.judge("import")

	t.Run("a document that is wrong says what its owner should change", func(t *testing.T) {
		b := b.in(t)
		wrong := agentDocument("http://localhost/callback")
		wrong["client_id"], wrong["client_secret"] = "https://app.example.com/other.json", "x"
		p.Put("/wrong.json", wrong)
		b.visit(s.URL + "/dashboard/applications/import")
		b.fill("url", p.URL("/wrong.json"))
		b.press("Preview")
		b.see("The document cannot be accepted")
		b.see("What to change")
		b.judge("import-refused")
		b.fill("url", p.URL("/none.json"))
		b.press("Preview")
		b.see("The document could not be fetched")
		b.judge("import-unreachable")
	})
	t.Run("preview, then create", func(t *testing.T) {
		b := b.in(t)
		p.Put("/client.json", agentDocument("http://localhost/callback", p.URL("/cb")))
		b.visit(s.URL + "/dashboard/applications/import")
		b.fill("url", p.URL("/client.json"))
		b.press("Preview")
		b.see("reached in")
		b.see("asked, not granted")
		b.see("Third parties may call no API by default")
		b.choose("scope", b.eval(`document.querySelector('input[name=scope]').value`))
		b.judge("import-preview")
		b.press("Create application")
		b.see("Application created.")
		b.see("Acme Agent")
		b.judge("document")
	})
	t.Run("a new version is shown as a difference before it is applied", func(t *testing.T) {
		b := b.in(t)
		changed := agentDocument("http://localhost/callback", p.URL("/cb2"))
		changed["client_name"] = "Acme Agent 2"
		p.Put("/client.json", changed)
		b.press("Refresh")
		b.see("What would change")
		b.see(p.URL("/cb2"))
		b.judge("document-refresh")
		b.press("Apply")
		b.see("Applied.")
		b.see("Version 2, in force")
		b.press("Compare")
		b.see("may do more")
		b.judge("document-versions")
	})
	t.Run("a document that cannot be used any more changes nothing by being looked at", func(t *testing.T) {
		b := b.in(t)
		wrong := agentDocument("http://localhost/callback", p.URL("/cb2"))
		wrong["client_secret"] = "x"
		p.Put("/client.json", wrong)
		b.press("Refresh")
		b.see("Version 2 stays in force")
		b.see("In force")
		b.judge("document-refused")
	})
	t.Run("its fields are read here and changed there", func(t *testing.T) {
		b := b.in(t)
		page := b.eval(`document.querySelector('.tabs a[href$="/settings"]').href`)
		b.visit(page)
		b.see("comes from the metadata document")
		b.judge("document-settings")
		b.visit(strings.TrimSuffix(page, "settings") + "credentials")
		b.see("Keys from the document")
		b.judge("document-credentials")
	})
}

// Somebody comes with an application nobody knows, waits, and goes on once the operator has approved it.
func TestAPersonWhoWaitsGoesOnOnceTheOperatorApproves(t *testing.T) {
	s, b, p := withPublisher(t)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("code " + r.URL.Query().Get("code") + " error " + r.URL.Query().Get("error")))
	}))
	t.Cleanup(app.Close)
	callback := app.URL + "/callback" // 127.0.0.1 with a port that the document does not name
	p.Put("/agent.json", agentDocument("http://127.0.0.1/callback"))

	them := open(t)
	them.visit(s.URL + "/authorize?" + request(p.URL("/agent.json"), callback))
	them.judge("sign-in-unknown-client")
	if shown := them.page(); strings.Contains(shown, "Acme") || strings.Contains(shown, "app.example.com\n") {
		t.Errorf("the sign-in page shows something of a client nobody knows:\n%s", shown)
	}
	them.fill("email", person)
	them.fill("password", password)
	them.press("Sign in")
	them.see("waiting for approval")
	them.judge("waiting-person")
	reference := them.eval(`document.querySelector('.reference code').innerText`)

	b.visit(s.URL + "/dashboard")
	b.see("1 application waits for approval")
	b.judge("home-waiting")
	b.leave(`document.querySelector('main a[href$="/applications/waiting"]').click()`)
	b.see(reference)
	b.judge("waiting-list")
	b.press(p.Host)
	b.see("Refuse and block URL")
	b.judge("waiting-one")
	b.press("Block the whole host…")
	b.see("Applications that you imported from that host go on")
	b.judge("waiting-block-host")
	b.press("Back")
	b.press("Approve")
	b.see("Approved.")

	them.press("Check again")
	them.see("127.0.0.1")
	them.judge("consent-loopback-client")
	them.press("Allow")
	them.see("code ")
	if got := them.eval(`document.body.innerText`); strings.HasPrefix(got, "code  ") {
		t.Errorf("the application got no code: %s", got)
	}
}

// An open server asks people, and shows both hosts when an application sends them elsewhere than it comes from; rules keep some
// out, and the reference on the page leads the operator to the rule.
func TestAnOpenServerShowsBothHostsAndRulesKeepSomeOut(t *testing.T) {
	s, b, p := withPublisher(t)
	b.visit(s.URL + "/dashboard/settings/applications")
	b.choose("cimd_admission", "open")
	b.press("Save")
	b.see("Saved.")
	b.judge("admission")

	p.Put("/elsewhere.json", agentDocument("https://login.example.org/cb"))
	them := open(t)
	them.visit(s.URL + "/authorize?" + request(p.URL("/elsewhere.json"), "https://login.example.org/cb"))
	signInOnly(them)
	them.see("login.example.org")
	them.see("app.example.com")
	them.judge("consent-other-host")

	b.visit(s.URL + "/dashboard/settings/applications")
	b.script(`document.querySelector('#rules ~ section details').open = true`)
	b.fill("pattern", "*.com")
	b.choose("effect", "allow")
	b.press("Add rule")
	b.see("The pattern")
	b.judge("admission-refused")
	b.fill("pattern", p.URL("/bad/"))
	b.choose("effect", "deny")
	b.press("Add rule")
	b.see("Rule added")
	b.fill("test", p.URL("/bad/client.json"))
	b.press("Test")
	b.see("the rule")
	b.judge("admission-rules")

	them.visit(s.URL + "/authorize?" + request(p.URL("/bad/client.json"), "https://login.example.org/cb"))
	them.see("not admitted here")
	reference := them.eval(`document.querySelector('.reference code').innerText`)
	b.until(`fetch('/dashboard/activity/refusals/` + reference + `').then(r => r.ok)`)
	b.visit(s.URL + "/dashboard/applications?q=" + reference)
	b.see("was refused")
	b.judge("refusal")
	b.visit(s.URL + "/dashboard/activity/refusals")
	b.see(reference)
	b.judge("refusals")

	t.Run("the linter", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/tools/metadata-linter")
		b.fill("url", p.URL("/elsewhere.json"))
		b.press("Check")
		b.see("Who would be let in here")
		b.judge("linter")
	})
	t.Run("keys instead of a secret", func(t *testing.T) {
		b := b.in(t)
		made := create(b, s, "Orders web", "regular_web", "")
		b.visit(s.URL + "/dashboard/applications/" + made.ID + "/credentials")
		b.dialog("Add key")
		b.fill("key", `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"2026-05"}`)
		b.press("Add key")
		b.see("2026-05")
		b.choose("method", "private_key_jwt")
		b.press("Save method")
		b.see("Saved.")
		b.judge("application-keys")
	})
}

// dialog opens the window that the link with that text leads to.
func (b *tab) dialog(label string) {
	b.t.Helper()
	b.script(`[...document.querySelectorAll('[data-dialog]')].find(e => e.innerText.trim() === '` + label + `').click()`)
	b.until(`document.querySelector(':modal')`)
}

func signInOnly(b *tab) {
	b.t.Helper()
	b.fill("email", person)
	b.fill("password", password)
	b.press("Sign in")
}

// request is the query of an authorization request by a client with a URL.
func request(client, redirect string) string {
	challenge := sha256.Sum256([]byte(strings.Repeat("v", 43)))
	return url.Values{
		"client_id": {client}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {"openid email"}, "state": {"s"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode()
}
