package account_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/servertest"
)

func newSetupLink(t *testing.T, s *servertest.Server) string {
	t.Helper()
	token, expires, err := s.Accounts.NewSetupLink(t.Context())
	if err != nil || !expires.Equal(s.Clock.Now().Add(time.Hour)) {
		t.Fatalf("expires %v, %v", expires, err)
	}
	return token.Reveal()
}

func TestTheSetupLinkMakesTheFirstOperatorOnce(t *testing.T) {
	s := servertest.New(t)
	token := newSetupLink(t, s)
	u, err := s.Accounts.RedeemSetup(t.Context(), token, newUser("ada@example.com"), here)
	if err != nil || u.Role != account.Owner {
		t.Fatalf("got %+v, %v", u, err)
	}
	if _, err := s.Accounts.RedeemSetup(t.Context(), token, newUser("eve@example.com"), here); !errors.Is(err, account.ErrLink) {
		t.Errorf("a second time: %v", err)
	}
	if _, _, err := s.Accounts.NewSetupLink(t.Context()); !errors.Is(err, account.ErrHasOperator) {
		t.Errorf("a new link: %v", err)
	}
	if _, err := s.Accounts.Authenticate(t.Context(), "ada@example.com", goodPassword, here); err != nil {
		t.Error(err)
	}
}

func TestOfManyWithTheSetupLinkOneWins(t *testing.T) {
	s := servertest.New(t)
	token := newSetupLink(t, s)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		wg.Go(func() {
			_, err := s.Accounts.RedeemSetup(t.Context(), token, newUser(name+"@example.com"), here)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case !errors.Is(err, account.ErrLink):
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	page, err := s.Accounts.Users(t.Context(), account.Query{Operators: true, Limit: 10})
	if won != 1 || err != nil || len(page.Users) != 1 {
		t.Errorf("%d won, %d operators, %v", won, len(page.Users), err)
	}
}

func TestANewSetupLinkVoidsTheOld(t *testing.T) {
	s := servertest.New(t)
	old, fresh := newSetupLink(t, s), newSetupLink(t, s)
	if _, err := s.Accounts.RedeemSetup(t.Context(), old, newUser("ada@example.com"), here); !errors.Is(err, account.ErrLink) {
		t.Errorf("the old one: %v", err)
	}
	if _, err := s.Accounts.RedeemSetup(t.Context(), fresh, newUser("ada@example.com"), here); err != nil {
		t.Errorf("the new one: %v", err)
	}
}

func TestTheSetupLinkIsGoodForAnHour(t *testing.T) {
	s := servertest.New(t)
	token := newSetupLink(t, s)
	s.Clock.Advance(time.Hour)
	if _, err := s.Accounts.RedeemSetup(t.Context(), token, newUser("ada@example.com"), here); !errors.Is(err, account.ErrLink) {
		t.Errorf("got %v", err)
	}
}

func TestAMistypedFormDoesNotUseUpTheSetupLink(t *testing.T) {
	s := servertest.New(t)
	token := newSetupLink(t, s)
	for _, password := range []string{"", "short"} {
		n := newUser("ada@example.com")
		n.Password = password
		_, err := s.Accounts.RedeemSetup(t.Context(), token, n, here)
		if _, ok := errors.AsType[*account.Invalid](err); !ok {
			t.Errorf("%q: %v", password, err)
		}
	}
	if _, err := s.Accounts.RedeemSetup(t.Context(), token, newUser("ada@example.com"), here); err != nil {
		t.Error(err)
	}
}

func newResetLink(t *testing.T, s *servertest.Server, u account.User) string {
	t.Helper()
	token, _, err := s.Accounts.NewResetLink(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return token.Reveal()
}

func TestAResetLinkSetsThePasswordOnceAndEndsEverySession(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	_, session := signIn(t, s, u, account.PersonSession)
	one, two := newResetLink(t, s, u), newResetLink(t, s, u)
	if who, err := s.Accounts.ResetUser(t.Context(), one); err != nil || who.ID != u.ID {
		t.Fatalf("got %+v, %v", who, err)
	}
	if _, err := s.Accounts.RedeemReset(t.Context(), one, "short", here); err == nil || errors.Is(err, account.ErrLink) {
		t.Fatalf("a bad password: %v", err)
	}
	if _, err := s.Accounts.RedeemReset(t.Context(), one, "other words, other bell", here); err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{"the same link": one, "another link from before": two, "nonsense": "x", "nothing": ""} {
		if _, err := s.Accounts.RedeemReset(t.Context(), token, "third words, third bell", here); !errors.Is(err, account.ErrLink) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := sessionErr(t, s, session, account.PersonSession); !errors.Is(err, account.ErrNoSession) {
		t.Errorf("the session: %v", err)
	}
	if err := try(t, s, u.Email, "other words, other bell", here); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestAResetLinkExpires(t *testing.T) {
	s := servertest.New(t)
	token := newResetLink(t, s, create(t, s, newUser("ada@example.com")))
	s.Clock.Advance(account.ResetLinkLifetime)
	if _, err := s.Accounts.ResetUser(t.Context(), token); !errors.Is(err, account.ErrLink) {
		t.Errorf("got %v", err)
	}
}
