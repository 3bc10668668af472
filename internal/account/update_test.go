package account_test

import (
	"errors"
	"testing"

	"clientele/internal/account"
	"clientele/internal/servertest"
)

func setRole(role account.Role) func(*account.User) error {
	return func(u *account.User) error { u.Role = role; return nil }
}

func TestAnEditOfAnOlderRevisionIsRefused(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	changed, err := s.Accounts.Update(t.Context(), servertest.Actor, u.ID, u.Revision, setRole(account.Viewer))
	if err != nil || changed.Role != account.Viewer || changed.Revision != u.Revision+1 {
		t.Fatalf("got %+v, %v", changed, err)
	}
	if _, err := s.Accounts.Update(t.Context(), servertest.Actor, u.ID, u.Revision, setRole(account.Editor)); !errors.Is(err, account.ErrStale) {
		t.Errorf("got %v", err)
	}
}

func TestAnUpdateTouchesNothingButWhatItIsFor(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	changed, err := s.Accounts.Update(t.Context(), servertest.Actor, u.ID, 0, func(w *account.User) error {
		w.PasswordHash, w.Blocked, w.ID, w.Name = "", true, "usr_other", "Countess"
		return nil
	})
	if err != nil || changed.ID != u.ID || changed.PasswordHash != u.PasswordHash || changed.Blocked || changed.Name != "Countess" {
		t.Errorf("got %+v, %v", changed, err)
	}
}

func TestANewAddressIsUnverified(t *testing.T) {
	s := servertest.New(t)
	n := newUser("ada@example.com")
	n.EmailVerified = true
	u := create(t, s, n)
	changed, err := s.Accounts.Update(t.Context(), servertest.Actor, u.ID, 0, func(w *account.User) error { w.Email = "ada@example.org"; return nil })
	if err != nil || changed.EmailVerified || changed.EmailKey != "ada@example.org" {
		t.Errorf("got %+v, %v", changed, err)
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	s := servertest.New(t)
	only := createOwner(t, s, "ada@example.com")
	_, demoted := s.Accounts.Update(t.Context(), servertest.Actor, only.ID, 0, setRole(account.Editor))
	_, blocked := s.Accounts.Block(t.Context(), servertest.Actor, only.ID)
	deleted := s.Accounts.Delete(t.Context(), servertest.Actor, only.ID)
	for verb, err := range map[string]error{"demoted": demoted, "blocked": blocked, "deleted": deleted} {
		if !errors.Is(err, account.ErrLastOwner) {
			t.Errorf("the last owner was %s: %v", verb, err)
		}
	}
	createOwner(t, s, "grace@example.com")
	if err := s.Accounts.Delete(t.Context(), servertest.Actor, only.ID); err != nil {
		t.Errorf("with another owner: %v", err)
	}
	if _, err := s.Accounts.User(t.Context(), only.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("a deleted user: %v", err)
	}
}

func TestAPasswordSetByAnOperatorEndsEverySession(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	_, token := signIn(t, s, u, account.PersonSession)
	if err := s.Accounts.SetPassword(t.Context(), servertest.Actor, u.ID, "other words, other bell"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Accounts.SessionOf(t.Context(), token, account.PersonSession); !errors.Is(err, account.ErrNoSession) {
		t.Errorf("the session: %v", err)
	}
	if _, err := s.Accounts.Authenticate(t.Context(), u.Email, goodPassword, here); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := s.Accounts.Authenticate(t.Context(), u.Email, "other words, other bell", here); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestABlockedUserIsSignedOutAndCannotSignIn(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	_, token := signIn(t, s, u, account.PersonSession)
	for range 2 {
		if _, err := s.Accounts.Block(t.Context(), servertest.Actor, u.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Accounts.SessionOf(t.Context(), token, account.PersonSession); !errors.Is(err, account.ErrNoSession) {
		t.Errorf("the session: %v", err)
	}
	if _, err := s.Accounts.Authenticate(t.Context(), u.Email, goodPassword, here); !errors.Is(err, account.ErrBlocked) {
		t.Errorf("with the password: %v", err)
	}
	if _, err := s.Accounts.Authenticate(t.Context(), u.Email, "not the password", here); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("somebody without the password learns that the user is blocked: %v", err)
	}
	if _, err := s.Accounts.Unblock(t.Context(), servertest.Actor, u.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Accounts.Authenticate(t.Context(), u.Email, goodPassword, here); err != nil {
		t.Errorf("after unblocking: %v", err)
	}
}
