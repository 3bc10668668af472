package store_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

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
