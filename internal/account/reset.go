package account

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// ResetLinkLifetime is how long a reset link is good.
const ResetLinkLifetime = 24 * time.Hour

// resetLink travels sealed in the link. Nothing of it is kept: the fingerprint of the password hash makes it good once,
// because the first use changes the hash.
type resetLink struct {
	UserID string   `json:"u"`
	Hash   [32]byte `json:"h"`
}

// NewResetLink makes the token of a link by which a person sets a new password, for an operator to hand over. It is good
// once, until it expires or the password changes in another way. Nothing changes until then.
func (a *Accounts) NewResetLink(ctx context.Context, id string) (token secret.Secret, expires time.Time, err error) {
	u, err := a.Store.User(ctx, id)
	if err != nil {
		return secret.Secret{}, time.Time{}, err
	}
	plain, err := json.Marshal(resetLink{UserID: u.ID, Hash: sha256.Sum256([]byte(u.PasswordHash))})
	if err != nil {
		return secret.Secret{}, time.Time{}, err
	}
	expires = a.Now().Add(ResetLinkLifetime)
	return secret.New(a.Keys.SealToken(secret.ForReset, plain, expires)), expires, nil
}

// RedeemReset sets the password of the person the link was made for and ends everything they are signed in with. It fails
// with *Invalid, after which the link is still good, or ErrLink.
func (a *Accounts) RedeemReset(ctx context.Context, token, password, address string) (User, error) {
	u, err := a.ResetUser(ctx, token)
	if err != nil {
		return User{}, err
	}
	actor := audit.Actor{Kind: audit.ActorPerson, ID: u.ID, Name: u.Email, Address: address, Door: "signin"}
	u, err = a.setPassword(ctx, actor, u, password)
	if errors.Is(err, ErrStale) || errors.Is(err, ErrNotFound) {
		return User{}, ErrLink
	}
	return u, err
}

// ResetUser is who the link is for, while it is good. It fails with ErrLink.
func (a *Accounts) ResetUser(ctx context.Context, token string) (User, error) {
	plain, err := a.Keys.OpenToken(secret.ForReset, token, a.Now())
	if err != nil {
		return User{}, ErrLink
	}
	var link resetLink
	if err := json.Unmarshal(plain, &link); err != nil {
		return User{}, ErrLink
	}
	u, err := a.Store.User(ctx, link.UserID)
	switch {
	case errors.Is(err, ErrNotFound):
		return User{}, ErrLink
	case err != nil:
		return User{}, err
	case u.Blocked || sha256.Sum256([]byte(u.PasswordHash)) != link.Hash:
		return User{}, ErrLink
	}
	return u, nil
}
