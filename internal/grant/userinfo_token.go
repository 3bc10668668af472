package grant

import (
	"crypto/hmac"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/secret"
)

// UserInfoToken is an access token that is good at UserInfo and nowhere else. It is opaque to clients and stateless here:
// it names its grant, and the grant says whether it is still good.
type UserInfoToken struct {
	GrantID   string
	ExpiresAt time.Time    // to the second
	Scopes    oauth.Scopes // OpenID Connect's own: openid, profile, email
}

// maxUserInfoLength bounds what ParseUserInfo looks at.
const maxUserInfoLength = 160

// scopeLetters are how the token spells its scopes.
var scopeLetters = []struct{ scope, letter string }{
	{oauth.ScopeOpenID, "o"}, {oauth.ScopeProfile, "p"}, {oauth.ScopeEmail, "e"},
}

// MintUserInfo makes the text of t: its parts and a MAC over them. It fails with secret.ErrSealed if there is no key.
func MintUserInfo(keys *secret.Keyring, t UserInfoToken) (secret.Secret, error) {
	expires := strconv.FormatInt(t.ExpiresAt.Unix(), 36)
	letters := ""
	for _, l := range scopeLetters {
		if t.Scopes.Has(l.scope) {
			letters += l.letter
		}
	}
	sum, keyID, err := keys.Derive("", secret.ForUserInfo, t.GrantID, expires, letters)
	if err != nil {
		return secret.Secret{}, err
	}
	parts := []string{t.GrantID, expires, letters, keyID, base64.RawURLEncoding.EncodeToString(sum)}
	return secret.New(secret.PrefixUserInfo + strings.Join(parts, ".")), nil
}

// ParseUserInfo reads what MintUserInfo made and checks its MAC in constant time. It fails with ErrNotFound for anything
// else. Whether it has expired and whether the grant lives is the caller's to ask.
func ParseUserInfo(keys *secret.Keyring, token string) (UserInfoToken, error) {
	body, ok := strings.CutPrefix(token, secret.PrefixUserInfo)
	parts := strings.Split(body, ".")
	if !ok || len(token) > maxUserInfoLength || len(parts) != 5 || parts[3] == "" {
		return UserInfoToken{}, ErrNotFound
	}
	sum, _, err := keys.Derive(parts[3], secret.ForUserInfo, parts[0], parts[1], parts[2])
	if err != nil || !hmac.Equal([]byte(base64.RawURLEncoding.EncodeToString(sum)), []byte(parts[4])) {
		return UserInfoToken{}, ErrNotFound
	}
	expires, err := strconv.ParseInt(parts[1], 36, 64)
	if err != nil {
		return UserInfoToken{}, ErrNotFound
	}
	t := UserInfoToken{GrantID: parts[0], ExpiresAt: time.Unix(expires, 0)}
	for _, l := range scopeLetters {
		if strings.Contains(parts[2], l.letter) {
			t.Scopes = append(t.Scopes, l.scope)
		}
	}
	return t, nil
}
