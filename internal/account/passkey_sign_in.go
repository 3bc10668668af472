package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// PasskeyAttempt is one try to sign in with a passkey: the browser's answer to BeginPasskeySignIn.
type PasskeyAttempt struct {
	State   string      // of the ceremony
	Answer  []byte      // JSON of the PublicKeyCredential
	Kind    SessionKind // at which door
	Address string      // of the browser, without port
}

// BeginPasskeySignIn begins a sign-in with whichever passkey the browser has for this server. It asks for nobody in particular
// and reads nothing, so it says nothing about who has an account. It fails with ErrNoPasskeys.
// Web Authentication Level 3 §5.5, §14.6.2.
func (a *Accounts) BeginPasskeySignIn(kind SessionKind) (Ceremony, error) {
	party, err := a.relyingParty()
	if err != nil {
		return Ceremony{}, err
	}
	options, data, err := party.BeginDiscoverableLogin()
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin a sign-in: %w", err)
	}
	return a.seal(options.Response, ceremony{Challenge: data.Challenge, For: forSignIn(kind)})
}

// PasskeySignIn returns the user whose passkey it is, with the passkey. It fails with *Throttled before it looks at anything,
// with ErrCeremony, ErrBadResponse, ErrPasskey, which is everything that is wrong with the answer, ErrPasskeyCopied, or
// ErrBlocked. The lanes of passwords do not count here: a guesser of passwords must not keep out who has a passkey.
func (a *Accounts) PasskeySignIn(ctx context.Context, try PasskeyAttempt) (User, Passkey, error) {
	lane := a.attemptFor("", try.Address).address
	if err := a.laneOpen(ctx, lane); err != nil {
		return User{}, Passkey{}, err
	}
	u, p, err := a.byPasskey(ctx, try)
	if errors.Is(err, ErrBadResponse) || errors.Is(err, ErrPasskey) || errors.Is(err, ErrCeremony) || errors.Is(err, ErrPasskeyCopied) {
		if err := a.countIn(context.WithoutCancel(ctx), lane); err != nil {
			return User{}, Passkey{}, err
		}
	}
	if err == nil {
		err = a.Store.MarkSignedIn(ctx, u.ID, a.Now())
	}
	a.recordPasskey(ctx, try, u, err)
	if err != nil {
		return User{}, Passkey{}, err
	}
	u.LastSignIn = a.Now()
	return u, p, nil
}

