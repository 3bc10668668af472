package account

import (
	"context"
	"errors"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// Policy is what the instance's settings say about accounts.
type Policy struct {
	InstanceName     string // no password may be made of it
	PersonIdle       time.Duration
	PersonLifetime   time.Duration
	OperatorIdle     time.Duration
	OperatorLifetime time.Duration
	OperatorPasskeys bool // operators sign in with a passkey
}

// Accounts makes, changes and signs in users. All fields must be set.
type Accounts struct {
	Issuer    string // the public URL: where passkeys are good. The command line, which meets no browser, leaves it empty
	Store     Store
	Keys      *secret.Keyring
	Passwords *Passwords
	Now       func() time.Time
	Policy    func() Policy
	Uses      audit.Recorder

	lanes laneLocks
}

// More sentinels of this room.
var (
	ErrLastOwner   = errors.New("this is the last owner of the instance; make another one first")
	ErrHasOperator = errors.New("there is an operator already")
	ErrLink        = errors.New("the link is not valid: it was used, has expired or was replaced by a newer one")
)

// The kinds of event that changes of accounts leave.
const (
	EventCreated       = "user.created"
	EventUpdated       = "user.updated"
	EventDeleted       = "user.deleted"
	EventBlocked       = "user.blocked"
	EventUnblocked     = "user.unblocked"
	EventPasswordSet   = "user.password_set"
	EventSessionEnded  = "user.session_ended" // one of them
	EventSessionsEnded = "user.sessions_ended"
	EventResetLink     = "user.reset_link_made"
)

func (a *Accounts) event(kind string, actor audit.Actor, u User, changes ...audit.FieldChange) audit.Event {
	return audit.Event{
		At: a.Now(), Kind: kind, Actor: actor, TargetKind: "user", TargetID: u.ID, TargetName: u.Email, Changes: changes,
	}
}

// User returns the user with this id, or ErrNotFound.
func (a *Accounts) User(ctx context.Context, id string) (User, error) { return a.Store.User(ctx, id) }

// UserByEmail returns the user with this address in any spelling, or ErrNotFound.
func (a *Accounts) UserByEmail(ctx context.Context, address string) (User, error) {
	key, err := EmailKey(address)
	if err != nil {
		return User{}, ErrNotFound
	}
	return a.Store.UserByEmail(ctx, key)
}

// Users returns one page of users.
func (a *Accounts) Users(ctx context.Context, q Query) (Page, error) { return a.Store.Users(ctx, q) }
