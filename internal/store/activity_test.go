package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/settings"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// lines are what a page of the log says, by kind and place.
func lines(entries []audit.Entry) []string {
	all := []string{}
	for _, e := range entries {
		switch {
		case e.Event != nil:
			all = append(all, fmt.Sprint(e.Event.Kind, " ", e.Event.TargetID))
		case e.Use != nil:
			all = append(all, fmt.Sprint(e.Use.Kind, " ", e.Use.GrantID))
		default:
			all = append(all, "refusal "+e.Trace.Reference)
		}
	}
	return all
}

// readAll pages through the log.
func readAll(t *testing.T, s *store.Store, q audit.ActivityQuery) []string {
	t.Helper()
	all := []string{}
	for range 100 {
		page, err := s.Activity(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, lines(page.Entries)...)
		if q.After = page.Next; page.Next == "" {
			return all
		}
	}
	t.Fatal("the log has no end")
	return nil
}

// happened fills the log with a little of everything, some of it at the same moment.
func happened(t *testing.T, s *store.Store) {
	t.Helper()
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	create(t, s, application("app1")) // at noon
	createUser(t, s, user("usr_2"))
	apiOf(t, s, "api1")
	clientGrant(t, s, registry.ClientGrant{ID: "cgr_1", ApplicationID: "app1", APIID: "api1", SubjectType: registry.ForUser})
	uses := []audit.Use{
		{At: at(0), Kind: "signin.succeeded", UserID: "usr_2", GrantID: "g1"},
		{At: at(1), Kind: "signin.failed", UserID: "usr_2", GrantID: "g2", Reason: "the password is wrong"},
		{At: at(2), Kind: "token.issued", ApplicationID: "app1", UserID: "usr_2", GrantID: "g3"},
		{At: at(2), Kind: "token.issued", ApplicationID: "app2", GrantID: "g4"},
		{At: at(3), Kind: "token.refused", ApplicationID: "app1", GrantID: "g5", Reason: "the code has expired"},
		{At: at(0), Kind: "cimd.recovered", ApplicationID: "app7", GrantID: "g7", Reason: "can be had again"},
		{At: at(4), Kind: "authorize.refused", ApplicationID: "tpc_1", GrantID: "g6", Reason: "not admitted", Reference: "BOTH-0000"},
	}
	if err := s.AppendUses(ctx, uses); err != nil {
		t.Fatal(err)
	}
	both, alone := traceOf("BOTH-0000"), traceOf("ALNE-0000")
	both.At, alone.At, alone.Door = at(4), at(0), audit.DoorImport
	alone.UserID = ""
	saveTraces(t, s, both, alone)
}

