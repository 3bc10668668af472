package dashboard_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestAKeyThatCannotBeTakenSaysWhyAtItsFieldAndKeepsTheRest(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, _ := x509.MarshalPKCS8PrivateKey(key)
	small, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // too small on purpose: that is what the test is about
	if err != nil {
		t.Fatal(err)
	}
	weak, _ := x509.MarshalPKIXPublicKey(small.Public())
	for name, c := range map[string]struct {
		form url.Values
		at   string
	}{
		"nothing":                     {url.Values{}, "key"},
		"no PEM":                      {url.Values{"key": {"ssh-ed25519 AAAA"}}, "key"},
		"a private key":               {url.Values{"key": {pemOf("PRIVATE KEY", private)}}, "key"},
		"a small RSA key":             {url.Values{"key": {pemOf("PUBLIC KEY", weak)}}, "key"},
		"a broken JWK":                {url.Values{"key": {`{"kty":"EC"`}}, "key"},
		"an algorithm of another key": {url.Values{"key": {publicPEM(t)}, "algorithm": {"Ed25519"}}, "algorithm"},
		"a day in the past":           {url.Values{"key": {publicPEM(t)}, "key_ends": {"2001-01-01"}}, "key_ends"},
		"the end of no certificate":   {url.Values{"key": {publicPEM(t)}, "from_cert": {"on"}}, "from_cert"},
	} {
		t.Run(name, func(t *testing.T) {
			c.form.Set("key_name", "production <1>")
			page := b.Get("/dashboard/applications/"+app.ID+"/credentials?open=key").Submit(c.form, "key_ends")
			wants(t, page, http.StatusUnprocessableEntity, "Nothing was saved yet.", `id="f-`+c.at+`-error"`, `value="production &lt;1&gt;"`)
			servertest.CheckMarkup(t, name, page.Body)
		})
	}
	if now, _ := s.Registry.Application(t.Context(), app.ID); len(now.Keys) != 0 {
		t.Error(len(now.Keys), "keys")
	}
}

func TestAKeyIsTakenAsJWKAndAsCertificateThatSaysItsEnd(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	end := s.Clock.Now().Add(90 * 24 * time.Hour).UTC().Truncate(time.Second)
	cert, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "orders"}, NotBefore: end.AddDate(-1, 0, 0), NotAfter: end}, &x509.Certificate{}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	open := func() servertest.Page { return b.Get("/dashboard/applications/" + app.ID + "/credentials?open=key") }
	wants(t, open().Submit(url.Values{"key": {pemOf("CERTIFICATE", cert)}, "from_cert": {"on"}, "key_name": {"certificate"}}, "key_ends"), http.StatusOK, "added.")
	jwk := `{"kty":"OKP","crv":"Ed25519","kid":"2026-11","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	wants(t, open().Submit(url.Values{"key": {jwk}}, "key_ends"), http.StatusOK, "Key 2026-11 added.")
	now, _ := s.Registry.Application(t.Context(), app.ID)
	if len(now.Keys) != 2 || !now.Keys[0].ExpiresAt.Equal(end) || !now.Keys[1].ExpiresAt.IsZero() {
		t.Errorf("%+v", now.Keys)
	}
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func TestACopyOfAGenericApplicationIsGeneric(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app, _ := s.CreateApplication(registry.Draft{Name: "Old one", RedirectURIs: []string{"https://old.example.com/cb"}})
	page := b.Get("/dashboard/applications/" + app.ID + "/duplicate")
	wants(t, page, http.StatusOK, `<option value="" selected>Generic</option>`)
	wants(t, page.Submit(url.Values{}, "ownership"), http.StatusOK, "Copy of Old one")
}
