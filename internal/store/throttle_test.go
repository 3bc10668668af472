package store_test

import (
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestOfConcurrentUsesOfASingleUseTokenOneIsFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		use := func(kind string, now time.Time) bool {
			first, err := s.UseOnce(ctx, kind, "k1:token", now, now.Add(time.Hour))
			if err != nil {
				t.Error(err)
			}
			return first
		}
		if won := together(16, func(int) bool { return use("form", noon) }); won != 1 {
			t.Errorf("%d were first", won)
		}
		if !use("assertion", noon) {
			t.Error("another kind was taken for the same")
		}
		if use("form", noon.Add(59*time.Minute)) {
			t.Error("a second use was first")
		}
		if won := together(16, func(int) bool { return use("form", noon.Add(time.Hour)) }); won != 1 {
			t.Errorf("%d were first after it had expired", won)
		}
	})
}

func TestFailuresAreCountedPerLane(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		lane := account.Throttle{Key: "k1:a", Failures: 3, Since: noon, Until: noon.Add(time.Minute)}
		for _, l := range []account.Throttle{lane, {Key: "k1:b", Failures: 1, Since: noon}} {
			if err := s.SaveThrottle(ctx, l); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Throttle(ctx, []secret.Hash{"k1:a", "k1:none"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]account.Throttle{lane}, got); diff != "" {
			t.Error(diff)
		}
		if err := s.ClearThrottle(ctx, "k1:a"); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Throttle(ctx, []secret.Hash{"k1:a", "k1:b"}); err != nil || len(got) != 1 || got[0].Key != "k1:b" {
			t.Errorf("got %v, %v", got, err)
		}
		if got, err := s.Throttle(ctx, nil); err != nil || got != nil {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestConcurrentFailuresAllCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		together(10, func(int) bool { // all have read a lane without failures
			if err := s.SaveThrottle(ctx, account.Throttle{Key: "k1:a", Failures: 1, Since: noon}); err != nil {
				t.Error(err)
			}
			return true
		})
		if got, err := s.Throttle(ctx, []secret.Hash{"k1:a"}); err != nil || got[0].Failures != 10 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}
