package account

import (
	"context"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// Users keeps users. Every method is one transaction; a method with an event writes it in the same.
type Users interface {
	CreateUser(ctx context.Context, u User, e audit.Event) error                   // ErrConflict
	SaveUser(ctx context.Context, u User, was int64, e audit.Event) error          // ErrStale, ErrNotFound, ErrConflict, ErrLastOwner; writes revision was+1
	DeleteUser(ctx context.Context, id string, now time.Time, e audit.Event) error // ErrNotFound, ErrLastOwner
	User(ctx context.Context, id string) (User, error)
	UserByEmail(ctx context.Context, key string) (User, error)
	Users(ctx context.Context, q Query) (Page, error)
	MarkSignedIn(ctx context.Context, userID string, at time.Time) error
}

// Sessions keeps browser sessions.
type Sessions interface {
	StartSession(ctx context.Context, s Session, hash secret.Hash, replaces string) error
	Session(ctx context.Context, hashes []secret.Hash) (Session, error) // ErrNotFound
	TouchSession(ctx context.Context, id string, seen, idleExpires time.Time) error
	EndSession(ctx context.Context, id string, now time.Time) error
	EndUserSessions(ctx context.Context, userID string, now time.Time, e audit.Event) error   // sessions, grants and refresh families
	EndOneSession(ctx context.Context, userID, id string, now time.Time, e audit.Event) error // ErrNotFound if it is nobody's or somebody else's
	EndOtherSessions(ctx context.Context, userID, keep string, now time.Time, e audit.Event) error
	UserSessions(ctx context.Context, userID string) ([]Session, error)
}

// SetupLinks keeps the one open set-up link.
type SetupLinks interface {
	HasOperator(ctx context.Context) (bool, error)
	SaveSetupLink(ctx context.Context, hash secret.Hash, expires time.Time) error // replaces any earlier one
	// RedeemSetupLink creates operator in the transaction that uses up the link; ErrNotFound unless the link is open and there
	// is no operator yet.
	RedeemSetupLink(ctx context.Context, hashes []secret.Hash, now time.Time, operator User, e audit.Event) error
}

// Throttles keeps what slows down guessing. A missing key is no row.
type Throttles interface {
	Throttle(ctx context.Context, keys []secret.Hash) ([]Throttle, error)
	SaveThrottle(ctx context.Context, t Throttle) error
	ClearThrottle(ctx context.Context, key secret.Hash) error
}

// Store is all of what accounts are kept in.
type Store interface {
	Users
	Sessions
	SetupLinks
	Throttles
	PasskeyStore
}
