package store_test

import (
	"fmt"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/secret"
	"clientele/internal/settings"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

func prune(t *testing.T, s *store.Store, at time.Time) {
	t.Helper()
	if err := s.Prune(ctx, at, settings.Default()); err != nil {
		t.Fatal(err)
	}
}

func TestPruneKeepsWhatIsStillNeeded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		start(t, s, session("ses_1", g.UserID), "")
		r := requestOf("app1", g.UserID)
		if err := s.SaveRequest(ctx, r); err != nil {
			t.Fatal(err)
		}
		prune(t, s, noon.Add(time.Hour))
		if _, _, err := s.Code(ctx, []secret.Hash{codeOf(g).Hash}); err != nil {
			t.Errorf("a used code is needed to recognise its replay: %v", err)
		}
		if _, err := s.Request(ctx, []secret.Hash{r.Hash}); err != nil {
			t.Errorf("request: %v", err)
		}
		rotateTo(t, s, rotation(g, 1, noon.Add(time.Hour)), grant.Rotated)
		if !sessionOf(t, s, "ses_1").Alive(noon.Add(time.Hour)) {
			t.Error("the session is gone")
		}
		if n, err := s.LastNotice(ctx); err != nil || n == 0 {
			t.Errorf("last notice %d, %v", n, err)
		}
	})
}

func TestPruneRemovesWhatIsOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		start(t, s, session("ses_1", g.UserID), "")
		if err := s.SaveRequest(ctx, requestOf("app1", g.UserID)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.UseOnce(ctx, "form", "k1:x", noon, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveThrottle(ctx, account.Throttle{Key: "k1:a", Failures: 1, Since: noon, Until: noon.Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
		var uses []audit.Use
		for i := range 1200 { // more than one batch
			uses = append(uses, audit.Use{At: noon, Kind: "token.issued", Reference: fmt.Sprint(i)})
		}
		if err := s.AppendUses(ctx, uses); err != nil {
			t.Fatal(err)
		}
		last, err := s.LastNotice(ctx)
		if err != nil {
			t.Fatal(err)
		}
		prune(t, s, noon.Add(200*24*time.Hour))
		for _, table := range []string{"codes", "requests", "sessions", "throttles", "used_once", "refresh_families", "grants", "changes", "audit_uses"} {
			if n := count(t, s, "SELECT COUNT(*) FROM "+table); n != 0 {
				t.Errorf("%s has %d rows", table, n)
			}
		}
		if n := count(t, s, "SELECT COUNT(*) FROM audit_changes"); n == 0 {
			t.Error("the record is gone")
		}
		if after, err := s.LastNotice(ctx); err != nil || after != last {
			t.Errorf("the last notice was %d and is %d, %v", last, after, err)
		}
	})
}
