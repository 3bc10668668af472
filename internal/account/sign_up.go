package account

import (
	"context"
	"errors"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// SignUp makes a user by their own wish, without a role and with an address that nobody has verified. It fails with *Invalid, which
// has every violation and counts for nothing; with *Throttled if too many came from the network of actor, which tells when the next
// is taken; or with ErrConflict if the address is taken, which counts like a new account: whoever asks for many addresses learns
// who has one.
func (a *Accounts) SignUp(ctx context.Context, actor audit.Actor, n NewUser) (User, error) {
	n.Role, n.EmailVerified = NoRole, false
	u, err := a.checked(n)
	if err != nil {
		return User{}, err
	}
	key := a.Keys.Hash(secret.ForThrottle, "sign up\x00"+audit.Network(actor.Address))
	if err := a.takeTurn(ctx, key, laneSignUp); err != nil {
		return User{}, err
	}
	if n.Password != "" {
		u.PasswordHash, err = a.Passwords.Hash(ctx, n.Password)
		if errors.Is(err, ErrBusy) {
			return User{}, &Throttled{Until: a.Now().Add(5 * time.Second)}
		}
		if err != nil {
			return User{}, err
		}
	}
	if err := a.Store.CreateUser(ctx, u, a.event(EventCreated, actor, u, describe(User{}, u)...)); err != nil {
		return User{}, err
	}
	return u, nil
}

// takeTurn counts one try in a lane, or fails with *Throttled while the lane is closed. Asking and counting are one step, so that a
// crowd gets no more turns than one after the other would.
func (a *Accounts) takeTurn(ctx context.Context, key secret.Hash, l lane) error {
	defer a.lanes.lock(attempt{account: key})()
	if err := a.laneOpen(ctx, key); err != nil {
		return err
	}
	return a.count(ctx, key, l)
}
