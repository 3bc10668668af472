package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// NewPasskey is the browser's answer to BeginPasskey.
type NewPasskey struct {
	State   string // of the ceremony
	Answer  []byte // JSON of the PublicKeyCredential
	Name    string // empty = a plain one
	Session string // id of the session it is made in
}

// Passkeys returns the passkeys of a user, the oldest first.
func (a *Accounts) Passkeys(ctx context.Context, userID string) ([]Passkey, error) {
	return a.Store.Passkeys(ctx, userID)
}

// BeginPasskey begins to make a passkey for u in one session. Authenticators that hold one of theirs are asked to decline. It
// fails with ErrTooManyPasskeys, ErrPasskeyFirst or ErrNoPasskeys. Web Authentication Level 3 §5.4, §7.1 step 1.
func (a *Accounts) BeginPasskey(ctx context.Context, u User, session string) (Ceremony, error) {
	party, err := a.relyingParty()
	if err != nil {
		return Ceremony{}, err
	}
	held, err := a.Store.Passkeys(ctx, u.ID)
	if err != nil {
		return Ceremony{}, err
	}
	if len(held) >= MaxPasskeys {
		return Ceremony{}, ErrTooManyPasskeys
	}
	if err := a.PasskeyFirst(ctx, u, session); err != nil {
		return Ceremony{}, err
	}
	var there []protocol.CredentialDescriptor
	for _, p := range held {
		there = append(there, p.Credential.Descriptor())
	}
	options, data, err := party.BeginRegistration(holder{user: u},
		webauthn.WithExclusions(there), webauthn.WithCredentialParameters(webauthn.CredentialParametersRecommendedL3()))
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin a passkey: %w", err)
	}
	return a.seal(options.Response, ceremony{Challenge: data.Challenge, For: forEnrolment, User: u.ID, Session: session})
}

// PasskeyFirst fails with ErrPasskeyFirst if u is an operator who has a passkey, the instance demands one, and the session began
// without. It holds at every door: else the password alone would make, where people sign in, the passkey that is demanded where
// operators do.
func (a *Accounts) PasskeyFirst(ctx context.Context, u User, session string) error {
	if !a.Policy().OperatorPasskeys || !u.Role.Operator() || !a.PasskeysWork() {
		return nil
	}
	held, err := a.Store.Passkeys(ctx, u.ID)
	if err != nil || len(held) == 0 {
		return err
	}
	sessions, err := a.Store.UserSessions(ctx, u.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(sessions, func(s Session) bool { return s.ID == session && s.ByPasskey() }) {
		return ErrPasskeyFirst
	}
	return nil
}

// AddPasskey keeps the passkey that the browser made. It fails with *Invalid for the name, which uses nothing up, with
// ErrCeremony, ErrBadResponse, ErrPasskey, ErrPasskeyFirst, ErrTooManyPasskeys or ErrPasskeyTaken. Web Authentication Level 3 §7.1.
func (a *Accounts) AddPasskey(ctx context.Context, actor audit.Actor, u User, n NewPasskey) (Passkey, error) {
	name, err := passkeyName(n.Name)
	if err != nil {
		return Passkey{}, err
	}
	c, err := a.open(ctx, n.State, forEnrolment)
	if err != nil {
		return Passkey{}, err
	}
	if c.User != u.ID || c.Session != n.Session {
		return Passkey{}, ErrCeremony
	}
	if err := a.PasskeyFirst(ctx, u, n.Session); err != nil {
		return Passkey{}, err
	}
	credential, err := a.verifyNew(u, c, n.Answer)
	if err != nil {
		return Passkey{}, err
	}
	p := Passkey{ID: "psk_" + secret.ID(22), UserID: u.ID, Name: name, Credential: *credential, CreatedAt: a.Now()}
	err = a.Store.AddPasskey(ctx, p, a.event(EventPasskeyAdded, actor, u, audit.FieldChange{Field: "passkey", After: name}))
	return p, err
}

func (a *Accounts) verifyNew(u User, c ceremony, answer []byte) (*webauthn.Credential, error) {
	if err := readAnswer(answer); err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadResponse, inside(err))
	}
	party, err := a.relyingParty()
	if err != nil {
		return nil, err
	}
	credential, err := party.CreateCredential(holder{user: u}, c.session(party), parsed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPasskey, inside(err))
	}
	return credential, nil
}

// RenamePasskey gives a passkey another name. It fails with *Invalid or ErrNoPasskey.
func (a *Accounts) RenamePasskey(ctx context.Context, actor audit.Actor, u User, id, name string) error {
	p, err := a.passkey(ctx, u, id)
	if err != nil {
		return err
	}
	if name, err = passkeyName(name); err != nil || name == p.Name {
		return err
	}
	return a.Store.RenamePasskey(ctx, u.ID, id, name, a.event(EventPasskeyRenamed, actor, u, audit.FieldChange{Field: "passkey", Before: p.Name, After: name}))
}

// RemovePasskey removes a passkey of u. It fails with ErrNoPasskey, and with ErrLastPasskey if u could not sign in any more: the
// last one stays without a password, and for an operator where the instance demands one.
func (a *Accounts) RemovePasskey(ctx context.Context, actor audit.Actor, u User, id string) error {
	p, err := a.passkey(ctx, u, id)
	if err != nil {
		return err
	}
	atLeast := 0
	if u.Role.Operator() && a.Policy().OperatorPasskeys && actor.ID == u.ID {
		atLeast = 1
	}
	return a.Store.RemovePasskey(ctx, u.ID, id, atLeast, a.event(EventPasskeyRemoved, actor, u, audit.FieldChange{Field: "passkey", Before: p.Name}))
}

func (a *Accounts) passkey(ctx context.Context, u User, id string) (Passkey, error) {
	held, err := a.Store.Passkeys(ctx, u.ID)
	if err != nil {
		return Passkey{}, err
	}
	for _, p := range held {
		if p.ID == id {
			return p, nil
		}
	}
	return Passkey{}, ErrNoPasskey
}

// passkeyName is a name as it is kept.
func passkeyName(name string) (string, error) {
	name = strings.TrimSpace(name)
	invalid := &Invalid{}
	switch {
	case name == "":
		name = "Passkey"
	case utf8.RuneCountInString(name) > MaxPasskeyNameLength:
		invalid.add("passkey_name", "too_long", "The name may have 64 characters at most.")
	case !printable(name):
		invalid.add("passkey_name", "malformed", "The name has a character that cannot be shown.")
	}
	return name, invalid.orNil()
}

// inside is an error of the library with what it says to developers, for the log.
func inside(err error) error {
	if detailed, ok := errors.AsType[*protocol.Error](err); ok && detailed.DevInfo != "" {
		return fmt.Errorf("%w: %s", err, detailed.DevInfo)
	}
	return err
}
