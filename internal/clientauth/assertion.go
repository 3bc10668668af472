package clientauth

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"clientele/internal/oauth"
	"clientele/internal/strictjson"
)

// AssertionType is the only client_assertion_type. RFC 7523 §2.2.
const AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// The limits of an assertion. What is up to ClockSkew ahead is accepted, what is further ahead is not: FAPI 2.0 asks for the
// first and leaves us free from there to a minute. An exp that has passed has passed.
const (
	MaxAssertion = 8 << 10 // bytes
	MaxLifetime  = 5 * time.Minute
	ClockSkew    = 10 * time.Second
	maxJTI       = 255 // bytes
	maxKID       = 255 // bytes
)

// Algorithms are the JWS algorithms of assertions that are accepted. Not among them: none, those of shared secrets, and all
// that use SHA-1. RFC 8725 §3.1, §3.2, RFC 9864 §2.2.
func Algorithms() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"}
}

var joseAlgorithms = func() []jose.SignatureAlgorithm {
	all := make([]jose.SignatureAlgorithm, 0, len(Algorithms()))
	for _, alg := range Algorithms() {
		all = append(all, jose.SignatureAlgorithm(alg))
	}
	return all
}()

// acceptedTypes are the values of typ that an assertion may have, beside none at all. Every other JWT of this world is
// something else and must not pass for one: an ID token, an access token, a DPoP proof, a logout token. CIMD-03 §6,
// rfc7523bis-11 §4, RFC 8725 §3.11.
var acceptedTypes = []string{"jwt", "oauth-client-auth+jwt", "client-authentication+jwt"}

// assertion is a client assertion as it was read. Nothing in it is proven.
type assertion struct {
	algorithm string
	kid       string
	signed    *jose.JSONWebSignature
	issuer    string
	subject   string
	audience  string
	jti       string
	expires   time.Time
	issued    time.Time // zero if there is no iat
	notBefore time.Time // zero if there is no nbf
}

type joseHeader struct {
	Algorithm string          `json:"alg"`
	Type      *string         `json:"typ"`
	KeyID     string          `json:"kid"`
	Critical  json.RawMessage `json:"crit"`
}

type assertionClaims struct {
	Issuer    string `json:"iss"`
	Subject   string `json:"sub"`
	Audience  any    `json:"aud"`
	Expires   any    `json:"exp"`
	Issued    any    `json:"iat"`
	NotBefore any    `json:"nbf"`
	ID        string `json:"jti"`
}

// readAssertion reads a compact JWS and the claims in it. Keys and addresses of keys in its header are not looked at: what
// an assertion says of its own key proves nothing. Of a flawed one the subject is returned if it could be read.
// RFC 7515 §3.1, §4.1, RFC 7519 §7.2, RFC 7523 §3.
func readAssertion(text string) (assertion, *reason) {
	if len(text) > MaxAssertion {
		return assertion{}, assertionTooLong
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return assertion{}, assertionForm
	}
	var a assertion
	claims, flaw := a.readClaims(parts[1])
	if flaw != nil {
		return a, flaw
	}
	if flaw := a.readHeader(parts[0]); flaw != nil {
		return a, flaw
	}
	if flaw := a.take(claims); flaw != nil {
		return a, flaw
	}
	var err error
	if a.signed, err = jose.ParseSignedCompact(text, joseAlgorithms); err != nil {
		return a, assertionForm
	}
	return a, nil
}

func (a *assertion) readHeader(encoded string) *reason {
	var h joseHeader
	if !decodePart(encoded, &h) {
		return assertionHeader
	}
	switch {
	case !slices.Contains(Algorithms(), h.Algorithm):
		return assertionAlgorithm.of(h.Algorithm)
	case h.Type != nil && !acceptedType(*h.Type):
		return assertionType.of(*h.Type)
	case h.Critical != nil:
		return assertionCritical.of(string(h.Critical))
	case len(h.KeyID) > maxKID:
		return assertionHeader
	}
	a.algorithm, a.kid = h.Algorithm, h.KeyID
	return nil
}

// acceptedType compares as media types are compared. RFC 7515 §4.1.9.
func acceptedType(typ string) bool {
	typ = strings.ToLower(typ)
	return slices.Contains(acceptedTypes, strings.TrimPrefix(typ, "application/"))
}

func (a *assertion) readClaims(encoded string) (assertionClaims, *reason) {
	var c assertionClaims
	if !decodePart(encoded, &c) {
		return c, assertionClaimsForm
	}
	a.issuer, a.subject, a.jti = c.Issuer, c.Subject, c.ID
	return c, nil
}

func decodePart(encoded string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	return err == nil && strictjson.Decode(raw, into, strictjson.MaxBytes(MaxAssertion)) == nil
}

// take reads the claims whose form can be wrong. A zero is a value: an exp of 0 has passed, it is not absent.
// RFC 7519 §2, §4.1.
func (a *assertion) take(c assertionClaims) *reason {
	var ok bool
	switch aud := c.Audience.(type) {
	case string:
		a.audience = aud
	case []any:
		if len(aud) == 1 {
			a.audience, ok = aud[0].(string)
		}
		if !ok {
			return assertionAudienceForm
		}
	default:
		return assertionAudienceForm
	}
	if c.Expires == nil {
		return assertionNoExpiry
	}
	for _, date := range []struct {
		value any
		into  *time.Time
	}{{c.Expires, &a.expires}, {c.Issued, &a.issued}, {c.NotBefore, &a.notBefore}} {
		if date.value == nil {
			continue
		}
		if *date.into, ok = numericDate(date.value); !ok {
			return assertionClaimsForm
		}
	}
	return nil
}

// maxDate is the end of the year 9999 in seconds.
const maxDate = 253402300799

// numericDate is seconds since 1970, with a fraction or without. RFC 7519 §2.
func numericDate(value any) (time.Time, bool) {
	number, ok := value.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := number.Float64()
	if err != nil || seconds < 0 || seconds > maxDate {
		return time.Time{}, false
	}
	return time.UnixMicro(int64(seconds * 1e6)), true
}

// check holds the assertion against who it says it is from, for whom and when. It asks nothing of any application, so that
// an unknown client fails it like a known one. RFC 7523 §3, rfc7523bis-11 §4, OpenID Connect Core 1.0 §9.
func (a *assertion) check(client oauth.ClientID, audiences []string, now time.Time) *reason {
	switch {
	case a.issuer != string(client) || a.subject != string(client):
		return assertionClient.of(a.issuer + " / " + a.subject)
	case !slices.Contains(audiences, a.audience):
		return assertionAudience.of(a.audience)
	case !now.Before(a.expires):
		return assertionExpired.of(a.expires.UTC().Format(time.RFC3339))
	case a.expires.After(now.Add(MaxLifetime + ClockSkew)):
		return assertionLifetime.of(a.expires.UTC().Format(time.RFC3339))
	case a.issued.After(now.Add(ClockSkew)), a.notBefore.After(now.Add(ClockSkew)):
		return assertionFuture.of(latest(a.issued, a.notBefore).UTC().Format(time.RFC3339))
	case a.jti == "" || len(a.jti) > maxJTI:
		return assertionJTI
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
