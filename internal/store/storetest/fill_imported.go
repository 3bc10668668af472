package storetest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/store"
)

// FillImported creates n applications from a URL as an instance has them that lets in MCP clients, one a minute: native ones
// without a key, and every fourth a confidential one with one. They were fetched when they were made and are due a day later.
func FillImported(t testing.TB, s *store.Store, n int) {
	t.Helper()
	key := sampleKey(t)
	begin := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for from := 0; from < n; from += atOnce {
		err := s.Import(context.Background(), func(create func(registry.Application, audit.Event) error) error {
			for i := from; i < min(from+atOnce, n); i++ {
				a := sampleImported(i, begin.Add(time.Duration(i)*time.Minute), key)
				e := audit.Event{At: a.CreatedAt, Kind: "application.imported", TargetKind: "application", TargetID: a.ID, TargetName: a.Name}
				if err := create(a, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatalf("fill the store: %v", err)
		}
	}
}

func sampleKey(t testing.TB) registry.Key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := jwk.New(&private.PublicKey, "ES256")
	if err != nil {
		t.Fatal(err)
	}
	return registry.Key{ID: public.ID, Public: public, KID: public.ID, Thumbprint: public.ID, Active: true, Source: registry.FromDocument}
}

func sampleImported(i int, at time.Time, key registry.Key) registry.Application {
	origin := fmt.Sprintf("https://agent%d.tools%d.example.com", i, i*7919%400)
	hash := secret.ID(43)
	a := registry.Application{
		ID: "tpc_" + secret.ID(16), ExternalID: origin + "/client.json", Origin: registry.Imported, Ownership: registry.ThirdParty,
		Name: fmt.Sprintf("%s agent %d", subjects[i%len(subjects)], i), Type: registry.Native, Enabled: i%17 != 0,
		RedirectURIs: []registry.URI{
			{Value: "http://127.0.0.1/callback", Source: registry.FromDocument, AddedAt: at},
			{Value: origin + "/callback", Source: registry.FromDocument, AddedAt: at},
		},
		GrantTypes: []oauth.GrantType{oauth.AuthorizationCode, oauth.RefreshToken}, AuthMethods: []oauth.AuthMethod{oauth.AuthNone},
		RequirePKCE: true, IDToken: registry.IDTokenPolicy{Lifetime: 10 * time.Hour, Algorithm: "RS256"},
		Refresh: registry.RefreshPolicy{Rotating: true, Lifetime: 720 * time.Hour, IdleLifetime: 168 * time.Hour},
		Import: &registry.Import{
			By: registry.ByOperator, Mode: registry.Review, Identity: hash, ClientURI: origin, FetchedAt: at, DueAt: at.Add(24 * time.Hour),
			Approved: registry.DocumentRef{Version: 1, Hash: hash, At: at, By: "ada@example.com"},
			Live:     registry.DocumentRef{Version: 1, Hash: hash, At: at},
		},
		CreatedAt: at, UpdatedAt: at, Revision: 1,
	}
	if i%4 == 0 {
		a.Type, a.AuthMethods, a.Import.JWKSURI = registry.RegularWeb, []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}, origin+"/jwks.json"
		key.CreatedAt = at
		a.Keys, a.Import.KeysDueAt = []registry.Key{key}, a.Import.DueAt
	}
	return a
}
