package store_test

import (
	"slices"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

const aDay = 24 * time.Hour

func facts(t *testing.T, s *store.Store, id string, since time.Time) registry.Facts {
	t.Helper()
	a, err := s.Application(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Facts(ctx, []registry.Application{a}, since)
	if err != nil {
		t.Fatal(err)
	}
	return all[id]
}

func TestARetiredSecretThatIsTriedIsCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		use := func(kind, secret string, at time.Time) audit.Use {
			return audit.Use{At: at, Kind: kind, ApplicationID: "app1", SecretID: secret, Reason: "refused"}
		}
		if err := s.AppendUses(ctx, []audit.Use{
			use("secret.retired_used", "sec_app1", noon.Add(-time.Hour)), use("secret.expired_used", "sec_app1", noon),
			use("client.refused", "sec_app1", noon), use("key.retired_used", "cred_1", noon), use("secret.retired_used", "sec_app1", noon.Add(-100*aDay)),
		}); err != nil {
			t.Fatal(err)
		}
		f := facts(t, s, "app1", noon.Add(-90*aDay))
		if got := f.Tried["sec_app1"]; got.Count != 2 || !got.Last.Equal(noon) {
			t.Errorf("the secret: %+v", got)
		}
		if got := f.Tried["cred_1"]; got.Count != 1 {
			t.Errorf("the key: %+v", got)
		}
	})
}

func TestScopesAreKnownLongerThanGrantsAreKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		scope, api := g.Targets[0].Scopes[0], g.Targets[0].APIID
		at := g.CreatedAt.Add(time.Hour)
		if err := s.NoteScopes(ctx, []string{"app1", "gone"}, at); err != nil {
			t.Fatal(err)
		}
		if err := s.RevokeGrant(ctx, g.ID, "test", at); err != nil {
			t.Fatal(err)
		}
		if f := facts(t, s, "app1", at.Add(-90*aDay)); !f.Since.IsZero() {
			t.Error("nobody has looked for 90 days, and yet it is known")
		}
		later := at.Add(60 * aDay)
		if err := s.NoteScopes(ctx, []string{"app1"}, later); err != nil {
			t.Fatal(err)
		}
		f := facts(t, s, "app1", later.Add(-90*aDay))
		if f.Since.IsZero() || !f.Scopes[api].Has(scope) {
			t.Errorf("%+v", f)
		}
		if f := facts(t, s, "app1", later.Add(aDay)); f.Scopes[api].Has(scope) {
			t.Error("a scope counts as used although it was not since")
		}
	})
}

func TestAKeyOfTwoApplicationsIsSeenByBoth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.FillImported(t, s, 9)
		page, err := s.Applications(ctx, registry.Query{Limit: 10, Unfinished: true})
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(page.Items, func(a registry.Application) bool { return len(a.Keys) > 0 })
		if at < 0 {
			t.Fatal("no sample has a key")
		}
		a := page.Items[at]
		f := facts(t, s, a.ID, noon)
		shared := f.Shared[a.Keys[0].Thumbprint]
		if len(shared) == 0 || shared[0].ID == a.ID {
			t.Errorf("%+v", f.Shared)
		}
	})
}

func TestFindingsAreCountedAndComeDueAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		create(t, s, application("app2"))
		if err := s.SeedFindings(ctx); err != nil {
			t.Fatal(err)
		}
		due := func(at time.Time) int {
			t.Helper()
			ids, err := s.FindingsDue(ctx, at, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(ids)
		}
		if n := due(noon); n != 2 {
			t.Fatalf("%d are due at first", n)
		}
		counts := map[string]registry.FindingCounts{
			"app1": {High: 2, Moderate: 1, Low: 3, Info: 4, CheckedAt: noon}, "app2": {CheckedAt: noon}, "gone": {High: 1, CheckedAt: noon},
		}
		if err := s.SaveFindings(ctx, counts, noon.Add(20*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if n, err := s.RiskyApplications(ctx); n != 1 || err != nil {
			t.Errorf("%d at risk, %v", n, err)
		}
		page, err := s.Applications(ctx, registry.Query{Risky: true, Limit: 10})
		if err != nil || len(page.Items) != 1 || page.Items[0].Findings != counts["app1"] {
			t.Errorf("the list: %+v, %v", page.Items, err)
		}
		if n := due(noon.Add(time.Hour)); n != 0 {
			t.Errorf("%d are due soon after", n)
		}
		if err := s.FindingsChanged(ctx, registry.KindApplication, []string{"app2", "gone"}); err != nil {
			t.Fatal(err)
		}
		if n := due(noon.Add(time.Hour)); n != 1 {
			t.Errorf("%d are due after a change", n)
		}
		if n := due(noon.Add(21 * time.Hour)); n != 2 {
			t.Errorf("%d are due a day later", n)
		}
	})
}

func TestAChangeOfAnAPIOrAGrantIsAboutItsApplications(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		api := apiOf(t, s, "0123456789abcdef01234567")
		g := clientGrant(t, s, registry.ClientGrant{ID: "cgr_1", ApplicationID: "app1", APIID: api.ID, SubjectType: registry.ForUser, Revision: 1, CreatedAt: noon, UpdatedAt: noon})
		for kind, id := range map[string]string{registry.KindAPI: api.ID, registry.KindClientGrant: g.ID} {
			if err := s.SaveFindings(ctx, map[string]registry.FindingCounts{"app1": {CheckedAt: noon}}, noon.Add(aDay)); err != nil {
				t.Fatal(err)
			}
			if err := s.FindingsChanged(ctx, kind, []string{id}); err != nil {
				t.Fatal(err)
			}
			if ids, err := s.FindingsDue(ctx, noon, 10); err != nil || len(ids) != 1 {
				t.Errorf("%s: %v, %v", kind, ids, err)
			}
		}
	})
}

func TestAHostThatLostItsAddressIsAFact(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		if err := s.WatchHosts(ctx, []string{"app.example.com", "other.example.com"}, noon); err != nil {
			t.Fatal(err)
		}
		hosts, err := s.HostsDue(ctx, noon, 10)
		if err != nil || len(hosts) != 2 || !hosts[0].DeadAt.IsZero() {
			t.Fatalf("%+v, %v", hosts, err)
		}
		if err := s.SaveHost(ctx, registry.WatchedHost{Host: "app.example.com", DueAt: noon.Add(time.Hour), FailedAt: noon, DeadAt: noon}); err != nil {
			t.Fatal(err)
		}
		if err := s.WatchHosts(ctx, []string{"app.example.com"}, noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if hosts, err := s.HostsDue(ctx, noon, 10); err != nil || len(hosts) != 1 {
			t.Errorf("still due: %+v, %v", hosts, err)
		}
		if f := facts(t, s, "app1", noon); !f.DeadHosts["app.example.com"].Equal(noon) || len(f.DeadHosts) != 1 {
			t.Errorf("%+v", f.DeadHosts)
		}
	})
}
