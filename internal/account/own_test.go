package account_test

import (
	"errors"
	"testing"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/servertest"
)

// D47: who ended the session, of whom, and on which device, stands in the record.
func TestEndingOneSessionLeavesWhoWhoseAndWhichDevice(t *testing.T) {
	s := servertest.New(t)
	u := create(t, s, newUser("ada@example.com"))
	eve := create(t, s, newUser("eve@example.com"))
	session, token := signIn(t, s, u, account.PersonSession)
	if err := s.Accounts.EndOneSession(t.Context(), servertest.Actor, eve, session.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("somebody else's: %v", err)
	}
	if err := s.Accounts.EndOneSession(t.Context(), servertest.Actor, u, session.ID); err != nil {
		t.Fatal(err)
	}
	if err := sessionErr(t, s, token, account.PersonSession); !errors.Is(err, account.ErrNoSession) {
		t.Errorf("it goes on: %v", err)
	}
	if err := s.Accounts.EndOneSession(t.Context(), servertest.Actor, u, session.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	events, err := s.Store.Events(t.Context(), audit.Query{TargetKind: "user", TargetID: u.ID, Limit: 1})
	if err != nil || len(events) != 1 || events[0].Kind != account.EventSessionEnded || events[0].Actor.ID != servertest.Actor.ID || events[0].TargetName != u.Email {
		t.Fatalf("%+v, %v", events, err)
	}
	said := map[string]string{}
	for _, c := range events[0].Changes {
		said[c.Field] = c.Before
	}
	if said["session"] != session.ID || said["device"] != "Browser/1.0" || said["address"] != here {
		t.Errorf("%v", said)
	}
}
