package signing

import (
	"cmp"
	"crypto"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"clientele/internal/jwk"
	"clientele/internal/secret"
)

// keySet is all keys at one moment, opened and ready. It never changes: a Keeper swaps the whole.
type keySet struct {
	stored     []StoredKey
	private    map[string]crypto.Signer // of next and current keys, by kid
	current    map[Algorithm]*signer
	published  []*signer
	jwks       []byte
	tag        string
	algorithms []Algorithm
}

// openKeySet opens stored. Private keys that before has open already are not opened again: a kid never changes its key.
func openKeySet(m *secret.Master, stored []StoredKey, before *keySet) (*keySet, error) {
	set := &keySet{stored: slices.Clone(stored), private: map[string]crypto.Signer{}, current: map[Algorithm]*signer{}}
	slices.SortStableFunc(set.stored, compareKeys)
	document := struct {
		Keys []json.RawMessage `json:"keys"`
	}{Keys: []json.RawMessage{}}
	for _, k := range set.stored {
		if !k.Published() {
			continue
		}
		entries, err := set.add(m, k, before)
		if err != nil {
			return nil, err
		}
		document.Keys = append(document.Keys, entries...)
	}
	for alg := range set.current {
		set.algorithms = append(set.algorithms, alg)
	}
	slices.SortFunc(set.algorithms, func(a, b Algorithm) int { return cmp.Compare(a.order(), b.order()) })
	var err error
	if set.jwks, err = json.Marshal(document); err != nil {
		return nil, fmt.Errorf("write the JWK Set: %w", err)
	}
	set.tag = tagOf(set.jwks)
	return set, nil
}

// add opens one published key and returns it as it stands in the JWK Set: once, or twice for the two names of Ed25519.
func (set *keySet) add(m *secret.Master, k StoredKey, before *keySet) ([]json.RawMessage, error) {
	public, err := jwk.Parse([]byte(k.PublicJWK))
	if err != nil {
		return nil, fmt.Errorf("signing key %s: the public key %w", k.ID, err)
	}
	private, err := privateOf(m, k, before)
	if err != nil {
		return nil, err
	}
	if private != nil {
		set.private[k.ID] = private
	}
	var entries []json.RawMessage
	for _, alg := range namesOf(k.Algorithm) {
		public.ID, public.Algorithm, public.Use = kidFor(alg, k.ID), string(alg), "sig"
		entry, err := public.MarshalJSON()
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
		s := newSigner(public.ID, alg, public.Public, private)
		set.published = append(set.published, s)
		if k.State == Current {
			set.current[alg] = s
		}
	}
	return entries, nil
}

func privateOf(m *secret.Master, k StoredKey, before *keySet) (crypto.Signer, error) {
	if k.State != Current && k.State != Next {
		return nil, nil
	}
	if before != nil && before.private[k.ID] != nil {
		return before.private[k.ID], nil
	}
	return openPrivate(m, k)
}

// namesOf lists the algorithm names under which a key of alg is published. RFC 9864 §2.2.
func namesOf(alg Algorithm) []Algorithm {
	if alg == EdDSA {
		return []Algorithm{EdDSA, Ed25519}
	}
	return []Algorithm{alg}
}

func kidFor(alg Algorithm, kid string) string {
	if alg == Ed25519 {
		return kid + ".Ed25519"
	}
	return kid
}

// signerOf finds the key whose header, for one of the types, the token begins with.
func (set *keySet) signerOf(token string, types []string) (*signer, string) {
	for _, s := range set.published {
		for _, typ := range types {
			if header := s.header(typ); strings.HasPrefix(token, header) {
				return s, header
			}
		}
	}
	return nil, ""
}

// find returns the stored key named kid.
func (set *keySet) find(kid string) (StoredKey, bool) {
	i := slices.IndexFunc(set.stored, func(k StoredKey) bool { return k.ID == kid })
	if i < 0 {
		return StoredKey{}, false
	}
	return set.stored[i], true
}

// inState returns the keys of alg in one state, oldest first.
func (set *keySet) inState(alg Algorithm, state State) []StoredKey {
	var found []StoredKey
	for _, k := range set.stored {
		if k.Algorithm == alg && k.State == state {
			found = append(found, k)
		}
	}
	return found
}

// compareKeys orders by algorithm, then current, next, previous, revoked, then age, then kid: the same on every node, so
// that the JWK Set has the same bytes everywhere.
func compareKeys(a, b StoredKey) int {
	states := []State{Current, Next, Previous, Revoked}
	return cmp.Or(
		cmp.Compare(a.Algorithm.order(), b.Algorithm.order()),
		cmp.Compare(slices.Index(states, a.State), slices.Index(states, b.State)),
		a.CreatedAt.Compare(b.CreatedAt),
		strings.Compare(a.ID, b.ID),
	)
}
