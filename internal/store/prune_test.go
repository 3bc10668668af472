package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/settings"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
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

// settingsWithoutEnd keep the record for ever.
func settingsWithoutEnd() settings.Settings {
	set := settings.Default()
	set.UseRetention, set.ChangeRetention = 0, 0
	return set
}

func TestStrangersThatDidNotFinishDisappearWithoutATrace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, imported(t, "tpc_known"))
		create(t, s, stranger(t, "tpc_later", noon.Add(2*time.Hour)))
		over := stranger(t, "tpc_over", noon.Add(time.Hour))
		w := write(over, 0, 0)
		w.Document = &registry.DocumentVersion{DocumentRef: registry.DocumentRef{Version: 1, At: noon}}
		saveImport(t, s, w)
		if err := s.AppendUses(ctx, []audit.Use{{At: noon, Kind: "seen", ApplicationID: "tpc_over"}}); err != nil {
			t.Fatal(err)
		}
		before := lastNotice(t, s)
		prune(t, s, noon.Add(time.Hour))
		if diff := cmp.Diff([]string{"tpc_later", "tpc_known"}, find(t, s, registry.Query{Unfinished: true})); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"tpc_over"}, noticesOf(t, s, before)); diff != "" {
			t.Error("told the caches", diff)
		}
		for _, table := range []string{"application_documents", "application_tombstones", "application_usage"} {
			if n := count(t, s, "SELECT COUNT(*) FROM "+table); n != 0 {
				t.Errorf("%s has %d rows", table, n)
			}
		}
	})
}

// Whoever nobody approved does not stay for ever, and whoever an operator said something of does.
func TestStrangersThatNobodyUsesAnyMoreDisappear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		apiOf(t, s, "api1")
		usr := createUser(t, s, user("usr_1"))
		finished := func(id string, change func(*registry.Application)) {
			a := stranger(t, id, time.Time{})
			a.Import.SuspendedAt, a.Import.SuspendedWhy = time.Time{}, ""
			if change != nil {
				change(&a)
			}
			create(t, s, a)
		}
		finished("tpc_idle", nil)
		finished("tpc_off", func(a *registry.Application) { a.Enabled = false })
		finished("tpc_doubtful", func(a *registry.Application) { a.Import.SuspendedWhy = registry.SuspendedDowngrade })
		finished("tpc_approved", func(a *registry.Application) { a.Import.By = registry.ByOperator })
		finished("tpc_permitted", nil)
		clientGrant(t, s, registry.ClientGrant{ID: "cgr_1", ApplicationID: "tpc_permitted", APIID: "api1", SubjectType: registry.ForUser})
		finished("tpc_used", nil)
		if err := s.AppendUses(ctx, []audit.Use{{At: noon.Add(24 * time.Hour), Kind: "token.issued", ApplicationID: "tpc_used"}}); err != nil {
			t.Fatal(err)
		}
		finished("tpc_granted", nil)
		g := grantOf("grant_1", "tpc_granted", usr.ID)
		if err := s.IssueCode(ctx, "", g, codeOf(g)); err != nil {
			t.Fatal(err)
		}
		f := familyOf(g) // lives for a day
		if won, err := s.RedeemCode(ctx, codeOf(g).Hash, noon, oauth.AuthNone, "", &f); err != nil || !won {
			t.Fatal(won, err)
		}
		left := func(at time.Time) []string {
			prune(t, s, at)
			ids := find(t, s, registry.Query{Unfinished: true})
			slices.Sort(ids)
			return ids
		}
		month := noon.Add(30 * 24 * time.Hour)
		all := []string{"tpc_approved", "tpc_doubtful", "tpc_granted", "tpc_idle", "tpc_off", "tpc_permitted", "tpc_used"}
		if diff := cmp.Diff(all, left(month.Add(-time.Second))); diff != "" {
			t.Error("too early", diff)
		}
		if diff := cmp.Diff([]string{"tpc_approved", "tpc_doubtful", "tpc_granted", "tpc_off", "tpc_permitted", "tpc_used"}, left(month)); diff != "" {
			t.Error("after a month", diff)
		}
		if diff := cmp.Diff([]string{"tpc_approved", "tpc_doubtful", "tpc_off", "tpc_permitted"}, left(month.Add(24*time.Hour))); diff != "" {
			t.Error("a month after the last grant", diff)
		}
	})
}

func TestPruneRemovesAllOfManyStrangers(t *testing.T) {
	s := storetest.Open(t)
	for i := range 1100 { // more than two batches
		create(t, s, stranger(t, fmt.Sprint("tpc_", i), noon))
	}
	prune(t, s, noon)
	if n, err := s.CountUnfinished(ctx, noon.Add(-time.Hour)); err != nil || n != 0 {
		t.Errorf("%d are left, %v", n, err)
	}
}

func TestPruneRemovesWhatWaitedTooLongAndOldTraces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		enqueue(t, s, waitingOf("a"), "usr_1")
		later := waitingOf("b")
		later.FirstAt, later.LastAt = noon.Add(24*time.Hour), noon.Add(24*time.Hour)
		enqueue(t, s, later, "usr_1")
		recent := traceOf("RECE-NT00")
		recent.At = noon.Add(24 * time.Hour)
		saveTraces(t, s, traceOf("OLD0-0000"), recent)

		prune(t, s, noon.Add(registry.WaitingLifetime+time.Minute))
		for table, want := range map[string]int{"import_queue": 1, "import_queue_people": 1, "traces": 2} {
			if n := count(t, s, "SELECT COUNT(*) FROM "+table); n != want {
				t.Errorf("%s has %d rows, want %d", table, n, want)
			}
		}
		prune(t, s, noon.Add(30*24*time.Hour+time.Minute))
		for table, want := range map[string]int{"import_queue": 0, "import_queue_people": 0, "traces": 1} {
			if n := count(t, s, "SELECT COUNT(*) FROM "+table); n != want {
				t.Errorf("%s has %d rows, want %d", table, n, want)
			}
		}
	})
}
