package account_test

import (
	"errors"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/servertest"
)

func atTheOperatorsDoor(t *testing.T, s *servertest.Server, email, password string) error {
	t.Helper()
	_, err := s.Accounts.SignIn(t.Context(), account.Attempt{Email: email, Password: password, Address: here, Kind: account.OperatorSession})
	return err
}

// lastUse is the newest use event of a user.
func lastUse(t *testing.T, s *servertest.Server, u account.User) audit.Use {
	t.Helper()
	s.FlushUses()
	page, err := s.Store.Activity(t.Context(), audit.ActivityQuery{Sources: []audit.Source{audit.Uses}, UserID: u.ID, Limit: 1})
	if err != nil || len(page.Entries) != 1 {
		t.Fatalf("%+v, %v", page.Entries, err)
	}
	return *page.Entries[0].Use
}

// The log must not say that somebody signed in who was asked for a passkey.
func TestARightPasswordThatIsNotEnoughIsNoSignIn(t *testing.T) {
	s := servertest.New(t)
	u := createOwner(t, s, "ada@example.com")
	enrolled(t, s, u)
	if err := atTheOperatorsDoor(t, s, u.Email, goodPassword); err != nil || lastUse(t, s, u).Kind != account.UseSignedIn {
		t.Errorf("before it is demanded: %v", err)
	}
	before := signedInAt(t, s, u)
	if err := s.Settings.Set(t.Context(), audit.Actor{Kind: audit.ActorSystem}, "operator_passkeys", "on"); err != nil {
		t.Fatal(err)
	}
	s.Clock.Advance(time.Second)
	if err := atTheOperatorsDoor(t, s, u.Email, goodPassword); !errors.Is(err, account.ErrUsePasskey) {
		t.Errorf("got %v", err)
	}
	if use := lastUse(t, s, u); use.Kind != account.UsePasskeyAsked || !use.Refused() {
		t.Errorf("the log says %+v", use)
	}
	if after := signedInAt(t, s, u); after != before {
		t.Errorf("the last sign-in is %s", after)
	}
	if err := try(t, s, u.Email, goodPassword, here); err != nil {
		t.Errorf("where people sign in: %v", err)
	}
	grace := createOwner(t, s, "grace@example.com")
	if err := atTheOperatorsDoor(t, s, grace.Email, goodPassword); err != nil {
		t.Errorf("who has none yet: %v", err)
	}
}

func signedInAt(t *testing.T, s *servertest.Server, u account.User) string {
	t.Helper()
	kept, err := s.Accounts.User(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return kept.LastSignIn.String()
}

// The operators' door answers alike, and gets slower alike, whether the password of somebody without a role is right or wrong.
func TestTheOperatorsDoorDoesNotTellAPersonsPassword(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	for i := range 6 {
		err := atTheOperatorsDoor(t, s, u.Email, goodPassword)
		if !errors.Is(err, account.ErrWrongPassword) {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if use := lastUse(t, s, u); use.Kind != account.UseRefused || use.Reason != "the password is right, and the person is no operator" {
		t.Errorf("the log says %+v", use)
	}
	if err := atTheOperatorsDoor(t, s, u.Email, goodPassword); !throttled(err) {
		t.Errorf("it is not slowed down: %v", err)
	}
}
