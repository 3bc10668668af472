package registry_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store/storetest"
)

// keysFail lets a minute pass and the key set fail.
func (b *bench) keysFail(t *testing.T, a registry.Application, transport bool) registry.Application {
	t.Helper()
	b.now = b.now.Add(time.Minute)
	_, err := b.ObserveKeysFailure(t.Context(), a.ID, a.Import.Revision, registry.KeysFailure{Transport: transport, At: b.now, RetryAt: b.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return b.load(t, a.ID)
}

func TestAKeySetThatIsGoneTakesItsKeysAlongAndTroubleOnTheWayDoesNot(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := b.imported(t, registry.Review, keyed(1))
		a = b.keysFail(t, a, true)
		if len(working(a, b.now)) != 1 || !a.Import.KeysDueAt.Equal(b.now.Add(time.Hour)) {
			t.Errorf("trouble on the way: %v, %+v", working(a, b.now), a.Import)
		}
		if a.KeysStale(a.Import.KeysAt.Add(registry.LastKnownGood-1)) || !a.KeysStale(a.Import.KeysAt.Add(registry.LastKnownGood)) {
			t.Error("the keys do not count for a day")
		}
		a = b.keysFail(t, a, false)
		if e := b.lastEvent(t, "application", a.ID); len(working(a, b.now)) != 0 || e.Kind != "application.keys_changed" ||
			!slices.Contains(e.Changes, audit.FieldChange{Field: "jwks (key)", Before: thumbprint(1)}) {
			t.Errorf("gone: %v, the event is %+v", working(a, b.now), e)
		}
		if err := b.ObserveUnchanged(t.Context(), a.ID, a.Import.Revision, b.now, b.now.Add(time.Hour), nil); err != nil {
			t.Fatal(err)
		}
		if a = b.load(t, a.ID); len(working(a, b.now)) != 0 {
			t.Errorf("they come back with a document that is as it was: %v", working(a, b.now))
		}
		a, _, err := b.ApproveDocument(t.Context(), olga, a.ID, a.Import.Live.Hash, "")
		if err != nil {
			t.Fatal(err)
		}
		a, err = b.ObserveKeys(t.Context(), a.ID, a.Import.Revision, keySet(b.now, document(keyed(2)).Keys))
		if err != nil || len(working(a, b.now)) != 0 || !a.Import.KeysHeld() {
			t.Errorf("others do not wait: %v, %v", working(a, b.now), err)
		}
		a, err = b.ObserveKeys(t.Context(), a.ID, a.Import.Revision, keySet(b.now, document(keyed(1)).Keys))
		if err != nil || len(working(a, b.now)) != 1 {
			t.Errorf("the same are not taken: %v, %v", working(a, b.now), err)
		}
	})
}

func TestAJWKSURIThatAnswersWithoutKeysTakesThemAwayWithItsDocument(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.imported(t, registry.Review, keyed(1))
	b.now = b.now.Add(time.Hour)
	s := seen(b.now, document(keyed(1)))
	s.KeySet, s.NoKeys = nil, true
	a, list, err := b.Observe(t.Context(), a.ID, a.Import.Revision, s)
	if err != nil || says(list) != "jwks key" || len(working(a, b.now)) != 0 || !a.Import.KeysDueAt.After(b.now) {
		t.Errorf("%s, %v, %v", says(list), working(a, b.now), err)
	}
}

func TestADocumentWhoseOwnKeysAreGoneLosesThemAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		inline := func(m *registry.Mapped) { keyed(1)(m); m.JWKSURI = "" }
		a := b.imported(t, registry.Review, inline)
		a = b.fails(t, a, registry.ObservedFailure{Kind: audit.FailureDocument, NoKeys: true})
		kept := b.load(t, a.ID)
		if s, _ := kept.Standing(b.now); s != registry.StandingSuspended || len(working(kept, b.now)) != 0 || kept.Import.ETag != "" {
			t.Errorf("%s, %v, %q", s, working(kept, b.now), kept.Import.ETag)
		}
		if a, _ = b.observe(t, kept, inline); len(working(a, b.now)) != 1 {
			t.Errorf("the same keys again: %v", working(a, b.now))
		}
	})
}

func TestAnImportThatDidNotSeeTheKeysAcceptsNone(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := b.imported(t, registry.Review, keyed(1))
		b.observe(t, a, keyed(2))
		b.now = b.now.Add(time.Hour)
		s := seen(b.now, document(keyed(2)))
		s.KeySet = nil
		a, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: s, By: registry.ByOperator})
		if err != nil || len(working(a, b.now)) != 0 || !a.Import.KeysHeld() || a.Import.Keys.Version != 1 {
			t.Errorf("%v, %+v, %v", working(a, b.now), a.Import, err)
		}
	})
}

