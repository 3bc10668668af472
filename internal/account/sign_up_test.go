package account_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/servertest"
)

func signUp(t *testing.T, s *servertest.Server, email, address string) error {
	t.Helper()
	actor := audit.Actor{Kind: audit.ActorPerson, Name: email, Address: address, Door: "signin"}
	_, err := s.Accounts.SignUp(t.Context(), actor, account.NewUser{Email: email, Password: goodPassword, Role: account.Owner, EmailVerified: true})
	return err
}

func TestWhoeverSignsUpHasNoRoleAndNoVerifiedAddress(t *testing.T) {
	s := servertest.New(t)
	if err := signUp(t, s, "ada@example.com", here); err != nil {
		t.Fatal(err)
	}
	u, err := s.Accounts.UserByEmail(t.Context(), "ada@example.com")
	if err != nil || u.Role != account.NoRole || u.EmailVerified {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestSigningUpOverAndOverFromOneNetworkIsSlowedDown(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		for i := range 30 {
			if _, invalid := errors.AsType[*account.Invalid](signUp(t, s, "no address", here)); !invalid {
				t.Fatalf("mistake %d counts", i)
			}
		}
		for i := range 21 {
			if err := signUp(t, s, fmt.Sprintf("p%d@example.com", i), here); err != nil {
				t.Fatalf("account %d: %v", i, err)
			}
		}
		slow, _ := errors.AsType[*account.Throttled](signUp(t, s, "ada@example.com", here))
		if slow == nil || slow.Until.Sub(s.Clock.Now()) != time.Second {
			t.Fatalf("the next one: %+v", slow)
		}
		if err := signUp(t, s, "ada@example.com", elsewhere); err != nil {
			t.Errorf("from elsewhere: %v", err)
		}
		s.Clock.Set(slow.Until)
		if err := signUp(t, s, "p1@example.com", here); !errors.Is(err, account.ErrConflict) {
			t.Errorf("after the wait: %v", err)
		}
		slow, _ = errors.AsType[*account.Throttled](signUp(t, s, "grace@example.com", here))
		if slow == nil || slow.Until.Sub(s.Clock.Now()) != 2*time.Second {
			t.Errorf("asking for an address that is taken does not count: %+v", slow)
		}
	})
}

func TestACrowdOfSignUpsGetsNoMoreTurnsThanAQueue(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		var in atomic.Int64
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				err := signUp(t, s, fmt.Sprintf("p%d@example.com", i), here)
				switch {
				case err == nil:
					in.Add(1)
				case !throttled(err):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if in.Load() != 21 {
			t.Errorf("%d were taken", in.Load())
		}
	})
}
