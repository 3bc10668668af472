package store_test

import (
	"errors"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestSavingKeysChangesThoseThatDifferAndKeepsTheirUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := application("app1")
		kept, gone := ecKey(t), ecKey(t)
		kept.ID = "cred_1"
		a.Keys = []registry.Key{gone, kept}
		create(t, s, a)
		if err := s.AppendUses(ctx, []audit.Use{{At: noon, Kind: "token.issued", ApplicationID: "app1", SecretID: "cred_1"}}); err != nil {
			t.Fatal(err)
		}
		added := ecKey(t)
		changed := kept
		changed.Name, changed.KID, changed.Active, changed.RetiredAt, changed.ExpiresAt = "second", "kid-2", false, noon.Add(time.Minute), time.Time{}
		changed.CreatedAt, changed.CreatedBy, changed.LastUsed = noon.Add(time.Hour), "somebody", noon.Add(240*time.Hour) // nobody's to say
		a.Keys = []registry.Key{changed, added}
		if err := s.SaveApplication(ctx, a, 1, event("application.updated", "application", a.ID)); err != nil {
			t.Fatal(err)
		}
		changed.CreatedAt, changed.CreatedBy, changed.LastUsed = kept.CreatedAt, kept.CreatedBy, noon.Truncate(24*time.Hour)
		if diff := cmp.Diff([]registry.Key{changed, added}, applicationOf(t, s, "app1").Keys); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTwoApplicationsMayPublishOneKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		one, other := imported(t, "tpc_1"), imported(t, "tpc_2")
		other.Keys = one.Keys
		create(t, s, one)
		create(t, s, other)
		if err := s.AppendUses(ctx, []audit.Use{{At: noon, Kind: "token.issued", ApplicationID: "tpc_1", SecretID: one.Keys[0].ID}}); err != nil {
			t.Fatal(err)
		}
		if day := applicationOf(t, s, "tpc_1").Keys[0].LastUsed; !day.Equal(noon.Truncate(24 * time.Hour)) {
			t.Errorf("the key that was used: %v", day)
		}
		if day := applicationOf(t, s, "tpc_2").Keys[0].LastUsed; !day.IsZero() {
			t.Errorf("the same key of somebody else: %v", day)
		}
	})
}

func TestAnApplicationHasAKeyOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := application("app1")
		again := ecKey(t)
		again.ID = "cred_1"
		twice := again
		twice.ID = "cred_2"
		a.Keys = []registry.Key{again, twice}
		if err := s.CreateApplication(ctx, a, event("application.created", "application", a.ID)); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("got %v, want ErrConflict", err)
		}
	})
}
