package dashboard_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

const decoder = "/dashboard/tools/token"

func part(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// machineToken is an access token that an application got for itself, with the application.
func machineToken(t *testing.T, s *servertest.Server) (string, registry.Application) {
	t.Helper()
	app, secret := s.CreateApplication(registry.Draft{Name: "Nightly", Type: registry.MachineToMachine})
	s.Grant(app, s.CreateAPI("https://orders.example.com/", "read:orders"), registry.ForClient)
	resp, err := s.Client().PostForm(s.URL+"/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {app.ID}, "client_secret": {secret.Reveal()}, "audience": {"https://orders.example.com/"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body := make([]byte, 8<<10)
	n, _ := resp.Body.Read(body)
	_, token, _ := strings.Cut(string(body[:n]), `"access_token":"`)
	token, _, _ = strings.Cut(token, `"`)
	return token, app
}

func TestTheDecoderSaysWhatATokenIsWorth(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	token, app := machineToken(t, s)
	ask := func(text string) servertest.Page { return b.Post(decoder, url.Values{"token": {text}}) }
	wants(t, ask("Bearer "+token+"\n"), http.StatusOK, "Valid", "Application Nightly", "API https://orders.example.com/", "RFC 7519 §4.1.3", "stands")

	parts := strings.Split(token, ".")
	changed := parts[0] + "." + part(`{"iss":"`+s.Issuer()+`","sub":"admin","exp":99999999999}`) + "." + parts[2]
	wants(t, ask(changed), http.StatusOK, "Not good: wrong signature")
	wants(t, ask(part(`{"alg":"none"}`)+"."+parts[1]+"."), http.StatusOK, "Not good: not signed")
	wants(t, ask(part(`{"alg":"RS256","kid":"other"}`)+"."+parts[1]+"."+parts[2]), http.StatusOK, "Not good: unknown key")
	wants(t, ask(part(`{"alg":"RS256","kid":"other"}`)+"."+part(`{"iss":"https://other.example/"}`)+"."+parts[2]), http.StatusOK, "not ours", "Another server")

	app, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Registry.Delete(t.Context(), servertest.Actor, app.ID); err != nil {
		t.Fatal(err)
	}
	wants(t, ask(token), http.StatusOK, "Not good: withdrawn")
	stale(s)
	s.Clock.Advance(20 * time.Minute)
	b.Get("/dashboard")
	s.Clock.Advance(25 * time.Minute)
	b.Get("/dashboard")
	s.Clock.Advance(15 * time.Minute)
	wants(t, ask(token), http.StatusOK, "Not good: expired")
}

func TestTheDecoderSaysWhereATextIsWrong(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	for text, says := range map[string]string{
		"":                                  "Paste a token first",
		"hello":                             "it has no dots",
		"a.b":                               "this has 2",
		"a.b.c.d.e":                         "encrypted token",
		".e30.x":                            "The header is empty",
		"eyJhbGciOiJub25lIn0.e30!.x":        "Character 24, in the payload",
		part(`{"a":1`) + ".e30.":            "The header cannot be read",
		part(`{"a":1,"a":2}`) + ".e30.":     "The header cannot be read",
		part(`{}`) + "." + part(`[]`) + ".": "The payload cannot be read",
		strings.Repeat("a", 17<<10):         "longer than 16 kB",
	} {
		wants(t, b.Post(decoder, url.Values{"token": {text}}), http.StatusUnprocessableEntity, says)
	}
}

func TestTheDecoderNamesSecretsAndShowsNoneAgain(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	for prefix, says := range map[string]string{
		"clat_": "opaque access token", "clrt_": "refresh token", "clac_": "authorization code", "clts_": "client secret", "clss_": "browser session", "clsu_": "reset link",
	} {
		value := prefix + "somethingthatnobodyshouldsee"
		page := b.Post(decoder, url.Values{"token": {value}})
		if wants(t, page, http.StatusOK); !strings.Contains(strings.ToLower(page.Body), says) || strings.Contains(page.Body, value) {
			t.Errorf("%s: the page does not say %q, or shows the value", prefix, says)
		}
		if page.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the page may be kept", prefix)
		}
	}
}

func TestATokenIsNotKeptForAfterTheSignIn(t *testing.T) {
	s := servertest.New(t)
	page := s.Browser().Post(decoder, url.Values{"token": {"a-token-of-somebody"}})
	if strings.Contains(page.Body, "a-token-of-somebody") {
		t.Error("the sign-in page carries the token")
	}
}

func TestDiscoveryIsShownAsItIsServed(t *testing.T) {
	s := servertest.New(t)
	page := signedIn(t, s, account.Viewer).Get("/dashboard/tools/discovery")
	wants(t, page, http.StatusOK, s.Issuer()+".well-known/openid-configuration", "authorization_endpoint", "RFC 8414 §2", "ES256", "RS256")
	if strings.Contains(page.Body, "Not a name that this server knows") {
		t.Error("a member of the metadata is not explained")
	}
}
