package browser

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// One person uses one application on two devices, and disconnects one of them.
func TestOneOfTwoDevicesIsDisconnected(t *testing.T) {
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
	for i, agent := range []string{"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36"} {
		call(b, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent})
		b.visit(authorizationURL(s, app.ClientID, redirectURI, "openid email"))
		if i == 0 {
			b.fill("email", person)
			b.fill("password", password)
			b.press("Sign in")
		}
		b.press("Allow")
		redeem(t, s, app.ClientID, redirectURI, <-arrived)
	}
	b.visit(s.URL + "/account")
	b.see("Firefox on Linux")
	b.see("Chrome on Android")
	b.judge("connected-two-devices")
	b.script(`document.querySelector('[aria-label$="on Chrome on Android"]').click()`)
	b.until(`document.body.innerText.includes('Disconnected.')`)
	b.see("Firefox on Linux")
	if b.eval(`document.body.innerText.includes('Chrome on Android')`) != "false" {
		t.Error("the phone is still connected")
	}
	b.judge("connected-one-device")
}

func redeem(t *testing.T, s *instance, clientID, redirectURI string, answer url.Values) {
	t.Helper()
	resp, err := http.PostForm(s.URL+"/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {answer.Get("code")}, "client_id": {clientID}, "redirect_uri": {redirectURI},
		"code_verifier": {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the code is worth %d", resp.StatusCode)
	}
}
