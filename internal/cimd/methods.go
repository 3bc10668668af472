package cimd

import (
	"errors"
	"slices"
	"strings"

	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// sharedSecret reports whether a method rests on something both sides know, which a public document cannot hold.
func sharedSecret(method string) bool { return strings.HasPrefix(method, "client_secret") }

// methods negotiates how the client may authenticate: what it says it can do and this server can too. The default of
// RFC 7591 does not count; no member at all means none. CIMD-03 §6, OpenID RP Metadata Choices 1.0 §2.
func (r *reader) methods() {
	const one, many = "token_endpoint_auth_method", "token_endpoint_auth_methods_supported"
	switch {
	case r.has(many):
		if r.has(one) {
			r.listed(one, many)
		}
		for _, text := range r.meta.AuthMethods {
			r.method(many, text)
		}
	case r.has(one):
		r.method(one, r.meta.AuthMethod)
	case r.raw[one] == nil && r.raw[many] == nil:
		r.method(one, string(oauth.AuthNone))
		r.rows[one].Values = nil
		if r.accepts(oauth.AuthNone) {
			r.note(one, "", string(oauth.AuthNone), "absent; a document without it is a public client")
		}
	}
	r.negotiated(one, many)
}

// listed: the method that a client prefers is one of those it can do.
func (r *reader) listed(one, many string) {
	text := r.meta.AuthMethod
	switch {
	case sharedSecret(text):
		r.method(one, text)
	case !slices.Contains(r.meta.AuthMethods, text):
		r.refuse("auth_method_not_listed", one, text, "is not among "+many, "list it there too")
	default:
		r.take(one, text, "the one it prefers")
	}
}

func (r *reader) method(name, text string) {
	switch m := oauth.AuthMethod(text); {
	case sharedSecret(text):
		r.refuse("auth_method_shared_secret", name, text, "is a method with a shared secret, which a public document cannot have", "use none, or private_key_jwt with a key of yours")
	case slices.Contains(r.Mapped.AuthMethods, m):
		r.note(name, text, "", "is there already")
	case m == oauth.AuthNone && r.policy.ConfidentialOnly:
		r.add(name, Value{Text: text, Verdict: Dropped, Why: "this server wants clients that prove themselves with a key"})
	case m == oauth.AuthNone, m == oauth.AuthPrivateKeyJWT:
		r.Mapped.AuthMethods = append(r.Mapped.AuthMethods, m)
		r.take(name, text, text)
	default:
		r.drop("auth_method_unsupported", name, text, "asked, not granted: this server cannot do it", "nothing need be changed as long as none or private_key_jwt is listed too")
	}
}

// negotiated refuses a document of which nothing is left, unless it was refused for the reason already.
func (r *reader) negotiated(one, many string) {
	if len(r.Mapped.AuthMethods) > 0 || slices.ContainsFunc(r.Violations, func(f Finding) bool { return f.Field == one || f.Field == many }) {
		return
	}
	name := one
	if r.has(many) {
		name = many
	}
	if r.policy.ConfidentialOnly && (slices.Contains(r.meta.AuthMethods, "none") || r.meta.AuthMethod == "none" || !r.has(one) && !r.has(many)) {
		r.refuse("confidential_only", name, "none", "is none; this server admits only clients that prove themselves with a key", "publish keys and say private_key_jwt")
		return
	}
	r.refuse("auth_method_none_common", name, strings.Join(append(r.meta.AuthMethods, r.meta.AuthMethod), " "), "has no method that this server can do: none, private_key_jwt", "list none or private_key_jwt")
}

// assertionAlgorithms are what a client may sign its assertions with.
var assertionAlgorithms = []string{
	"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
}

// keys reads what the client's assertions are verified with. RFC 7591 §2: jwks or jwks_uri.
func (r *reader) keys() {
	r.algorithm()
	if r.has("jwks") && r.has("jwks_uri") {
		r.refuse("jwks_both", "jwks", "", "stands beside jwks_uri", "keep one of the two")
	}
	if r.has("jwks") {
		r.inlineKeys()
	}
	if r.has("jwks_uri") {
		r.remoteKeys()
	}
	if r.accepts(oauth.AuthPrivateKeyJWT) && r.raw["jwks"] == nil && r.raw["jwks_uri"] == nil {
		r.refuse("keys_missing", "jwks_uri", "", "is missing, and so is jwks; private_key_jwt needs a key", "publish the public keys under an https URL and name it in jwks_uri")
	}
}

func (r *reader) algorithm() {
	const name, many = "token_endpoint_auth_signing_alg", "token_endpoint_auth_signing_alg_values_supported"
	for _, text := range r.meta.AuthAlgorithms {
		if slices.Contains(assertionAlgorithms, text) {
			r.note(many, text, "", "accepted, as far as its keys can do it")
			continue
		}
		r.ignore(many, text, "is no algorithm of this server")
	}
	if !r.has(name) {
		return
	}
	text := r.meta.AuthAlgorithm
	switch {
	case text == "none" || strings.HasPrefix(text, "HS"):
		r.refuse("auth_alg_symmetric", name, text, "needs no private key", "use RS256, PS256, ES256 or Ed25519")
	case !r.accepts(oauth.AuthPrivateKeyJWT):
		r.ignore(name, text, "not used: the client does not authenticate with a key")
	case !slices.Contains(assertionAlgorithms, text):
		r.refuse("auth_alg_unsupported", name, text, "is no algorithm of this server", "use one of "+strings.Join(assertionAlgorithms, ", "))
	default:
		r.Mapped.Algorithm = text
		r.take(name, text, "the only algorithm for its assertions")
	}
}

func (r *reader) inlineKeys() {
	const name = "jwks"
	_, _, err := jwk.ParseSet(r.meta.JWKS)
	switch {
	case private(r.meta.JWKS):
		r.refuse("private_key", name, "", "carries a private or symmetric key, which everybody has now", "publish the public half of a new key, and stop using this one everywhere")
		return
	case err != nil:
		r.refuse("keys_unusable", name, "", err.Error(), "publish a JWK Set: an object with an array called keys")
		return
	case !r.accepts(oauth.AuthPrivateKeyJWT):
		r.ignore(name, "", "not used: the client does not authenticate with a key")
		return
	}
	keys, bad, _ := readKeys(r.meta.JWKS, r.policy.Now)
	for _, why := range bad {
		r.drop("key_unusable", name, "", "has a key that cannot be used: "+why, "replace or remove the key")
	}
	for _, k := range keys {
		r.inlineKey(k)
	}
	if len(r.Mapped.Keys) == 0 {
		r.refuse("keys_unusable", name, "", "has no key that can be used", "publish an RSA key of at least 2048 bits, or one for ES256 or Ed25519")
	}
}

func (r *reader) inlineKey(k registry.Key) {
	const name = "jwks"
	if a := r.Mapped.Algorithm; a != "" && !slices.Contains(k.Public.Algorithms(), a) {
		r.drop("auth_alg_key", name, keyTitle(k), "has a key that cannot verify "+a+", which token_endpoint_auth_signing_alg names", "publish a key for "+a+", or change the algorithm")
		return
	}
	r.Mapped.Keys = append(r.Mapped.Keys, k)
	r.take(name, keyTitle(k), "key")
}

func keyTitle(k registry.Key) string {
	title := strings.Join(k.Public.Algorithms(), " or ")
	if k.KID != "" {
		return k.KID + ", " + title
	}
	return k.Thumbprint + ", " + title
}

func (r *reader) remoteKeys() {
	const name = "jwks_uri"
	text := r.meta.JWKSURI
	switch {
	case !r.accepts(oauth.AuthPrivateKeyJWT):
		r.ignore(name, text, "checked; not used, because the client does not authenticate with a key")
	case !r.policy.ForeignKeys && originOf(text) != r.URL.Origin():
		r.refuse("jwks_uri_origin", name, text, "is on another origin than the document, "+r.URL.Origin(), "publish the keys beside the document, or inline in jwks")
	default:
		r.Mapped.JWKSURI = text
		r.take(name, text, "keys, fetched from there")
	}
}

// private reports whether a key set, or what should be one, carries a private or symmetric key.
func private(set []byte) bool {
	_, _, err := jwk.ParseSet(set)
	_, alone := jwk.Parse(set) // a key where a set should stand
	return errors.Is(err, jwk.ErrPrivate) || errors.Is(alone, jwk.ErrPrivate)
}
