package store_test

import (
	"errors"
	"testing"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestVersionsAreListedNewestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := imported(t, "tpc_1")
		a.Import.Approved.Version = 2
		document := registry.DocumentVersion{
			DocumentRef: registry.DocumentRef{Version: 1, Hash: "h1", At: noon, By: "grace@example.com"}, Body: []byte(`{"client_id":"x"}`),
			Mapped: registry.Mapped{
				Name: "Client", Type: registry.Native, RedirectURIs: []string{"http://localhost/cb"}, GrantTypes: a.GrantTypes,
				AuthMethods: a.AuthMethods, Scopes: oauth.Scopes{"openid"}, JWKSURI: "https://client.example/jwks",
			},
			Address: "192.0.2.1", Headers: map[string]string{"etag": `"e"`}, Status: registry.VersionApproved,
		}
		keys := registry.KeySetVersion{
			KeySetRef: registry.KeySetRef{Version: 1, Hash: "k1"}, Body: []byte(`{"keys":[]}`), Thumbprints: []string{"t1", "t2"},
			FirstSeen: noon, LastSeen: noon, Status: registry.VersionApproved,
		}
		w := write(a, 0, 0)
		w.Document, w.KeySet = &document, &keys
		saveImport(t, s, w)

		next, again := document, keys
		next.Version, next.Hash, next.By, next.Status = 2, "h2", "", registry.VersionWaiting
		again.LastSeen = noon.Add(time.Hour)
		w = write(a, 1, 1)
		w.Document, w.KeySet = &next, &again
		saveImport(t, s, w)

		w = write(a, 2, 2)
		w.Statuses = []registry.VersionChange{
			{Version: 1, Status: registry.VersionReplaced},
			{Version: 2, Status: registry.VersionApproved},
			{KeySet: true, Version: 1, Status: registry.VersionReplaced},
		}
		saveImport(t, s, w)
		document.Status, next.Status, next.By = registry.VersionReplaced, registry.VersionApproved, "ada@example.com"
		again.Status = registry.VersionReplaced

		documents, err := s.Documents(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]registry.DocumentVersion{next, document}, documents); diff != "" {
			t.Error(diff)
		}
		sets, err := s.KeySets(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]registry.KeySetVersion{again}, sets); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAVersionIsNeverReplacedByAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := imported(t, "tpc_1")
		first := registry.KeySetVersion{KeySetRef: registry.KeySetRef{Version: 1, Hash: "k1"}, FirstSeen: noon, LastSeen: noon}
		document := registry.DocumentVersion{DocumentRef: registry.DocumentRef{Version: 1, Hash: "h1", At: noon}}
		w := write(a, 0, 0)
		w.KeySet, w.Document = &first, &document
		saveImport(t, s, w)
		other := first
		other.Hash = "k2"
		keys, documents := write(a, 1, 1), write(a, 1, 1)
		keys.KeySet, documents.Document = &other, &document
		for name, w := range map[string]registry.ImportWrite{"of the key set": keys, "of the document": documents} {
			if err := s.SaveImport(ctx, w); !errors.Is(err, registry.ErrStale) {
				t.Errorf("a second first version %s: got %v, want ErrStale", name, err)
			}
		}
	})
}

func TestAClientThatChangesAllTheTimeDoesNotFillTheDatabase(t *testing.T) {
	for by, want := range map[registry.Importer]int{registry.ByOperator: 200, registry.ByClient: 5} {
		t.Run(string(by), func(t *testing.T) { changesAllTheTime(t, by, want) })
	}
}

func changesAllTheTime(t *testing.T, by registry.Importer, want int) {
	s := storetest.Open(t)
	a := imported(t, "tpc_1")
	a.Import.By = by
	for i := range int64(220) {
		w := write(a, i, i)
		w.Document = &registry.DocumentVersion{DocumentRef: registry.DocumentRef{Version: i + 1, At: noon}, Status: registry.VersionApproved}
		w.KeySet = &registry.KeySetVersion{KeySetRef: registry.KeySetRef{Version: i + 1}, FirstSeen: noon, LastSeen: noon, Status: registry.VersionReplaced}
		w.Statuses = []registry.VersionChange{{Version: i, Status: registry.VersionReplaced}}
		saveImport(t, s, w)
	}
	for _, table := range []string{"application_documents", "key_sets"} {
		if n := count(t, s, "SELECT COUNT(*) FROM "+table); n != want+2 {
			t.Errorf("%s has %d rows, want %d and the two that the state names", table, n, want)
		}
	}
	if versions, err := s.Documents(ctx, a.ID); err != nil || len(versions) != min(want+2, 50) || versions[0].Version != 220 {
		t.Errorf("%d versions are listed, %v", len(versions), err)
	}
}
