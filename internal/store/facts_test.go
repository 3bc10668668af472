package store_test

import (
	"slices"
	"sync"
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
		if f := facts(t, s, "app1", at.Add(-90*aDay)).ForPeople; !f.Since.Equal(at.Add(-40 * aDay)) {
			t.Errorf("known since %s, although grants are kept for 40 days", f.Since)
		}
		later := at.Add(60 * aDay)
		if err := s.NoteScopes(ctx, []string{"app1"}, later); err != nil {
			t.Fatal(err)
		}
		f := facts(t, s, "app1", later.Add(-90*aDay)).ForPeople
		if !f.Since.Equal(later.Add(-90*aDay)) || !f.Scopes[api].Has(scope) {
			t.Errorf("%+v", f)
		}
		if f := facts(t, s, "app1", later.Add(aDay)).ForPeople; f.Scopes[api].Has(scope) {
			t.Error("a scope counts as used although it was not since")
		}
	})
}

func TestWhatAProgramGotForItselfIsNotedFromTheFirstNotingOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		if f := facts(t, s, "app1", noon.Add(-90*aDay)).ForItself; !f.Since.IsZero() {
			t.Errorf("known since %s, although nothing was noted", f.Since)
		}
		for _, at := range []time.Time{noon, noon.Add(aDay)} {
			if err := s.NoteScopes(ctx, []string{"app1"}, at); err != nil {
				t.Fatal(err)
			}
		}
		token := func(application, grantType, scope string, at time.Time) audit.Use {
			return audit.Use{At: at, Kind: "token.issued", ApplicationID: application, Detail: map[string]string{"grant_type": grantType, "audience": "https://api.example.com/", "scope": scope}}
		}
		refused := token("app1", "client_credentials", "refused", noon)
		refused.Reason = "no"
		uses := []audit.Use{
			token("app1", "client_credentials", "read:orders write:orders", noon.Add(time.Hour)), token("app1", "client_credentials", "read:orders", noon.Add(60*aDay)),
			token("app1", "authorization_code", "of:people", noon), token("gone", "client_credentials", "read:orders", noon), refused,
		}
		for range 2 {
			if err := s.AppendUses(ctx, uses); err != nil {
				t.Fatal(err)
			}
		}
		f := facts(t, s, "app1", noon.Add(-90*aDay))
		got := f.ForItself.Scopes["https://api.example.com/"]
		slices.Sort(got)
		if !slices.Equal(got, []string{"read:orders", "write:orders"}) || !f.ForItself.Since.Equal(noon) || len(f.ForPeople.Scopes) != 0 {
			t.Errorf("%+v", f)
		}
		if got := facts(t, s, "app1", noon.Add(30*aDay)).ForItself; !slices.Equal(got.Scopes["https://api.example.com/"], []string{"read:orders"}) || !got.Since.Equal(noon.Add(30*aDay)) {
			t.Errorf("lately: %+v", got)
		}
	})
}

func TestManyBatchesAtOnceNoteWhatProgramsGot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		create(t, s, application("app2"))
		if n := together(16, func(i int) bool {
			one, other := "app1", "app2"
			if i%2 == 0 {
				one, other = other, one
			}
			use := audit.Use{At: noon, Kind: "token.issued", Detail: map[string]string{"grant_type": "client_credentials", "audience": "orders", "scope": "b a c"}}
			first, second := use, use
			first.ApplicationID, second.ApplicationID = one, other
			return s.AppendUses(ctx, []audit.Use{first, second}) == nil
		}); n != 16 {
			t.Errorf("%d of 16 batches were written", n)
		}
		for _, id := range []string{"app1", "app2"} {
			if f := facts(t, s, id, noon.Add(-aDay)).ForItself; len(f.Scopes["orders"]) != 3 {
				t.Errorf("%s: %v", id, f.Scopes)
			}
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
			ids, err := s.TakeFindings(ctx, at, at, 10) // due at once again
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
			if ids, err := s.TakeFindings(ctx, noon, noon, 10); err != nil || len(ids) != 1 {
				t.Errorf("%s: %v, %v", kind, ids, err)
			}
		}
	})
}

// Once a client grant is gone nobody can say any more whose it was.
func TestWhoLosesAClientGrantIsCheckedAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		api := apiOf(t, s, "0123456789abcdef01234567")
		grant := registry.ClientGrant{ID: "cgr_1", ApplicationID: "app1", APIID: api.ID, SubjectType: registry.ForUser, Revision: 1, CreatedAt: noon, UpdatedAt: noon}
		clientGrant(t, s, grant)
		lost(t, s, "the grant is deleted", func() error {
			return s.DeleteClientGrant(ctx, "cgr_1", event("client_grant.deleted", "client_grant", "cgr_1"))
		})
		clientGrant(t, s, grant)
		lost(t, s, "its API is deleted", func() error { return s.DeleteAPI(ctx, api.ID, event("api.deleted", "api", api.ID)) })
	})
}

func lost(t *testing.T, s *store.Store, name string, lose func() error) {
	t.Helper()
	if err := s.SaveFindings(ctx, map[string]registry.FindingCounts{"app1": {CheckedAt: noon}}, noon.Add(aDay)); err != nil {
		t.Fatal(err)
	}
	if err := lose(); err != nil {
		t.Fatal(err)
	}
	if ids, err := s.TakeFindings(ctx, noon, noon, 10); err != nil || len(ids) != 1 {
		t.Errorf("%s: %v are due, %v", name, ids, err)
	}
}

func TestTenTakersGetEachDueApplicationOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Fill(t, s, 200)
		if err := s.SeedFindings(ctx); err != nil {
			t.Fatal(err)
		}
		var mutex sync.Mutex
		taken := make(map[string]int)
		take := func(int) bool {
			ids, err := s.TakeFindings(ctx, noon, noon.Add(time.Hour), 7)
			mutex.Lock()
			defer mutex.Unlock()
			for _, id := range ids {
				taken[id]++
			}
			return err == nil
		}
		for rounds := 0; len(taken) < 200 && rounds < 200; rounds++ {
			if n := together(10, take); n != 10 {
				t.Fatalf("%d of 10 could take", n)
			}
		}
		if len(taken) != 200 {
			t.Errorf("%d of 200 were taken", len(taken))
		}
		for id, n := range taken {
			if n != 1 {
				t.Errorf("%s was taken %d times", id, n)
			}
		}
		if ids, err := s.TakeFindings(ctx, noon.Add(time.Hour), noon.Add(2*time.Hour), 7); err != nil || len(ids) != 7 {
			t.Errorf("an hour later: %v, %v", ids, err)
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
