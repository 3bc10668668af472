package grant

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"clientele/internal/secret"
)

// ErrElsewhere means that a sealed request was opened in another browser than the one it was sealed for.
var ErrElsewhere = errors.New("the request was begun in another browser")

// maxSealedLength bounds what Unseal looks at, in bytes.
const maxSealedLength = 24 << 10

// Sealed is an authorization request before sign-in. It travels in the URL, encrypted, for RequestLifetime, and opens only in
// the browser it was sealed for: nobody can put a request of theirs into another person's sign-in.
type Sealed struct {
	ApplicationID string              `json:"app,omitempty"` // empty if the client is not known yet
	Parameters    map[string][]string `json:"p"`             // the known parameters as they came
	Choose        bool                `json:"c,omitempty"`   // the person may go on with the account that is signed in
	Browser       string              `json:"b"`             // hash of the browser's cookie value
	CreatedAt     time.Time           `json:"t"`
}

// Seal seals s for the browser that has the cookie value browser.
func Seal(keys *secret.Keyring, s Sealed, browser string) (string, error) {
	s.Browser = browserHash(browser)
	plain, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	return keys.SealToken(secret.ForRequest, plain, s.CreatedAt.Add(RequestLifetime)), nil
}

// Unseal opens what Seal made. It fails with ErrNotFound for what we did not seal or what has expired, and with ErrElsewhere
// in another browser.
func Unseal(keys *secret.Keyring, token, browser string, now time.Time) (Sealed, error) {
	var s Sealed
	if len(token) > maxSealedLength {
		return s, ErrNotFound
	}
	plain, err := keys.OpenToken(secret.ForRequest, token, now)
	if err != nil || json.Unmarshal(plain, &s) != nil {
		return Sealed{}, ErrNotFound
	}
	if browser == "" || !hmac.Equal([]byte(s.Browser), []byte(browserHash(browser))) {
		return Sealed{}, ErrElsewhere
	}
	return s, nil
}

// Row is s as it is kept after sign-in, with the handle it is found by. SessionID, UserID and AuthTime are the caller's to
// fill.
func (s Sealed) Row(keys *secret.Keyring, now time.Time) (Request, secret.Secret) {
	handle := NewHandle()
	return Request{
		Hash:          keys.Hash(secret.ForRequest, handle.Reveal()),
		ApplicationID: s.ApplicationID,
		Parameters:    s.Parameters,
		CreatedAt:     now,
		ExpiresAt:     now.Add(RequestLifetime),
	}, handle
}

// NewHandle mints what a request is found by after sign-in.
func NewHandle() secret.Secret { return secret.New(secret.ID(32)) }

// WellFormedHandle reports whether s can be a handle at all, so that nothing else reaches the store.
func WellFormedHandle(s string) bool {
	if len(s) != 32 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func browserHash(cookie string) string {
	sum := sha256.Sum256([]byte("clientele/browser/v1\x00" + cookie))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
