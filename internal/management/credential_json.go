package management

import (
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// credentialPublicKey is the only type of credential this server keeps beside secrets.
const credentialPublicKey = "public_key"

// ClientCredential is a public key of an application in Auth0's JSON.
type ClientCredential struct {
	ID               string     `json:"id"`
	Name             string     `json:"name"`
	KID              string     `json:"kid"`
	Alg              string     `json:"alg" enum:"RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,ES512,EdDSA,Ed25519"`
	CredentialType   string     `json:"credential_type" enum:"public_key"`
	ThumbprintSHA256 string     `json:"thumbprint_sha256,omitempty" doc:"Of the certificate that the key came in."`
	CreatedAt        *time.Time `json:"created_at,omitempty"`
	UpdatedAt        *time.Time `json:"updated_at,omitempty"`
	ExpiresAt        *time.Time `json:"expires_at,omitempty"`
	LastUsed         string     `json:"last_used,omitempty" format:"date" doc:"Extension."`
}

// ClientCredentialJSON is a key as the Management API and the command line's --json give it.
func ClientCredentialJSON(k *registry.Key) ClientCredential {
	c := ClientCredential{
		ID: k.ID, Name: k.Name, KID: k.KID, Alg: keyAlgorithm(*k), CredentialType: credentialPublicKey, ThumbprintSHA256: k.Certificate,
		CreatedAt: date(k.CreatedAt), UpdatedAt: date(k.CreatedAt), ExpiresAt: date(k.ExpiresAt),
	}
	if !k.LastUsed.IsZero() {
		c.LastUsed = k.LastUsed.UTC().Format(time.DateOnly)
	}
	return c
}

// keyAlgorithm is the algorithm a key is used with, or the first one that fits it.
func keyAlgorithm(k registry.Key) string {
	if k.Algorithm != "" {
		return k.Algorithm
	}
	if fit := k.Public.Algorithms(); len(fit) > 0 {
		return fit[0]
	}
	return ""
}

// ClientAuthenticationMethods names the credentials that an application authenticates with. It goes without
// token_endpoint_auth_method.
type ClientAuthenticationMethods struct {
	PrivateKeyJWT *KeyAuthentication `json:"private_key_jwt,omitempty"`
}

// KeyAuthentication names the keys that are switched on.
type KeyAuthentication struct {
	Credentials []CredentialID `json:"credentials" nullable:"false"`
}

// CredentialID names a credential.
type CredentialID struct {
	ID string `json:"id"`
}

// methodsJSON are the keys of an application that authenticates with them; nil for all others.
func methodsJSON(app *registry.Application) *ClientAuthenticationMethods {
	if !app.Accepts(oauth.AuthPrivateKeyJWT) {
		return nil
	}
	keys := &KeyAuthentication{Credentials: []CredentialID{}}
	for _, k := range app.Keys {
		if k.Active && k.RetiredAt.IsZero() {
			keys.Credentials = append(keys.Credentials, CredentialID{k.ID})
		}
	}
	return &ClientAuthenticationMethods{PrivateKeyJWT: keys}
}