func TestAnOlderAnswerDoesNotReplaceALaterOne(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.imported(t, registry.Follow, keyed(1))
	asked := b.now.Add(time.Minute)
	b.now = b.now.Add(time.Hour)
	a, err := b.ObserveKeys(t.Context(), a.ID, a.Import.Revision, keySet(b.now, document(keyed(2)).Keys))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ObserveKeys(t.Context(), a.ID, a.Import.Revision, keySet(asked, document(keyed(1)).Keys)); !errors.Is(err, registry.ErrStale) {
		t.Errorf("an older key set: %v", err)
	}
	if _, err := b.ObserveKeysFailure(t.Context(), a.ID, a.Import.Revision, registry.KeysFailure{At: asked}); !errors.Is(err, registry.ErrStale) {
		t.Errorf("an older failure: %v", err)
	}
	s := seen(asked, document(keyed(1)))
	if a, _, err = b.Observe(t.Context(), a.ID, a.Import.Revision, s); err != nil || !slices.Equal(working(a, b.now), []string{thumbprint(2)}) {
		t.Errorf("a document with an older key set: %v, %v", working(a, b.now), err)
	}
	if _, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: s, By: registry.ByOperator}); !errors.Is(err, registry.ErrStale) {
		t.Errorf("an import with an older key set: %v", err)
	}
}

func TestACallbackThatWasWithdrawnDoesNotReturnByItselfAlthoughItsDocumentWaited(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		const one, two, three = "https://agent.example.net/cb", "https://agent.example.net/two", "https://agent.example.net/three"
		for _, mode := range []registry.FollowMode{registry.Review, registry.Frozen} {
			a := b.imported(t, mode, redirects(one, two))
			a, _ = b.observe(t, a, redirects(one, three)) // takes one away and adds one
			a, _ = b.observe(t, a, redirects(one, two))
			if got := registry.Values(a.RedirectURIs); !slices.Equal(got, []string{one}) || !a.Import.Waits() {
				t.Errorf("%s: back is %v", mode, got)
			}
			a, _, err := b.ApproveDocument(t.Context(), olga, a.ID, a.Import.Live.Hash, "")
			if got := registry.Values(a.RedirectURIs); err != nil || len(got) != 2 || len(a.Import.Dropped) != 0 {
				t.Errorf("%s: approved are %v, %v", mode, got, err)
			}
			if err := b.Delete(t.Context(), olga, a.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestADocumentThatIsGoneDoesNotLiftTheStopForDroppedKeys(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := b.imported(t, registry.Review, keyed(1))
		a, _ = b.observe(t, a)
		gone := registry.ObservedFailure{Kind: audit.FailureStatus, Gone: true}
		a = b.fails(t, a, gone)
		if a.Import.SuspendedWhy != registry.SuspendedDowngrade || !a.Ended(b.now) {
			t.Errorf("gone: %+v", a.Import)
		}
		if _, _, err := b.ApproveDocument(t.Context(), olga, a.ID, a.Import.Live.Hash, ""); rules(err) != "id document_gone" {
			t.Errorf("approving what is not there gives %v", err)
		}
		b.now = b.now.Add(10 * time.Minute)
		if a = b.fails(t, a, gone); a.Import.WithdrawnAt.IsZero() {
			t.Error("what stays gone is not withdrawn")
		}
	})
}

func TestADocumentThatSaysItIsOverIsWithdrawnAtOnce(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.fails(t, b.imported(t, registry.Follow), registry.ObservedFailure{Kind: audit.FailureDocument, Expired: true})
	if s := b.load(t, a.ID).Import; s.WithdrawnAt.IsZero() || !a.Ended(b.now) {
		t.Errorf("%+v", s)
	}
}

func TestWhatIsInvalidForADayHasEnded(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.fails(t, b.imported(t, registry.Follow), registry.ObservedFailure{Kind: audit.FailureDocument})
	if a.Ended(b.now.Add(registry.LastKnownGood-1)) || !a.Ended(b.now.Add(registry.LastKnownGood)) {
		t.Error("it does not end after a day")
	}
}

func TestADocumentThatNobodyGetsToFetchIsOverdue(t *testing.T) {
	for by, grace := range map[registry.Importer]time.Duration{registry.ByOperator: registry.LastKnownGood, registry.ByClient: registry.StrangerGrace} {
		at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
		a := registry.Application{Import: &registry.Import{By: by, DueAt: at}, AuthMethods: []oauth.AuthMethod{oauth.AuthNone}}
		if a.Overdue(at.Add(grace-1)) || !a.Overdue(at.Add(grace)) {
			t.Errorf("%s: not after %s", by, grace)
		}
		a.Import.PinnedUntil = at.Add(grace + 1)
		if a.Overdue(at.Add(grace)) {
			t.Errorf("%s: although the copy is pinned", by)
		}
	}
}
