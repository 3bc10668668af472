package signing_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
	"clientele/internal/signing"
)

var (
	epoch    = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	operator = audit.Actor{Kind: audit.ActorOperator, ID: "usr_1", Name: "ada@example.com", Door: "cli"}
)

const masterKey = "0123456789abcdef0123456789abcdef"

// shelf keeps keys in memory under the rules of the store: one current and one next key per algorithm, and the private part
// only ever emptied.
type shelf struct {
	mu     sync.Mutex
	keys   []signing.StoredKey
	events []audit.Event
}

func (s *shelf) SigningKeys(context.Context) ([]signing.StoredKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.keys), nil
}

func (s *shelf) SaveSigningKeys(_ context.Context, keys []signing.StoredKey, e audit.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	after := slices.Clone(s.keys)
	for _, k := range keys {
		if i := slices.IndexFunc(after, func(other signing.StoredKey) bool { return other.ID == k.ID }); i >= 0 {
			after[i] = k
		} else {
			after = append(after, k)
		}
	}
	taken := map[string]bool{}
	for _, k := range after {
		place := string(k.Algorithm) + string(k.State)
		if taken[place] && (k.State == signing.Current || k.State == signing.Next) {
			return signing.ErrConflict
		}
		taken[place] = true
	}
	s.keys, s.events = after, append(s.events, e)
	return nil
}

func newMaster(tb testing.TB) *secret.Master {
	tb.Helper()
	m, err := secret.NewMaster([]byte(masterKey))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func openKeeper(tb testing.TB, s signing.Store) *signing.Keeper {
	tb.Helper()
	k, err := signing.Open(tb.Context(), s, newMaster(tb), func() time.Time { return epoch })
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// firstKeys are what a first start makes. They are made once: an RSA key takes longer than all tests together.
var firstKeys = sync.OnceValues(func() (*shelf, error) {
	s := &shelf{}
	m, err := secret.NewMaster([]byte(masterKey))
	if err != nil {
		return nil, err
	}
	k, err := signing.Open(context.Background(), s, m, func() time.Time { return epoch })
	if err != nil {
		return nil, err
	}
	return s, errors.Join(k.EnsureFirst(context.Background()), k.Ensure(context.Background(), signing.PS256))
})

// newKeeper has current keys for RS256, ES256 and PS256.
func newKeeper(tb testing.TB) (*signing.Keeper, *shelf) {
	tb.Helper()
	first, err := firstKeys()
	if err != nil {
		tb.Fatal(err)
	}
	s := &shelf{keys: slices.Clone(first.keys)}
	return openKeeper(tb, s), s
}

// newES256 has a current key for ES256 only.
func newES256(tb testing.TB) (*signing.Keeper, *shelf) {
	tb.Helper()
	s := &shelf{}
	k := openKeeper(tb, s)
	if err := k.Ensure(tb.Context(), signing.ES256); err != nil {
		tb.Fatal(err)
	}
	return k, s
}

func sign(tb testing.TB, k *signing.Keeper, alg signing.Algorithm, typ, claims string) string {
	tb.Helper()
	token, err := k.Sign(tb.Context(), alg, typ, []byte(claims))
	if err != nil {
		tb.Fatal(err)
	}
	return token
}

// kids lists what the JWK Set publishes.
func kids(tb testing.TB, k *signing.Keeper) []string {
	tb.Helper()
	var set struct {
		Keys []struct {
			Kid string `json:"kid"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(k.JWKS(), &set); err != nil {
		tb.Fatal(err)
	}
	names := make([]string, len(set.Keys))
	for i, key := range set.Keys {
		names[i] = key.Kid
	}
	return names
}

func inState(k *signing.Keeper, alg signing.Algorithm, state signing.State) []signing.StoredKey {
	var found []signing.StoredKey
	for _, key := range k.List() {
		if key.Algorithm == alg && key.State == state {
			found = append(found, key)
		}
	}
	return found
}
