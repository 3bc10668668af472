package store_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// keyOf is a key with something in every field that is kept.
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

// importOf is the state of a metadata document with something in every field that is kept.
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
	}
}

func urlOf(id string) string {
	return "https://" + strings.TrimPrefix(id, "tpc_") + ".example.com/client.json"
}

// imported is an application from a URL, with a key.
func imported(t *testing.T, id string) registry.Application {
	t.Helper()
	a := application(id)
	a.ID, a.ExternalID, a.Origin, a.Ownership, a.Secrets = id, urlOf(id), registry.Imported, registry.ThirdParty, nil
	a.AuthMethods = []oauth.AuthMethod{oauth.AuthNone, oauth.AuthPrivateKeyJWT}
	a.Keys, a.Import = []registry.Key{ecKey(t)}, importOf()
	return a
}

// stranger is one that nobody approved and that has not finished an authorization yet.
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

// noticesOf are the ids of applications that caches were told of after a sequence.
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

// The tests below compare all fields, but can only see that one is lost if there is something in it.
func TestTheSamplesHaveSomethingInEveryField(t *testing.T) {
	a := imported(t, "tpc_1")
	a.Secrets, a.LastUsed, a.ExpiresAt = application("x").Secrets, noon, noon
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

func TestAnImportedApplicationIsReadAsItWasWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := imported(t, "tpc_1")
		rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		edKey, _, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		want.Keys = append(want.Keys, keyOf(t, &rsaKey.PublicKey), keyOf(t, edKey))
		saveImport(t, s, write(want, 0, 0))
		if diff := cmp.Diff(want, applicationOf(t, s, "tpc_1")); diff != "" {
			t.Error(diff)
		}
		byURL, err := s.ApplicationByClientID(ctx, oauth.ClientID(want.ExternalID))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, byURL); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnImportedApplicationInAListIsWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := []registry.Application{imported(t, "tpc_3"), application("byhand"), imported(t, "tpc_1")}
		for i := len(want) - 1; i >= 0; i-- {
			create(t, s, want[i])
		}
		page, err := s.Applications(ctx, registry.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, page.Items); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAStepOfAnImportIsWrittenWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := imported(t, "tpc_1")
		saveImport(t, s, write(a, 0, 0))
		want := a
		state := *a.Import
		state.Approved, state.SuspendedAt, state.SuspendedWhy, state.Failures, state.LogoHash = state.Live, time.Time{}, "", 0, ""
		want.Name, want.Import, want.Keys = "Another name", &state, []registry.Key{ecKey(t)}
		saveImport(t, s, write(want, 1, 1))
		want.Revision, state.Revision = 2, 2
		if diff := cmp.Diff(want, applicationOf(t, s, "tpc_1")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAStepOfAnImportThatSawAnOlderStateWritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := imported(t, "tpc_1")
		saveImport(t, s, write(a, 0, 0))
		before := lastNotice(t, s)
		changed := a
		changed.Name = "Another name"
		gone := changed
		gone.ID = "tpc_gone"
		for name, tt := range map[string]struct {
			write registry.ImportWrite
			want  error
		}{
			"of the application": {write(changed, 7, 1), registry.ErrStale},
			"of the document":    {write(changed, 1, 7), registry.ErrStale},
			"that has none":      {write(changed, 1, 0), registry.ErrStale},
			"that is gone":       {write(gone, 1, 1), registry.ErrNotFound},
			"that is new":        {write(a, 0, 0), registry.ErrConflict},
		} {
			tt.write.Document = &registry.DocumentVersion{DocumentRef: registry.DocumentRef{Version: 3, Hash: "h3", At: noon}}
			if err := s.SaveImport(ctx, tt.write); !errors.Is(err, tt.want) {
				t.Errorf("an older state %s: got %v, want %v", name, err, tt.want)
			}
		}
		if diff := cmp.Diff(a, applicationOf(t, s, "tpc_1")); diff != "" {
			t.Error(diff)
		}
		if versions, err := s.Documents(ctx, "tpc_1"); err != nil || len(versions) != 0 {
			t.Errorf("a refused step left a version: %v, %v", versions, err)
		}
		if after := lastNotice(t, s); after != before {
			t.Error("a refused step was told to the caches")
		}
	})
}

func TestOfConcurrentImportsOfOneURLOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := imported(t, "tpc_1")
		won := together(16, func(i int) bool {
			mine := a
			mine.ID = fmt.Sprint("tpc_", i)
			err := s.SaveImport(ctx, write(mine, 0, 0))
			if err != nil && !errors.Is(err, registry.ErrConflict) {
				t.Error(err)
			}
			return err == nil
		})
		if won != 1 {
			t.Errorf("%d imports of one URL won", won)
		}
		for _, table := range []string{"applications", "imports", "application_keys", "audit_changes"} {
			if n := count(t, s, "SELECT COUNT(*) FROM "+table); n != 1 {
				t.Errorf("%s has %d rows", table, n)
			}
		}
	})
}

func TestOfConcurrentStepsOfAnImportOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := imported(t, "tpc_1")
		saveImport(t, s, write(a, 0, 0))
		won := together(16, func(i int) bool {
			mine, state := a, *a.Import
			state.Failures, mine.Import = i, &state
			var err error
			switch i % 2 {
			case 0: // both write the state, and both saw the first
				err = s.SaveImport(ctx, write(mine, 1, 1))
			default:
				err = s.SaveImportState(ctx, a.ID, 1, state)
			}
			if err != nil && !errors.Is(err, registry.ErrStale) {
				t.Error(err)
			}
			return err == nil
		})
		if won != 1 {
			t.Errorf("%d steps from one state won", won)
		}
	})
}

func TestAStateIsWrittenBesideTheApplication(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := imported(t, "tpc_1")
		saveImport(t, s, write(a, 0, 0))
		before := lastNotice(t, s)
		state := *a.Import
		state.FetchedAt, state.DueAt, state.Failures, state.Failure, state.FailedAt = noon.Add(time.Hour), noon.Add(2*time.Hour), 0, "", time.Time{}
		if err := s.SaveImportState(ctx, a.ID, 1, state); err != nil {
			t.Fatal(err)
		}
		want := a
		state.Revision, want.Import = 2, &state
		if diff := cmp.Diff(want, applicationOf(t, s, a.ID)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{a.ID}, noticesOf(t, s, before)); diff != "" {
			t.Error("told the caches", diff)
		}
		if events, err := s.Events(ctx, audit.Query{}); err != nil || len(events) != 1 {
			t.Errorf("%d events, %v", len(events), err)
		}
		if err := s.SaveImportState(ctx, a.ID, 1, state); !errors.Is(err, registry.ErrStale) {
			t.Errorf("an older state: %v", err)
		}
		if err := s.SaveImportState(ctx, "nobody", 1, state); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
		if err := s.SaveApplication(ctx, want, 1, event("application.updated", "application", a.ID)); err != nil {
			t.Errorf("an edit waits for nothing that a fetch changed: %v", err)
		}
	})
}

func TestAnImportTakesItsURLOutOfTheQueue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, id := range []string{"tpc_1", "tpc_2", "tpc_3"} {
			enqueue(t, s, waitingOf(id), "usr_"+id)
		}
		approved := write(imported(t, "tpc_1"), 0, 0)
		approved.WaitingID = "wtg_tpc_1"
		saveImport(t, s, approved)
		saveImport(t, s, write(imported(t, "tpc_2"), 0, 0)) // by an operator who did not look at the queue
		page, err := s.WaitingClients(ctx, "", 0)
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != "wtg_tpc_3" {
			t.Errorf("there wait %v, %v", page.Items, err)
		}
	})
}

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
	s := storetest.Open(t)
	a := imported(t, "tpc_1")
	for i := range int64(220) {
		w := write(a, i, i)
		w.Document = &registry.DocumentVersion{DocumentRef: registry.DocumentRef{Version: i + 1, At: noon}, Status: registry.VersionApproved}
		w.KeySet = &registry.KeySetVersion{KeySetRef: registry.KeySetRef{Version: i + 1}, FirstSeen: noon, LastSeen: noon, Status: registry.VersionReplaced}
		w.Statuses = []registry.VersionChange{{Version: i, Status: registry.VersionReplaced}}
		saveImport(t, s, w)
	}
	for _, table := range []string{"application_documents", "key_sets"} {
		if n := count(t, s, "SELECT COUNT(*) FROM "+table); n != 202 {
			t.Errorf("%s has %d rows, want 200 and the two that the state names", table, n)
		}
	}
	if versions, err := s.Documents(ctx, a.ID); err != nil || len(versions) != 50 || versions[0].Version != 220 {
		t.Errorf("%d versions are listed, %v", len(versions), err)
	}
}

