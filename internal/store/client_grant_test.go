package store_test

import (
	"errors"
	"testing"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestThereIsOneClientGrantPerApplicationAPIAndSubject(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		create(t, s, application("app2"))
		apiOf(t, s, "api1")
		apiOf(t, s, "api2")
		base := registry.ClientGrant{ApplicationID: "app1", APIID: "api1", SubjectType: registry.ForClient, Scopes: oauth.Scopes{"read:orders"}}
		dflt := registry.ClientGrant{ThirdParties: true, APIID: "api1", SubjectType: registry.ForUser, AllScopes: true}
		distinct := []registry.ClientGrant{base, base, base, base, dflt, dflt, dflt}
		distinct[1].SubjectType = registry.ForUser
		distinct[2].APIID = "api2"
		distinct[3].ApplicationID = "app2"
		distinct[5].SubjectType = registry.ForClient
		distinct[6].APIID = "api2"
		for i, g := range distinct {
			g.ID = "cgr_" + string(rune('a'+i))
			clientGrant(t, s, g)
		}
		for i, g := range distinct {
			g.ID, g.CreatedAt, g.UpdatedAt = "cgr_again"+string(rune('a'+i)), noon, noon
			if err := s.CreateClientGrant(ctx, g, event("client_grant.created", "client_grant", g.ID)); !errors.Is(err, registry.ErrConflict) {
				t.Errorf("%d: got %v, want ErrConflict", i, err)
			}
		}
	})
}

func TestAClientGrantNeedsItsApplicationAndItsAPI(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		apiOf(t, s, "api1")
		for _, g := range []registry.ClientGrant{
			{ID: "cgr_1", ApplicationID: "none", APIID: "api1", SubjectType: registry.ForUser, CreatedAt: noon, UpdatedAt: noon},
			{ID: "cgr_1", ApplicationID: "app1", APIID: "none", SubjectType: registry.ForUser, CreatedAt: noon, UpdatedAt: noon},
		} {
			if err := s.CreateClientGrant(ctx, g, event("client_grant.created", "client_grant", g.ID)); !errors.Is(err, registry.ErrNotFound) {
				t.Errorf("got %v, want ErrNotFound", err)
			}
		}
	})
}

func TestAClientGrantIsSavedAndDeleted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		apiOf(t, s, "api1")
		g := clientGrant(t, s, registry.ClientGrant{ID: "cgr_1", ApplicationID: "app1", APIID: "api1", SubjectType: registry.ForUser, Scopes: oauth.Scopes{"b", "a"}})
		g.Scopes = oauth.Scopes{"c", "b"}
		if err := s.SaveClientGrant(ctx, g, 1, event("client_grant.updated", "client_grant", "cgr_1")); err != nil {
			t.Fatal(err)
		}
		g.Revision = 2
		got, err := s.ClientGrant(ctx, "cgr_1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(g, got); diff != "" {
			t.Error(diff)
		}
		if err := s.SaveClientGrant(ctx, g, 1, event("client_grant.updated", "client_grant", "cgr_1")); !errors.Is(err, registry.ErrStale) {
			t.Errorf("got %v, want ErrStale", err)
		}
		for _, want := range []error{nil, registry.ErrNotFound} {
			if err := s.DeleteClientGrant(ctx, "cgr_1", event("client_grant.deleted", "client_grant", "cgr_1")); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
	})
}

func TestClientGrantsAreSelected(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		create(t, s, application("app2"))
		apiOf(t, s, "api1")
		for _, g := range []registry.ClientGrant{
			{ID: "cgr_1", ApplicationID: "app1", APIID: "api1", SubjectType: registry.ForUser, Scopes: oauth.Scopes{"a"}},
			{ID: "cgr_2", ApplicationID: "app2", APIID: "api1", SubjectType: registry.ForClient},
			{ID: "cgr_3", ThirdParties: true, APIID: "api1", SubjectType: registry.ForUser, AllScopes: true},
			{ID: "cgr_4", Strangers: true, APIID: "api1", SubjectType: registry.ForUser},
		} {
			clientGrant(t, s, g)
		}
		for want, q := range map[string]registry.ClientGrantQuery{
			"cgr_4 cgr_3 cgr_2 cgr_1 ": {Limit: 1}, "cgr_1 ": {ApplicationID: "app1"}, "cgr_3 ": {ThirdParties: true}, "cgr_4 ": {Strangers: true}, "cgr_4 cgr_3 cgr_1 ": {SubjectType: registry.ForUser},
			"": {APIID: registry.ManagementAPIID}, "cgr_2 ": {Offset: 2, Limit: 1, APIID: "api1"},
		} {
			got := ""
			for {
				page, err := s.ClientGrants(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, g := range page.Items {
					got += g.ID + " "
				}
				if q.After = page.Next; q.After == "" || q.Offset > 0 {
					break
				}
			}
			if got != want {
				t.Errorf("%+v: got %q, want %q", q, got, want)
			}
		}
	})
}
