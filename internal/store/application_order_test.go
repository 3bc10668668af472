package store_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// However a search goes and whatever it is sorted by, the pages forwards are those backwards.
func TestEveryOrderReadsTheSameForwardsAndBackwards(t *testing.T) {
	for name, bounds := range map[string][3]int{
		"looked up": {1000, 1000, 1000}, "soon": {1, 1000, 1}, "some soon": {1, 15, 1}, "read whole": {1, 1, 1}, "few of them": {9, 1, 1},
		"together": {1, 1, 1000}, "some together": {1, 15, 12}, "a few together": {12, 4, 25}, "none few": {0, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				s.SetBounds(bounds[0], bounds[1], bounds[2])
				testOrders(t, s)
			})
		})
	}
}

func testOrders(t *testing.T, s *store.Store) {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	all := applicationsInUse(t, s, random)
	yes := true
	for range 80 {
		q := registry.Query{Limit: 2 + random.IntN(9), Sort: []registry.Sort{registry.Newest, registry.ByName, registry.LastUsed}[random.IntN(3)]}
		q.Search, q.Total = []string{"", "al", "alpha", "alpha gam", "gamma beta", "nothing"}[random.IntN(6)], true
		if random.IntN(3) == 0 {
			q.Ownership = registry.ThirdParty
		}
		if random.IntN(4) == 0 {
			q.Origin = registry.Registered
		}
		q.Risky = random.IntN(4) == 0
		if random.IntN(4) == 0 {
			q.IDs = []string{"id01", "id05", "id06", "id17", "id18", "id39", "id99"}
		}
		if random.IntN(2) == 0 {
			q.Types = []registry.Type{registry.Native, registry.Generic}
		}
		if random.IntN(3) == 0 {
			q.Enabled = &yes
		}
		if random.IntN(3) == 0 {
			q.Unused = noon.Add(-30 * 24 * time.Hour)
		}
		want := sorted(all, q)
		pages := pagesOf(t, s, q)
		if got := slices.Concat(pages...); !slices.Equal(got, want) {
			t.Fatalf("%+v finds\n%v, want\n%v", q, got, want)
		}
		checkBack(t, s, q, pages)
		q.Offset = random.IntN(12)
		page, err := s.Applications(ctx, q)
		from := min(q.Offset, len(want))
		if got := idsOf(page.Items); err != nil || page.Total != len(want) || !slices.Equal(got, want[from:min(from+q.Limit, len(want))]) {
			t.Fatalf("%+v finds %v of %d, %v; want %v", q, got, page.Total, err, want)
		}
	}
}

// applicationsInUse are applications with different names and last used days, some of them the same.
func applicationsInUse(t *testing.T, s *store.Store, random *rand.Rand) []registry.Application {
	t.Helper()
	vocabulary := []string{"alpha", "Alpine", "beta", "Gamma", "gam"}
	var all []registry.Application
	var uses []audit.Use
	for i := range 40 {
		a := application(fmt.Sprintf("id%02d", i))
		a.Name = vocabulary[random.IntN(5)] + " " + vocabulary[random.IntN(5)]
		a.Type = []registry.Type{registry.Native, registry.SinglePage, registry.Generic}[random.IntN(3)]
		a.Enabled, a.Tags, a.RedirectURIs = random.IntN(2) == 0, nil, nil
		if random.IntN(2) == 0 {
			a.Ownership = registry.ThirdParty
		}
		if random.IntN(2) == 0 {
			a.Origin = registry.Registered
		}
		a.CreatedAt = noon.Add(-time.Duration(random.IntN(60)) * 24 * time.Hour)
		a = create(t, s, a)
		if a.Findings.High = random.IntN(2); a.Findings.High > 0 {
			if err := s.SaveFindings(ctx, map[string]registry.FindingCounts{a.ID: {High: 1}}, noon); err != nil {
				t.Fatal(err)
			}
		}
		if random.IntN(3) > 0 {
			a.LastUsed = noon.Add(-time.Duration(random.IntN(50)) * 24 * time.Hour).Truncate(24 * time.Hour)
			uses = append(uses, audit.Use{At: a.LastUsed.Add(time.Hour), Kind: "token.issued", ApplicationID: a.ID})
		}
		all = append(all, a)
	}
	if err := s.AppendUses(ctx, uses); err != nil {
		t.Fatal(err)
	}
	return all
}

// sorted is what a loop over everything finds.
func sorted(all []registry.Application, q registry.Query) (ids []string) {
	var found []registry.Application
	for _, a := range all {
		lower := a
		lower.Name = strings.ToLower(a.Name)
		unused := q.Unused.IsZero() || a.LastUsed.Before(q.Unused) && a.CreatedAt.Before(q.Unused)
		if matches(lower, q) && unused {
			found = append(found, lower)
		}
	}
	slices.SortStableFunc(found, func(a, b registry.Application) int {
		switch q.Sort {
		case registry.ByName:
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		case registry.LastUsed:
			return cmp.Or(b.LastUsed.Compare(a.LastUsed), cmp.Compare(b.ID, a.ID))
		}
		return cmp.Compare(b.ID, a.ID)
	})
	for _, a := range found {
		ids = append(ids, a.ID)
	}
	return ids
}

