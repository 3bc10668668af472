package signing

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
	"clientele/internal/strictjson"
)

// Store keeps the signing keys.
type Store interface {
	SigningKeys(ctx context.Context) ([]StoredKey, error)
	// SaveSigningKeys inserts or updates keys by ID, in their order, and fails with ErrConflict if an algorithm would have
	// two current keys.
	SaveSigningKeys(ctx context.Context, keys []StoredKey, e audit.Event) error
}

// Keeper signs, verifies and publishes. It works from memory; Reload brings in what another process changed. It is safe for
// concurrent use.
type Keeper struct {
	store    Store
	master   *secret.Master
	now      func() time.Time
	changing sync.Mutex // one change of the keys at a time in this process; between processes the store decides
	keys     atomic.Pointer[keySet]
}

// Open reads the keys of store. A store without keys is fine: EnsureFirst makes them.
func Open(ctx context.Context, store Store, master *secret.Master, now func() time.Time) (*Keeper, error) {
	k := &Keeper{store: store, master: master, now: now}
	return k, k.Reload(ctx)
}

// Reload reads the keys anew. If one cannot be opened, everything stays as it was.
func (k *Keeper) Reload(ctx context.Context) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	return k.reload(ctx)
}

func (k *Keeper) reload(ctx context.Context) error {
	stored, err := k.store.SigningKeys(ctx)
	if err != nil {
		return fmt.Errorf("read the signing keys: %w", err)
	}
	set, err := openKeySet(k.master, stored, k.keys.Load())
	if err != nil {
		return err
	}
	k.keys.Store(set)
	return nil
}

// Sign writes a compact JWS over claims with the current key of alg, and typ in its header. The first use of an algorithm
// makes its first key. It fails with ErrAlgorithm for an algorithm that is not known.
func (k *Keeper) Sign(ctx context.Context, alg Algorithm, typ string, claims []byte) (string, error) {
	s := k.keys.Load().current[alg]
	if s == nil {
		if err := k.Ensure(ctx, alg); err != nil {
			return "", err
		}
		if s = k.keys.Load().current[alg]; s == nil {
			return "", fmt.Errorf("there is no current key for %s", alg)
		}
	}
	return s.sign(typ, claims)
}

// JWKS is the published JWK Set: current, next and previous keys. The bytes are shared: read only. RFC 7517 §5.
func (k *Keeper) JWKS() []byte { return k.keys.Load().jwks }

// JWKSTag is a strong ETag of JWKS, with its quotes. RFC 9110 §8.8.3.
func (k *Keeper) JWKSTag() string { return k.keys.Load().tag }

// Algorithms lists what the server signs with at this moment, in a fixed order: what discovery may advertise.
func (k *Keeper) Algorithms() []Algorithm { return slices.Clone(k.keys.Load().algorithms) }

// KeyAlgorithms lists the algorithms that have keys of their own: what can be rotated. Ed25519 shares the key of EdDSA.
func (k *Keeper) KeyAlgorithms() []Algorithm {
	return slices.DeleteFunc(k.Algorithms(), func(a Algorithm) bool { return a != a.key() })
}

// List returns all keys, by algorithm and age, revoked ones included. Do not show Sealed.
func (k *Keeper) List() []StoredKey { return slices.Clone(k.keys.Load().stored) }

// MaxTokenLength is how long a token may be that Verify looks at, in bytes.
const MaxTokenLength = 16 << 10

// ErrToken means that a token is not one of ours, is damaged, or is of another type. What exactly is nobody's business.
var ErrToken = errors.New("the token is not one that this server signed, or is of another type")

// Verify checks that token is a compact JWS that this server signed with a published key and with one of the types, and
// returns its claims: a JSON object without any member twice. It says nothing about what the claims mean: exp, aud and the
// rest are the caller's to check. RFC 7515 §5.2, RFC 8725 §3.1, §3.11.
func (k *Keeper) Verify(token string, types ...string) ([]byte, error) {
	cut := strings.LastIndexByte(token, '.')
	if len(token) > MaxTokenLength || cut < 0 {
		return nil, ErrToken
	}
	s, header := k.keys.Load().signerOf(token, types)
	if s == nil || cut < len(header) {
		return nil, ErrToken
	}
	decoding := base64.RawURLEncoding.Strict()
	raw, err := decoding.DecodeString(token[cut+1:])
	if err != nil || strings.ContainsAny(token, "\r\n") || !s.verify([]byte(token[:cut]), raw) {
		return nil, ErrToken
	}
	claims, err := decoding.DecodeString(token[len(header):cut])
	if err != nil || len(claims) == 0 || claims[0] != '{' || strictjson.Check(claims) != nil {
		return nil, ErrToken
	}
	return claims, nil
}

func tagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}
