package account

import (
	"context"
	"errors"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// SetupLinkLifetime is how long a set-up link is good.
const SetupLinkLifetime = time.Hour

// NewSetupLink makes the token of the link that creates the first operator; an earlier link is void from then on. It fails
// with ErrHasOperator if nobody needs one.
func (a *Accounts) NewSetupLink(ctx context.Context) (token secret.Secret, expires time.Time, err error) {
	has, err := a.Store.HasOperator(ctx)
	switch {
	case err != nil:
		return secret.Secret{}, time.Time{}, err
	case has:
		return secret.Secret{}, time.Time{}, ErrHasOperator
	}
	token, expires = secret.Mint(secret.PrefixSetup), a.Now().Add(SetupLinkLifetime)
	return token, expires, a.Store.SaveSetupLink(ctx, a.Keys.Hash(secret.ForSetup, token.Reveal()), expires)
}

// RedeemSetup uses up the link and makes the first operator, an owner. Of several people with the link one wins. It fails
// with *Invalid, ErrLink or ErrConflict; after *Invalid the link is still good.
func (a *Accounts) RedeemSetup(ctx context.Context, token string, n NewUser, address string) (User, error) {
	if !secret.WellFormed(secret.PrefixSetup, token) {
		return User{}, ErrLink
	}
	has, err := a.Store.HasOperator(ctx)
	switch {
	case err != nil:
		return User{}, err
	case has:
		return User{}, ErrLink
	}
	n.Role, n.EmailVerified = Owner, false
	if n.Password == "" {
		return User{}, &Invalid{Violations: []Violation{{Field: "password", Rule: "missing", Message: "A password is needed."}}}
	}
	u, err := a.draft(ctx, n)
	if err != nil {
		return User{}, err
	}
	actor := audit.Actor{Kind: audit.ActorOperator, ID: u.ID, Name: u.Email, Address: address, Door: "setup"}
	hashes := a.Keys.Hashes(secret.ForSetup, token)
	err = a.Store.RedeemSetupLink(ctx, hashes, a.Now(), u, a.event(EventCreated, actor, u, describe(User{}, u)...))
	if errors.Is(err, ErrNotFound) {
		return User{}, ErrLink
	}
	if err != nil {
		return User{}, err
	}
	return u, nil
}
