package account_test

import (
	"context"
	"errors"
	"testing"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/secret"
	"clientele/internal/servertest"
)

// between is a store in which something happens behind a write.
type between struct {
	account.Store
	afterSave, beforeSession func()
}

func (b *between) SaveUser(ctx context.Context, u account.User, was int64, e audit.Event) error {
	err := b.Store.SaveUser(ctx, u, was, e)
	if b.afterSave != nil {
		b.afterSave()
	}
	return err
}

func (b *between) StartSession(ctx context.Context, s account.Session, hash secret.Hash, replaces string) error {
	if b.beforeSession != nil {
		b.beforeSession()
	}
	return b.Store.StartSession(ctx, s, hash, replaces)
}

func on(s *servertest.Server, b *between) *account.Accounts {
	a := s.Accounts
	return &account.Accounts{Issuer: a.Issuer, Store: b, Keys: a.Keys, Passwords: a.Passwords, Now: a.Now, Policy: a.Policy, Uses: a.Uses}
}

// D45: what a reset or a block ends is ended also if whoever asked for it closes the browser in between.
func TestWhoHangsUpEndsTheSessionsAllTheSame(t *testing.T) {
	for name, do := range map[string]func(ctx context.Context, a *account.Accounts, u account.User) error{
		"block": func(ctx context.Context, a *account.Accounts, u account.User) error {
			_, err := a.Block(ctx, servertest.Actor, u.ID)
			return err
		},
		"set password": func(ctx context.Context, a *account.Accounts, u account.User) error {
			return a.SetPassword(ctx, servertest.Actor, u.ID, "another tall grass")
		},
		"change password": func(ctx context.Context, a *account.Accounts, u account.User) error {
			return a.ChangePassword(ctx, servertest.Actor, u.ID, account.OwnPassword{Current: goodPassword, New: "another tall grass", Address: here})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := servertest.New(t)
			u := create(t, s, newUser("ada@example.com"))
			session, _ := signIn(t, s, u, account.PersonSession)
			ctx, hangUp := context.WithCancel(t.Context())
			if err := do(ctx, on(s, &between{Store: s.Store, afterSave: hangUp}), u); err != nil {
				t.Fatal(err)
			}
			all, err := s.Store.UserSessions(t.Context(), u.ID)
			if err != nil || len(all) != 1 || all[0].ID != session.ID || all[0].EndedAt.IsZero() {
				t.Errorf("%+v, %v", all, err)
			}
		})
	}
}

// D45: a sign-in that was checked before a reset or a block does not begin behind it.
func TestASessionDoesNotBeginBehindWhatEndsSessions(t *testing.T) {
	servertest.Each(t, func(t *testing.T, engine servertest.Option) {
		s := servertest.New(t, engine)
		for name, do := range map[string]func(u account.User) error{
			"block": func(u account.User) error {
				_, err := s.Accounts.Block(t.Context(), servertest.Actor, u.ID)
				return err
			},
			"reset": func(u account.User) error {
				return s.Accounts.SetPassword(t.Context(), servertest.Actor, u.ID, "another tall grass")
			},
		} {
			u := create(t, s, newUser(name+"@example.com"))
			a := on(s, &between{Store: s.Store, beforeSession: func() {
				if err := do(u); err != nil {
					t.Error(err)
				}
			}})
			if _, _, err := a.StartSession(t.Context(), u, account.PersonSession, []string{"pwd"}, "", here, ""); !errors.Is(err, account.ErrStale) {
				t.Errorf("%s: %v", name, err)
			}
			if all, err := s.Accounts.Sessions(t.Context(), u.ID, ""); err != nil || len(all) != 0 {
				t.Errorf("%s: %+v, %v", name, all, err)
			}
		}
	})
}
