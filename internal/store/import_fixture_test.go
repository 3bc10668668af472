package store_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"reflect"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store"
)

func keyOf(t *testing.T, public any) registry.Key {
	t.Helper()
	k, err := jwk.New(public, "")
	if err != nil {
		t.Fatal(err)
	}
	thumbprint := k.ID
	k.ID = "kid-1"
	return registry.Key{
		ID: thumbprint, Name: "first", Public: k, KID: "kid-1", Thumbprint: thumbprint, Algorithm: "ES256", Certificate: "c0ffee",
		Active: true, Source: registry.FromDocument, CreatedAt: noon, CreatedBy: "ada@example.com", ExpiresAt: noon.Add(time.Hour),
	}
}

func ecKey(t *testing.T) registry.Key {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keyOf(t, &key.PublicKey)
}

func importOf() *registry.Import {
	at := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	return &registry.Import{
		By: registry.ByOperator, Mode: registry.Review, Rule: "rul_1",
		Approved: registry.DocumentRef{Version: 1, Hash: "h1", At: at(1), By: "ada@example.com"},
		Live:     registry.DocumentRef{Version: 2, Hash: "h2", At: at(2)},
		Keys:     registry.KeySetRef{Version: 1, Hash: "k1"}, LiveKeys: registry.KeySetRef{Version: 2, Hash: "k2"},
		ClientURI: "https://client.example/", TermsURI: "https://client.example/tos", PolicyURI: "https://client.example/policy",
		JWKSURI: "https://client.example/jwks", Algorithm: "ES256", Scopes: oauth.Scopes{"openid", "read:orders"}, Identity: "id",
		FetchedAt: at(3), DueAt: at(4), ETag: `"e"`, LastModified: "Sat, 21 Nov 2026 12:00:00 GMT", KeysDueAt: at(5), Failures: 2,
		Failure: audit.FailureTimeout, FailedAt: at(6), SuspendedAt: at(7), SuspendedWhy: registry.SuspendedDowngrade, WithdrawnAt: at(8),
		PinnedUntil: at(9), ClientCredentials: true, AudienceUntil: at(10), LogoHash: "logo", Revision: 1,
		Ceiling: []oauth.GrantType{oauth.AuthorizationCode}, OwnType: registry.Native,
		KeysAt: at(11), GoneAt: at(12), Dropped: []string{"redirect_uris:https://client.example/old"},
	}
}

func urlOf(id string) string {
	return "https://" + strings.TrimPrefix(id, "tpc_") + ".example.com/client.json"
}

func imported(t *testing.T, id string) registry.Application {
	t.Helper()
	a := application(id)
	a.ID, a.ExternalID, a.Origin, a.Ownership, a.Secrets = id, urlOf(id), registry.Imported, registry.ThirdParty, nil
	a.AuthMethods = []oauth.AuthMethod{oauth.AuthNone, oauth.AuthPrivateKeyJWT}
	a.Keys, a.Import = []registry.Key{ecKey(t)}, importOf()
	return a
}

func stranger(t *testing.T, id string, end time.Time) registry.Application {
	t.Helper()
	a := imported(t, id)
	a.ExpiresAt, a.Import.By, a.Import.Mode = end, registry.ByClient, registry.Follow
	return a
}

func write(a registry.Application, was, wasImport int64) registry.ImportWrite {
	return registry.ImportWrite{Application: a, Was: was, WasImport: wasImport, Event: event("application.imported", "application", a.ID)}
}

func saveImport(t *testing.T, s *store.Store, w registry.ImportWrite) {
	t.Helper()
	if err := s.SaveImport(ctx, w); err != nil {
		t.Fatal(err)
	}
}

func applicationOf(t *testing.T, s *store.Store, id string) registry.Application {
	t.Helper()
	a, err := s.Application(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func noticesOf(t *testing.T, s *store.Store, after int64) (ids []string) {
	t.Helper()
	notices, err := s.NoticesAfter(ctx, after, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notices {
		if n.Kind == registry.KindApplication {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

func lastNotice(t *testing.T, s *store.Store) int64 {
	t.Helper()
	n, err := s.LastNotice(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheSamplesHaveSomethingInEveryField(t *testing.T) {
	a := imported(t, "tpc_1")
	a.Secrets, a.LastUsed, a.ExpiresAt = application("x").Secrets, noon, noon
	a.Findings.High = 1 // counted beside it
	key := ecKey(t)
	key.RetiredAt, key.LastUsed = noon, noon
	state := *importOf()
	state.Live.By = "nobody" // is never kept: a live document is not approved
	waiting := waitingOf("a")
	waiting.ExpiresAt, waiting.People, waiting.Attempts = noon, 1, 1
	for _, sample := range []any{a, key, state, waiting, traceOf("x")} {
		v := reflect.ValueOf(sample)
		for field, value := range v.Fields() {
			if value.IsZero() {
				t.Errorf("%s.%s is empty", v.Type(), field.Name)
			}
		}
	}
}
