package secret

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// DataKey is a random key that hashes and derives; it is kept sealed under the master key.
type DataKey struct {
	ID        string
	Sealed    string
	CreatedAt time.Time
}

// NewDataKey makes a random data key, sealed under m.
func NewDataKey(m *Master, now time.Time) DataKey {
	var key [32]byte
	rand.Read(key[:])
	id := "k" + ID(7)
	return DataKey{ID: id, Sealed: m.Seal(dataKeyPlace(id), key[:]), CreatedAt: now}
}

func dataKeyPlace(id string) string { return "data_keys/sealed/" + id }

// Rewrap seals k under another master key.
func (k DataKey) Rewrap(from, to *Master) (DataKey, error) {
	sealed, err := from.Rewrap(to, dataKeyPlace(k.ID), k.Sealed)
	if err != nil {
		return k, fmt.Errorf("data key %s: %w", k.ID, err)
	}
	k.Sealed = sealed
	return k, nil
}

// Keyring hashes secrets with a keyed HMAC-SHA-256, derives tokens and seals what travels through a browser. Random secrets
// need no slow hash; the key means that a stolen database alone does not even allow a guess to be checked. It is safe for
// concurrent use.
type Keyring struct {
	keys atomic.Pointer[dataKeys]
}

// dataKeys is one immutable set of opened keys, newest first.
type dataKeys struct {
	ordered []*dataKey
	byID    map[string]*dataKey
}

type dataKey struct {
	id      string
	prefix  string // id and colon, as a Hash begins
	raw     []byte
	created time.Time
	macs    sync.Pool // of *macState
	sealers sync.Map  // Purpose → cipher.AEAD
}

type macState struct {
	hmac   hash.Hash
	buffer []byte
}

// OpenKeyring opens the data keys. The newest hashes what is new; all of them verify.
func OpenKeyring(m *Master, keys []DataKey) (*Keyring, error) {
	ring := &Keyring{}
	if err := ring.Reload(m, keys); err != nil {
		return nil, err
	}
	return ring, nil
}

// Reload replaces the keys of the ring at once for everybody who uses it. If one does not open, nothing changes.
func (k *Keyring) Reload(m *Master, keys []DataKey) error {
	if len(keys) == 0 {
		return errors.New("there is no data key")
	}
	opened := &dataKeys{byID: make(map[string]*dataKey, len(keys))}
	for _, key := range keys {
		raw, err := m.Open(dataKeyPlace(key.ID), key.Sealed)
		if err != nil {
			return fmt.Errorf("data key %s: %w", key.ID, err)
		}
		one := newDataKey(key, raw)
		opened.ordered = append(opened.ordered, one)
		opened.byID[key.ID] = one
	}
	slices.SortStableFunc(opened.ordered, func(a, b *dataKey) int {
		if c := b.created.Compare(a.created); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id) // the same on every node
	})
	k.keys.Store(opened)
	return nil
}

func newDataKey(k DataKey, raw []byte) *dataKey {
	one := &dataKey{id: k.ID, prefix: k.ID + ":", raw: raw, created: k.CreatedAt}
	one.macs.New = func() any {
		return &macState{hmac: hmac.New(sha256.New, raw), buffer: make([]byte, 0, 256)}
	}
	return one
}

func (k *Keyring) newest() *dataKey { return k.keys.Load().ordered[0] }

// Purpose separates what is hashed, so that a hash of one kind never stands for another.
type Purpose string

// The purposes of a hash.
const (
	ForClientSecret Purpose = "client-secret"
	ForCode         Purpose = "authorization-code"
	ForSession      Purpose = "session"
	ForSetup        Purpose = "setup-link"
	ForReset        Purpose = "reset-link"
	ForRequest      Purpose = "request-handle"
	ForRefresh      Purpose = "refresh-token"
	ForUserInfo     Purpose = "userinfo-token"
	ForForm         Purpose = "form-token"
	ForThrottle     Purpose = "throttle-key"
	ForDevice       Purpose = "device-cookie"
	ForPasskey      Purpose = "passkey-ceremony"
	ForTrial        Purpose = "trial-handle"
)

// Hash is a keyed hash as it is stored: key id, a colon, base64url.
type Hash string

// Hash hashes s for purpose with the newest key.
func (k *Keyring) Hash(purpose Purpose, s string) Hash { return k.newest().hash(purpose, s) }

// Hashes returns the hash of s under every key, newest first: what a look-up by hash has to try.
func (k *Keyring) Hashes(purpose Purpose, s string) []Hash {
	keys := k.keys.Load()
	all := make([]Hash, len(keys.ordered))
	for i, key := range keys.ordered {
		all[i] = key.hash(purpose, s)
	}
	return all
}

// Verify reports in constant time whether h is the hash of s. It allocates nothing: it stands on the way of every token
// request.
func (k *Keyring) Verify(purpose Purpose, h Hash, s string) bool {
	id, encoded, ok := strings.Cut(string(h), ":")
	key := k.keys.Load().byID[id]
	if !ok || key == nil || len(encoded) != hashLength {
		return false
	}
	var sum [sha256.Size]byte
	var want, have [hashLength]byte
	base64.RawURLEncoding.Encode(want[:], key.mac(sum[:0], purpose, s))
	copy(have[:], encoded)
	return hmac.Equal(want[:], have[:])
}

// Derive is the HMAC of parts under the key named id, or the newest if id is empty; it returns the key's id. The same
// parts give the same bytes, so nothing needs to be kept. It fails with ErrSealed if there is no such key.
func (k *Keyring) Derive(id string, purpose Purpose, parts ...string) (sum []byte, keyID string, err error) {
	key := k.newest()
	if id != "" {
		key = k.keys.Load().byID[id]
	}
	if key == nil {
		return nil, "", ErrSealed
	}
	return key.mac(make([]byte, 0, sha256.Size), purpose, parts...), key.id, nil
}

const hashLength = 43 // 32 bytes in base64url without padding

func (d *dataKey) hash(purpose Purpose, s string) Hash {
	var sum [sha256.Size]byte
	text := make([]byte, 0, 64)
	text = append(text, d.prefix...)
	text = base64.RawURLEncoding.AppendEncode(text, d.mac(sum[:0], purpose, s))
	return Hash(text)
}

// mac appends HMAC-SHA-256(key, purpose ‖ 0 ‖ part ‖ 0 ‖ part …) to sum. No purpose has a zero byte in it; of several parts
// none may either, or two lists could read alike.
func (d *dataKey) mac(sum []byte, purpose Purpose, parts ...string) []byte {
	state := d.macs.Get().(*macState)
	defer d.macs.Put(state)
	state.buffer = append(state.buffer[:0], purpose...)
	for _, p := range parts {
		state.buffer = append(state.buffer, 0)
		state.buffer = append(state.buffer, p...)
	}
	state.hmac.Reset()
	state.hmac.Write(state.buffer)
	clear(state.buffer)
	return state.hmac.Sum(sum)
}

// sealer is the AES-256-GCM of one purpose, its key derived once.
func (d *dataKey) sealer(purpose Purpose) (cipher.AEAD, error) {
	if known, ok := d.sealers.Load(purpose); ok {
		return known.(cipher.AEAD), nil
	}
	key, err := hkdf.Key(sha256.New, d.raw, nil, "clientele/seal-token/v1/"+string(purpose), 32)
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	d.sealers.Store(purpose, aead)
	return aead, nil
}
