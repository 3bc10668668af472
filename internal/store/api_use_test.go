package store_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

func TestWhoHoldsAPermissionIsCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		apiOf(t, s, "api1")
		apiOf(t, s, "api2")
		for _, id := range []string{"app1", "app2", "app3"} {
			create(t, s, application(id))
		}
		read := oauth.Scopes{"read:orders"}
		clientGrant(t, s, registry.ClientGrant{ID: "cgr_1", ApplicationID: "app1", APIID: "api1", SubjectType: registry.ForUser, Scopes: read})
		clientGrant(t, s, registry.ClientGrant{ID: "cgr_2", ApplicationID: "app1", APIID: "api1", SubjectType: registry.ForClient, Scopes: read})
		clientGrant(t, s, registry.ClientGrant{ID: "cgr_3", ApplicationID: "app2", APIID: "api1", SubjectType: registry.ForUser, AllScopes: true})
		clientGrant(t, s, registry.ClientGrant{ID: "cgr_4", ThirdParties: true, APIID: "api1", SubjectType: registry.ForUser, Scopes: read})
		clientGrant(t, s, registry.ClientGrant{ID: "cgr_5", ApplicationID: "app3", APIID: "api2", SubjectType: registry.ForUser, Scopes: read})
		use, err := s.ScopeUse(ctx, "api1", "read:orders")
		if want := (registry.ScopeUse{Applications: 1, Whole: 1, Defaults: 1}); err != nil || use != want {
			t.Errorf("%v %+v", err, use)
		}
		counts, err := s.APICallers(ctx, []string{"api1", "api2", "none"})
		if err != nil || counts["api1"] != 2 || counts["api2"] != 1 || counts["none"] != 0 {
			t.Error(err, counts)
		}
	})
}

func TestTheCallersOfAnAPIArePagedNewestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		apiOf(t, s, "api1")
		apiOf(t, s, "api2")
		for _, id := range []string{"app1", "app2", "app3", "app4"} {
			create(t, s, application(id))
			api := "api1"
			if id == "app3" {
				api = "api2"
			}
			clientGrant(t, s, registry.ClientGrant{ID: "cgr_" + id, ApplicationID: id, APIID: api, SubjectType: registry.ForUser, Scopes: oauth.Scopes{"read:orders"}})
		}
		clientGrant(t, s, registry.ClientGrant{ID: "cgr_more", ApplicationID: "app4", APIID: "api1", SubjectType: registry.ForClient, AllScopes: true})
		clientGrant(t, s, registry.ClientGrant{ID: "cgr_dflt", ThirdParties: true, APIID: "api1", SubjectType: registry.ForUser, AllScopes: true})
		var got []string
		q := registry.CallerQuery{APIID: "api1", Limit: 2}
		for {
			page, err := s.Callers(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range page.Items {
				got = append(got, k.Application.ID)
				if k.People == nil || k.People.Scopes.String() != "read:orders" || (k.Itself != nil) != (k.Application.ID == "app4") {
					t.Errorf("%+v", k)
				}
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if !slices.Equal(got, []string{"app4", "app2", "app1"}) {
			t.Error(got)
		}
		found, err := s.Callers(ctx, registry.CallerQuery{APIID: "api1", Search: "app2"})
		if err != nil || len(found.Items) != 1 || found.Items[0].Application.ID != "app2" {
			t.Error(err, found)
		}
		all, err := s.Callers(ctx, registry.CallerQuery{APIID: "api1", Search: "app"})
		if err != nil || len(all.Items) != 3 || all.Items[0].Application.ID != "app4" || all.Items[2].Application.ID != "app1" {
			t.Error(err, all)
		}
	})
}

// A cursor comes back from a browser: one that somebody made up is the first page and never an error of the database.
func TestAMadeUpCursorIsTheFirstPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		for _, raw := range []string{"", "x", "\x00", "1\x00\xff\xfe", "1\x00a\x00b", "\xff\x00name:1", "1.0\x00\xff", "1.2\x00\xff", "9.9\x001", "\x00name:zzzzzzzzzzzzzzzzzz"} {
			after := base64.RawURLEncoding.EncodeToString([]byte(raw))
			for _, sort := range []registry.Sort{registry.Newest, registry.ByName, registry.LastUsed} {
				if page, err := s.Applications(ctx, registry.Query{Sort: sort, After: after}); err != nil || len(page.Items) > 1 {
					t.Errorf("applications by %q after %q: %v", sort, raw, err)
				}
			}
			if _, err := s.APIs(ctx, registry.APIQuery{After: after}); err != nil {
				t.Errorf("APIs after %q: %v", raw, err)
			}
			if _, err := s.Users(ctx, account.Query{After: after}); err != nil {
				t.Errorf("users after %q: %v", raw, err)
			}
			if _, err := s.Activity(ctx, audit.ActivityQuery{After: after}); err != nil {
				t.Errorf("the log after %q: %v", raw, err)
			}
			if _, err := s.GrantsOfUser(ctx, grant.ConnectionQuery{UserID: "usr_1", After: after}); err != nil {
				t.Errorf("connections after %q: %v", raw, err)
			}
		}
	})
}
