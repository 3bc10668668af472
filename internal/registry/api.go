package registry

import (
	"encoding/json"
	"strings"
	"time"

	"clientele/internal/oauth"
)

// API is a resource server: something that accepts our access tokens.
type API struct {
	ID         string // 24 hexadecimal characters
	Identifier string // the audience; immutable and unique
	Name       string
	System     bool // the Management API; its identifier is computed from the issuer and it is never stored by that

	Scopes           []APIScope
	SigningAlgorithm string // one of Algorithms
	TokenLifetime    time.Duration
	TokenProfile     TokenProfile

	AllowOfflineAccess bool
	SkipConsent        bool // for first-party applications with a redirect URI that proves who answers
	UserPolicy         AccessPolicy
	ClientPolicy       AccessPolicy

	Extras json.RawMessage // settings of Auth0's that are remembered, not acted on

	CreatedAt time.Time
	UpdatedAt time.Time
	Revision  int64
}

// APIScope is one permission of an API.
type APIScope struct {
	Value       string
	Description string
	Default     bool // granted when a request names no scope
}

// TokenProfile is the shape of an API's access tokens.
type TokenProfile string

// RFC9068 is the default: typ at+jwt with azp, gty and scope beside it. Auth0Profile is for libraries that refuse at+jwt.
const (
	RFC9068      TokenProfile = "rfc9068_profile"
	Auth0Profile TokenProfile = "access_token"
)

// AccessPolicy says which applications may get tokens of an API.
type AccessPolicy string

// The access policies. AllowAll is for first-party applications acting for a person only.
const (
	AllowAll     AccessPolicy = "allow_all"
	RequireGrant AccessPolicy = "require_client_grant"
	DenyAll      AccessPolicy = "deny_all"
)

// ScopeValues are the API's scopes as a set.
func (a *API) ScopeValues() oauth.Scopes {
	set := make(oauth.Scopes, len(a.Scopes))
	for i, s := range a.Scopes {
		set[i] = s.Value
	}
	return set
}

// CanonicalAudience is the key under which an identifier is looked up: one trailing slash does not count.
func CanonicalAudience(identifier string) string { return strings.TrimSuffix(identifier, "/") }

// SubjectType says for whom a client grant is: an application acting for a person, or for itself.
type SubjectType string

// The subject types of a client grant.
const (
	ForUser   SubjectType = "user"
	ForClient SubjectType = "client"
)

// ClientGrant lets an application, every third-party application, or every application that nobody approved, get tokens of
// an API.
type ClientGrant struct {
	ID            string // cgr_ and 16 characters
	ApplicationID string // empty for a default grant
	ThirdParties  bool   // the default grant for third-party applications that an operator made, imported or approved
	Strangers     bool   // the default grant for applications that came by themselves and nobody approved
	APIID         string
	SubjectType   SubjectType
	Scopes        oauth.Scopes
	AllScopes     bool
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Revision      int64
}
