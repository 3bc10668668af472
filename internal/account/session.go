package account

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"clientele/internal/secret"
)

// touchEvery is how often at most a session's use is written down.
const touchEvery = time.Minute

// maxUserAgent is how much of a browser's name is kept, in bytes.
const maxUserAgent = 256

// ErrNoSession means that nobody is signed in with this token: it is unknown, ended, expired, of another kind, or its user
// is blocked or gone.
var ErrNoSession = errors.New("nobody is signed in here")

// StartSession signs u in on one browser and returns the session with the token for its cookie. amr says how they proved
// who they are (RFC 8176). replaces is the id of the session that this browser had before, which ends; empty if none: a
// token that was there before a sign-in is never good after it. It fails with ErrStale if u was blocked, or got another password,
// since the sign-in was checked: what a reset ends must not begin again behind it.
func (a *Accounts) StartSession(ctx context.Context, u User, kind SessionKind, amr []string, userAgent, address, replaces string) (Session, secret.Secret, error) {
	now := a.Now()
	idle, lifetime := a.Policy().lifetimes(kind)
	s := Session{
		ID: "ses_" + secret.ID(22), Kind: kind, UserID: u.ID, AuthTime: now, AMR: amr, CreatedAt: now, SeenAt: now,
		Expires: now.Add(lifetime), UserAgent: shorten(userAgent, maxUserAgent), Address: address,
	}
	s.IdleExpires = earlier(now.Add(idle), s.Expires)
	token := secret.Mint(secret.PrefixSession)
	if err := a.Store.StartSession(ctx, s, a.Keys.Hash(secret.ForSession, token.Reveal()), replaces); err != nil {
		return Session{}, secret.Secret{}, err
	}
	if err := a.stillSo(ctx, u); err != nil {
		return Session{}, secret.Secret{}, errors.Join(err, a.EndSession(context.WithoutCancel(ctx), s.ID))
	}
	return s, token, nil
}

// stillSo fails with ErrStale if u may not sign in any more as checked. It is asked once the session is there: a reset or a block
// is saved first and ends sessions then, so either it finds the session or its change is seen here.
func (a *Accounts) stillSo(ctx context.Context, u User) error {
	now, err := a.Store.User(ctx, u.ID)
	switch {
	case err != nil:
		return err
	case now.Blocked || now.PasswordHash != u.PasswordHash:
		return ErrStale
	}
	return nil
}

// SessionOf returns the session whose cookie has this token, and its user. It fails with ErrNoSession if nobody is signed
// in. Using a session keeps it from going idle; that is written at most once a minute.
func (a *Accounts) SessionOf(ctx context.Context, token string, kind SessionKind) (Session, User, error) {
	if !secret.WellFormed(secret.PrefixSession, token) {
		return Session{}, User{}, ErrNoSession
	}
	now := a.Now()
	s, err := a.Store.Session(ctx, a.Keys.Hashes(secret.ForSession, token))
	switch {
	case errors.Is(err, ErrNotFound):
		return Session{}, User{}, ErrNoSession
	case err != nil:
		return Session{}, User{}, err
	case s.Kind != kind || !s.Alive(now):
		return Session{}, User{}, ErrNoSession
	}
	u, err := a.Store.User(ctx, s.UserID)
	switch {
	case errors.Is(err, ErrNotFound):
		return Session{}, User{}, ErrNoSession
	case err != nil:
		return Session{}, User{}, err
	case u.Blocked || kind == OperatorSession && !u.Role.Operator():
		return Session{}, User{}, ErrNoSession
	}
	return a.touch(ctx, s, now), u, nil
}

// touch notes that s was used. If that cannot be written the session is good all the same: it only goes idle sooner.
func (a *Accounts) touch(ctx context.Context, s Session, now time.Time) Session {
	if now.Sub(s.SeenAt) < touchEvery {
		return s
	}
	idle, _ := a.Policy().lifetimes(s.Kind)
	idleExpires := earlier(now.Add(idle), s.Expires)
	if err := a.Store.TouchSession(ctx, s.ID, now, idleExpires); err == nil {
		s.SeenAt, s.IdleExpires = now, idleExpires
	}
	return s
}

// EndSession signs one browser out. An unknown id is fine.
func (a *Accounts) EndSession(ctx context.Context, id string) error {
	err := a.Store.EndSession(ctx, id, a.Now())
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Fresh reports whether the person proved who they are within the last d, as sensitive actions ask.
func (s Session) Fresh(now time.Time, d time.Duration) bool { return now.Sub(s.AuthTime) <= d }

func (p Policy) lifetimes(kind SessionKind) (idle, lifetime time.Duration) {
	if kind == OperatorSession {
		return p.OperatorIdle, p.OperatorLifetime
	}
	return p.PersonIdle, p.PersonLifetime
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// shorten cuts s to at most n bytes, between characters, and drops what is not text.
func shorten(s string, n int) string {
	clean := make([]rune, 0, min(len(s), n))
	size := 0
	for _, r := range s {
		if r < 0x20 || r == 0x7f || r == utf8.RuneError {
			continue
		}
		if size += utf8.RuneLen(r); size > n {
			break
		}
		clean = append(clean, r)
	}
	return string(clean)
}
