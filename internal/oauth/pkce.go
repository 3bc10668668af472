package oauth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// Challenge is an S256 code challenge: 43 characters of base64url. RFC 7636 §4.2.
type Challenge string

// ParseChallenge reads code_challenge and code_challenge_method. Only S256 is accepted; a missing method would mean plain,
// so it is refused too. RFC 7636 §4.3, OAuth 2.1 §4.1.1.
func ParseChallenge(challenge, method string) (Challenge, *Error) {
	if challenge == "" {
		if method != "" {
			return "", InvalidRequest("code_challenge_method was sent without a code_challenge")
		}
		return "", nil
	}
	if method != "S256" {
		return "", InvalidRequest("code_challenge_method must be S256; plain is not supported, and leaving it out means plain")
	}
	sum, err := base64.RawURLEncoding.Strict().DecodeString(challenge)
	if err != nil || len(sum) != sha256.Size {
		return "", InvalidRequest("code_challenge must be the base64url-encoded SHA-256 of the verifier: 43 characters without padding")
	}
	return Challenge(challenge), nil
}

// Verify reports whether verifier is the one the challenge was made from, in constant time. A verifier has 43 to 128
// unreserved characters. RFC 7636 §4.1, §4.6.
func (c Challenge) Verify(verifier string) bool {
	if len(verifier) < 43 || len(verifier) > 128 {
		return false
	}
	for i := range len(verifier) {
		if !unreserved(verifier[i]) {
			return false
		}
	}
	sum := sha256.Sum256([]byte(verifier))
	var encoded [43]byte
	base64.RawURLEncoding.Encode(encoded[:], sum[:])
	return subtle.ConstantTimeCompare(encoded[:], []byte(c)) == 1
}

func unreserved(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return c == '-' || c == '.' || c == '_' || c == '~'
}
