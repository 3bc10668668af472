package registry

import (
	"encoding/json"
	"strings"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/secret"
)

// Type is what kind of program an application is. It decides defaults and which risks are checked, and it is the value of
// app_type on the wire.
type Type string

// The four types people choose from, and Generic, which an application has that was created without one.
const (
	Generic          Type = ""
	Native           Type = "native"
	SinglePage       Type = "spa"
	RegularWeb       Type = "regular_web"
	MachineToMachine Type = "non_interactive"
)

// Ownership says whose application it is. It is fixed at creation.
type Ownership string

// FirstParty is ours; ThirdParty is somebody else's and always asks for consent.
const (
	FirstParty Ownership = "first_party"
	ThirdParty Ownership = "third_party"
)

// Origin says how an application came here. It is fixed at creation.
type Origin string

// The origins. Imported ones have an ExternalID: the URL of their metadata document.
const (
	Manual     Origin = "manual"
	Registered Origin = "registered" // RFC 7591
	Imported   Origin = "imported"   // Client ID Metadata Document
)

// Source says who set a value: the operator, the application's metadata document, or its own registration.
type Source string

// The sources of a value.
const (
	FromOperator     Source = "operator"
	FromDocument     Source = "document"
	FromRegistration Source = "registration"
)

// URI is one registered URI or origin.
type URI struct {
	Value    string
	Source   Source
	AddedAt  time.Time
	AddedBy  string    // display name of the actor
	LastUsed time.Time // a day in UTC; zero if never
}

// Wildcard reports whether u is a redirect URI whose host begins with a wildcard. A request that came in through one never
// goes without the person: no prompt=none, no skipped consent.
func (u URI) Wildcard() bool { return strings.HasPrefix(u.Value, "https://*.") }

// Application is an OAuth client as this server acts on it.
type Application struct {
	ID         string // internal, immutable, the foreign key everywhere; for hand-made ones it is also the client ID
	ExternalID string // for imported ones: the URL that is the client ID on the wire
	Origin     Origin
	Ownership  Ownership

	Name        string
	Description string
	LogoURI     string
	Type        Type
	Enabled     bool
	Tags        []string

	RedirectURIs     []URI
	LogoutURIs       []URI
	WebOrigins       []URI // may call the token endpoint from a browser
	CORSOrigins      []URI
	InitiateLoginURI string

	GrantTypes  []oauth.GrantType
	AuthMethods []oauth.AuthMethod // a set; {none} is a public client
	RequirePKCE bool

	IDToken IDTokenPolicy
	Refresh RefreshPolicy

	Metadata map[string]string // at most 10 pairs of at most 255 characters
	Extras   json.RawMessage   // settings of Auth0's that are remembered, not acted on; only the Management API reads them

	Secrets []ClientSecret
	Keys    []Key

	Import *Import // the state of the metadata document; nil unless Origin is Imported

	ExpiresAt time.Time // of a stranger that has not finished an authorization yet; zero for all others

	CreatedAt time.Time
	CreatedBy string
	UpdatedAt time.Time
	LastUsed  time.Time // a day in UTC; zero if never
	Findings  FindingCounts
	Revision  int64 // counts up with every change; an edit of an older one is refused
}

// IDTokenPolicy is how ID tokens for an application are made.
type IDTokenPolicy struct {
	Lifetime  time.Duration
	Algorithm string // one of Algorithms
}

// RefreshPolicy is how long refresh tokens live and whether they rotate.
type RefreshPolicy struct {
	Rotating     bool
	Leeway       time.Duration // how long the token before the current one may be presented again
	Lifetime     time.Duration // from the authorization on; 0 = no absolute limit
	IdleLifetime time.Duration // from the last use on; 0 = no idle limit
}

// Expires reports whether refresh tokens end by themselves.
func (p RefreshPolicy) Expires() bool { return p.Lifetime > 0 || p.IdleLifetime > 0 }

// ClientSecret is one client secret: everything but its value.
type ClientSecret struct {
	ID        string // sec_ and 16 characters
	Name      string
	Hash      secret.Hash
	LastFour  string
	CreatedAt time.Time
	CreatedBy string
	ExpiresAt time.Time // zero = never
	RetiredAt time.Time // zero = in use; a retired secret is kept to recognise its use
	LastUsed  time.Time // a day in UTC; zero if never
}

// Usable reports whether the secret may authenticate at now.
func (s ClientSecret) Usable(now time.Time) bool {
	return s.RetiredAt.IsZero() && (s.ExpiresAt.IsZero() || now.Before(s.ExpiresAt))
}

// ClientID is the wire id: the URL for imported applications, else the internal id.
func (a *Application) ClientID() oauth.ClientID {
	if a.ExternalID != "" {
		return oauth.ClientID(a.ExternalID)
	}
	return oauth.ClientID(a.ID)
}

// Expired reports whether a is a stranger that did not finish an authorization in time. It is as good as unknown.
func (a *Application) Expired(now time.Time) bool {
	return !a.ExpiresAt.IsZero() && !now.Before(a.ExpiresAt)
}

// Public reports whether the application authenticates with nothing.
func (a *Application) Public() bool {
	return len(a.AuthMethods) == 1 && a.AuthMethods[0] == oauth.AuthNone
}

// Allows reports whether the application may use the grant type.
func (a *Application) Allows(g oauth.GrantType) bool {
	for _, have := range a.GrantTypes {
		if have == g {
			return true
		}
	}
	return false
}

// Accepts reports whether the application may authenticate with the method.
func (a *Application) Accepts(m oauth.AuthMethod) bool {
	for _, have := range a.AuthMethods {
		if have == m {
			return true
		}
	}
	return false
}

// AnyLoopbackPort reports whether the port of a loopback redirect URI does not count; for http://localhost Policy.LocalhostPort
// has to allow it too. RFC 8252 §7.3.
func (a *Application) AnyLoopbackPort() bool {
	return a.Type == Native || a.Ownership == ThirdParty
}
