package store_test

import (
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestOnlyAnEnabledImportThatStaysCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		any := func(want bool) {
			t.Helper()
			if got, err := s.AnyImported(ctx); err != nil || got != want {
				t.Errorf("got %v, %v; want %v", got, err, want)
			}
		}
		any(false)
		create(t, s, application("byhand"))
		create(t, s, stranger(t, "tpc_stranger", noon.Add(time.Hour)))
		off := imported(t, "tpc_off")
		off.Enabled = false
		create(t, s, off)
		any(false)
		create(t, s, imported(t, "tpc_on"))
		any(true)
	})
}

func TestWhatIsDueIsInUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := createUser(t, s, user("usr_1"))
		due := func(id string, change func(*registry.Application)) {
			a := imported(t, id)
			a.Import.DueAt, a.Import.KeysDueAt = noon, time.Time{}
			change(&a)
			create(t, s, a)
		}
		same := func(*registry.Application) {}
		due("tpc_used", same)
		due("tpc_long_ago", func(a *registry.Application) { a.Import.DueAt = noon.Add(-time.Hour) })
		due("tpc_keys", func(a *registry.Application) {
			a.Import.DueAt, a.Import.KeysDueAt = noon.Add(time.Hour), noon.Add(-time.Minute)
		})
		due("tpc_stranger", func(a *registry.Application) { a.Import.By = registry.ByClient })
		due("tpc_fresh", func(a *registry.Application) { a.Import.DueAt = noon.Add(time.Microsecond) })
		due("tpc_off", func(a *registry.Application) { a.Enabled = false })
		due("tpc_over", func(a *registry.Application) { a.ExpiresAt = noon })
		due("tpc_never", func(a *registry.Application) { a.Import.DueAt = time.Time{} })
		due("tpc_unused", same)
		due("tpc_forgotten", same)
		due("tpc_refreshing", same)
		due("tpc_ended", same)
		var uses []audit.Use
		for _, id := range []string{"used", "long_ago", "keys", "fresh", "off", "over", "never", "stranger"} {
			uses = append(uses, audit.Use{At: noon.Add(-24 * time.Hour), Kind: "token.issued", ApplicationID: "tpc_" + id})
		}
		uses = append(uses, audit.Use{At: noon.Add(-32 * 24 * time.Hour), Kind: "token.issued", ApplicationID: "tpc_forgotten"})
		if err := s.AppendUses(ctx, uses); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"tpc_refreshing", "tpc_ended"} {
			g := grantOf("grant_"+id, id, u.ID)
			f := familyOf(g)
			if err := s.IssueCode(ctx, "", g, codeOf(g)); err != nil {
				t.Fatal(err)
			}
			if won, err := s.RedeemCode(ctx, codeOf(g).Hash, noon, oauth.AuthNone, "", &f); !won || err != nil {
				t.Fatal(won, err)
			}
		}
		if err := s.RevokeGrant(ctx, "grant_tpc_ended", "why", noon); err != nil {
			t.Fatal(err)
		}
		got, err := s.DueImports(ctx, registry.ByOperator, noon, 10)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"tpc_long_ago", "tpc_keys", "tpc_used", "tpc_refreshing"}
		if diff := cmp.Diff(want, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
			t.Error(diff)
		}
		if got, err = s.DueImports(ctx, registry.ByOperator, noon, 2); err != nil || cmp.Diff(want[:2], got) != "" {
			t.Errorf("the two that wait longest are %v, %v", got, err)
		}
	})
}
