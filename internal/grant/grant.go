package grant

import (
	"errors"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/secret"
)

// ErrNotFound means that there is no such request, code, family, grant or consent.
var ErrNotFound = errors.New("nothing was granted under this handle")

// Target is one API that a grant is good for, and with which scopes.
type Target struct {
	APIID    string       `json:"api"`
	Audience string       `json:"aud"` // as registered
	Scopes   oauth.Scopes `json:"scope"`
}

// Grant is one authorization: what one person (or an application for itself) allowed one client, in one sitting. Ending it
// ends every token that points to it and no other.
type Grant struct {
	ID            string // 22 characters; embedded in the jti of access tokens
	ApplicationID string
	ClientID      oauth.ClientID // wire id at the time
	UserID        string         // empty for client_credentials
	SessionID     string         // sid
	RedirectURI   string         // as it was used
	Device        string         // user agent, shortened
	Scopes        oauth.Scopes   // everything granted, OpenID Connect's included
	Targets       []Target       // in the order asked for; the first is the default
	Resources     bool           // the request used resource (RFC 8707), so each token names exactly one audience
	ACR           string
	AMR           []string
	AuthTime      time.Time
	Nonce         string
	AuthMethod    oauth.AuthMethod // method (and key) of the first redemption; pinned
	KeyThumbprint string
	Confirmation  string // cnf, for sender-constrained tokens
	DocumentHash  string // of the metadata document it was given under
	KeySetVersion string
	AdmissionRule string
	TrialID       string // the run of Try it that made it; empty for all that applications get
	CreatedAt     time.Time
	RevokedAt     time.Time // zero while alive
	RevokedWhy    string
}

// Alive reports whether the grant still stands.
func (g *Grant) Alive() bool { return g.RevokedAt.IsZero() }

// CodeLifetime is how long an authorization code lives. RFC 6749 §4.1.2 allows 10 minutes, FAPI 2.0 one.
const CodeLifetime = 60 * time.Second

// Code is an authorization code: everything but its value.
type Code struct {
	Hash          secret.Hash
	GrantID       string
	ApplicationID string
	RedirectURI   string
	Challenge     oauth.Challenge // empty if the client may go without
	CreatedAt     time.Time
	ExpiresAt     time.Time
	RedeemedAt    time.Time // zero while unused
}

// Family is one refresh token with all its successors. The tokens themselves are derived from the id and the generation
// under a data key, so nothing of them is kept.
type Family struct {
	ID            string // 22 characters
	GrantID       string
	ApplicationID string
	UserID        string
	KeyID         string // the data key its tokens are derived under
	Generation    int64  // of the token that is good now; begins at 1
	Rotating      bool
	CreatedAt     time.Time
	RotatedAt     time.Time // when Generation last went up; zero before
	UsedAt        time.Time
	ExpiresAt     time.Time // absolute; zero = never
	IdleExpiresAt time.Time // zero = never
	RevokedAt     time.Time // zero while alive
}

// RotateOutcome is what became of a refresh token that was presented.
type RotateOutcome int

// The outcomes of presenting a refresh token.
const (
	RotateRefused RotateOutcome = iota // unknown, expired or revoked before
	Rotated                            // it was the current one; the family moved on (or stays, if it does not rotate)
	RotateRetried                      // it was the one before, within the leeway, its successor unused: same successor again
	RotateReused                       // it was used before: family and grant are revoked now
)

// Rotation is what Store.Rotate is asked.
type Rotation struct {
	FamilyID     string
	Generation   int64 // of the token presented
	Now          time.Time
	Leeway       time.Duration
	Rotating     bool          // by the application's policy of today
	IdleLifetime time.Duration // by the application's policy of today; 0 = none
}