func pagesOf(t *testing.T, s *store.Store, q registry.Query) (pages [][]string) {
	t.Helper()
	for {
		page, err := s.Applications(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if (page.Back == "") != (q.After == "") && len(page.Items) > 0 {
			t.Fatalf("%+v: the way back is %q", q, page.Back)
		}
		pages = append(pages, idsOf(page.Items))
		if page.Next == "" {
			return pages
		}
		q.After = page.Next
	}
}

// checkBack goes from the last page back to the first.
func checkBack(t *testing.T, s *store.Store, q registry.Query, pages [][]string) {
	t.Helper()
	for range pages[1:] {
		page, err := s.Applications(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		q.After = page.Next
	}
	for i := len(pages) - 1; i > 0; i-- {
		page, err := s.Applications(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if got := idsOf(page.Items); !slices.Equal(got, pages[i]) {
			t.Fatalf("%+v: page %d is %v, want %v", q, i, got, pages[i])
		}
		if page.Back == "" {
			t.Fatalf("%+v: no way back from page %d", q, i)
		}
		q.After, q.Before = "", page.Back
	}
}

func idsOf(items []registry.Application) (ids []string) {
	for _, a := range items {
		ids = append(ids, a.ID)
	}
	return ids
}

func TestACursorOfAnotherOrderIsTheFirstPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 3 {
			create(t, s, application(fmt.Sprintf("id%02d", i)))
		}
		cursors := map[registry.Sort]string{}
		orders := []registry.Sort{registry.Newest, registry.ByName, registry.LastUsed}
		for _, by := range orders {
			page, err := s.Applications(ctx, registry.Query{Limit: 2, Sort: by})
			if err != nil || page.Next == "" {
				t.Fatal(err, page.Next)
			}
			cursors[by] = page.Next
		}
		for _, by := range append(orders, "unheard-of") {
			for of, cursor := range cursors {
				q := registry.Query{Sort: by, After: cursor}
				page, err := s.Applications(ctx, q)
				want := 3
				if of == by || of == registry.Newest && by == "unheard-of" {
					want = 1
				}
				if err != nil || len(page.Items) != want {
					t.Errorf("%q with a cursor of %q: %d items, %v", by, of, len(page.Items), err)
				}
			}
		}
	})
}

func TestAnEntryFollowsItsApplication(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, b := create(t, s, application("app1")), create(t, s, application("app2"))
		a.Name, a.Type, a.Enabled = "Zebra", registry.Native, false
		if err := s.SaveApplication(ctx, a, a.Revision, event("application.updated", "application", a.ID)); err != nil {
			t.Fatal(err)
		}
		no := false
		for _, q := range []registry.Query{{Types: []registry.Type{registry.Native}}, {Enabled: &no}} {
			if got := find(t, s, q); !slices.Equal(got, []string{"app1"}) {
				t.Errorf("%+v finds %v", q, got)
			}
		}
		if got := find(t, s, registry.Query{Sort: registry.ByName}); !slices.Equal(got, []string{"app2", "app1"}) {
			t.Error(got)
		}
		if err := s.DeleteApplication(ctx, b.ID, noon, event("application.deleted", "application", b.ID)); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s, "SELECT COUNT(*) FROM application_entries"); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
}

// A list that finds nothing walks through all entries, so it must find there what it asks for.
func TestListsReadNoApplicationThatTheyDoNotShow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.FillImported(t, s, 300)
		if s.Engine() == sqldb.PostgreSQL {
			if err := behind(s, "ANALYZE"); err != nil { //nolint:misspell // SQL
				t.Fatal(err)
			}
		}
		for _, plan := range store.ListPlans(noon) {
			steps := explain(t, s, plan)
			if strings.Contains(plan.Text, "FROM imports") { // these are few, and the engine may begin with them
				continue
			}
			if s.Engine() == sqldb.SQLite && strings.Contains(steps, "SCAN application_entries") {
				t.Errorf("%s\n%s", plan.Text, steps)
			}
			if strings.Contains(steps, "TEMP B-TREE FOR ORDER") || strings.Contains(steps, "SCAN a") {
				t.Errorf("%s\n%s", plan.Text, steps)
			}
			if s.Engine() == sqldb.SQLite && strings.Contains(plan.Text, "r.name_key") && !strings.Contains(plan.Text, "active_at") && !strings.Contains(steps, "COVERING INDEX application_entries_name") {
				t.Errorf("not by the index alone: %s\n%s", plan.Text, steps)
			}
			if s.Engine() == sqldb.SQLite && strings.Contains(plan.Text, "r.place, r.last_used") && !strings.Contains(plan.Text, "active_at") && !strings.Contains(steps, "COVERING INDEX application_entries_used") {
				t.Errorf("not by the index alone: %s\n%s", plan.Text, steps)
			}
		}
	})
}
