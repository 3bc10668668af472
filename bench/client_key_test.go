package bench

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
	"clientele/internal/signing"
)

const clientURL = "https://app.example.com/client.json"

// BenchmarkPrivateKeyJWT is a whole token request of a client that authenticates with a key, in process: the assertion is
// verified and remembered, and a token signed. x/floor is what it takes in comparison with nothing but that verification
// and that signature, taking turns with it, both in the median; ns/op is both together.
func BenchmarkPrivateKeyJWT(b *testing.B) {
	for _, alg := range algorithms {
		b.Run(string(alg), func(b *testing.B) {
			s := servertest.New(b)
			api, key := createAPI(b, s, alg), s.NewClientKey()
			app := s.PutImported(clientURL, func(a *registry.Application) {
				a.AuthMethods, a.Keys = []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}, []registry.Key{key.Public}
				a.GrantTypes = append(a.GrantTypes, oauth.ClientCredentials)
				a.Import.ClientCredentials = true
			})
			s.Grant(app, api, registry.ForClient)
			c := newCaller(b, s, "", "", "")
			c.request.Header.Del("Authorization")
			form := url.Values{"grant_type": {"client_credentials"}, "audience": {api.Identifier}}
			bodies, assertions := make([]string, b.N), make([]string, b.N)
			for i := range bodies {
				asserting := key.Asserting(clientURL, form)
				bodies[i], assertions[i] = asserting.Encode(), asserting.Get("client_assertion")
			}
			whole, least := make([]time.Duration, b.N), make([]time.Duration, b.N)
			b.ReportAllocs()
			b.ResetTimer()
			for i, body := range bodies {
				began := time.Now()
				c.call(body)
				called := time.Now()
				floor(b, s, key, alg, assertions[i])
				whole[i], least[i] = called.Sub(began), time.Since(called)
			}
			b.ReportMetric(float64(median(whole)), "ns/request")
			b.ReportMetric(float64(median(whole))/float64(median(least)), "x/floor")
		})
	}
}

// median is what a busy machine disturbs least.
func median(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}

// floor verifies an assertion and signs a token.
func floor(b *testing.B, s *servertest.Server, key servertest.ClientKey, alg signing.Algorithm, text string) {
	b.Helper()
	dot := strings.LastIndexByte(text, '.')
	signature, err := base64.RawURLEncoding.DecodeString(text[dot+1:])
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256([]byte(text[:dot]))
	r, t := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if !ecdsa.Verify(&key.Private.PublicKey, digest[:], r, t) {
		b.Fatal("the assertion is not signed")
	}
	if _, err := s.Signing.Sign(b.Context(), alg, signing.TypeAccessToken, []byte(claims)); err != nil {
		b.Fatal(err)
	}
}

// claims are as long as those of an access token.
var claims = `{"iss":"https://id.example.test/","sub":"` + strings.Repeat("x", 300) + `"}`

// BenchmarkAuthorizeImported is an authorization of somebody who is signed in and has allowed the application before, up to
// the code: for a hand-made application, and for one from a metadata document that is fresh. Both take turns; x/hand-made is
// what the document costs.
func BenchmarkAuthorizeImported(b *testing.B) {
	s := servertest.New(b)
	s.CreateUser("ada@example.com", "")
	made, _ := s.CreateApplication(registry.Draft{
		Name: "Made", Type: registry.RegularWeb, RedirectURIs: []string{callback}, Ownership: registry.ThirdParty, AuthMethods: []oauth.AuthMethod{oauth.AuthNone},
	})
	imported := s.PutImported(clientURL, nil)
	visitors := []visitor{newVisitor(b, s, made), newVisitor(b, s, imported)}
	var took [2][]time.Duration
	b.ResetTimer()
	for b.Loop() {
		for i, v := range visitors {
			began := time.Now()
			v.visit(b)
			took[i] = append(took[i], time.Since(began))
		}
	}
	b.ReportMetric(float64(median(took[1]))/float64(median(took[0])), "x/hand-made")
}

// visitor comes with a session, and has allowed the application before.
type visitor struct {
	browser *servertest.Browser
	path    string
}

func newVisitor(b *testing.B, s *servertest.Server, app registry.Application) visitor {
	b.Helper()
	request := url.Values{
		"client_id": {string(app.ClientID())}, "redirect_uri": {callback}, "scope": {"openid"}, "response_type": {"code"}, "state": {"s"},
		"code_challenge": {servertest.Challenge()}, "code_challenge_method": {"S256"},
	}
	v := visitor{browser: s.Browser(), path: "/authorize?" + request.Encode()}
	if answer := v.browser.Authorize("ada@example.com", request); !answer.Has("code") {
		b.Fatalf("there is no code: %v", answer)
	}
	return v
}

func (v visitor) visit(b *testing.B) {
	b.Helper()
	if page := v.browser.Get(v.path); page.Left == nil || !page.Left.Query().Has("code") {
		b.Fatalf("there is no code: %d %s", page.Status, page.Body)
	}
}
