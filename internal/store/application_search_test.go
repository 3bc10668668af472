package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// find returns the ids of all pages of a query, following the cursor.
func find(t *testing.T, s *store.Store, q registry.Query) (ids []string) {
	t.Helper()
	for {
		page, err := s.Applications(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Items {
			ids = append(ids, a.ID)
		}
		if page.Next == "" {
			return ids
		}
		if len(ids) > 10_000 {
			t.Fatal("the pages do not end")
		}
		q.After = page.Next
	}
}

func TestEveryWordOfASearchBeginsATerm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := application("Qx7client")
		a.Name, a.Tags = "Payment-Gateway für Zürich", []string{"prod", "team:money"}
		a.RedirectURIs = []registry.URI{{Value: "https://login.shop.example.com:8443/cb", Source: registry.FromOperator, AddedAt: noon}}
		create(t, s, a)
		b := application("other")
		b.Name, b.Tags, b.RedirectURIs = "Something else", nil, []registry.URI{{Value: "com.example.phone:/cb", Source: registry.FromOperator, AddedAt: noon}}
		create(t, s, b)

		for search, want := range map[string]string{
			"": "other Qx7client", "  ": "other Qx7client",
			"pay": "Qx7client", "PAYMENT": "Qx7client", "gateway": "Qx7client", "payment-gate": "Qx7client", "zürich": "Qx7client", "Zür": "Qx7client",
			"qx7": "Qx7client", "Qx7client": "Qx7client", "x7client": "", "prod": "Qx7client", "money": "Qx7client", "team:money": "Qx7client",
			"login.shop": "Qx7client", "shop.example.com": "Qx7client", "example": "other Qx7client", "https://login.shop.example.com": "Qx7client",
			"com.example.phone": "other", "phone": "other", "something pay": "", "some else": "other", "els some": "other", "ayment": "",
			"%": "", "_": "", "'": "", "\x00": "", "\xff": "",
		} {
			if got := strings.Join(find(t, s, registry.Query{Search: search}), " "); got != want {
				t.Errorf("%q finds %q, want %q", search, got, want)
			}
		}
	})
}

// However a search goes, which depends on how many terms its words match, it finds the same.
func TestEveryWayToSearchFindsTheSame(t *testing.T) {
	for name, bounds := range map[string][3]int{
		"looked up": {1000, 1000, 1000}, "soon": {1, 1000, 1}, "some soon": {1, 15, 1}, "read whole": {1, 1, 1}, "few of them": {9, 1, 1},
		"together": {1, 1, 1000}, "some together": {1, 15, 12}, "a few together": {12, 4, 25}, "none few": {0, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				s.SetBounds(bounds[0], bounds[1], bounds[2])
				testLists(t, s)
			})
		})
	}
}

// testLists compares lists with what a loop over everything finds: filters, words, both kinds of paging and the total.
func testLists(t *testing.T, s *store.Store) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	vocabulary := []string{"alpha", "alpine", "beta", "gamma", "gam"}
	var all []registry.Application
	for i := range 60 {
		a := application(fmt.Sprintf("id%02d", i))
		a.Name = vocabulary[random.IntN(5)] + " " + vocabulary[random.IntN(5)]
		a.Type = []registry.Type{registry.Native, registry.SinglePage, registry.Generic}[random.IntN(3)]
		a.Enabled, a.Tags, a.RedirectURIs = random.IntN(2) == 0, nil, nil
		if random.IntN(2) == 0 {
			a.Ownership = registry.ThirdParty
		}
		all = append(all, create(t, s, a))
	}
	slices.Reverse(all) // the newest first
	yes := true
	for range 40 {
		q := registry.Query{Limit: 3 + random.IntN(20), Total: true}
		var want []string
		q.Search = []string{"", "al", "alpha", "alpha gam", "gamma beta", "al ga be", "nothing"}[random.IntN(7)]
		if random.IntN(2) == 0 {
			q.Types = []registry.Type{registry.Native, registry.Generic}
		}
		if random.IntN(2) == 0 {
			q.Ownership = registry.ThirdParty
		}
		if random.IntN(2) == 0 {
			q.Enabled = &yes
		}
		for _, a := range all {
			if matches(a, q) {
				want = append(want, a.ID)
			}
		}
		if got := find(t, s, q); !slices.Equal(got, want) {
			t.Fatalf("%+v finds %v, want %v", q, got, want)
		}
		q.Offset = random.IntN(20)
		page, err := s.Applications(ctx, q)
		if err != nil || page.Total != len(want) {
			t.Fatalf("%+v: total %d, want %d, %v", q, page.Total, len(want), err)
		}
		from := min(q.Offset, len(want))
		for i, a := range page.Items {
			if a.ID != want[from+i] {
				t.Fatalf("%+v: item %d is %s, want %s", q, i, a.ID, want[from+i])
			}
		}
		if len(page.Items) != min(q.Limit, len(want)-from) {
			t.Fatalf("%+v: %d items", q, len(page.Items))
		}
	}
}

func matches(a registry.Application, q registry.Query) bool {
	for word := range strings.FieldsSeq(q.Search) {
		if !slices.ContainsFunc(strings.Fields(a.Name), func(w string) bool { return strings.HasPrefix(w, word) }) {
			return false
		}
	}
	return (len(q.Types) == 0 || slices.Contains(q.Types, a.Type)) && (q.Ownership == "" || a.Ownership == q.Ownership) &&
		(q.Origin == "" || a.Origin == q.Origin) && (q.Enabled == nil || a.Enabled == *q.Enabled) &&
		(!q.Risky || a.Findings.High > 0) && (len(q.IDs) == 0 || slices.Contains(q.IDs, a.ID))
}

func TestAPageCarriesAllPartsOfItsApplications(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 12 {
			create(t, s, application(fmt.Sprintf("id%02d", i)))
		}
		page, err := s.Applications(ctx, registry.Query{Limit: 11})
		if err != nil || len(page.Items) != 11 {
			t.Fatalf("%d items, %v", len(page.Items), err)
		}
		for _, a := range page.Items {
			if len(a.RedirectURIs) != 2 || len(a.LogoutURIs) != 1 || len(a.WebOrigins) != 1 || len(a.CORSOrigins) != 1 || len(a.Tags) != 2 || len(a.Secrets) != 1 || a.Secrets[0].ID != "sec_"+a.ID {
				t.Errorf("%s lacks parts", a.ID)
			}
		}
	})
}

func TestACursorThatIsNoneIsTheFirstPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		for _, after := range []string{"x", "AAAA", "!!", strings.Repeat("A", 10_000)} {
			if page, err := s.Applications(ctx, registry.Query{After: after}); err != nil || len(page.Items) != 1 {
				t.Errorf("%.20q: %d items, %v", after, len(page.Items), err)
			}
		}
	})
}
