package registry

import (
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