// byPasskey is §7.2 in its order: the challenge, the credential and whose it is, the signature, the counter.
func (a *Accounts) byPasskey(ctx context.Context, try PasskeyAttempt) (User, Passkey, error) {
	c, err := a.open(ctx, try.State, forSignIn(try.Kind))
	if err != nil {
		return User{}, Passkey{}, err
	}
	if err := readAnswer(try.Answer); err != nil {
		return User{}, Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(try.Answer)
	if err != nil {
		return User{}, Passkey{}, fmt.Errorf("%w: %w", ErrBadResponse, inside(err))
	}
	p, u, err := a.holderOf(ctx, parsed.RawID)
	if err != nil {
		return u, p, err
	}
	party, err := a.relyingParty()
	if err != nil {
		return u, p, err
	}
	find := func(_, _ []byte) (webauthn.User, error) {
		return holder{user: u, passkeys: []webauthn.Credential{p.Credential}}, nil
	}
	_, used, err := party.ValidatePasskeyLogin(find, c.session(party), parsed)
	switch {
	case err != nil:
		return u, p, fmt.Errorf("%w: %w", ErrPasskey, inside(err))
	case u.Blocked:
		return u, p, ErrBlocked
	case try.Kind == OperatorSession && !u.Role.Operator():
		return u, p, ErrPasskey
	}
	return u, p, a.useOf(ctx, u, &p, parsed.Response.AuthenticatorData.Counter, used)
}

// holderOf finds the passkey and its user. It fails with ErrPasskey.
func (a *Accounts) holderOf(ctx context.Context, credentialID []byte) (Passkey, User, error) {
	p, err := a.Store.PasskeyByCredential(ctx, credentialID)
	if errors.Is(err, ErrNoPasskey) {
		return Passkey{}, User{}, ErrPasskey
	}
	if err != nil {
		return Passkey{}, User{}, err
	}
	u, err := a.Store.User(ctx, p.UserID)
	if errors.Is(err, ErrNotFound) {
		return Passkey{}, User{}, ErrPasskey
	}
	return p, u, err
}

// useOf keeps the use, if the counter went on. Otherwise a copy of the passkey may exist: the sign-in is refused, and that is
// recorded where the person and operators see it. Web Authentication Level 3 §6.1.1, §7.2 step 22.
func (a *Accounts) useOf(ctx context.Context, u User, p *Passkey, counter uint32, used *webauthn.Credential) error {
	now := a.Now()
	p.Credential, p.LastUsed = *used, now
	err := a.Store.UsePasskey(ctx, PasskeyUse{ID: p.ID, SignCount: counter, Flags: p.FlagBits(), At: now})
	if errors.Is(err, ErrNoPasskey) {
		return ErrPasskey
	}
	if !errors.Is(err, ErrPasskeyCopied) {
		return err
	}
	actor := audit.Actor{Kind: audit.ActorSystem, Door: "signin"}
	event := a.event(EventPasskeySuspected, actor, u, audit.FieldChange{Field: "passkey", Before: p.Name, After: "its counter did not rise: a copy may exist"})
	if failed := a.Store.SuspectPasskey(context.WithoutCancel(ctx), u.ID, p.ID, now, event); failed != nil && !errors.Is(failed, ErrNoPasskey) {
		return failed
	}
	return err
}

func (a *Accounts) recordPasskey(ctx context.Context, try PasskeyAttempt, u User, refused error) {
	use := audit.Use{At: a.Now(), Kind: UseSignedIn, UserID: u.ID, Address: try.Address, Detail: map[string]string{"with": "passkey"}}
	if refused != nil {
		use.Kind, use.Reason = UseRefused, passkeyReason(refused)
	}
	a.Uses.Record(ctx, use)
}

// passkeyReason is for operators, who may know more than the page says.
func passkeyReason(refused error) string {
	switch {
	case errors.Is(refused, ErrBlocked):
		return "the user is blocked"
	case errors.Is(refused, ErrPasskeyCopied):
		return "the passkey's counter did not rise: a copy may exist"
	case errors.Is(refused, ErrCeremony):
		return "the challenge of the passkey is too old or was answered before"
	case errors.Is(refused, ErrBadResponse), errors.Is(refused, ErrPasskey):
		return "the passkey is unknown or its answer is wrong"
	}
	return "the server could not check the passkey"
}

// laneOpen fails with *Throttled while a lane is closed.
func (a *Accounts) laneOpen(ctx context.Context, key secret.Hash) error {
	rows, err := a.Store.Throttle(ctx, []secret.Hash{key})
	if err != nil {
		return err
	}
	var until time.Time
	for _, t := range rows {
		until = t.Until
	}
	if a.Now().Before(until) {
		return &Throttled{Until: until}
	}
	return nil
}

// countIn counts a failure in the lane of an address alone: the others are of an e-mail address, and here is none.
func (a *Accounts) countIn(ctx context.Context, key secret.Hash) error {
	defer a.lanes.lock(attempt{account: key})()
	return a.count(ctx, key, laneAddress)
}

// count counts once in one lane, which the caller has locked.
func (a *Accounts) count(ctx context.Context, key secret.Hash, l lane) error {
	rows, err := a.Store.Throttle(ctx, []secret.Hash{key})
	if err != nil {
		return err
	}
	t := Throttle{Key: key}
	if len(rows) > 0 {
		t = rows[0]
	}
	return a.Store.SaveThrottle(ctx, l.count(t, a.Now()))
}