func TestStrangersAreNotListedUntilTheyFinish(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("byhand"))
		create(t, s, stranger(t, "tpc_stranger", noon.Add(time.Hour)))
		create(t, s, imported(t, "tpc_known"))
		enabled := true
		for _, q := range []registry.Query{{}, {Search: "billing"}, {Search: "billing prod"}, {Enabled: &enabled}, {Search: "billing", Enabled: &enabled}} {
			q.Total = true
			page, err := s.Applications(ctx, q)
			if err != nil || len(page.Items) != 2 || page.Total != 2 {
				t.Errorf("%+v: %d of %d, %v; want 2 of 2", q, len(page.Items), page.Total, err)
			}
			q.Unfinished = true
			if page, err = s.Applications(ctx, q); err != nil || len(page.Items) != 3 || page.Total != 3 {
				t.Errorf("%+v: %d of %d, %v; want 3 of 3", q, len(page.Items), page.Total, err)
			}
		}
		if n, err := s.CountUnfinished(ctx); err != nil || n != 1 {
			t.Errorf("%d strangers, %v", n, err)
		}
		s.SetBounds(1, 1, 1) // the other ways to search
		if got := find(t, s, registry.Query{Search: "billing prod", Limit: 1}); len(got) != 2 {
			t.Errorf("found %v", got)
		}
	})
}

func TestOnlyAnEnabledImportThatStaysCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		any := func(want bool) {
			t.Helper()
			if got, err := s.AnyImported(ctx); err != nil || got != want {
				t.Errorf("got %v, %v; want %v", got, err, want)
			}
		}
		any(false)
		create(t, s, application("byhand"))
		create(t, s, stranger(t, "tpc_stranger", noon.Add(time.Hour)))
		off := imported(t, "tpc_off")
		off.Enabled = false
		create(t, s, off)
		any(false)
		create(t, s, imported(t, "tpc_on"))
		any(true)
	})
}

func TestAStrangerThatExpiredMakesRoomForItsURL(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, stranger(t, "tpc_1", noon.Add(time.Minute)))
		again := stranger(t, "tpc_2", noon.Add(time.Hour))
		again.ExternalID = urlOf("tpc_1")
		w := write(again, 0, 0)
		if err := s.SaveImport(ctx, w); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("while the first one is there: %v", err)
		}
		before := lastNotice(t, s)
		w.Event.At = noon.Add(time.Minute)
		saveImport(t, s, w)
		if diff := cmp.Diff([]string{"tpc_2", "tpc_1"}, noticesOf(t, s, before)); diff != "" {
			t.Error("told the caches", diff)
		}
		if _, err := s.Application(ctx, "tpc_1"); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("the first one: %v", err)
		}
	})
}

func TestAStrangerThatGetsACodeStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := stranger(t, "tpc_1", noon.Add(time.Hour))
		saveImport(t, s, write(a, 0, 0))
		u := createUser(t, s, user("usr_1"))
		before := lastNotice(t, s)
		for _, id := range []string{"grant_1", "grant_2"} { // the second code finds nothing to do
			g := grantOf(id, a.ID, u.ID)
			g.ClientID = a.ClientID()
			if err := s.IssueCode(ctx, "", g, codeOf(g)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{a.ID}, noticesOf(t, s, before)); diff != "" {
			t.Error("told the caches", diff)
		}
		prune(t, s, noon.Add(48*time.Hour))
		got := applicationOf(t, s, a.ID)
		if !got.ExpiresAt.IsZero() || got.Revision != 1 {
			t.Errorf("it ends at %v, revision %d", got.ExpiresAt, got.Revision)
		}
		// Whoever read it before and writes it now does not give it an end again.
		if err := s.SaveApplication(ctx, a, 1, event("application.updated", "application", a.ID)); err != nil {
			t.Fatal(err)
		}
		if got := applicationOf(t, s, a.ID); !got.ExpiresAt.IsZero() {
			t.Errorf("it ends again at %v", got.ExpiresAt)
		}
	})
}

