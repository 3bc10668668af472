package grant

import (
	"time"

	"clientele/internal/oauth"
	"clientele/internal/secret"
)

// How long a run of Try it may take, and how long its tokens live at most.
const (
	TrialLifetime      = 5 * time.Minute
	TrialTokenLifetime = time.Minute
)

// TrialPath is where the request of a run is answered, below the issuer. It is nobody's redirect URI: an authorization request
// that names it is looked at only together with the handle of an open run.
const TrialPath = "dashboard/try/callback"

// TrialURI is TrialPath as the request of a run names it. issuer ends in a slash.
func TrialURI(issuer string) string { return issuer + TrialPath }

// Trial is one run of Try it: an operator goes through an authorization for an application, from the application's page. It is
// good once, for TrialLifetime, and in the operator session that began it.
type Trial struct {
	ID            string      // try_ and 22 characters; names its page, and is no capability
	Hash          secret.Hash // of the handle, which travels as state
	ApplicationID string
	OperatorID    string
	SessionID     string              // of the operator
	AsClient      bool                // the application gets a token for itself, and no browser is sent anywhere
	Parameters    map[string][]string // of the request, without the handle
	GrantID       string              // what its code belongs to; empty before
	CreatedAt     time.Time
	ExpiresAt     time.Time
	RedeemedAt    time.Time // when its answer was taken; zero before
	EndedAt       time.Time // zero while it runs
	Outcome       TrialOutcome
}

// NewTrial begins a run, with the handle it is found by. The caller fills in whose it is and what it asks.
func NewTrial(keys *secret.Keyring, now time.Time) (Trial, secret.Secret) {
	handle := NewHandle()
	return Trial{
		ID: "try_" + secret.ID(22), Hash: keys.Hash(secret.ForTrial, handle.Reveal()), CreatedAt: now, ExpiresAt: now.Add(TrialLifetime),
	}, handle
}

// Open reports whether the run can still be answered at now.
func (t *Trial) Open(now time.Time) bool {
	return t.EndedAt.IsZero() && t.RedeemedAt.IsZero() && now.Before(t.ExpiresAt)
}

// TrialOutcome is what became of a run, as its page shows it. No code, no secret and no token with its signature is in it.
type TrialOutcome struct {
	Failure     *TrialFailure     `json:"failure,omitempty"`
	Answer      map[string]string `json:"answer,omitempty"` // what came back to the redirect URI, without the code
	Method      oauth.AuthMethod  `json:"method,omitempty"` // how the application would authenticate
	Verifier    string            `json:"verifier,omitempty"`
	AccessToken *TrialToken       `json:"access_token,omitempty"`
	IDToken     *TrialToken       `json:"id_token,omitempty"`
	Scopes      oauth.Scopes      `json:"scope,omitempty"`
	ExpiresIn   int64             `json:"expires_in,omitempty"` // seconds
	Person      string            `json:"person,omitempty"`     // e-mail address of who signed in
	UserInfo    string            `json:"userinfo,omitempty"`   // the answer's body
	NoUserInfo  *TrialFailure     `json:"no_userinfo,omitempty"`
}

// TrialToken is a token without its signature. Both parts are empty for an opaque one.
type TrialToken struct {
	Header  string `json:"header,omitempty"`  // JSON
	Payload string `json:"payload,omitempty"` // JSON
}

// TrialStep is where a run ended.
type TrialStep string

// The steps of a run that can refuse.
const (
	TrialAtPage     TrialStep = "page"     // the authorization request ended on a page
	TrialAtRedirect TrialStep = "redirect" // the answer carried an error
	TrialAtToken    TrialStep = "token"    // the token endpoint refused
)

// TrialFailure is why a run went no further.
type TrialFailure struct {
	Step      TrialStep `json:"step"`
	Code      string    `json:"code,omitempty"` // of OAuth
	Title     string    `json:"title,omitempty"`
	Message   string    `json:"message"`
	Why       string    `json:"why,omitempty"` // what an application is not told
	Mend      string    `json:"mend,omitempty"`
	Spec      string    `json:"spec,omitempty"`
	Reference string    `json:"reference,omitempty"`
}

// TrialCode is what a run presents for its tokens.
type TrialCode struct {
	TrialID  string
	Code     string
	Verifier string
}

// TrialTokens is what a run gets: whole, to be looked at and forgotten.
type TrialTokens struct {
	AccessToken secret.Secret
	IDToken     secret.Secret // zero if there is none
	Lifetime    time.Duration
	Scopes      oauth.Scopes
	UserID      string // empty if the application acts for itself
}
