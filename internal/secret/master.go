package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
)

// ErrSealed means that a sealed value could not be opened: another master key, another place, or damage.
var ErrSealed = errors.New("the value was sealed with another master key, for another place, or is damaged")

// Master seals other keys and nothing else. It lives outside the database. One that came from a file follows the file:
// before it seals, and when something was sealed under a key it does not have, it looks whether the file was rewritten, so
// that a rewrap beside a running server does no harm.
type Master struct {
	path string // empty if it did not come from a file
	key  atomic.Pointer[masterKey]
}

type masterKey struct {
	id   string
	aead cipher.AEAD
}

// NewMaster derives the sealing key from 32 random bytes.
func NewMaster(key []byte) (*Master, error) {
	derived, err := deriveMaster(key)
	if err != nil {
		return nil, err
	}
	m := &Master{}
	m.key.Store(derived)
	return m, nil
}

func deriveMaster(key []byte) (*masterKey, error) {
	if len(key) != masterSize {
		return nil, fmt.Errorf("a master key has %d bytes, this one has %d", masterSize, len(key))
	}
	seal, err := hkdf.Key(sha256.New, key, nil, "clientele/seal/v1", 32)
	if err != nil {
		return nil, err
	}
	name, err := hkdf.Key(sha256.New, key, nil, "clientele/master-id/v1", 6)
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(seal)
	if err != nil {
		return nil, err
	}
	return &masterKey{id: "m" + base64.RawURLEncoding.EncodeToString(name), aead: aead}, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// ID names the master key without telling anything about it.
func (m *Master) ID() string { return m.key.Load().id }

// Sealed reports whether m is the key that sealed was made with, without opening it.
func (m *Master) Sealed(sealed string) bool {
	id, _, ok := strings.Cut(sealed, ":")
	return ok && id == m.ID()
}

// Seal encrypts plain for one place (table/column/row), so that a sealed value moved elsewhere does not open.
func (m *Master) Seal(place string, plain []byte) string {
	m.follow()
	k := m.key.Load()
	return k.id + ":" + base64.RawStdEncoding.EncodeToString(k.aead.Seal(nil, nil, plain, []byte(place)))
}

// Open decrypts what Seal made for the same place. It fails with ErrSealed.
func (m *Master) Open(place, sealed string) ([]byte, error) {
	if !m.Sealed(sealed) {
		m.follow()
	}
	k := m.key.Load()
	id, text, ok := strings.Cut(sealed, ":")
	if !ok || id != k.id {
		return nil, ErrSealed
	}
	raw, err := base64.RawStdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, ErrSealed
	}
	plain, err := k.aead.Open(nil, nil, raw, []byte(place))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Rewrap seals under to what was sealed under m for the same place. What is under to already stays as it is, so an
// interrupted rewrap can simply be run again.
func (m *Master) Rewrap(to *Master, place, sealed string) (string, error) {
	if to.Sealed(sealed) {
		return sealed, nil
	}
	plain, err := m.Open(place, sealed)
	if err != nil {
		return "", err
	}
	return to.Seal(place, plain), nil
}

// follow takes over the key that the file holds now. A file that is gone or unreadable changes nothing: the key in memory
// is still the one that everything was sealed with when the server started.
func (m *Master) follow() {
	if m.path == "" {
		return
	}
	raw, err := readMasterFile(m.path)
	if err != nil {
		return
	}
	if derived, err := deriveMaster(raw); err == nil && derived.id != m.ID() {
		m.key.Store(derived)
	}
}
