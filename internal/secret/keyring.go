package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrSealed means that a sealed value could not be opened: another master key, another place, or damage.
var ErrSealed = errors.New("the value was sealed with another master key, for another place, or is damaged")

// Master seals other keys and nothing else. It lives outside the database.
type Master struct {
	id   string
	aead cipher.AEAD
}

// NewMaster derives the sealing key from 32 random bytes.
func NewMaster(key []byte) (*Master, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("a master key has 32 bytes, this one has %d", len(key))
	}
	seal, err := hkdf.Key(sha256.New, key, nil, "clientele/seal/v1", 32)
	if err != nil {
		return nil, err
	}
	name, err := hkdf.Key(sha256.New, key, nil, "clientele/master-id/v1", 6)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Master{id: "m" + base64.RawURLEncoding.EncodeToString(name), aead: aead}, nil
}

// ID names the master key without telling anything about it.
func (m *Master) ID() string { return m.id }

// Seal encrypts plain for one place (table/column/row), so that a sealed value moved elsewhere does not open.
func (m *Master) Seal(place string, plain []byte) string {
	return m.id + ":" + base64.RawStdEncoding.EncodeToString(m.aead.Seal(nil, nil, plain, []byte(place)))
}

// Open decrypts what Seal made for the same place. It fails with ErrSealed.
func (m *Master) Open(place, sealed string) ([]byte, error) {
	id, text, ok := strings.Cut(sealed, ":")
	if !ok || id != m.id {
		return nil, ErrSealed
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, ErrSealed
	}
	plain, err := m.aead.Open(nil, nil, raw, []byte(place))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

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
	plain, err := from.Open(dataKeyPlace(k.ID), k.Sealed)
	if err != nil {
		return k, err
	}
	k.Sealed = to.Seal(dataKeyPlace(k.ID), plain)
	return k, nil
}

// Keyring hashes secrets with a keyed HMAC-SHA-256. Random secrets need no slow hash; the key means that a stolen
// database alone does not even allow a guess to be checked.
type Keyring struct {
	newest string
	keys   map[string][]byte
}

// OpenKeyring opens the data keys. The newest hashes what is new; all of them verify.
func OpenKeyring(m *Master, keys []DataKey) (*Keyring, error) {
	if len(keys) == 0 {
		return nil, errors.New("there is no data key")
	}
	ring := &Keyring{keys: make(map[string][]byte, len(keys))}
	var newest time.Time
	for _, k := range keys {
		plain, err := m.Open(dataKeyPlace(k.ID), k.Sealed)
		if err != nil {
			return nil, fmt.Errorf("data key %s: %w", k.ID, err)
		}
		ring.keys[k.ID] = plain
		if ring.newest == "" || k.CreatedAt.After(newest) {
			ring.newest, newest = k.ID, k.CreatedAt
		}
	}
	return ring, nil
}

// Purpose separates what is hashed, so that a hash of one kind never stands for another.
type Purpose string

// The purposes of a hash.
const (
	ForClientSecret Purpose = "client-secret"
	ForCode         Purpose = "authorization-code"
	ForSession      Purpose = "session"
	ForSetup        Purpose = "setup-link"
	ForRequest      Purpose = "request-handle"
	ForRefresh      Purpose = "refresh-token"
	ForUserInfo     Purpose = "userinfo-token"
	ForForm         Purpose = "form-token"
	ForThrottle     Purpose = "throttle-key"
)

// Hash is a keyed hash as it is stored: key id, a colon, base64url.
type Hash string

// Hash hashes s for purpose with the newest key.
func (k *Keyring) Hash(purpose Purpose, s string) Hash { return k.hash(k.newest, purpose, s) }

// Hashes returns the hash of s under every key, newest first: what a look-up by hash has to try.
func (k *Keyring) Hashes(purpose Purpose, s string) []Hash {
	all := make([]Hash, 1, len(k.keys))
	all[0] = k.hash(k.newest, purpose, s)
	for id := range k.keys {
		if id != k.newest {
			all = append(all, k.hash(id, purpose, s))
		}
	}
	return all
}

// Verify reports in constant time whether h is the hash of s.
func (k *Keyring) Verify(purpose Purpose, h Hash, s string) bool {
	id, _, ok := strings.Cut(string(h), ":")
	if !ok || k.keys[id] == nil {
		return false
	}
	return hmac.Equal([]byte(h), []byte(k.hash(id, purpose, s)))
}

// Derive is the HMAC of parts under the key named id, or the newest if id is empty; it returns the key's id. The same
// parts give the same bytes, so nothing needs to be kept. It fails with ErrSealed if there is no such key.
func (k *Keyring) Derive(id string, purpose Purpose, parts ...string) (sum []byte, keyID string, err error) {
	if id == "" {
		id = k.newest
	}
	key := k.keys[id]
	if key == nil {
		return nil, "", ErrSealed
	}
	return mac(key, purpose, parts...), id, nil
}

func (k *Keyring) hash(id string, purpose Purpose, s string) Hash {
	return Hash(id + ":" + base64.RawURLEncoding.EncodeToString(mac(k.keys[id], purpose, s)))
}

func mac(key []byte, purpose Purpose, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(purpose))
	for _, p := range parts {
		h.Write([]byte{0})
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}
