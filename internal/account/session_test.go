package account_test

import (
	"errors"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/secret"
	"clientele/internal/servertest"
)

func sessionErr(t *testing.T, s *servertest.Server, token string, kind account.SessionKind) error {
	t.Helper()
	_, _, err := s.Accounts.SessionOf(t.Context(), token, kind)
	return err
}

func TestASessionBelongsToTheTokenInItsCookie(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	started, token := signIn(t, s, u, account.PersonSession)
	got, person, err := s.Accounts.SessionOf(t.Context(), token, account.PersonSession)
	if err != nil || got.ID != started.ID || person.ID != u.ID || !got.AuthTime.Equal(s.Clock.Now()) || got.AMR[0] != "pwd" {
		t.Errorf("got %+v, %+v, %v", got, person, err)
	}
	for _, other := range []string{"", started.ID, token + "x", secret.Mint(secret.PrefixSession).Reveal()} {
		if err := sessionErr(t, s, other, account.PersonSession); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("%q: %v", other, err)
		}
	}
}

func TestAPersonsSessionIsNoOperatorsSession(t *testing.T) {
	s := servertest.New(t)
	owner := createOwner(t, s, "ada@example.com")
	_, person := signIn(t, s, owner, account.PersonSession)
	_, operator := signIn(t, s, owner, account.OperatorSession)
	if err := sessionErr(t, s, person, account.OperatorSession); !errors.Is(err, account.ErrNoSession) {
		t.Errorf("got %v", err)
	}
	if err := sessionErr(t, s, operator, account.PersonSession); !errors.Is(err, account.ErrNoSession) {
		t.Errorf("got %v", err)
	}
}

func TestWhoLosesTheRoleLosesTheOperatorsSession(t *testing.T) {
	s := servertest.New(t)
	createOwner(t, s, "grace@example.com")
	owner := createOwner(t, s, "ada@example.com")
	_, token := signIn(t, s, owner, account.OperatorSession)
	if _, err := s.Accounts.Update(t.Context(), servertest.Actor, owner.ID, 0, setRole(account.NoRole)); err != nil {
		t.Fatal(err)
	}
	if err := sessionErr(t, s, token, account.OperatorSession); !errors.Is(err, account.ErrNoSession) {
		t.Errorf("got %v", err)
	}
}

func TestASignInReplacesTheSessionThatTheBrowserHad(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	before, old := signIn(t, s, u, account.PersonSession)
	after, fresh, err := s.Accounts.StartSession(t.Context(), u, account.PersonSession, []string{"pwd"}, "", here, before.ID)
	if err != nil || after.ID == before.ID || fresh.Reveal() == old {
		t.Fatalf("got %+v, %v", after, err)
	}
	if err := sessionErr(t, s, old, account.PersonSession); !errors.Is(err, account.ErrNoSession) {
		t.Errorf("the old token: %v", err)
	}
	if err := sessionErr(t, s, fresh.Reveal(), account.PersonSession); err != nil {
		t.Errorf("the new token: %v", err)
	}
}

func TestAnIdleSessionEnds(t *testing.T) {
	s := servertest.New(t)
	owner := createOwner(t, s, "ada@example.com")
	for kind, idle := range map[account.SessionKind]time.Duration{account.PersonSession: 72 * time.Hour, account.OperatorSession: 30 * time.Minute} {
		_, token := signIn(t, s, owner, kind)
		s.Clock.Advance(idle - time.Second)
		if err := sessionErr(t, s, token, kind); err != nil {
			t.Fatalf("%s: just before: %v", kind, err)
		}
		s.Clock.Advance(idle - time.Second)
		if err := sessionErr(t, s, token, kind); err != nil {
			t.Errorf("%s: using it did not keep it: %v", kind, err)
		}
		s.Clock.Advance(idle)
		if err := sessionErr(t, s, token, kind); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("%s: afterwards: %v", kind, err)
		}
	}
}

func TestASessionEndsHoweverOftenItIsUsed(t *testing.T) {
	s := servertest.New(t)
	owner := createOwner(t, s, "ada@example.com")
	for kind, times := range map[account.SessionKind]struct{ lifetime, step time.Duration }{
		account.PersonSession: {7 * 24 * time.Hour, 71 * time.Hour}, account.OperatorSession: {8 * time.Hour, 29 * time.Minute},
	} {
		_, token := signIn(t, s, owner, kind)
		end := s.Clock.Now().Add(times.lifetime)
		for s.Clock.Now().Before(end) {
			if err := sessionErr(t, s, token, kind); err != nil {
				t.Fatalf("%s: %v before its end: %v", kind, end.Sub(s.Clock.Now()), err)
			}
			s.Clock.Advance(times.step)
		}
		if err := sessionErr(t, s, token, kind); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("%s: after its end: %v", kind, err)
		}
	}
}

func TestUseIsWrittenAtMostOnceAMinute(t *testing.T) {
	s := servertest.New(t)
	started, token := signIn(t, s, create(t, s, newUser("ada@example.com")), account.PersonSession)
	seen := func() time.Time {
		sessions, err := s.Store.UserSessions(t.Context(), started.UserID)
		if err != nil || len(sessions) != 1 {
			t.Fatalf("%v, %v", sessions, err)
		}
		return sessions[0].SeenAt
	}
	s.Clock.Advance(59 * time.Second)
	if err := sessionErr(t, s, token, account.PersonSession); err != nil || !seen().Equal(started.SeenAt) {
		t.Errorf("written after 59 s: %v, %v", seen(), err)
	}
	s.Clock.Advance(time.Second)
	if err := sessionErr(t, s, token, account.PersonSession); err != nil || !seen().Equal(s.Clock.Now()) {
		t.Errorf("not written after a minute: %v, %v", seen(), err)
	}
}

func TestAnEndedSessionIsOver(t *testing.T) {
	s := servertest.New(t)
	session, token := signIn(t, s, create(t, s, newUser("ada@example.com")), account.PersonSession)
	for range 2 {
		if err := s.Accounts.EndSession(t.Context(), session.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := sessionErr(t, s, token, account.PersonSession); !errors.Is(err, account.ErrNoSession) {
		t.Errorf("got %v", err)
	}
	if err := s.Accounts.EndSession(t.Context(), "ses_unknown"); err != nil {
		t.Errorf("an unknown one: %v", err)
	}
}

func TestASensitiveActionAsksForAFreshSignIn(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := account.Session{AuthTime: at}
	if !s.Fresh(at.Add(5*time.Minute), 5*time.Minute) || s.Fresh(at.Add(5*time.Minute+time.Second), 5*time.Minute) {
		t.Error("five minutes are not five minutes")
	}
}

func TestALongOrBrokenUserAgentIsShortened(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	long := "Agent\x00\n\xff" + string(make([]byte, 100)) + "ä"
	for range 9 {
		long += long[5:]
	}
	session, _, err := s.Accounts.StartSession(t.Context(), u, account.PersonSession, nil, long, here, "")
	if err != nil || len(session.UserAgent) > 256 || session.UserAgent[:5] != "Agent" {
		t.Errorf("kept %d bytes, %v", len(session.UserAgent), err)
	}
}
