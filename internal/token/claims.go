package token

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"time"

	"clientele/internal/account"
	"clientele/internal/endpoint"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/secret"
	"clientele/internal/signing"
)

// accessClaims are the claims of a JWT access token.
type accessClaims struct {
	issuer   string
	audience []string
	subject  string
	client   oauth.ClientID
	scopes   oauth.Scopes
	handle   string       // of the grant; begins the jti
	machine  bool         // the client got it for itself
	grant    *grant.Grant // nil for machine
	now      time.Time
	lifetime time.Duration
}

// rfc9068 is the profile for JWT access tokens, with azp and gty beside it: azp for libraries that know the other profile,
// gty because a resource server must be able to tell a client from a person. RFC 9068 §2.2, §5.
func (c accessClaims) rfc9068() []byte {
	o := c.common()
	o.String("client_id", string(c.client))
	if c.grant != nil {
		authentication(o, c.grant)
	}
	return o.Bytes()
}

// authentication says when and how the person of g signed in. OpenID Connect Core 1.0 §2.
func authentication(o *endpoint.Object, g *grant.Grant) {
	if !g.AuthTime.IsZero() {
		o.Int("auth_time", g.AuthTime.Unix())
	}
	if g.ACR != "" {
		o.String("acr", g.ACR)
	}
	if len(g.AMR) > 0 {
		o.Strings("amr", g.AMR)
	}
}

// auth0 is the shape that Auth0 gives access tokens by default, for libraries that refuse the other type.
func (c accessClaims) auth0() []byte { return c.common().Bytes() }

func (c accessClaims) common() *endpoint.Object {
	o := endpoint.NewObject(512)
	o.String("iss", c.issuer)
	o.String("sub", c.subject)
	if len(c.audience) == 1 {
		o.String("aud", c.audience[0])
	} else {
		o.Strings("aud", c.audience)
	}
	o.Int("iat", c.now.Unix())
	o.Int("exp", c.now.Unix()+int64(c.lifetime/time.Second))
	o.String("jti", c.handle+"."+secret.ID(16))
	o.String("azp", string(c.client))
	if len(c.scopes) > 0 {
		o.String("scope", c.scopes.String())
	}
	if c.machine {
		o.String("gty", "client-credentials")
	}
	return o
}

// idClaims are the claims of an ID token. OpenID Connect Core 1.0 §2.
type idClaims struct {
	issuer      string
	client      oauth.ClientID
	grant       *grant.Grant
	user        account.User
	scopes      oauth.Scopes
	nonce       string // empty when refreshing: OpenID Connect Core 1.0 §12.2
	accessToken string
	algorithm   signing.Algorithm
	now         time.Time
	lifetime    time.Duration
}

func (c idClaims) json() []byte {
	o := endpoint.NewObject(640)
	o.String("iss", c.issuer)
	o.Person(c.user, c.scopes)
	o.String("aud", string(c.client))
	o.Int("iat", c.now.Unix())
	o.Int("exp", c.now.Unix()+int64(c.lifetime/time.Second))
	authentication(o, c.grant)
	if c.nonce != "" {
		o.String("nonce", c.nonce)
	}
	if c.grant.SessionID != "" {
		o.String("sid", c.grant.SessionID)
	}
	o.String("at_hash", halfHash(c.algorithm, c.accessToken))
	return o.Bytes()
}

// halfHash is the left half of the hash that belongs to the algorithm; Ed25519 hashes with SHA-512.
// OpenID Connect Core 1.0 §3.1.3.6.
func halfHash(alg signing.Algorithm, token string) string {
	if alg == signing.EdDSA || alg == signing.Ed25519 {
		sum := sha512.Sum512([]byte(token))
		return base64.RawURLEncoding.EncodeToString(sum[:32])
	}
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
