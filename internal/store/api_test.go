package store_test

import (
	"errors"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestAPIReturnsWhatWasCreated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := apiOf(t, s, "api1")
		got, err := s.API(ctx, "api1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		byAudience, err := s.APIByAudience(ctx, registry.CanonicalAudience(want.Identifier))
		if err != nil || byAudience.ID != "api1" {
			t.Errorf("got %q, %v", byAudience.ID, err)
		}
	})
}

func TestATrailingSlashMakesNoOtherAPI(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := apiOf(t, s, "api1")
		a.ID, a.Identifier = "api2", "https://api1.example.com"
		if err := s.CreateAPI(ctx, a, event("api.created", "api", "api2")); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("got %v, want ErrConflict", err)
		}
	})
}

func TestSavingAnAPIChangesItsScopes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := apiOf(t, s, "api1")
		a.Name, a.Scopes = "Renamed", []registry.APIScope{{Value: "write:orders", Description: "now with words", Default: true}, {Value: "new"}}
		if err := s.SaveAPI(ctx, a, 1, event("api.updated", "api", "api1")); err != nil {
			t.Fatal(err)
		}
		a.Revision = 2
		got, err := s.API(ctx, "api1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, got); diff != "" {
			t.Error(diff)
		}
		if err := s.SaveAPI(ctx, a, 1, event("api.updated", "api", "api1")); !errors.Is(err, registry.ErrStale) {
			t.Errorf("got %v, want ErrStale", err)
		}
	})
}

func TestTheManagementAPIIsThereAndStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, err := s.API(ctx, registry.ManagementAPIID)
		if err != nil || !a.System || a.Identifier != "" || !a.ScopeValues().Has("read:client_summary") || !a.ScopeValues().Has("create:clients") {
			t.Errorf("got %+v, %v", a, err)
		}
		if _, err := s.APIByAudience(ctx, ""); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("it is found by an empty audience: %v", err)
		}
		if err := s.DeleteAPI(ctx, registry.ManagementAPIID, event("api.deleted", "api", "x")); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("it could be deleted: %v", err)
		}
	})
}

func TestAPIsAreListedByName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, id := range []string{"c", "a", "b"} {
			apiOf(t, s, id)
		}
		var names []string
		q := registry.APIQuery{Search: "ORDERS", Limit: 2, Total: true}
		for {
			page, err := s.APIs(ctx, q)
			if err != nil || page.Total != 3 {
				t.Fatalf("total %d, %v", page.Total, err)
			}
			for _, a := range page.Items {
				names = append(names, a.Name)
				if len(a.Scopes) != 2 {
					t.Errorf("%s has %d scopes", a.Name, len(a.Scopes))
				}
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"Orders a", "Orders b", "Orders c"}, names); diff != "" {
			t.Error(diff)
		}
		for search, want := range map[string]int{"b.example": 1, "100%": 0, "_": 0, "": 4} {
			if page, err := s.APIs(ctx, registry.APIQuery{Search: search}); err != nil || len(page.Items) != want {
				t.Errorf("%q finds %d, want %d, %v", search, len(page.Items), want, err)
			}
		}
		page, err := s.APIs(ctx, registry.APIQuery{Identifiers: []string{"https://a.example.com/", "https://none.example.com/"}})
		if err != nil || len(page.Items) != 1 {
			t.Errorf("by identifier: %d, %v", len(page.Items), err)
		}
		page, err = s.APIs(ctx, registry.APIQuery{Search: "orders", Offset: 2})
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != "c" {
			t.Errorf("by offset: %d, %v", len(page.Items), err)
		}
	})
}
