package grant

import (
	"crypto/hmac"
	"encoding/base64"
	"strconv"
	"strings"

	"clientele/internal/secret"
)

// maxRefreshLength bounds what ParseRefresh looks at: prefix, 22 characters of family, 19 digits of generation, a key id, a
// MAC of 43 characters and three dots, with room for longer key ids.
const maxRefreshLength = 160

// MintRefresh derives the refresh token of f's generation: family id, generation, key id and a MAC over the first two. The
// same family and generation give the same token, so a retry gets the same successor while nothing of it is kept.
// If f.KeyID is empty the newest key is taken; keyID belongs into the family. It fails with secret.ErrSealed if the
// family's key is gone. RFC 6749 §6, RFC 9700 §4.14.2.
func MintRefresh(keys *secret.Keyring, f Family) (token secret.Secret, keyID string, err error) {
	generation := strconv.FormatInt(f.Generation, 10)
	sum, keyID, err := keys.Derive(f.KeyID, secret.ForRefresh, f.ID, generation)
	if err != nil {
		return secret.Secret{}, "", err
	}
	return secret.New(secret.PrefixRefresh + f.ID + "." + generation + "." + keyID + "." + base64.RawURLEncoding.EncodeToString(sum)), keyID, nil
}

// ParseRefresh reads what MintRefresh made and checks its MAC in constant time. Nothing is looked up for a token that we
// did not make: it fails with ErrNotFound. Whether the generation is still good is the store's to say. RFC 6749 §10.4.
func ParseRefresh(keys *secret.Keyring, token string) (familyID string, generation int64, err error) {
	body, ok := strings.CutPrefix(token, secret.PrefixRefresh)
	if !ok || len(token) > maxRefreshLength {
		return "", 0, ErrNotFound
	}
	parts := strings.Split(body, ".")
	if len(parts) != 4 || parts[2] == "" {
		return "", 0, ErrNotFound
	}
	generation, err = strconv.ParseInt(parts[1], 10, 64)
	if err != nil || generation < 1 || parts[1] != strconv.FormatInt(generation, 10) {
		return "", 0, ErrNotFound
	}
	sum, _, err := keys.Derive(parts[2], secret.ForRefresh, parts[0], parts[1])
	if err != nil || !hmac.Equal([]byte(base64.RawURLEncoding.EncodeToString(sum)), []byte(parts[3])) {
		return "", 0, ErrNotFound
	}
	return parts[0], generation, nil
}