func TestAStrangerThatHasExpiredGetsNoCode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := stranger(t, "tpc_1", noon)
		saveImport(t, s, write(a, 0, 0))
		u := createUser(t, s, user("usr_1"))
		r := requestOf(a.ID, u.ID)
		if err := s.SaveRequest(ctx, r); err != nil {
			t.Fatal(err)
		}
		g := grantOf("grant_1", a.ID, u.ID)
		g.ClientID = a.ClientID()
		if err := s.IssueCode(ctx, r.Hash, g, codeOf(g)); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
		if _, err := s.Grant(ctx, g.ID); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("a refused code left a grant: %v", err)
		}
		if n := count(t, s, "SELECT COUNT(*) FROM requests WHERE finished_at IS NOT NULL"); n != 0 {
			t.Error("a refused code finished its request")
		}
	})
}

// Whoever comes first wins; either way nobody holds a code of an application that is gone.
func TestAStrangerIsEitherFinishedOrRemoved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := createUser(t, s, user("usr_1"))
		for i := range 12 {
			a := stranger(t, fmt.Sprint("tpc_", i), noon.Add(time.Minute))
			saveImport(t, s, write(a, 0, 0))
			g := grantOf("grant_"+a.ID, a.ID, u.ID)
			g.ClientID = a.ClientID()
			var issued atomic.Bool
			together(2, func(way int) bool {
				if way == 0 {
					return s.Prune(ctx, noon.Add(time.Minute), settingsWithoutEnd()) == nil
				}
				err := s.IssueCode(ctx, "", g, codeOf(g)) // a moment before the end
				if err != nil && !errors.Is(err, grant.ErrNotFound) {
					t.Error(err)
				}
				issued.Store(err == nil)
				return true
			})
			got, err := s.Application(ctx, a.ID)
			if there := err == nil; there != issued.Load() {
				t.Errorf("a code was issued: %v; the application is there: %v, %v", issued.Load(), there, err)
			} else if there && !got.ExpiresAt.IsZero() {
				t.Errorf("it has a code and ends at %v", got.ExpiresAt)
			}
		}
	})
}

func TestWhatIsDueIsInUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := createUser(t, s, user("usr_1"))
		due := func(id string, change func(*registry.Application)) {
			a := imported(t, id)
			a.Import.DueAt, a.Import.KeysDueAt = noon, time.Time{}
			change(&a)
			create(t, s, a)
		}
		same := func(*registry.Application) {}
		due("tpc_used", same)
		due("tpc_long_ago", func(a *registry.Application) { a.Import.DueAt = noon.Add(-time.Hour) })
		due("tpc_keys", func(a *registry.Application) {
			a.Import.DueAt, a.Import.KeysDueAt = noon.Add(time.Hour), noon.Add(-time.Minute)
		})
		due("tpc_fresh", func(a *registry.Application) { a.Import.DueAt = noon.Add(time.Microsecond) })
		due("tpc_off", func(a *registry.Application) { a.Enabled = false })
		due("tpc_over", func(a *registry.Application) { a.ExpiresAt = noon })
		due("tpc_never", func(a *registry.Application) { a.Import.DueAt = time.Time{} })
		due("tpc_unused", same)
		due("tpc_forgotten", same)
		due("tpc_refreshing", same)
		due("tpc_ended", same)
		var uses []audit.Use
		for _, id := range []string{"used", "long_ago", "keys", "fresh", "off", "over", "never"} {
			uses = append(uses, audit.Use{At: noon.Add(-24 * time.Hour), Kind: "token.issued", ApplicationID: "tpc_" + id})
		}
		uses = append(uses, audit.Use{At: noon.Add(-32 * 24 * time.Hour), Kind: "token.issued", ApplicationID: "tpc_forgotten"})
		if err := s.AppendUses(ctx, uses); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"tpc_refreshing", "tpc_ended"} {
			g := grantOf("grant_"+id, id, u.ID)
			f := familyOf(g)
			if err := s.IssueCode(ctx, "", g, codeOf(g)); err != nil {
				t.Fatal(err)
			}
			if won, err := s.RedeemCode(ctx, codeOf(g).Hash, noon, oauth.AuthNone, "", &f); !won || err != nil {
				t.Fatal(won, err)
			}
		}
		if err := s.RevokeGrant(ctx, "grant_tpc_ended", "why", noon); err != nil {
			t.Fatal(err)
		}
		got, err := s.DueImports(ctx, noon, 10)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"tpc_long_ago", "tpc_keys", "tpc_used", "tpc_refreshing"}
		if diff := cmp.Diff(want, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
			t.Error(diff)
		}
		if got, err = s.DueImports(ctx, noon, 2); err != nil || cmp.Diff(want[:2], got) != "" {
			t.Errorf("the two that wait longest are %v, %v", got, err)
		}
	})
}