func TestTheLogIsReadNewestFirstByAnyQuestion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		happened(t, s)
		changes := []string{"client_grant.created cgr_1", "api.created api1", "user.created usr_2", "application.created app1"}
		uses := []string{"authorize.refused g6", "token.refused g5", "token.issued g4", "token.issued g3", "signin.failed g2"}
		for name, tt := range map[string]struct {
			query audit.ActivityQuery
			want  []string
		}{
			"all":                         {audit.ActivityQuery{}, slices.Concat(uses, changes, []string{"cimd.recovered g7", "signin.succeeded g1", "refusal ALNE-0000"})},
			"changes":                     {audit.ActivityQuery{Sources: []audit.Source{audit.Changes}}, changes},
			"uses":                        {audit.ActivityQuery{Sources: []audit.Source{audit.Uses}}, slices.Concat(uses, []string{"cimd.recovered g7", "signin.succeeded g1"})},
			"refusals":                    {audit.ActivityQuery{Sources: []audit.Source{audit.Refusals}}, []string{"refusal BOTH-0000", "refusal ALNE-0000"}},
			"uses and refusals":           {audit.ActivityQuery{Sources: []audit.Source{audit.Uses, audit.Refusals}}, slices.Concat(uses, []string{"cimd.recovered g7", "signin.succeeded g1", "refusal ALNE-0000"})},
			"a kind":                      {audit.ActivityQuery{Kind: "token.issued"}, []string{"token.issued g4", "token.issued g3"}},
			"the beginning of kinds":      {audit.ActivityQuery{Kind: "token."}, []string{"token.refused g5", "token.issued g4", "token.issued g3"}},
			"a kind of changes":           {audit.ActivityQuery{Kind: "api."}, []string{"api.created api1"}},
			"a kind of refusals":          {audit.ActivityQuery{Kind: "refusal."}, []string{"refusal BOTH-0000", "refusal ALNE-0000"}},
			"refusals at a door":          {audit.ActivityQuery{Kind: "refusal.import"}, []string{"refusal ALNE-0000"}},
			"an unknown kind":             {audit.ActivityQuery{Kind: "weather."}, []string{}},
			"an application":              {audit.ActivityQuery{ApplicationID: "app1"}, []string{"token.refused g5", "token.issued g3", "client_grant.created cgr_1", "application.created app1"}},
			"an application and a kind":   {audit.ActivityQuery{ApplicationID: "app1", Kind: "token.issued"}, []string{"token.issued g3"}},
			"what it was refused":         {audit.ActivityQuery{ApplicationID: "app1", Refused: true}, []string{"token.refused g5"}},
			"a URL's application":         {audit.ActivityQuery{ApplicationID: "tpc_1"}, []string{"authorize.refused g6", "refusal ALNE-0000"}},
			"a person":                    {audit.ActivityQuery{UserID: "usr_2"}, []string{"token.issued g3", "signin.failed g2", "user.created usr_2", "signin.succeeded g1"}},
			"an operator":                 {audit.ActivityQuery{UserID: "usr_1"}, slices.Concat([]string{}, changes)},
			"a person and an application": {audit.ActivityQuery{UserID: "usr_2", ApplicationID: "app1"}, []string{"token.issued g3"}},
			"an operator's work on it":    {audit.ActivityQuery{UserID: "usr_1", ApplicationID: "app1"}, []string{"application.created app1"}},
			"what was refused":            {audit.ActivityQuery{Refused: true}, []string{"authorize.refused g6", "token.refused g5", "signin.failed g2", "refusal ALNE-0000"}},
			"refused sign-ins":            {audit.ActivityQuery{Refused: true, Kind: "signin."}, []string{"signin.failed g2"}},
			"a reference":                 {audit.ActivityQuery{Reference: "BOTH-0000"}, []string{"authorize.refused g6"}},
			"no such reference":           {audit.ActivityQuery{Reference: "NONE-0000"}, []string{}},
			"since":                       {audit.ActivityQuery{Since: noon.Add(3 * time.Minute)}, []string{"authorize.refused g6", "token.refused g5"}},
			"until":                       {audit.ActivityQuery{Until: noon.Add(time.Second), Sources: []audit.Source{audit.Uses}}, []string{"cimd.recovered g7", "signin.succeeded g1"}},
			"a kind since and until":      {audit.ActivityQuery{Kind: "signin.", Since: noon.Add(time.Second), Until: noon.Add(time.Hour)}, []string{"signin.failed g2"}},
			"with a bad cursor":           {audit.ActivityQuery{Kind: "api.", After: "%%"}, []string{"api.created api1"}},
		} {
			if name == "an operator" { // traces name usr_1, too
				tt.query.Sources = []audit.Source{audit.Changes}
			}
			for _, limit := range []int{1, 2, 3, 50} {
				tt.query.Limit = limit
				if diff := cmp.Diff(tt.want, readAll(t, s, tt.query)); diff != "" {
					t.Errorf("%s, %d a page: %s", name, limit, diff)
				}
			}
		}
	})
}

func TestALineOfTheLogIsReadAsItWasWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := event("user.created", "user", "usr_9")
		u := user("usr_9")
		if err := s.CreateUser(ctx, u, e); err != nil {
			t.Fatal(err)
		}
		use := audit.Use{
			At: noon.Add(time.Minute), Kind: "token.refused", ApplicationID: "app1", UserID: "usr_9", GrantID: "g", SecretID: "sec_1",
			URI: "https://app.example.com/cb", Address: "192.0.2.7", Reference: "USED-0000", Reason: "expired", Detail: map[string]string{"grant_type": "x"},
		}
		if err := s.AppendUses(ctx, []audit.Use{use}); err != nil {
			t.Fatal(err)
		}
		trace := traceOf("7KQ2-MD4F")
		trace.At = noon.Add(time.Hour)
		saveTraces(t, s, trace)
		page, err := s.Activity(ctx, audit.ActivityQuery{})
		if err != nil {
			t.Fatal(err)
		}
		e.Sequence = 1
		want := []audit.Entry{{At: trace.At, Trace: &trace}, {At: use.At, Use: &use}, {At: e.At, Event: &e}}
		if diff := cmp.Diff(want, page.Entries); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNewLinesNeverMoveThePagesBehind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		happened(t, s)
		all := readAll(t, s, audit.ActivityQuery{})
		first, err := s.Activity(ctx, audit.ActivityQuery{Limit: 4})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AppendUses(ctx, []audit.Use{{At: noon.Add(time.Hour), Kind: "token.issued", GrantID: "late"}}); err != nil {
			t.Fatal(err)
		}
		rest := readAll(t, s, audit.ActivityQuery{After: first.Next, Limit: 3})
		if diff := cmp.Diff(all[4:], rest); diff != "" {
			t.Error(diff)
		}
	})
}

