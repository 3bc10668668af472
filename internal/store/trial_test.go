package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/grant"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// trialOf is a run of app1 by usr_1, who both are made first.
func trialOf(t *testing.T, s *store.Store) grant.Trial {
	t.Helper()
	run := grant.Trial{
		ID: "try_1", Hash: "k1:handle", ApplicationID: "app1", OperatorID: coded(t, s, "app1").UserID, SessionID: "ses_op", Parameters: map[string][]string{"scope": {"openid"}, "resource": {"a", "b"}},
		CreatedAt: noon, ExpiresAt: noon.Add(grant.TrialLifetime),
	}
	if err := s.AddTrial(ctx, run); err != nil {
		t.Fatal(err)
	}
	return run
}

// trialGrant is a grant with its code that a run could get.
func trialGrant(run grant.Trial, id string) (grant.Grant, grant.Code) {
	g := grantOf(id, run.ApplicationID, run.OperatorID)
	g.TrialID = run.ID
	return g, grant.Code{Hash: secret.Hash("k1:" + id), GrantID: id, ApplicationID: run.ApplicationID, CreatedAt: noon, ExpiresAt: noon.Add(time.Minute)}
}

func TestARunIsFoundByItsHandle(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := trialOf(t, s)
		got, err := s.TrialByHandle(ctx, []secret.Hash{"k2:other", want.Hash})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if _, err := s.TrialByHandle(ctx, []secret.Hash{"k1:unknown"}); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestOf32ConcurrentAnswersOfARunOneIsTaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		run := trialOf(t, s)
		if won := together(32, func(int) bool {
			won, err := s.TakeTrial(ctx, run.ID, noon.Add(time.Second))
			return won && err == nil
		}); won != 1 {
			t.Errorf("%d took the run", won)
		}
	})
}

func TestARunGetsOneCode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		run := trialOf(t, s)
		if won := together(16, func(i int) bool {
			g, code := trialGrant(run, "grant-of-run-"+string(rune('a'+i)))
			return s.IssueCode(ctx, "", g, code) == nil
		}); won != 1 {
			t.Errorf("the run got %d codes", won)
		}
	})
}

func TestARunThatIsOverGetsNoCodeAndIsNotTaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		run := trialOf(t, s)
		g, code := trialGrant(run, "late")
		code.CreatedAt = run.ExpiresAt
		if err := s.IssueCode(ctx, "", g, code); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("after five minutes: %v", err)
		}
		if won, err := s.TakeTrial(ctx, run.ID, run.ExpiresAt); won || err != nil {
			t.Errorf("after five minutes: taken %v, %v", won, err)
		}
		other, code := trialGrant(run, "other")
		other.ApplicationID, code.ApplicationID = "app2", "app2"
		if err := s.IssueCode(ctx, "", other, code); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("for another application: %v", err)
		}
		if err := s.EndTrial(ctx, run.ID, grant.TrialOutcome{Failure: &grant.TrialFailure{Code: "x"}}, noon); err != nil {
			t.Fatal(err)
		}
		if won, _ := s.TakeTrial(ctx, run.ID, noon); won {
			t.Error("a run that has ended was taken")
		}
		if err := s.EndTrial(ctx, run.ID, grant.TrialOutcome{}, noon); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("a run ended twice: %v", err)
		}
	})
}

func TestTheEndOfARunEndsItsGrant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		run := trialOf(t, s)
		g, code := trialGrant(run, "grant-of-the-run")
		if err := s.IssueCode(ctx, "", g, code); err != nil {
			t.Fatal(err)
		}
		grants, err := s.UserGrants(ctx, run.OperatorID)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range grants {
			if other.ID == g.ID {
				t.Error("the grant of a run stands among what applications have")
			}
		}
		want := grant.TrialOutcome{UserInfo: `{"sub":"x"}`, ExpiresIn: 60}
		if err := s.EndTrial(ctx, run.ID, want, noon.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		ended, err := s.Grant(ctx, g.ID)
		if err != nil || ended.Alive() {
			t.Errorf("the grant lives on: %+v, %v", ended, err)
		}
		after, err := s.Trial(ctx, run.ID)
		if diff := cmp.Diff(want, after.Outcome); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

func TestWhatOperatorsTryIsNoUseOfAPermission(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g, code := trialGrant(trialOf(t, s), "grant-of-run")
		api := g.Targets[0].APIID
		g.Targets[0].Scopes = []string{"tried:only"}
		if err := s.IssueCode(ctx, "", g, code); err != nil {
			t.Fatal(err)
		}
		later := noon.Add(60 * aDay)
		for _, at := range []time.Time{noon.Add(time.Hour), later} {
			if err := s.NoteScopes(ctx, []string{"app1"}, at); err != nil {
				t.Fatal(err)
			}
		}
		if f := facts(t, s, "app1", later.Add(-90*aDay)).ForPeople; f.Scopes[api].Has("tried:only") {
			t.Errorf("what only a run asked for counts as used: %v", f.Scopes)
		}
	})
}
