// Package bench measures. Results with machine, commit and command are kept in results/.
package bench

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
	"clientele/internal/signing"
)

var algorithms = []signing.Algorithm{signing.ES256, signing.RS256}

// BenchmarkSign is the raw signature, which nothing that issues a token can be faster than.
func BenchmarkSign(b *testing.B) {
	s := servertest.New(b)
	claims := []byte(`{"iss":"https://id.example.test/","sub":"` + strings.Repeat("x", 300) + `"}`)
	for _, alg := range algorithms {
		b.Run(string(alg), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Signing.Sign(b.Context(), alg, signing.TypeAccessToken, claims); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkClientCredentials is a whole request at the token endpoint, in process, with everything that stands in front of
// the rooms.
func BenchmarkClientCredentials(b *testing.B) {
	for _, alg := range algorithms {
		b.Run(string(alg), func(b *testing.B) {
			s := servertest.New(b)
			api := createAPI(b, s, alg)
			app, minted := s.CreateApplication(registry.Draft{Name: "Job", Type: registry.MachineToMachine})
			s.Grant(app, api, registry.ForClient)
			c := newCaller(b, s, app.ID, minted.Reveal(), url.Values{"grant_type": {"client_credentials"}, "audience": {api.Identifier}, "scope": {"read:orders"}}.Encode())
			b.ReportAllocs()
			for b.Loop() {
				c.call(c.body)
			}
		})
	}
}

// BenchmarkCodeExchange is the redemption of a code for an access token, an ID token and a refresh token: two signatures
// and one transaction.
func BenchmarkCodeExchange(b *testing.B) {
	for _, alg := range algorithms {
		b.Run(string(alg), func(b *testing.B) {
			s := servertest.New(b)
			api := createAPI(b, s, alg)
			u := s.CreateUser("ada@example.com", "")
			app, minted := s.CreateApplication(registry.Draft{
				Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}, IDToken: registry.IDTokenPolicy{Algorithm: string(alg)},
			})
			c := newCaller(b, s, app.ID, minted.Reveal(), "")
			bodies := make([]string, b.N)
			for i := range bodies {
				bodies[i] = issueCode(b, s, app, api, u.ID)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for _, body := range bodies {
				c.call(body)
			}
		})
	}
}

const callback = "https://app.example.com/cb"

func createAPI(b *testing.B, s *servertest.Server, alg signing.Algorithm) registry.API {
	b.Helper()
	api, err := s.Registry.CreateAPI(b.Context(), servertest.Actor, registry.API{
		Name: "Orders", Identifier: "https://api.example.com/", AllowOfflineAccess: true, SigningAlgorithm: string(alg),
		Scopes: []registry.APIScope{{Value: "read:orders", Description: "Read orders"}},
	})
	if err != nil {
		b.Fatal(err)
	}
	return api
}

// issueCode issues a code as the authorization endpoint does and returns the form that redeems it.
func issueCode(b *testing.B, s *servertest.Server, app registry.Application, api registry.API, user string) string {
	b.Helper()
	now, value := s.Clock.Now(), secret.Mint(secret.PrefixCode)
	g := grant.Grant{
		ID: secret.ID(22), ApplicationID: app.ID, ClientID: app.ClientID(), UserID: user, RedirectURI: callback,
		Scopes:  oauth.Scopes{"openid", "email", "offline_access", "read:orders"},
		Targets: []grant.Target{{APIID: api.ID, Audience: api.Identifier, Scopes: oauth.Scopes{"read:orders"}}},
		AMR:     []string{"pwd"}, AuthTime: now, Nonce: "n-1", CreatedAt: now,
	}
	code := grant.Code{
		Hash: s.Keys.Hash(secret.ForCode, value.Reveal()), GrantID: g.ID, ApplicationID: app.ID, RedirectURI: callback,
		Challenge: oauth.Challenge(servertest.Challenge()), CreatedAt: now, ExpiresAt: now.Add(time.Minute),
	}
	if err := s.Store.IssueCode(b.Context(), "", g, code); err != nil {
		b.Fatal(err)
	}
	return url.Values{
		"grant_type": {"authorization_code"}, "code": {value.Reveal()}, "redirect_uri": {callback}, "code_verifier": {servertest.Verifier},
	}.Encode()
}

// caller sends one request after the other with as little around it as can be.
type caller struct {
	b       *testing.B
	handler http.Handler
	request http.Request
	writer  writer
	body    string
}

func newCaller(b *testing.B, s *servertest.Server, id, password, body string) *caller {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.URL+"/oauth/token", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.RemoteAddr = "192.0.2.1:1234"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(id+":"+password)))
	return &caller{b: b, handler: s.Handler(), request: *r, writer: writer{header: http.Header{}}, body: body}
}

func (c *caller) call(body string) {
	r := c.request
	r.Body = io.NopCloser(strings.NewReader(body))
	r.ContentLength = int64(len(body))
	clear(c.writer.header)
	c.handler.ServeHTTP(&c.writer, &r)
	if c.writer.status != http.StatusOK {
		c.b.Fatalf("the answer is %d", c.writer.status)
	}
}

// writer takes an answer and forgets its body.
type writer struct {
	header http.Header
	status int
}

func (w *writer) Header() http.Header         { return w.header }
func (w *writer) WriteHeader(status int)      { w.status = status }
func (w *writer) Write(b []byte) (int, error) { return len(b), nil }
