package account

import (
	"context"
	"strings"
	"unicode"

	"clientele/internal/audit"
)

// Update changes a user's e-mail address, name, role or whether the address is verified; other fields are put back as they
// were. revision is the one that was edited, 0 for whichever is there. A new address is unverified unless change says so. It
// fails with *Invalid, ErrNotFound, ErrStale, ErrConflict or ErrLastOwner; an error of change comes back as it is.
func (a *Accounts) Update(ctx context.Context, actor audit.Actor, id string, revision int64, change func(*User) error) (User, error) {
	before, err := a.Store.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	if revision != 0 && revision != before.Revision {
		return User{}, ErrStale
	}
	wanted := before
	if err := change(&wanted); err != nil {
		return User{}, err
	}
	u := before
	u.Email, u.Name, u.Role, u.EmailVerified = strings.TrimSpace(wanted.Email), strings.TrimSpace(wanted.Name), wanted.Role, wanted.EmailVerified
	invalid := &Invalid{}
	checkUser(invalid, &u)
	if err := invalid.orNil(); err != nil {
		return User{}, err
	}
	if u.EmailKey != before.EmailKey && before.EmailVerified {
		u.EmailVerified = false
	}
	return a.save(ctx, EventUpdated, actor, before, u)
}

// SetPassword sets a user's password for them, as an operator does, and ends everything they are signed in with. It fails
// with *Invalid or ErrNotFound.
func (a *Accounts) SetPassword(ctx context.Context, actor audit.Actor, id, password string) error {
	before, err := a.Store.User(ctx, id)
	if err != nil {
		return err
	}
	_, err = a.setPassword(ctx, actor, before, password)
	return err
}

// setPassword saves the password, and then ends what the user is signed in with, also if whoever asked for it has gone meanwhile.
func (a *Accounts) setPassword(ctx context.Context, actor audit.Actor, before User, password string) (User, error) {
	invalid := &Invalid{}
	checkPassword(invalid, password, a.passwordContext(before)...)
	if err := invalid.orNil(); err != nil {
		return User{}, err
	}
	hash, err := a.Passwords.Hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	u := before
	u.PasswordHash = hash
	if u, err = a.save(ctx, EventPasswordSet, actor, before, u); err != nil {
		return User{}, err
	}
	return u, a.EndSessions(context.WithoutCancel(ctx), actor, u)
}

// Block keeps a user from signing in and ends everything they are signed in with. Blocking twice is fine. It fails with ErrNotFound,
// ErrStale or ErrLastOwner.
func (a *Accounts) Block(ctx context.Context, actor audit.Actor, id string) (User, error) {
	before, err := a.Store.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	u := before
	if !before.Blocked {
		u.Blocked = true
		if u, err = a.save(ctx, EventBlocked, actor, before, u); err != nil {
			return User{}, err
		}
	}
	return u, a.EndSessions(context.WithoutCancel(ctx), actor, u)
}

// Unblock lets a user sign in again. Unblocking twice is fine.
func (a *Accounts) Unblock(ctx context.Context, actor audit.Actor, id string) (User, error) {
	before, err := a.Store.User(ctx, id)
	if err != nil || !before.Blocked {
		return before, err
	}
	u := before
	u.Blocked = false
	return a.save(ctx, EventUnblocked, actor, before, u)
}

// Delete removes a user for good, with everything they are signed in with. It fails with ErrNotFound or ErrLastOwner.
func (a *Accounts) Delete(ctx context.Context, actor audit.Actor, id string) error {
	u, err := a.Store.User(ctx, id)
	if err != nil {
		return err
	}
	return a.Store.DeleteUser(ctx, id, a.Now(), a.event(EventDeleted, actor, u, describe(u, User{PasswordHash: u.PasswordHash})...))
}

// EndSessions ends all sessions, grants and refresh tokens of u.
func (a *Accounts) EndSessions(ctx context.Context, actor audit.Actor, u User) error {
	return a.Store.EndUserSessions(ctx, u.ID, a.Now(), a.event(EventSessionsEnded, actor, u))
}

func (a *Accounts) save(ctx context.Context, kind string, actor audit.Actor, before, u User) (User, error) {
	u.UpdatedAt = a.Now()
	if err := a.Store.SaveUser(ctx, u, before.Revision, a.event(kind, actor, u, describe(before, u)...)); err != nil {
		return User{}, err
	}
	u.Revision = before.Revision + 1
	return u, nil
}

func printable(s string) bool {
	for _, r := range s {
		if r == unicode.ReplacementChar || r != ' ' && !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