func TestUsesAreCountedByDayForTheirApplicationAndForAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
		var uses []audit.Use
		for i := range 60 {
			uses = append(uses, audit.Use{At: noon.Add(time.Duration(i%2) * 24 * time.Hour), Kind: "token.issued", ApplicationID: fmt.Sprint("app", i%30)})
		}
		uses = append(uses, audit.Use{At: noon, Kind: "signin.failed", Reason: "x"}, audit.Use{At: noon, Kind: "consent.given", ApplicationID: "app0"})
		for range 2 {
			if err := s.AppendUses(ctx, uses); err != nil {
				t.Fatal(err)
			}
		}
		tallies := func(id string, since time.Time) []audit.Tally {
			all, err := s.Tallies(ctx, id, since)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		want := []audit.Tally{{Day: day, Kind: "signin.failed", Count: 2}, {Day: day, Kind: "token.issued", Count: 60}, {Day: day.Add(24 * time.Hour), Kind: "token.issued", Count: 60}}
		if diff := cmp.Diff(want, tallies("", noon)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want[2:], tallies("", noon.Add(24*time.Hour))); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]audit.Tally{{Day: day, Kind: "token.issued", Count: 4}}, tallies("app0", noon)); diff != "" {
			t.Error(diff)
		}
		set := settings.Default()
		if err := s.Prune(ctx, noon.Add(set.UseRetention+24*time.Hour), set); err != nil {
			t.Fatal(err)
		}
		if got := tallies("", noon); len(got) != 1 {
			t.Errorf("after a day more than the retention %v are left", got)
		}
		if err := s.Prune(ctx, noon.Add(1000*24*time.Hour), settingsWithoutEnd()); err != nil {
			t.Fatal(err)
		}
		if got := tallies("", noon); len(got) != 1 {
			t.Errorf("without an end %v are left", got)
		}
	})
}

func TestConcurrentBatchesLoseNoCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ok := together(12, func(i int) bool {
			batch := make([]audit.Use, 0, 10)
			for j := range 10 {
				batch = append(batch, audit.Use{At: noon, Kind: "token.issued", ApplicationID: fmt.Sprint("app", (i+j)%3)})
			}
			return s.AppendUses(ctx, batch) == nil
		})
		if all, err := s.Tallies(ctx, "", noon); err != nil || ok != 12 || len(all) != 1 || all[0].Count != 120 {
			t.Errorf("got %v, %v after %d batches of 10", all, err, ok)
		}
	})
}

func TestWhatNeedsAttentionIsFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		withSecret := func(id string, ends ...time.Time) {
			a := application(id)
			a.Secrets = nil
			for i, end := range ends {
				a.Secrets = append(a.Secrets, registry.ClientSecret{
					ID: fmt.Sprint("sec_", id, i), Name: fmt.Sprint("secret ", i), Hash: secret.Hash(fmt.Sprint("k1:", id, i)), LastFour: "abcd", CreatedAt: noon, ExpiresAt: end,
				})
			}
			a.Enabled = id != "off"
			create(t, s, a)
		}
		day := 24 * time.Hour
		withSecret("forever", time.Time{})
		withSecret("soon", noon.Add(3*day))
		withSecret("replaced", noon.Add(3*day), time.Time{})
		withSecret("later", noon.Add(15*day))
		withSecret("over", noon.Add(-day))
		withSecret("off", noon.Add(-day))
		quiet := func(id string, change func(*registry.Import)) {
			a := imported(t, id)
			a.Import.Failures, a.Import.SuspendedAt, a.Import.LiveKeys = 0, time.Time{}, a.Import.Keys
			change(a.Import)
			create(t, s, a)
		}
		quiet("tpc_good", func(*registry.Import) {})
		quiet("tpc_failing", func(m *registry.Import) { m.Failures = 3 })
		quiet("tpc_held", func(m *registry.Import) { m.LiveKeys.Version = 9 })
		quiet("tpc_suspended", func(m *registry.Import) { m.SuspendedAt, m.Failures = noon, 3 })
		for kind, want := range map[registry.ConcernKind]string{
			registry.SecretsExpiring: "[soon: secret 0]", registry.SecretsExpired: "[over: secret 0]", registry.DocumentsFailing: "[tpc_failing: timeout]",
			registry.KeysWaiting: "[tpc_held: ]", registry.Suspended: "[tpc_suspended: auth_downgrade]",
		} {
			all, err := s.Concerns(ctx, kind, noon, 10)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, one := range all {
				got = append(got, one.ApplicationID+": "+one.Detail)
				if one.At.IsZero() || one.Name == "" {
					t.Errorf("%s: %+v", kind, one)
				}
			}
			if fmt.Sprint(got) != want {
				t.Errorf("%s: got %v, want %s", kind, got, want)
			}
		}
		if _, err := s.Concerns(ctx, "weather", noon, 10); err == nil {
			t.Error("what is no concern has an answer")
		}
	})
}

func TestNamesAreFoundByID(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		u := createUser(t, s, user("usr_1"))
		names, err := s.Names(ctx, []string{"app1", "gone"}, []string{u.ID, "gone"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"app1": "Billing of app1", u.ID: u.Email}, names); diff != "" {
			t.Error(diff)
		}
		if names, err := s.Names(ctx, nil, nil); err != nil || len(names) != 0 {
			t.Error(names, err)
		}
	})
}

func TestTheQueueIsCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		enqueue(t, s, waitingOf("a"), "usr_1")
		enqueue(t, s, waitingOf("b"), "usr_1")
		if n, err := s.CountWaiting(ctx); err != nil || n != 2 {
			t.Errorf("got %d, %v", n, err)
		}
	})
}
