package secret

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"
)

// ErrExpired means that a sealed token is whole and ours, but too old.
var ErrExpired = errors.New("the sealed value has expired")

// The head of a sealed token stands in clear and is authenticated: version, length of the key id, key id, expiry in seconds
// since 1970 as 8 bytes, big endian. What follows is nonce, ciphertext and tag of AES-256-GCM.
const sealedVersion = 1

// SealToken encrypts plain for a hand-over that keeps nothing here: through a cookie, a form field or a link. Only OpenToken
// with the same purpose reads it, until expires (to the second). The same plain text gives another token each time. The text
// is base64url.
func (k *Keyring) SealToken(purpose Purpose, plain []byte, expires time.Time) string {
	key := k.newest()
	aead, err := key.sealer(purpose)
	if err != nil {
		panic("secret: AES-256-GCM over a derived key: " + err.Error()) // the lengths are ours; this cannot happen
	}
	head := make([]byte, 0, 10+len(key.id)+len(plain)+aead.Overhead())
	head = append(head, sealedVersion, byte(len(key.id)))
	head = append(head, key.id...)
	head = binary.BigEndian.AppendUint64(head, uint64(expires.Unix()))
	return base64.RawURLEncoding.EncodeToString(aead.Seal(head, nil, plain, head))
}

// OpenToken decrypts what SealToken made for the same purpose. It fails with ErrSealed if the token is damaged, made up,
// for another purpose or under a key that is gone, and with ErrExpired if it is whole but not good at now.
func (k *Keyring) OpenToken(purpose Purpose, token string, now time.Time) ([]byte, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < 2 || raw[0] != sealedVersion || len(raw) < 2+int(raw[1])+8 {
		return nil, ErrSealed
	}
	cut := 2 + int(raw[1]) + 8
	head, box := raw[:cut:cut], raw[cut:]
	key := k.keys.Load().byID[string(head[2:cut-8])]
	if key == nil {
		return nil, ErrSealed
	}
	aead, err := key.sealer(purpose)
	if err != nil {
		return nil, ErrSealed
	}
	plain, err := aead.Open(nil, nil, box, head)
	if err != nil {
		return nil, ErrSealed
	}
	if now.Unix() >= int64(binary.BigEndian.Uint64(head[cut-8:])) {
		return nil, ErrExpired
	}
	return plain, nil
}
