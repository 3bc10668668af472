package account

import (
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkey is a WebAuthn credential of a user: the public half and what the authenticator said about itself.
// Web Authentication Level 3 §4.
type Passkey struct {
	ID         string // psk_ and 22 characters
	UserID     string
	Name       string // what the person calls it, at most 64 characters
	Credential webauthn.Credential
	CreatedAt  time.Time
	LastUsed   time.Time // zero if never
}
