package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

var ctx = context.Background()

// noon is when everything happens, unless a test says otherwise.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 123000, time.UTC)

func event(kind, target, id string) audit.Event {
	return audit.Event{
		At: noon, Kind: kind, TargetKind: target, TargetID: id, TargetName: "a name",
		Actor:   audit.Actor{Kind: audit.ActorOperator, ID: "usr_1", Name: "ada@example.com", Address: "192.0.2.1", Door: "dashboard"},
		Changes: []audit.FieldChange{{Field: "name", Before: "", After: "a name"}},
	}
}

// application is one with something in every field that is kept.
func application(id string) registry.Application {
	uri := func(value string) registry.URI {
		return registry.URI{Value: value, Source: registry.FromOperator, AddedAt: noon, AddedBy: "ada@example.com"}
	}
	return registry.Application{
		ID: id, Origin: registry.Manual, Ownership: registry.FirstParty, Name: "Billing of " + id, Description: "sends bills",
		LogoURI: "https://app.example.com/logo.png", Type: registry.RegularWeb, Enabled: true, Tags: []string{"prod", "money"},
		RedirectURIs: []registry.URI{uri("https://app.example.com/callback"), uri("https://app.example.com/b")},
		LogoutURIs:   []registry.URI{uri("https://app.example.com/bye")}, WebOrigins: []registry.URI{uri("https://app.example.com")},
		CORSOrigins: []registry.URI{uri("https://cors.example.com")}, InitiateLoginURI: "https://app.example.com/login",
		GrantTypes:  []oauth.GrantType{oauth.AuthorizationCode, oauth.RefreshToken},
		AuthMethods: []oauth.AuthMethod{oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost}, RequirePKCE: true,
		IDToken:  registry.IDTokenPolicy{Lifetime: 10 * time.Hour, Algorithm: "RS256"},
		Refresh:  registry.RefreshPolicy{Rotating: true, Leeway: 30 * time.Second, Lifetime: 720 * time.Hour, IdleLifetime: 24 * time.Hour},
		Metadata: map[string]string{"team": "money"}, Extras: []byte(`{"sso":true}`),
		Secrets: []registry.ClientSecret{{
			ID: "sec_" + id, Name: "first", Hash: secret.Hash("k1:" + id), LastFour: "abcd",
			CreatedAt: noon, CreatedBy: "ada@example.com", ExpiresAt: noon.Add(time.Hour),
		}},
		CreatedAt: noon, CreatedBy: "ada@example.com", UpdatedAt: noon, Revision: 1,
	}
}

func create(t *testing.T, s *store.Store, a registry.Application) registry.Application {
	t.Helper()
	if err := s.CreateApplication(ctx, a, event("application.created", "application", a.ID)); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestApplicationReturnsWhatWasCreated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := create(t, s, application("app1"))
		got, err := s.Application(ctx, "app1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestApplicationIsFoundByItsWireIDOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("byhand"))
		imported := application("tpc_imported")
		imported.Origin, imported.Ownership, imported.ExternalID = registry.Imported, registry.ThirdParty, "https://client.example/meta.json"
		create(t, s, imported)

		for id, want := range map[oauth.ClientID]string{"byhand": "byhand", "https://client.example/meta.json": "tpc_imported", "tpc_imported": "", "": "", "none": ""} {
			got, err := s.ApplicationByClientID(ctx, id)
			if want == "" {
				if !errors.Is(err, registry.ErrNotFound) {
					t.Errorf("%q: got %v, %v", id, got.ID, err)
				}
				continue
			}
			if err != nil || got.ID != want {
				t.Errorf("%q: got %q, %v; want %q", id, got.ID, err, want)
			}
		}
	})
}

func TestAnEditOfAnOlderRevisionIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := create(t, s, application("app1"))
		a.Name = "First"
		if err := s.SaveApplication(ctx, a, 1, event("application.updated", "application", a.ID)); err != nil {
			t.Fatal(err)
		}
		a.Name = "Second"
		if err := s.SaveApplication(ctx, a, 1, event("application.updated", "application", a.ID)); !errors.Is(err, registry.ErrStale) {
			t.Errorf("got %v, want ErrStale", err)
		}
		a.ID = "nobody"
		if err := s.SaveApplication(ctx, a, 1, event("application.updated", "application", a.ID)); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
		got, err := s.Application(ctx, "app1")
		if err != nil || got.Name != "First" || got.Revision != 2 {
			t.Errorf("got %q at revision %d, %v", got.Name, got.Revision, err)
		}
		events, err := s.Events(ctx, audit.Query{})
		if err != nil || len(events) != 2 {
			t.Errorf("a refused edit left an event: %d events, %v", len(events), err)
		}
	})
}

func TestOfConcurrentEditsOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := create(t, s, application("app1"))
		won := together(16, func(i int) bool {
			mine := a
			mine.Name = fmt.Sprint("edit ", i)
			err := s.SaveApplication(ctx, mine, 1, event("application.updated", "application", a.ID))
			if err != nil && !errors.Is(err, registry.ErrStale) {
				t.Error(err)
			}
			return err == nil
		})
		if won != 1 {
			t.Errorf("%d edits of one revision won", won)
		}
	})
}

func TestSavingChangesTheRowsThatDifferAndKeepsTheirUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := create(t, s, application("app1"))
		use := audit.Use{At: noon, Kind: "token.issued", ApplicationID: "app1", SecretID: "sec_app1", URI: "https://app.example.com/b"}
		if err := s.AppendUses(ctx, []audit.Use{use}); err != nil {
			t.Fatal(err)
		}
		a.RedirectURIs = append([]registry.URI{{Value: "https://new.example.com/", Source: registry.FromOperator, AddedAt: noon, AddedBy: "x"}}, a.RedirectURIs[1])
		a.LogoutURIs, a.Tags = nil, []string{"money", "new"}
		a.Secrets[0].RetiredAt = noon.Add(time.Minute)
		a.Secrets = append(a.Secrets, registry.ClientSecret{ID: "sec_2", Name: "second", Hash: "k1:second", LastFour: "wxyz", CreatedAt: noon, CreatedBy: "x"})
		if err := s.SaveApplication(ctx, a, 1, event("application.updated", "application", a.ID)); err != nil {
			t.Fatal(err)
		}
		got, err := s.Application(ctx, "app1")
		if err != nil {
			t.Fatal(err)
		}
		day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
		a.Revision, a.LastUsed = 2, day
		a.RedirectURIs[1].LastUsed, a.Secrets[0].LastUsed = day, day
		if diff := cmp.Diff(a, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTheIDOfADeletedApplicationStaysTaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		if err := s.DeleteApplication(ctx, "app1", noon, event("application.deleted", "application", "app1")); err != nil {
			t.Fatal(err)
		}
		if err := s.CreateApplication(ctx, application("app1"), event("application.created", "application", "app1")); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("got %v, want ErrConflict", err)
		}
		if err := s.DeleteApplication(ctx, "app1", noon, event("application.deleted", "application", "app1")); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestOneIDAndOneURLMeanOneApplication(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := application("app1")
		a.ExternalID = "https://client.example/meta.json"
		create(t, s, a)
		if err := s.CreateApplication(ctx, application("app1"), event("application.created", "application", "app1")); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("same id: got %v, want ErrConflict", err)
		}
		b := application("app2")
		b.ExternalID = a.ExternalID
		if err := s.CreateApplication(ctx, b, event("application.created", "application", "app2")); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("same URL: got %v, want ErrConflict", err)
		}
		if _, err := s.Application(ctx, "app2"); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("a refused creation left something: %v", err)
		}
	})
}

func TestDeletingAnApplicationEndsAllThatHangsOnIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		apiOf(t, s, "api1")
		clientGrant(t, s, registry.ClientGrant{ID: "cgr_1", ApplicationID: "app1", APIID: "api1", SubjectType: registry.ForClient})
		if err := s.DeleteApplication(ctx, "app1", noon, event("application.deleted", "application", "app1")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Grant(ctx, g.ID); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("the grant stands: %v", err)
		}
		if _, _, err := s.Family(ctx, "fam_"+g.ID); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("the family stands: %v", err)
		}
		if _, err := s.ClientGrant(ctx, "cgr_1"); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("the client grant stands: %v", err)
		}
		if page, err := s.Applications(ctx, registry.Query{Search: "billing"}); err != nil || len(page.Items) != 0 {
			t.Errorf("the search still finds it: %v, %v", page.Items, err)
		}
	})
}
