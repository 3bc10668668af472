package store_test

import (
	"errors"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func start(t *testing.T, s *store.Store, n account.Session, replaces string) {
	t.Helper()
	if err := s.StartSession(ctx, n, secret.Hash("k1:"+n.ID), replaces); err != nil {
		t.Fatal(err)
	}
}

func sessionOf(t *testing.T, s *store.Store, id string) account.Session {
	t.Helper()
	n, err := s.Session(ctx, []secret.Hash{"k2:" + secret.Hash(id), "k1:" + secret.Hash(id)})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestASessionIsFoundByItsTokenUntilItIsPruned(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		want := session("ses_1", "usr_1")
		start(t, s, want, "")
		if diff := cmp.Diff(want, sessionOf(t, s, "ses_1")); diff != "" {
			t.Error(diff)
		}
		if err := s.EndSession(ctx, "ses_1", noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if err := s.EndSession(ctx, "ses_1", noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if n := sessionOf(t, s, "ses_1"); !n.EndedAt.Equal(noon.Add(time.Minute)) {
			t.Errorf("it ended at %v", n.EndedAt)
		}
		if _, err := s.Session(ctx, []secret.Hash{"k1:none"}); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestANewSessionEndsTheOneItReplaces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		start(t, s, session("ses_1", "usr_1"), "")
		start(t, s, session("ses_2", "usr_1"), "ses_1")
		if n := sessionOf(t, s, "ses_1"); n.EndedAt.IsZero() {
			t.Error("the replaced session goes on")
		}
		if all, err := s.UserSessions(ctx, "usr_1"); err != nil || len(all) != 2 {
			t.Errorf("%d sessions, %v", len(all), err)
		}
	})
}

func TestASightNeverGoesBackNorWakesASession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		start(t, s, session("ses_1", "usr_1"), "")
		seen := noon.Add(time.Minute)
		for _, at := range []time.Time{seen, noon} {
			if err := s.TouchSession(ctx, "ses_1", at, at.Add(72*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		if n := sessionOf(t, s, "ses_1"); !n.SeenAt.Equal(seen) || !n.IdleExpires.Equal(seen.Add(72*time.Hour)) {
			t.Errorf("seen at %v, idle until %v", n.SeenAt, n.IdleExpires)
		}
		if err := s.EndSession(ctx, "ses_1", seen); err != nil {
			t.Fatal(err)
		}
		if err := s.TouchSession(ctx, "ses_1", seen.Add(time.Hour), seen.Add(80*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if n := sessionOf(t, s, "ses_1"); !n.SeenAt.Equal(seen) || n.Alive(seen.Add(time.Hour)) {
			t.Errorf("an ended session woke up: %+v", n)
		}
	})
}

func TestEndingAllOfAUserEndsSessionsGrantsAndFamilies(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		mine, other := issued(t, s, "app1"), issued(t, s, "app2")
		start(t, s, session("ses_1", mine.UserID), "")
		start(t, s, session("ses_2", other.UserID), "")
		operators := session("ses_3", mine.UserID)
		operators.Kind = account.OperatorSession
		start(t, s, operators, "")
		if err := s.EndUserSessions(ctx, mine.UserID, noon, event("user.blocked", "user", mine.UserID)); err != nil {
			t.Fatal(err)
		}
		for id, alive := range map[string]bool{"ses_1": false, "ses_2": true, "ses_3": false} {
			if sessionOf(t, s, id).Alive(noon) != alive {
				t.Errorf("%s: alive is not %v", id, alive)
			}
		}
		for id, alive := range map[string]bool{mine.ID: false, other.ID: true} {
			f, g, err := s.Family(ctx, "fam_"+id)
			if err != nil || g.Alive() != alive || f.RevokedAt.IsZero() != alive {
				t.Errorf("%s: alive is not %v, %v", id, alive, err)
			}
		}
	})
}

func TestASessionOfNobodyIsNotStarted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if err := s.StartSession(ctx, session("ses_1", "none"), "k1:s", ""); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

// One of many that end a session at once does, and leaves one event.
func TestEndingOneSessionIsRecordedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		createUser(t, s, user("usr_2"))
		start(t, s, session("ses_1", "usr_1"), "")
		start(t, s, session("ses_2", "usr_1"), "")
		ended := func(userID, id string) error {
			return s.EndOneSession(ctx, userID, id, noon, event("user.session_ended", "user", userID))
		}
		if err := ended("usr_2", "ses_1"); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("somebody else's: %v", err)
		}
		if n := together(8, func(int) bool { return ended("usr_1", "ses_1") == nil }); n != 1 {
			t.Errorf("%d ended it", n)
		}
		if sessionOf(t, s, "ses_1").EndedAt.IsZero() || !sessionOf(t, s, "ses_2").EndedAt.IsZero() {
			t.Error("the wrong one ended")
		}
		for userID, want := range map[string]int{"usr_1": 1, "usr_2": 0} {
			events, err := s.Events(ctx, audit.Query{TargetKind: "user", TargetID: userID, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, e := range events {
				if e.Kind == "user.session_ended" {
					n++
				}
			}
			if n != want {
				t.Errorf("%s has %d events, not %d", userID, n, want)
			}
		}
	})
}
