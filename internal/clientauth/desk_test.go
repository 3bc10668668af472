package clientauth_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"clientele/internal/audit"
	"clientele/internal/clientauth"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

const (
	issuer   = "https://id.example.com/"
	endpoint = issuer + "oauth/token"
	keyed    = "https://client.example.com/id.json"
	handMade = "handmade"
)

// once is a memory of what was used.
type once struct {
	mu   sync.Mutex
	seen map[string]bool
	err  error
}

func (o *once) UseOnce(_ context.Context, kind string, hash secret.Hash, _, _ time.Time) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return false, o.err
	}
	first := !o.seen[kind+string(hash)]
	o.seen[kind+string(hash)] = true
	return first, nil
}

// tracer keeps traces.
type tracer struct{ traces []audit.Trace }

func (t *tracer) Trace(_ context.Context, trace audit.Trace) string {
	t.traces = append(t.traces, trace)
	return "7KQ2-MD4F"
}

// pair is a private key with what is registered of it.
type pair struct {
	private crypto.Signer
	public  registry.Key
}

// pairs are made when they are first asked for: an RSA key takes its time.
var pairs = map[string]func() pair{
	"rsa": rsaPair("rsa"), "another rsa": rsaPair("another rsa"), "p256": ecPair("p256", elliptic.P256()), "p384": ecPair("p384", elliptic.P384()),
	"p521": ecPair("p521", elliptic.P521()), "another": ecPair("another", elliptic.P256()),
	"ed": newPair("ed", func() (crypto.Signer, error) {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	}),
}

func rsaPair(name string) func() pair {
	return newPair(name, func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) })
}

func ecPair(name string, curve elliptic.Curve) func() pair {
	return newPair(name, func() (crypto.Signer, error) { return ecdsa.GenerateKey(curve, rand.Reader) })
}

func newPair(name string, generate func() (crypto.Signer, error)) func() pair {
	return sync.OnceValue(func() pair {
		private, err := generate()
		if err != nil {
			panic(err)
		}
		k, err := jwk.New(private.Public(), "")
		if err != nil {
			panic(err)
		}
		return pair{private, registry.Key{ID: "cred_" + name, Public: k, KID: name, Thumbprint: k.ID, Active: true}}
	})
}

func keysOf(names ...string) []registry.Key {
	keys := make([]registry.Key, len(names))
	for i, name := range names {
		keys[i] = pairs[name]().public
	}
	return keys
}

// desk is an authenticator with a few clients that have keys.
type desk struct {
	*clientauth.Authenticator
	uses   *recorder
	traces *tracer
	once   *once
	url    *registry.Application
	own    *registry.Application
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	return newDeskWith(t, "rsa", "p256", "p384", "p521", "ed")
}

// newDeskWith makes a desk whose client with a URL has the keys.
func newDeskWith(t testing.TB, keys ...string) *desk {
	t.Helper()
	master, err := secret.NewMaster(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	ring, err := secret.OpenKeyring(master, []secret.DataKey{secret.NewDataKey(master, now)})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{
		uses: &recorder{}, traces: &tracer{}, once: &once{seen: map[string]bool{}},
		url: &registry.Application{
			ID: "tpc_1", ExternalID: keyed, Origin: registry.Imported, Ownership: registry.ThirdParty, Enabled: true, Import: &registry.Import{},
			AuthMethods: []oauth.AuthMethod{oauth.AuthNone, oauth.AuthPrivateKeyJWT}, Keys: keysOf(keys...),
		},
		own: &registry.Application{
			ID: handMade, Enabled: true, AuthMethods: []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}, Keys: keysOf("p256"),
		},
	}
	d.Authenticator = &clientauth.Authenticator{
		Issuer: issuer, Clients: clients{keyed: d.url, handMade: d.own}, Keys: ring, Once: d.once,
		Now: func() time.Time { return now }, Uses: d.uses, Traces: d.traces,
	}
	return d
}

// draft is an assertion before it is signed; a nil takes a member out.
type draft struct {
	key    string
	alg    string
	header map[string]any
	claims map[string]any
}

func claimsOf(client string) map[string]any {
	return map[string]any{"iss": client, "sub": client, "aud": issuer, "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "jti": "jti-1"}
}

func (d draft) sign(t testing.TB) string {
	t.Helper()
	claims := claimsOf(keyed)
	merge(claims, d.claims)
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return d.signRaw(t, payload)
}

func (d draft) signRaw(t testing.TB, payload []byte) string {
	t.Helper()
	if d.key == "" {
		d.key = "p256"
	}
	if d.alg == "" {
		d.alg = "ES256"
	}
	header := map[string]any{"kid": d.key}
	merge(header, d.header)
	alg := jose.SignatureAlgorithm(d.alg)
	if d.alg == "Ed25519" {
		return signEd25519(t, pairs[d.key]().private, header, payload)
	}
	options := (&jose.SignerOptions{}).WithHeader("kid", nil)
	options.ExtraHeaders = map[jose.HeaderKey]any{}
	for name, value := range header {
		options.ExtraHeaders[jose.HeaderKey(name)] = value
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: pairs[d.key]().private}, options)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func merge(into, from map[string]any) {
	for name, value := range from {
		into[name] = value
		if value == nil {
			delete(into, name)
		}
	}
}

// signEd25519 signs under the name that the library does not know.
func signEd25519(t testing.TB, private crypto.Signer, header map[string]any, payload []byte) string {
	t.Helper()
	header["alg"] = "Ed25519"
	head, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	input := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(payload)
	signature, err := private.Sign(nil, []byte(input), crypto.Hash(0))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func presenting(text string) clientauth.Credentials {
	return clientauth.Credentials{AssertionType: clientauth.AssertionType, Assertion: text, Address: "192.0.2.1", Door: "token"}
}
