package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"clientele/internal/secret"
	"clientele/internal/signing"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestServersThatStartAtOnceAgreeOnOneDataKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		added := together(8, func(i int) bool {
			ok, err := s.AddDataKey(ctx, secret.DataKey{ID: fmt.Sprint("k", i), Sealed: "m:x", CreatedAt: noon}, true)
			if err != nil {
				t.Error(err)
			}
			return ok
		})
		keys, err := s.DataKeys(ctx)
		if added != 1 || err != nil || len(keys) != 1 {
			t.Errorf("%d added, %d there, %v", added, len(keys), err)
		}
		if ok, err := s.AddDataKey(ctx, secret.DataKey{ID: "later", Sealed: "m:y", CreatedAt: noon.Add(time.Hour)}, false); !ok || err != nil {
			t.Errorf("a second key on purpose: %v, %v", ok, err)
		}
		keys, err = s.DataKeys(ctx)
		if err != nil || len(keys) != 2 || keys[1] != (secret.DataKey{ID: "later", Sealed: "m:y", CreatedAt: noon.Add(time.Hour)}) {
			t.Errorf("got %v, %v", keys, err)
		}
	})
}

func signingKey(id string, state signing.State) signing.StoredKey {
	k := signing.StoredKey{ID: id, Algorithm: signing.ES256, State: state, Sealed: "m:" + id, PublicJWK: `{"kid":"` + id + `"}`, CreatedAt: noon}
	if state != signing.Next {
		k.CurrentAt = noon
	}
	return k
}

func saveKeys(s *store.Store, keys ...signing.StoredKey) error {
	return s.SaveSigningKeys(ctx, keys, event("signing_key.rotated", "signing_key", keys[0].ID))
}

func TestSigningKeysRotate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, b, c := signingKey("a", signing.Current), signingKey("b", signing.Next), signingKey("c", signing.Next)
		if err := saveKeys(s, a, b); err != nil {
			t.Fatal(err)
		}
		a.State, a.PreviousAt = signing.Previous, noon.Add(time.Hour)
		b.State, b.CurrentAt = signing.Current, noon.Add(time.Hour)
		if err := saveKeys(s, c, b, a); err != nil { // in any order
			t.Fatal(err)
		}
		got, err := s.SigningKeys(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]signing.StoredKey{a, b, c}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnAlgorithmHasOneCurrentKeyAndOneNext(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		made := together(8, func(i int) bool {
			err := saveKeys(s, signingKey(fmt.Sprint("cur", i), signing.Current), signingKey(fmt.Sprint("next", i), signing.Next))
			if err != nil && !errors.Is(err, signing.ErrConflict) {
				t.Error(err)
			}
			return err == nil
		})
		keys, err := s.SigningKeys(ctx)
		if made != 1 || err != nil || len(keys) != 2 {
			t.Errorf("%d made, %d keys, %v", made, len(keys), err)
		}
		if err := saveKeys(s, signingKey("another", signing.Next)); !errors.Is(err, signing.ErrConflict) {
			t.Errorf("a second next key: %v", err)
		}
	})
}

func TestRewrappingIsAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		key := secret.DataKey{ID: "k1", Sealed: "old", CreatedAt: noon}
		if _, err := s.AddDataKey(ctx, key, false); err != nil {
			t.Fatal(err)
		}
		a, b := signingKey("a", signing.Current), signingKey("b", signing.Next)
		if err := saveKeys(s, a, b); err != nil {
			t.Fatal(err)
		}
		key.Sealed, a.Sealed, b.Sealed = "new", "new:a", "new:b"
		rewrapped := event("keys.rewrapped", "data_key", "k1")
		for name, err := range map[string]error{
			"a signing key is left out": s.Rewrap(ctx, []secret.DataKey{key}, []signing.StoredKey{a}, rewrapped),
			"a data key is left out":    s.Rewrap(ctx, nil, []signing.StoredKey{a, b}, rewrapped),
			"a key is unknown":          s.Rewrap(ctx, []secret.DataKey{key, {ID: "none", Sealed: "x"}}, []signing.StoredKey{a, b}, rewrapped),
		} {
			if !errors.Is(err, signing.ErrConflict) {
				t.Errorf("%s: got %v, want ErrConflict", name, err)
			}
		}
		if keys, err := s.DataKeys(ctx); err != nil || keys[0].Sealed != "old" {
			t.Errorf("a refusal left something: %v, %v", keys, err)
		}
		if err := s.Rewrap(ctx, []secret.DataKey{key}, []signing.StoredKey{a, b}, rewrapped); err != nil {
			t.Fatal(err)
		}
		data, err := s.DataKeys(ctx)
		if err != nil || data[0].Sealed != "new" {
			t.Errorf("got %v, %v", data, err)
		}
		keys, err := s.SigningKeys(ctx)
		if err != nil || keys[0].Sealed != "new:a" || keys[1].Sealed != "new:b" {
			t.Errorf("got %v, %v", keys, err)
		}
	})
}

func TestSettingsAreKeptUntilTheyAreEmptied(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, set := range [][2]string{{"sign_up", "true"}, {"accent", "#112233"}, {"sign_up", "false"}, {"accent", ""}, {"none", ""}} {
			if err := s.SaveSetting(ctx, set[0], set[1], event("setting.changed", "setting", set[0])); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Settings(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"sign_up": "false"}, got); diff != "" {
			t.Error(diff)
		}
	})
}
