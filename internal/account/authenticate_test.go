package account_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/servertest"
)

func try(t *testing.T, s *servertest.Server, email, password, address string) error {
	t.Helper()
	_, err := s.Accounts.Authenticate(t.Context(), email, password, address)
	return err
}

func throttled(err error) bool {
	_, ok := errors.AsType[*account.Throttled](err)
	return ok
}

func TestASignInWorksWithAnySpellingOfTheAddress(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	got, err := s.Accounts.Authenticate(t.Context(), " ADA@example.com", goodPassword, here)
	if err != nil || got.ID != u.ID || !got.LastSignIn.Equal(s.Clock.Now()) {
		t.Fatalf("got %+v, %v", got, err)
	}
	kept, err := s.Accounts.User(t.Context(), u.ID)
	if err != nil || !kept.LastSignIn.Equal(s.Clock.Now()) {
		t.Errorf("kept %v, %v", kept.LastSignIn, err)
	}
}

func TestAnUnknownUserAndAWrongPasswordAnswerAlike(t *testing.T) {
	s := servertest.New(t)
	create(t, s, newUser("ada@example.com"))
	for range 8 { // across the edge of the throttle too
		known, unknown := try(t, s, "ada@example.com", "wrong password", here), try(t, s, "eve@example.com", "wrong password", here)
		if known == nil || unknown == nil || known.Error() != unknown.Error() {
			t.Fatalf("%v and %v", known, unknown)
		}
	}
	if err := try(t, s, "no address at all", "wrong password", elsewhere); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("got %v", err)
	}
}

func TestGuessingIsSlowedDownMoreAndMore(t *testing.T) {
	s := servertest.New(t)
	create(t, s, newUser("ada@example.com"))
	for i := range 6 {
		if err := try(t, s, "ada@example.com", "wrong password", here); !errors.Is(err, account.ErrWrongPassword) {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if err := try(t, s, "ada@example.com", goodPassword, here); !throttled(err) {
		t.Fatalf("the right password passes a closed lane: %v", err)
	}
	var waits []time.Duration
	for range 4 {
		wait, _ := errors.AsType[*account.Throttled](try(t, s, "ada@example.com", "x", here))
		if wait == nil {
			t.Fatal("the lane is open")
		}
		waits = append(waits, wait.Until.Sub(s.Clock.Now()))
		s.Clock.Set(wait.Until)
		if err := try(t, s, "ada@example.com", "wrong password", here); !errors.Is(err, account.ErrWrongPassword) {
			t.Fatalf("after the wait: %v", err)
		}
	}
	if fmt.Sprint(waits) != "[1s 2s 4s 8s]" {
		t.Errorf("waited %v", waits)
	}
}

func TestAGoodSignInForgetsThePersonsMistakes(t *testing.T) {
	s := servertest.New(t)
	create(t, s, newUser("ada@example.com"))
	for range 4 {
		for range 5 {
			try(t, s, "ada@example.com", "wrong password", here)
		}
		if err := try(t, s, "ada@example.com", goodPassword, here); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheLaneOpensAgainByItself(t *testing.T) {
	s := servertest.New(t)
	create(t, s, newUser("ada@example.com"))
	for range 30 {
		s.Clock.Advance(20 * time.Minute)
		try(t, s, "ada@example.com", "wrong password", here)
	}
	s.Clock.Advance(15*time.Minute + time.Second)
	if err := try(t, s, "ada@example.com", goodPassword, here); err != nil {
		t.Errorf("the owner is locked out: %v", err)
	}
}

// A crowd guesses at Ada's password from everywhere: whoever comes from a new place waits, Ada at home does not.
func TestStrangersElsewhereDoNotLockTheOwnerOut(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	signIn(t, s, u, account.PersonSession) // from here, before
	device := s.Accounts.DeviceToken(u)
	for i := range 25 {
		try(t, s, "ada@example.com", "wrong password", fmt.Sprintf("203.0.113.%d", i))
	}
	if err := try(t, s, "ada@example.com", goodPassword, elsewhere); !throttled(err) {
		t.Fatalf("a new place: %v", err)
	}
	if err := try(t, s, "ada@example.com", goodPassword, here); err != nil {
		t.Errorf("a place the owner signed in from: %v", err)
	}
	attempt := account.Attempt{Email: "ada@example.com", Password: goodPassword, Address: "198.51.100.77", Device: device}
	if _, err := s.Accounts.SignIn(t.Context(), attempt); err != nil {
		t.Errorf("a browser the owner signed in from: %v", err)
	}
	eve := create(t, s, newUser("eve@example.com"))
	attempt.Device, attempt.Address = s.Accounts.DeviceToken(eve), "198.51.100.78"
	if _, err := s.Accounts.SignIn(t.Context(), attempt); !throttled(err) {
		t.Errorf("somebody else's browser: %v", err)
	}
}

func TestAKnownBrowserIsSlowedDownToo(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	attempt := account.Attempt{Email: "ada@example.com", Password: "wrong password", Address: here, Device: s.Accounts.DeviceToken(u)}
	for range 6 {
		_, _ = s.Accounts.SignIn(t.Context(), attempt)
	}
	if _, err := s.Accounts.SignIn(t.Context(), attempt); !throttled(err) {
		t.Errorf("a stolen browser guesses without end: %v", err)
	}
}

func TestOneAddressThatTriesManyAccountsIsSlowedDown(t *testing.T) {
	s := servertest.New(t)
	create(t, s, newUser("ada@example.com"))
	for i := range 101 {
		try(t, s, fmt.Sprintf("person%d@example.com", i), "wrong password", "2001:db8:0:1::"+fmt.Sprint(i))
	}
	if err := try(t, s, "ada@example.com", goodPassword, "2001:db8:0:1::ffff"); !throttled(err) {
		t.Errorf("another host of the same /64: %v", err)
	}
	if err := try(t, s, "ada@example.com", goodPassword, "2001:db8:0:2::1"); err != nil {
		t.Errorf("the /64 beside it: %v", err)
	}
}

func TestACrowdThatTriesAtOnceGetsNoMoreTriesThanOneAfterTheOther(t *testing.T) {
	s := servertest.New(t)
	create(t, s, newUser("ada@example.com"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	tries := 0
	for range 60 {
		wg.Go(func() {
			if _, err := s.Accounts.Authenticate(t.Context(), "ada@example.com", "wrong password", here); errors.Is(err, account.ErrWrongPassword) {
				mu.Lock()
				tries++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if tries > 12 { // five free ones, the one that closes the lane, and those whose turn it was just then
		t.Errorf("%d tries were taken", tries)
	}
}

func TestAPasswordMovesToTodaysCostAtSignIn(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	s.Accounts.Passwords = account.NewPasswordsAt(account.Cost{Memory: 128, Time: 1, Threads: 1})
	if err := try(t, s, "ada@example.com", goodPassword, here); err != nil {
		t.Fatal(err)
	}
	now, err := s.Accounts.User(t.Context(), u.ID)
	if err != nil || now.PasswordHash == u.PasswordHash || s.Accounts.Passwords.Outdated(now.PasswordHash) {
		t.Errorf("kept %s, %v", now.PasswordHash, err)
	}
	if err := try(t, s, "ada@example.com", goodPassword, here); err != nil {
		t.Error(err)
	}
}
