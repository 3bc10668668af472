package account_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/servertest"
)

func TestAUserIsMadeWithAnOpaqueIDAndAnEvent(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser(" Ada@Example.com "))
	if !regexp.MustCompile(`^usr_[0-9A-Za-z]{22}$`).MatchString(u.ID) || u.Email != "Ada@Example.com" || u.EmailKey != "ada@example.com" || u.EmailVerified || u.Revision != 1 {
		t.Errorf("got %+v", u)
	}
	if !strings.HasPrefix(u.PasswordHash, "$argon2id$") {
		t.Errorf("the password is kept as %s", u.PasswordHash)
	}
	events, err := s.Store.Events(t.Context(), audit.Query{TargetKind: "user", TargetID: u.ID, Limit: 10})
	if err != nil || len(events) != 1 || events[0].Kind != account.EventCreated || events[0].Actor.Kind != servertest.Actor.Kind {
		t.Fatalf("the events are %+v, %v", events, err)
	}
	for _, c := range events[0].Changes {
		if strings.Contains(c.After, "argon2") || strings.Contains(c.After, goodPassword) {
			t.Errorf("the event tells %s", c.After)
		}
	}
}

func TestAnAddressBelongsToOneUserInAnySpelling(t *testing.T) {
	s := servertest.New(t)
	create(t, s, newUser("ada@example.com"))
	if _, err := s.Accounts.Create(t.Context(), servertest.Actor, newUser("ADA@EXAMPLE.com")); !errors.Is(err, account.ErrConflict) {
		t.Errorf("got %v", err)
	}
}

func TestEveryViolationIsToldAtOnce(t *testing.T) {
	s := servertest.New(t)
	_, err := s.Accounts.Create(t.Context(), servertest.Actor, account.NewUser{Email: "ada", Name: "A\x00da", Password: "short", Role: "root"})
	invalid, ok := errors.AsType[*account.Invalid](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	fields := map[string]string{}
	for _, v := range invalid.Violations {
		fields[v.Field] = v.Rule
	}
	if fields["email"] != "malformed" || fields["name"] != "malformed" || fields["role"] != "unknown" || fields["password"] != "too_short" {
		t.Errorf("got %v", fields)
	}
}

func TestAPasswordIsRefused(t *testing.T) {
	s := servertest.New(t)
	for password, rule := range map[string]string{
		"ninechars":                 "too_short",
		strings.Repeat("ab", 2000):  "too_long",
		strings.Repeat("äb c", 65):  "too_long",
		"password123":               "too_common",
		"ada.example1":              "too_common",
		"lovelace1815":              "too_common",
		"clientele2026":             "too_common",
		"tall grass\xff quiet bell": "malformed",
	} {
		n := newUser("ada@example.com")
		n.Password = password
		_, err := s.Accounts.Create(t.Context(), servertest.Actor, n)
		invalid, ok := errors.AsType[*account.Invalid](err)
		if !ok || len(invalid.Violations) != 1 || invalid.Violations[0].Rule != rule {
			t.Errorf("%.20q: %v, want %s", password, err, rule)
		}
	}
}

func TestAUserWithoutAPasswordCannotSignInWithOne(t *testing.T) {
	s := servertest.New(t)
	n := newUser("ada@example.com")
	n.Password = ""
	create(t, s, n)
	if _, err := s.Accounts.Authenticate(t.Context(), "ada@example.com", "", here); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("got %v", err)
	}
}
