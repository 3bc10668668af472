package account_test

import (
	"testing"

	"clientele/internal/account"
	"clientele/internal/servertest"
)

const (
	goodPassword = "tall grass, quiet bell"
	here         = "192.0.2.1"
	elsewhere    = "198.51.100.1"
)

func newUser(email string) account.NewUser {
	return account.NewUser{Email: email, Name: "Ada Lovelace", Password: goodPassword}
}

func create(t *testing.T, s *servertest.Server, n account.NewUser) account.User {
	t.Helper()
	u, err := s.Accounts.Create(t.Context(), servertest.Actor, n)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func createOwner(t *testing.T, s *servertest.Server, email string) account.User {
	t.Helper()
	n := newUser(email)
	n.Role = account.Owner
	return create(t, s, n)
}

func signIn(t *testing.T, s *servertest.Server, u account.User, kind account.SessionKind) (account.Session, string) {
	t.Helper()
	session, token, err := s.Accounts.StartSession(t.Context(), u, kind, []string{"pwd"}, "Browser/1.0", here, "")
	if err != nil {
		t.Fatal(err)
	}
	return session, token.Reveal()
}
