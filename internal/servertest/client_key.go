package servertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"

	"clientele/internal/jwk"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// ClientKey is a key that a client authenticates with.
type ClientKey struct {
	Private *ecdsa.PrivateKey
	Public  registry.Key // as an application has it: of its metadata document, in use

	server *Server
}

// NewClientKey makes a key on P-256 whose kid is its thumbprint.
func (s *Server) NewClientKey() ClientKey {
	s.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	public, err := jwk.New(private.Public(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	return ClientKey{Private: private, server: s, Public: registry.Key{
		ID: public.ID, Public: public, KID: public.ID, Thumbprint: public.ID, Active: true, Source: registry.FromDocument, CreatedAt: s.Clock.Now(),
	}}
}

// Assertion is a client assertion of a client for this server, good for a minute and once. Claims replace those it would
// have; nil takes one out. RFC 7523 §3.
func (k ClientKey) Assertion(client string, claims map[string]any) string {
	k.server.t.Helper()
	now := k.server.Clock.Now().Unix()
	all := map[string]any{"iss": client, "sub": client, "aud": k.server.Issuer(), "iat": now, "exp": now + 60, "jti": secret.ID(22)}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return k.Sign(map[string]any{"alg": "ES256", "typ": "client-authentication+jwt", "kid": k.Public.KID}, all)
}

// Sign makes a JWS in compact form. RFC 7515 §7.1, RFC 7518 §3.4.
func (k ClientKey) Sign(header, claims map[string]any) string {
	k.server.t.Helper()
	head, err := json.Marshal(header)
	if err != nil {
		k.server.t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		k.server.t.Fatal(err)
	}
	input := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(payload)
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, k.Private, digest[:])
	if err != nil {
		k.server.t.Fatal(err)
	}
	var signature [64]byte
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return input + "." + base64.RawURLEncoding.EncodeToString(signature[:])
}

// Asserting adds an assertion to a token or revocation request.
func (k ClientKey) Asserting(client string, form url.Values) url.Values {
	k.server.t.Helper()
	all := maps.Clone(form)
	all.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	all.Set("client_assertion", k.Assertion(client, nil))
	return all
}
