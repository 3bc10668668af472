package signing

import (
	"context"
	"errors"
	"fmt"

	"clientele/internal/audit"
)

// Kinds of the events that changes of the signing keys leave.
const (
	EventCreated = "signing_key.created"
	EventRotated = "signing_key.rotated"
	EventRevoked = "signing_key.revoked"
)

var system = audit.Actor{Kind: audit.ActorSystem, Door: "system"}

// EnsureFirst makes the keys that every instance has from its first start on: current ones for RS256 and ES256. Nodes that
// start at once agree on one of each.
func (k *Keeper) EnsureFirst(ctx context.Context) error {
	for _, alg := range []Algorithm{RS256, ES256} {
		if err := k.Ensure(ctx, alg); err != nil {
			return err
		}
	}
	return nil
}

// Ensure makes a current key for alg if there is none: call it where an operator chooses an algorithm. It fails with
// ErrAlgorithm for one that is not known.
func (k *Keeper) Ensure(ctx context.Context, alg Algorithm) error {
	if !alg.Known() {
		return fmt.Errorf("%q: %w", alg, ErrAlgorithm)
	}
	return k.change(ctx, func(set *keySet) ([]StoredKey, audit.Event, error) {
		if set.current[alg] != nil {
			return nil, audit.Event{}, nil
		}
		made, err := k.make(alg.key(), Current)
		if err != nil {
			return nil, audit.Event{}, err
		}
		return []StoredKey{made}, k.event(EventCreated, system, made, "", Current), nil
	})
}

// EnsureNext makes the next key of each algorithm that has a current one. It is background work: a next key only has to be
// published well before the next rotation.
func (k *Keeper) EnsureNext(ctx context.Context) error {
	for _, alg := range k.KeyAlgorithms() {
		err := k.change(ctx, func(set *keySet) ([]StoredKey, audit.Event, error) {
			if len(set.inState(alg, Next)) > 0 {
				return nil, audit.Event{}, nil
			}
			made, err := k.make(alg, Next)
			if err != nil {
				return nil, audit.Event{}, err
			}
			return []StoredKey{made}, k.event(EventCreated, system, made, "", Next), nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Rotate makes the next key of alg the current one, keeps the current one as previous, and makes a new next one. It returns
// the key that signs from now on. Without a next key a new one takes over at once, unseen by caches.
func (k *Keeper) Rotate(ctx context.Context, actor audit.Actor, alg Algorithm) (StoredKey, error) {
	alg = alg.key()
	var promoted StoredKey
	err := k.change(ctx, func(set *keySet) ([]StoredKey, audit.Event, error) {
		changed, err := k.rotated(set, alg)
		if err != nil {
			return nil, audit.Event{}, err
		}
		promoted = changed[1]
		event := k.event(EventRotated, actor, promoted, Next, Current)
		event.Changes = append(event.Changes, audit.FieldChange{Field: "replaces", Before: changed[0].ID})
		return changed, event, nil
	})
	return promoted, err
}

// rotated is the old current key, the new current one and the new next one, in the order in which they may be saved.
func (k *Keeper) rotated(set *keySet, alg Algorithm) ([]StoredKey, error) {
	current := set.inState(alg, Current)
	if len(current) == 0 {
		return nil, fmt.Errorf("%s: %w", alg, ErrNotFound)
	}
	old := current[0]
	old.State, old.PreviousAt = Previous, k.now()
	var promoted StoredKey
	if waiting := set.inState(alg, Next); len(waiting) > 0 {
		promoted = waiting[0]
		promoted.State, promoted.CurrentAt = Current, k.now()
	} else {
		made, err := k.make(alg, Current)
		if err != nil {
			return nil, err
		}
		promoted = made
	}
	next, err := k.make(alg, Next)
	return []StoredKey{old, promoted, next}, err
}

// Revoke takes a previous or next key out of the JWK Set for good and forgets its private part; a token it signed is worth nothing from then on. It fails
// with ErrCurrent for the key that signs now and with ErrNotFound for none.
func (k *Keeper) Revoke(ctx context.Context, actor audit.Actor, kid string) error {
	return k.change(ctx, func(set *keySet) ([]StoredKey, audit.Event, error) {
		key, ok := set.find(kid)
		switch {
		case !ok:
			return nil, audit.Event{}, ErrNotFound
		case key.State == Current:
			return nil, audit.Event{}, ErrCurrent
		case key.State == Revoked:
			return nil, audit.Event{}, nil
		}
		before := key.State
		key.State, key.RevokedAt, key.Sealed = Revoked, k.now(), ""
		changed := []StoredKey{key}
		if before == Next {
			next, err := k.make(key.Algorithm, Next)
			if err != nil {
				return nil, audit.Event{}, err
			}
			changed = append(changed, next)
		}
		return changed, k.event(EventRevoked, actor, key, before, Revoked), nil
	})
}

// change asks decide what to save for the keys as they are in the store, saves it and takes it over. If another node was
// faster it asks again; deciding nothing ends it.
func (k *Keeper) change(ctx context.Context, decide func(*keySet) ([]StoredKey, audit.Event, error)) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	for range 5 {
		if err := k.reload(ctx); err != nil {
			return err
		}
		keys, event, err := decide(k.keys.Load())
		if err != nil || len(keys) == 0 {
			return err
		}
		err = k.store.SaveSigningKeys(ctx, keys, event)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return fmt.Errorf("save the signing keys: %w", err)
		}
		return k.reload(ctx)
	}
	return ErrConflict
}

func (k *Keeper) make(alg Algorithm, state State) (StoredKey, error) {
	now := k.now()
	made, err := generate(k.master, alg, now)
	made.State = state
	if state == Current {
		made.CurrentAt = now
	}
	return made, err
}

func (k *Keeper) event(kind string, actor audit.Actor, key StoredKey, before, after State) audit.Event {
	return audit.Event{
		At: k.now(), Kind: kind, Actor: actor, TargetKind: "signing_key", TargetID: key.ID, TargetName: string(key.Algorithm),
		Changes: []audit.FieldChange{{Field: "state", Before: string(before), After: string(after)}},
	}
}
