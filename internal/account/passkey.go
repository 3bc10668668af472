package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"clientele/internal/audit"
	"clientele/internal/secret"
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
	Suspected  time.Time // when it was refused because a copy of it may exist; zero if never
}

// Synced reports whether the passkey may be on several devices of the person: the provider keeps a copy.
// Web Authentication Level 3 §6.1.3.
func (p Passkey) Synced() bool { return p.Credential.Flags.BackupEligible }

// FlagBits is what the authenticator said at the last use, as one byte. Web Authentication Level 3 §6.1.
func (p Passkey) FlagBits() byte { return p.Credential.Flags.MsgpByte() }

// SetFlagBits puts FlagBits back.
func (p *Passkey) SetFlagBits(bits byte) {
	p.Credential.Flags = webauthn.CredentialFlagsFromMsgpByte(bits)
}

// The limits of passkeys.
const (
	MaxPasskeys          = 10 // of one user
	MaxPasskeyNameLength = 64 // in characters
)

// Why something about a passkey was refused.
var (
	ErrNoPasskey       = errors.New("there is no such passkey")
	ErrTooManyPasskeys = errors.New("nobody has more than 10 passkeys; remove one first")
	ErrLastPasskey     = errors.New("this is the only way to sign in that is left; add another passkey or set a password first")
	ErrPasskeyTaken    = errors.New("this passkey is registered already")
	ErrPasskeyCopied   = errors.New("a copy of this passkey may exist")
	ErrPasskeyFirst    = errors.New("an operator who has a passkey signs in with it before this")
)

// PasskeyUse is what a sign-in leaves in the row of its passkey.
type PasskeyUse struct {
	ID        string
	SignCount uint32
	Flags     byte // of the authenticator data
	At        time.Time
}

// PasskeyStore keeps passkeys. Every method is one transaction; a method with an event writes it in the same.
type PasskeyStore interface {
	AddPasskey(ctx context.Context, p Passkey, e audit.Event) error                           // ErrTooManyPasskeys, ErrPasskeyTaken, ErrNotFound
	Passkeys(ctx context.Context, userID string) ([]Passkey, error)                           // oldest first
	PasskeyByCredential(ctx context.Context, credentialID []byte) (Passkey, error)            // ErrNoPasskey
	RenamePasskey(ctx context.Context, userID, id, name string, e audit.Event) error          // ErrNoPasskey
	RemovePasskey(ctx context.Context, userID, id string, atLeast int, e audit.Event) error   // ErrNoPasskey, ErrLastPasskey
	UsePasskey(ctx context.Context, use PasskeyUse) error                                     // ErrPasskeyCopied, ErrNoPasskey
	SuspectPasskey(ctx context.Context, userID, id string, at time.Time, e audit.Event) error // ErrNoPasskey
	UseOnce(ctx context.Context, kind string, hash secret.Hash, now, expires time.Time) (first bool, err error)
}

// The kinds of event that changes of passkeys leave.
const (
	EventPasskeyAdded     = "user.passkey_added"
	EventPasskeyRenamed   = "user.passkey_renamed"
	EventPasskeyRemoved   = "user.passkey_removed"
	EventPasskeySuspected = "user.passkey_suspected"
)

// The ways in which a passkey proves who somebody is, as tokens say it. Both are a proof of possession with a test of the
// person's presence; swk says that the key is kept in software, because its provider copies it to other devices. That a key
// is kept in hardware (hwk) is never claimed: nobody attests it here. RFC 8176 §2.
const (
	amrPossession = "pop"
	amrSoftware   = "swk"
	amrPresence   = "user"
)

// AMR is what a session that began with p says about how the person proved who they are.
func (p Passkey) AMR() []string {
	if p.Synced() {
		return []string{amrSoftware, amrPresence}
	}
	return []string{amrPossession, amrPresence}
}

// ByPasskey reports whether the session began with a passkey.
func (s Session) ByPasskey() bool {
	return slices.Contains(s.AMR, amrPossession) || slices.Contains(s.AMR, amrSoftware)
}
