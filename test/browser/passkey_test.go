package browser

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// authenticator is a passkey provider inside the browser, which answers by itself while its owner is present.
type authenticator struct {
	b  *tab
	id webauthn.AuthenticatorID
}

func (b *tab) authenticator() authenticator {
	b.t.Helper()
	call(b, webauthn.Enable, webauthn.EnableParams{})
	made, err := chromedp.Call(b.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
	}})
	if err != nil {
		b.t.Fatal(err)
	}
	a := authenticator{b, made.AuthenticatorID}
	a.present(false)
	return a
}

func (a authenticator) present(is bool) {
	a.b.t.Helper()
	call(a.b, webauthn.SetAutomaticPresenceSimulation, webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: a.id, Enabled: is})
}

// use presses a button that needs the passkey, with its owner there, and waits for where it leads.
func (a authenticator) use(button string) {
	a.b.t.Helper()
	a.b.until(`[...document.querySelectorAll('form[data-passkey]')].some(f => !f.hidden)`)
	a.present(true)
	a.b.press(button)
	a.present(false)
}

func TestAPersonAddsAPasskeyAndSignsInWithIt(t *testing.T) {
	s := serve(t)
	s.cli(password+"\n", "users", "create", person)
	var app struct {
		ClientID string `json:"client_id"`
	}
	if err := json.Unmarshal([]byte(s.cli("", "apps", "create", "--type", "native", "--third-party", "--name", "Partner tool", "--redirect-uri", "http://127.0.0.1/callback", "--json")), &app); err != nil {
		t.Fatal(err)
	}
	redirectURI, arrived := callback(t)
	b := open(t)
	key := b.authenticator()
	b.visit(s.URL + "/account/passkeys")
	b.fill("email", person)
	b.fill("password", password)
	b.press("Sign in")
	b.see("You have no passkey")
	b.judge("account-passkeys-none")
	b.press("Add a passkey")
	b.judge("account-passkey-new")
	key.use("Create passkey")
	b.see("Passkey added")
	b.judge("account-passkeys")
	b.visit(s.URL + "/account/password")
	b.judge("account-password")
	b.visit(s.URL + "/account/sessions")
	b.judge("account-sessions")
	b.visit(s.URL + "/signout")
	b.press("Sign out")

	b.visit(authorizationURL(s, app.ClientID, redirectURI, "openid"))
	b.until(`[...document.querySelectorAll('form[data-passkey]')].some(f => !f.hidden)`)
	b.judge("sign-in-passkey")
	key.use("Sign in with a passkey")
	b.see("127.0.0.1")
	b.press("Allow")
	if answer := <-arrived; answer.Get("code") == "" {
		t.Errorf("the program got %v", answer)
	}
}

func TestOperatorsAreAskedForAPasskey(t *testing.T) {
	s := serve(t)
	s.cli(password+"\n", "users", "create", operator, "--operator")
	b := open(t)
	s.set(b, "operator_passkeys", "on")
	key := b.authenticator()
	b.visit(s.URL + "/dashboard/applications")
	b.fill("email", operator)
	b.fill("password", password)
	b.press("Sign in")
	b.see("Add a passkey first")
	b.judge("operator-passkey-demanded")
	key.use("Create passkey")
	b.see("Passkey added")
	b.visit(s.URL + "/dashboard/profile")
	b.judge("operator-profile")

	again := open(t)
	again.visit(s.URL + "/dashboard")
	again.fill("email", operator)
	again.fill("password", password)
	again.press("Sign in")
	again.see("asks operators for a passkey")
	again.judge("operator-sign-in-passkey")

	b.script(`document.querySelector('form[action="/dashboard/signout"]').submit()`)
	b.until(`location.pathname === '/dashboard/signin'`)
	key.use("Sign in with a passkey")
	b.see("Home")
	s.set(again, "operator_passkeys", "off") // the way out for who has lost it
	again.visit(s.URL + "/dashboard")
	again.fill("email", operator)
	again.fill("password", password)
	again.press("Sign in")
	again.see("Home")
}
