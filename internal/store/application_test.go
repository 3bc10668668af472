package store_test

import (
	"context"
	"testing"
	"time"

	"clientele/internal/audit"
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
