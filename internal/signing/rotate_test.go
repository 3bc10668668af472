package signing_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"clientele/internal/secret"
	"clientele/internal/signing"
)

func TestTheFirstStartMakesOneCurrentKeyForRS256AndES256Only(t *testing.T) {
	s := &shelf{}
	k := openKeeper(t, s)
	if err := k.EnsureFirst(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(s.keys) != 2 || len(inState(k, signing.RS256, signing.Current)) != 1 || len(inState(k, signing.ES256, signing.Current)) != 1 {
		t.Errorf("got %+v", k.List())
	}
	if err := k.EnsureFirst(t.Context()); err != nil || len(s.keys) != 2 || len(s.events) != 2 {
		t.Errorf("a second start: %d keys, %d events, %v", len(s.keys), len(s.events), err)
	}
}

func TestNodesThatStartAtOnceAgreeOnTheKeys(t *testing.T) {
	s := &shelf{}
	keepers := make([]*signing.Keeper, 4)
	var wg sync.WaitGroup
	for i := range keepers {
		keepers[i] = openKeeper(t, s)
		wg.Go(func() {
			if err := keepers[i].EnsureFirst(t.Context()); err != nil {
				t.Error(err)
			}
			if err := keepers[i].EnsureNext(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(s.keys) != 4 {
		t.Errorf("%d keys, want a current and a next one for two algorithms", len(s.keys))
	}
	for _, k := range keepers {
		if err := k.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if string(k.JWKS()) != string(keepers[0].JWKS()) || k.JWKSTag() != keepers[0].JWKSTag() {
			t.Error("two nodes publish different bytes")
		}
	}
}

func TestARotationTakesTheNextKeyThatVerifiersHaveSeen(t *testing.T) {
	k, s := newES256(t)
	if err := errors.Join(k.Ensure(t.Context(), signing.EdDSA), k.EnsureNext(t.Context())); err != nil {
		t.Fatal(err)
	}
	old, next := inState(k, signing.ES256, signing.Current)[0], inState(k, signing.ES256, signing.Next)[0]
	if !slices.Contains(kids(t, k), next.ID) {
		t.Error("the next key is not published")
	}
	before := sign(t, k, signing.ES256, signing.TypeJWT, `{"n":1}`)

	promoted, err := k.Rotate(t.Context(), operator, signing.ES256)
	if err != nil {
		t.Fatal(err)
	}
	if promoted.ID != next.ID || promoted.State != signing.Current || !promoted.CurrentAt.Equal(epoch) {
		t.Errorf("%+v signs now, want %s", promoted, next.ID)
	}
	published := kids(t, k)
	fresh := inState(k, signing.ES256, signing.Next)
	if len(fresh) != 1 || fresh[0].ID == next.ID || !slices.Contains(published, fresh[0].ID) || !slices.Contains(published, old.ID) {
		t.Errorf("previous %s and the new next key are not both among %v", old.ID, published)
	}
	if _, err := k.Verify(before, signing.TypeJWT); err != nil {
		t.Errorf("a token from before: %v", err)
	}
	if _, err := k.Verify(sign(t, k, signing.ES256, signing.TypeJWT, `{"n":2}`), signing.TypeJWT); err != nil {
		t.Errorf("a token from after: %v", err)
	}
	if len(inState(k, signing.EdDSA, signing.Previous)) != 0 {
		t.Error("the other algorithm rotated too")
	}
	event := s.events[len(s.events)-1]
	if event.Kind != signing.EventRotated || event.Actor != operator || event.TargetID != next.ID {
		t.Errorf("the event is %+v", event)
	}
}

func TestEdDSAAndEd25519RotateTogether(t *testing.T) {
	k, _ := newES256(t)
	if err := k.Ensure(t.Context(), signing.Ed25519); err != nil {
		t.Fatal(err)
	}
	if got := k.KeyAlgorithms(); len(got) != 2 || got[1] != signing.EdDSA {
		t.Errorf("%v have keys of their own", got)
	}
	promoted, err := k.Rotate(t.Context(), operator, signing.Ed25519)
	if err != nil || promoted.Algorithm != signing.EdDSA || len(inState(k, signing.EdDSA, signing.Previous)) != 1 {
		t.Errorf("got %+v, %v", promoted, err)
	}
}

func TestARotationWithoutANextKeyMakesOne(t *testing.T) {
	k, _ := newES256(t)
	old := inState(k, signing.ES256, signing.Current)[0]
	promoted, err := k.Rotate(t.Context(), operator, signing.ES256)
	if err != nil || promoted.ID == old.ID || len(inState(k, signing.ES256, signing.Next)) != 1 {
		t.Errorf("got %+v, %v", promoted, err)
	}
}

func TestAnAlgorithmThatWasNeverChosenCannotRotate(t *testing.T) {
	k, _ := newES256(t)
	if _, err := k.Rotate(t.Context(), operator, signing.PS256); !errors.Is(err, signing.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestANodeThatHasNotHeardOfARotationVerifiesWhatAnotherSigned(t *testing.T) {
	k, s := newES256(t)
	if err := k.EnsureNext(t.Context()); err != nil {
		t.Fatal(err)
	}
	late := openKeeper(t, s)
	if _, err := k.Rotate(t.Context(), operator, signing.ES256); err != nil {
		t.Fatal(err)
	}
	if _, err := late.Verify(sign(t, k, signing.ES256, signing.TypeJWT, `{}`), signing.TypeJWT); err != nil {
		t.Errorf("the key was published as next, but: %v", err)
	}
}

func TestConcurrentRotationsLeaveOneCurrentKey(t *testing.T) {
	k, s := newES256(t)
	other := openKeeper(t, s)
	var wg sync.WaitGroup
	for _, node := range []*signing.Keeper{k, other} {
		wg.Go(func() {
			if _, err := node.Rotate(t.Context(), operator, signing.ES256); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := k.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if current, next := inState(k, signing.ES256, signing.Current), inState(k, signing.ES256, signing.Next); len(current) != 1 || len(next) != 1 {
		t.Errorf("%d current, %d next", len(current), len(next))
	}
}

func TestTheCurrentKeyCannotBeRevoked(t *testing.T) {
	k, _ := newES256(t)
	if err := k.Revoke(t.Context(), operator, inState(k, signing.ES256, signing.Current)[0].ID); !errors.Is(err, signing.ErrCurrent) {
		t.Errorf("got %v", err)
	}
	if err := k.Revoke(t.Context(), operator, "nobody"); !errors.Is(err, signing.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestWhatARevokedKeySignedIsWorthNothing(t *testing.T) {
	k, s := newES256(t)
	token := sign(t, k, signing.ES256, signing.TypeJWT, `{}`)
	old := inState(k, signing.ES256, signing.Current)[0]
	if _, err := k.Rotate(t.Context(), operator, signing.ES256); err != nil {
		t.Fatal(err)
	}
	if err := k.Revoke(t.Context(), operator, old.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Verify(token, signing.TypeJWT); !errors.Is(err, signing.ErrToken) {
		t.Errorf("got %v", err)
	}
	if slices.Contains(kids(t, k), old.ID) {
		t.Error("it is still published")
	}
	revoked := inState(k, signing.ES256, signing.Revoked)
	if len(revoked) != 1 || revoked[0].Sealed != "" || !revoked[0].RevokedAt.Equal(epoch) {
		t.Errorf("got %+v", revoked)
	}
	events := len(s.events)
	if err := k.Revoke(t.Context(), operator, old.ID); err != nil || len(s.events) != events {
		t.Errorf("revoking twice: %v, %d events", err, len(s.events)-events)
	}
}

func TestARevokedNextKeyIsReplaced(t *testing.T) {
	k, _ := newES256(t)
	if err := k.EnsureNext(t.Context()); err != nil {
		t.Fatal(err)
	}
	bad := inState(k, signing.ES256, signing.Next)[0]
	if err := k.Revoke(t.Context(), operator, bad.ID); err != nil {
		t.Fatal(err)
	}
	if next := inState(k, signing.ES256, signing.Next); len(next) != 1 || next[0].ID == bad.ID {
		t.Errorf("got %+v", next)
	}
}

func TestKeysOpenUnderTheNewMasterKeyAfterARewrap(t *testing.T) {
	k, s := newES256(t)
	token := sign(t, k, signing.ES256, signing.TypeJWT, `{}`)
	to, err := secret.NewMaster([]byte("another master key of 32 bytes!!"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.keys {
		if s.keys[i], err = s.keys[i].Rewrap(newMaster(t), to); err != nil {
			t.Fatal(err)
		}
	}
	after, err := signing.Open(t.Context(), s, to, func() time.Time { return epoch })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := after.Verify(token, signing.TypeJWT); err != nil {
		t.Error(err)
	}
	if _, err := signing.Open(t.Context(), s, newMaster(t), time.Now); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("the old master key still opens them: %v", err)
	}
	if err := k.Reload(t.Context()); err != nil {
		t.Errorf("a server that runs through the rewrap: %v", err)
	}
}
