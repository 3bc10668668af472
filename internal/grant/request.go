package grant

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/secret"
)

// RequestLifetime is how long a person may take between the request and the code.
const RequestLifetime = 15 * time.Minute

// Request is an authorization request after sign-in: what was asked, and what has been decided so far. Before sign-in it
// travels sealed and is no row. That there is a row means that the person chose which account to go on with.
type Request struct {
	Hash          secret.Hash         // of the handle
	ApplicationID string              // empty while the client is a URL that nobody here knows yet
	SessionID     string              // of the session that was current when the row was made
	UserID        string              // whose decisions these are
	Parameters    map[string][]string // the known parameters as they came
	AuthTime      time.Time           // of the sign-in that this request asked for; ends prompt=login and max_age
	Ask           Ask                 // what the consent page shows and the person decides about; empty before
	ConsentedAt   time.Time           // when Ask was allowed; ends prompt=consent; zero before
	DeniedAt      time.Time           // when Ask was denied; zero unless it was
	DocumentHash  string
	CreatedAt     time.Time
	ExpiresAt     time.Time
	FinishedAt    time.Time // zero while open
}

// Open reports whether the request can still be answered at now.
func (r *Request) Open(now time.Time) bool { return r.FinishedAt.IsZero() && now.Before(r.ExpiresAt) }

// AskReason says why the person is asked.
type AskReason string

// The reasons to ask.
const (
	AskConsent      AskReason = "consent"      // the client wants something that is not allowed yet, or always has to ask
	AskConfirmation AskReason = "confirmation" // our own application on a redirect that does not prove who answers
)

// Ask is what a person is asked to allow, fixed when the page is shown, so that nobody allows more than was on it.
type Ask struct {
	Reason        AskReason           `json:"reason,omitempty"`
	Scopes        oauth.Scopes        `json:"scope,omitempty"` // OpenID Connect's own, and offline_access
	Targets       []Target            `json:"targets,omitempty"`
	RedirectURI   string              `json:"redirect_uri,omitempty"`
	RedirectClass oauth.RedirectClass `json:"redirect_class,omitempty"`
	RedirectHost  string              `json:"redirect_host,omitempty"` // for class https
	Identity      string              `json:"identity,omitempty"`      // of an imported application: hash of name, logo and client_uri
	Changed       bool                `json:"changed,omitempty"`       // the client was allowed before, when it said otherwise who it is
	Before        []Target            `json:"before,omitempty"`        // what was allowed earlier; Audience "" for OpenID Connect's own scopes
}

// Fingerprint names what is asked, so that a form can say what its page showed.
func (a Ask) Fingerprint() string {
	text, _ := json.Marshal(a) // strings only: it cannot fail
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
