package browser

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

const (
	person   = "ada@example.com"
	password = "a long enough passphrase 7"
)

// callback is a program that listens for the answer to an authorization request.
func callback(t *testing.T) (address string, arrived <-chan url.Values) {
	t.Helper()
	got := make(chan url.Values, 1)
	l := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/callback" {
			got <- r.URL.Query()
		}
		_, _ = w.Write([]byte("You can close this window."))
	}))
	t.Cleanup(l.Close)
	return l.URL + "/callback", got
}

// authorizationURL asks for a code.
func authorizationURL(s *instance, clientID, redirectURI, scope string) string {
	return s.URL + "/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirectURI}, "scope": {scope}, "state": {"a state"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
	}.Encode()
}

func TestSignInAndConsentPages(t *testing.T) {
	s := serve(t)
	s.cli(password+"\n", "users", "create", person)
	var partner struct {
		ClientID string `json:"client_id"`
	}
	made := s.cli("", "apps", "create", "--type", "native", "--third-party", "--name", "Partner tool", "--redirect-uri", "http://127.0.0.1/callback", "--json")
	if strings.Contains(made, "violation") {
		t.Fatal(made)
	}
	if err := json.Unmarshal([]byte(made), &partner); err != nil {
		t.Fatalf("%s: %v", made, err)
	}
	redirectURI, arrived := callback(t)
	b := open(t)

	b.visit(authorizationURL(s, partner.ClientID, redirectURI, "openid email offline_access"))
	b.judge("sign-in")
	b.fill("email", person)
	b.fill("password", "not the password")
	b.press("Sign in")
	b.judge("sign-in-refused")
	if kept := b.eval(`document.querySelector('[name=email]').value`); kept != person {
		t.Errorf("the page lost the e-mail address: %q", kept)
	}
	b.fill("password", password)
	b.press("Sign in")
	b.see("127.0.0.1")
	b.see("any program")
	b.judge("consent")
	b.press("Allow")
	answer := <-arrived
	if answer.Get("code") == "" || answer.Get("state") != "a state" || answer.Get("iss") != s.URL+"/" {
		t.Errorf("the program got %v", answer)
	}
	b.visit(authorizationURL(s, partner.ClientID, redirectURI, "openid") + "&prompt=select_account")
	b.see("Choose an account")
	b.judge("choose-account")
	b.visit(authorizationURL(s, "nobody-knows-it", redirectURI, "openid"))
	b.judge("request-refused")
}

func TestSignInWorksWithoutJavaScript(t *testing.T) {
	s := serve(t)
	s.cli(password+"\n", "users", "create", person)
	var app struct {
		ClientID string `json:"client_id"`
	}
	made := s.cli("", "apps", "create", "--type", "native", "--third-party", "--name", "Partner", "--redirect-uri", "http://127.0.0.1/callback", "--json")
	if err := json.Unmarshal([]byte(made), &app); err != nil {
		t.Fatal(err)
	}
	redirectURI, arrived := callback(t)
	b := open(t)
	b.withoutScripts()
	b.visit(authorizationURL(s, app.ClientID, redirectURI, "openid"))
	b.fill("email", person)
	b.fill("password", password)
	b.press("Sign in")
	b.press("Deny")
	if answer := <-arrived; answer.Get("error") != "access_denied" {
		t.Errorf("the program got %v", answer)
	}
}
