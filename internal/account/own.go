package account

import (
	"context"
	"slices"

	"clientele/internal/audit"
)

// OwnPassword is a change of the password by the person whose it is.
type OwnPassword struct {
	Current string // the password until now; ignored if there is none
	New     string
	Address string // of the browser, without port
	Device  string // what DeviceToken gave this browser
	Session string // id of the session that goes on
}

// ChangePassword sets the password of u, who knows the one until now, and ends what u is signed in with elsewhere. What
// applications were allowed stays. It fails with *Invalid for the new one, ErrWrongPassword, *Throttled or ErrStale.
func (a *Accounts) ChangePassword(ctx context.Context, actor audit.Actor, id string, c OwnPassword) error {
	u, err := a.Store.User(ctx, id)
	if err != nil {
		return err
	}
	invalid := &Invalid{}
	checkPassword(invalid, c.New, a.passwordContext(u)...)
	if err := invalid.orNil(); err != nil {
		return err
	}
	if u.PasswordHash != "" {
		try := Attempt{Email: u.Email, Password: c.Current, Address: c.Address, Device: c.Device}
		if err := a.check(ctx, a.attemptFor(u.EmailKey, c.Address), try, u); err != nil {
			return err
		}
	}
	changed := u
	if changed.PasswordHash, err = a.Passwords.Hash(ctx, c.New); err != nil {
		return err
	}
	if _, err := a.save(ctx, EventPasswordSet, actor, u, changed); err != nil {
		return err
	}
	return a.EndOtherSessions(context.WithoutCancel(ctx), actor, u, c.Session)
}

// Sessions returns where u is signed in, the newest first: at one door, or at both if kind is empty.
func (a *Accounts) Sessions(ctx context.Context, userID string, kind SessionKind) ([]Session, error) {
	all, err := a.Store.UserSessions(ctx, userID)
	now := a.Now()
	return slices.DeleteFunc(all, func(s Session) bool { return !s.Alive(now) || kind != "" && s.Kind != kind }), err
}

// EndOneSession signs u out of one browser, and records who did it and which it was. It fails with ErrNotFound if the session is
// somebody else's, or has ended.
func (a *Accounts) EndOneSession(ctx context.Context, actor audit.Actor, u User, id string) error {
	all, err := a.Store.UserSessions(ctx, u.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(s Session) bool { return s.ID == id })
	if i < 0 {
		return ErrNotFound
	}
	ended := all[i]
	return a.Store.EndOneSession(ctx, u.ID, id, a.Now(), a.event(EventSessionEnded, actor, u,
		audit.FieldChange{Field: "session", Before: id}, audit.FieldChange{Field: "device", Before: ended.UserAgent},
		audit.FieldChange{Field: "address", Before: ended.Address}))
}

// EndOtherSessions signs u out everywhere but in one session. What applications were allowed stays.
func (a *Accounts) EndOtherSessions(ctx context.Context, actor audit.Actor, u User, keep string) error {
	return a.Store.EndOtherSessions(ctx, u.ID, keep, a.Now(), a.event(EventSessionsEnded, actor, u))
}
