package registry_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store/storetest"
)

func TestKeysThatAreReplacedOneByOnePass(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for _, mode := range []registry.FollowMode{registry.Review, registry.Follow} {
			a := b.imported(t, mode, keyed(1, 2))
			a, list := b.observe(t, a, keyed(2, 3))
			if got := working(a, b.now); says(list) != "jwks key" || !slices.Equal(got, []string{thumbprint(2), thumbprint(3)}) || a.Import.Keys.Version != 2 {
				t.Errorf("%s: %s, %v, %+v", mode, says(list), got, a.Import.Keys)
			}
			if retired := a.Keys[2]; retired.Thumbprint != thumbprint(1) || retired.RetiredAt.IsZero() {
				t.Errorf("the key before is %+v", retired)
			}
			if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.keys_changed" {
				t.Errorf("the event is %s", e.Kind)
			}
			if err := b.Delete(t.Context(), olga, a.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestKeysThatAreAllReplacedAreHeldUnderReview(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := b.imported(t, registry.Review, keyed(1))
		b.now = b.now.Add(time.Hour)
		a, err := b.ObserveKeys(t.Context(), a.ID, a.Import.Revision, keySet(b.now, document(keyed(2)).Keys))
		if err != nil || len(working(a, b.now)) != 0 || a.Import.Keys.Version != 1 || a.Import.LiveKeys.Version != 2 {
			t.Fatalf("%v, %+v, %v", working(a, b.now), a.Import, err)
		}
		if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.keys_held" || !slices.Contains(e.Changes, audit.FieldChange{Field: "jwks (key, waits)", Before: thumbprint(1), After: thumbprint(2)}) {
			t.Errorf("the event is %+v", e)
		}
		a, list := b.observe(t, a, keyed(2))
		if list != nil || len(working(a, b.now)) != 0 {
			t.Errorf("seen again they work: %s", says(list))
		}
		a, _, err = b.ApproveDocument(t.Context(), olga, a.ID, a.Import.Live.Hash, a.Import.LiveKeys.Hash)
		if err != nil || !slices.Equal(working(a, b.now), []string{thumbprint(2)}) || a.Import.Keys != a.Import.LiveKeys {
			t.Errorf("approved: %v, %v", working(a, b.now), err)
		}
		if sets, err := b.KeySets(t.Context(), a.ID); err != nil || sets[0].Status != registry.VersionApproved || sets[1].Status != registry.VersionReplaced {
			t.Errorf("sets %+v, %v", sets, err)
		}
	})
}

func TestKeysInTheOtherModes(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.imported(t, registry.Follow, keyed(1))
	a, list := b.observe(t, a, keyed(2))
	if says(list) != "jwks key" || !slices.Equal(working(a, b.now), []string{thumbprint(2)}) {
		t.Errorf("followed: %s, %v", says(list), working(a, b.now))
	}
	if _, err := b.SetFollow(t.Context(), olga, a.ID, registry.Frozen); err != nil {
		t.Fatal(err)
	}
	a, list = b.observe(t, b.load(t, a.ID), keyed(2, 3))
	if says(list) != "jwks key waits" || !slices.Equal(working(a, b.now), []string{thumbprint(2)}) {
		t.Errorf("frozen: %s, %v", says(list), working(a, b.now))
	}
	a, err := b.SetFollow(t.Context(), olga, a.ID, registry.Follow)
	if err != nil || len(working(a, b.now)) != 2 {
		t.Errorf("followed again: %v, %v", working(a, b.now), err)
	}
}

// The first key set of a client whose jwks_uri did not answer at the import replaces nothing.
func TestTheFirstKeysPass(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	s := seen(b.now, document(keyed(1)))
	s.KeySet = nil
	a, _, err := b.Import(t.Context(), olga, registry.ImportDraft{Sighting: s, By: registry.ByOperator})
	if err != nil || len(a.Keys) != 0 || a.Import.KeysDueAt.IsZero() {
		t.Fatal(a.Keys, a.Import, err)
	}
	a, err = b.ObserveKeys(t.Context(), a.ID, a.Import.Revision, keySet(b.now, document(keyed(1)).Keys))
	if err != nil || len(working(a, b.now)) != 1 {
		t.Fatal(a.Keys, err)
	}
	s = seen(b.now, document(keyed(1)))
	s.KeySet = nil
	if a, _, err = b.Observe(t.Context(), a.ID, a.Import.Revision, s); err != nil || len(working(a, b.now)) != 1 {
		t.Errorf("a jwks_uri that does not answer takes the keys: %v, %v", a.Keys, err)
	}
}

// Where whoever liked could come with nothing, a key takes nothing from anybody's safety.
func TestAKeyInsteadOfNothingDoesNotWait(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := b.imported(t, registry.Review)
	a, list := b.observe(t, a, keyed(1))
	if !slices.Equal(a.AuthMethods, []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}) || len(working(a, b.now)) != 1 || strings.Contains(says(list), "waits") {
		t.Errorf("%v, %v, %s", a.AuthMethods, working(a, b.now), says(list))
	}
	a, list = b.observe(t, a, keyed(1), func(m *registry.Mapped) { m.AuthMethods = []oauth.AuthMethod{oauth.AuthNone, oauth.AuthPrivateKeyJWT} })
	if a.Accepts(oauth.AuthNone) || says(list) != "token_endpoint_auth_method widening waits" {
		t.Errorf("nothing beside a key: %v, %s", a.AuthMethods, says(list))
	}
}

// Nobody gets around a review by way of an empty set.
func TestKeysThatComeAfterNoneStillHaveToShareOneWithThoseBefore(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for says, empty := range map[string]func(*registry.Mapped){
			"an empty set": func(m *registry.Mapped) { keyed()(m); m.Keys = []registry.Key{} },
			"no set":       func(*registry.Mapped) {},
		} {
			a := b.imported(t, registry.Review, keyed(1))
			a, _ = b.observe(t, a, empty)
			if len(working(a, b.now)) != 0 || b.lastEvent(t, "application", a.ID).Kind == "application.keys_held" {
				t.Errorf("%s: %v work", says, working(a, b.now))
			}
			a, _ = b.observe(t, a, keyed(2))
			if len(working(a, b.now)) != 0 || b.lastEvent(t, "application", a.ID).Kind != "application.keys_held" {
				t.Errorf("%s, then others: %v work", says, working(a, b.now))
			}
			a, _ = b.observe(t, a, keyed(1, 3))
			if got := working(a, b.now); len(got) != 2 {
				t.Errorf("%s, then a rotation: %v work", says, got)
			}
			sets, err := b.KeySets(t.Context(), a.ID)
			if err != nil || sets[0].Status != registry.VersionApproved || sets[1].Status != registry.VersionReplaced {
				t.Errorf("%s: sets %+v, %v", says, sets, err)
			}
			if err := b.Delete(t.Context(), olga, a.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}
