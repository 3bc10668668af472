package registry

import (
	"slices"
	"time"

	"clientele/internal/jwk"
)

// Key is a public key that an application authenticates with. RFC 7523 §2.2.
type Key struct {
	ID          string // cred_ and 16 characters; of a document's key, its thumbprint
	Name        string
	Public      jwk.Key
	KID         string    // as the assertion's header names it; may be empty
	Thumbprint  string    // RFC 7638, SHA-256
	Algorithm   string    // the only one accepted; empty = any that fits the key
	Certificate string    // SHA-256 of the certificate it came in, in hexadecimal; empty for a bare key
	Active      bool      // may authenticate; a key can be kept before it is switched on
	Source      Source    // operator, or document
	CreatedAt   time.Time // of a document's key: when it was first seen
	CreatedBy   string
	ExpiresAt   time.Time // zero = never
	RetiredAt   time.Time // zero = in use; a retired key is kept to recognise its use
	LastUsed    time.Time // a day in UTC; zero if never
}

// Usable reports whether the key may authenticate at now.
func (k Key) Usable(now time.Time) bool {
	return k.Active && k.RetiredAt.IsZero() && (k.ExpiresAt.IsZero() || now.Before(k.ExpiresAt))
}

// MaxKeys is how many keys an application may have; a document may publish more, of which the first count.
const MaxKeys = 16

// maxRetiredKeys is how many keys that no longer count are kept to recognise their use.
const maxRetiredKeys = 10

// retireKeys takes keys out of use at now; those that are out already stay as they are.
func retireKeys(keys []Key, now time.Time) []Key {
	for i := range keys {
		if keys[i].RetiredAt.IsZero() {
			keys[i].RetiredAt = now
		}
	}
	return keys
}

// keptKeys drops the oldest of those that are retired, so that a row does not grow for ever.
func keptKeys(keys []Key) []Key {
	var retired []time.Time
	for _, k := range keys {
		if !k.RetiredAt.IsZero() {
			retired = append(retired, k.RetiredAt)
		}
	}
	if len(retired) <= maxRetiredKeys {
		return keys
	}
	slices.SortFunc(retired, func(a, b time.Time) int { return b.Compare(a) })
	left, oldest := maxRetiredKeys, retired[maxRetiredKeys-1]
	return slices.DeleteFunc(keys, func(k Key) bool {
		if k.RetiredAt.IsZero() {
			return false
		}
		left--
		return left < 0 || k.RetiredAt.Before(oldest)
	})
}
