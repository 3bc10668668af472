package store_test

import (
	"testing"
	"time"

	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

func TestWhatStopsWithAnApplicationIsCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		for _, c := range []struct {
			app  string
			at   time.Time
			want registry.Reach
		}{
			{"app1", noon, registry.Reach{People: 1, RefreshTokens: 1}},
			{"app1", noon.Add(10_000 * time.Hour), registry.Reach{People: 1}},
			{"another", noon, registry.Reach{}},
		} {
			if got, err := s.Reach(ctx, c.app, c.at); err != nil || got != c.want {
				t.Errorf("%s at %v: %v %+v, not %+v", c.app, c.at, err, got, c.want)
			}
		}
		if err := s.RevokeGrant(ctx, g.ID, "test", noon); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Reach(ctx, "app1", noon); err != nil || got != (registry.Reach{}) {
			t.Error(err, got)
		}
	})
}
