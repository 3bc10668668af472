package account

import (
	"errors"
	"time"
)

// Sentinels that every store of this domain returns.
var (
	ErrNotFound = errors.New("there is no such user")
	ErrConflict = errors.New("there is a user with this e-mail address already")
	ErrStale    = errors.New("somebody else changed the user in the meantime")
)

// Role is what an operator may do. A user without a role is a person who signs in to applications and nothing more.
type Role string

// The roles of operators.
const (
	NoRole Role = ""
	Owner  Role = "owner"  // everything, operators included
	Editor Role = "editor" // applications, APIs, users
	Viewer Role = "viewer" // looks, changes nothing
)

// User is a person. ID is the sub of their tokens: opaque, at most 255 ASCII characters, never a URL, never ending in
// @clients.
type User struct {
	ID            string // usr_ and 22 characters
	Email         string // as typed
	EmailKey      string // normalised, unique
	EmailVerified bool
	Name          string
	Role          Role
	PasswordHash  string // PHC string; empty = cannot sign in with a password
	Blocked       bool
	CreatedAt     time.Time
	UpdatedAt     time.Time
	LastSignIn    time.Time // zero if never
	Revision      int64
}

// SessionKind separates people's sessions from operators'.
type SessionKind string

// The kinds of session. They have cookies of their own.
const (
	PersonSession   SessionKind = "person"
	OperatorSession SessionKind = "operator"
)

// Session is one browser that is signed in.
type Session struct {
	ID          string // public, the sid of ID tokens: ses_ and 22 characters
	Kind        SessionKind
	UserID      string
	AuthTime    time.Time
	AMR         []string // RFC 8176: pwd
	CreatedAt   time.Time
	SeenAt      time.Time
	IdleExpires time.Time
	Expires     time.Time
	UserAgent   string
	Address     string
	EndedAt     time.Time // zero while alive
}

// Alive reports whether the session is good at now.
func (s Session) Alive(now time.Time) bool {
	return s.EndedAt.IsZero() && now.Before(s.IdleExpires) && now.Before(s.Expires)
}

// Query selects users, newest first.
type Query struct {
	Search    string // beginning of the e-mail address, or of a word of the name
	Operators bool   // only users with a role
	Blocked   bool   // only those who may not sign in
	After     string // cursor of the page before; empty = first
	Limit     int
	Total     bool
}

// Page is one page of users.
type Page struct {
	Users []User
	Next  string // cursor of the next page; empty = last
	Total int    // only if the query asked for it
}
