package signing_test

import (
	"crypto"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"clientele/internal/signing"
)

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// forge replaces one of the three parts of a token.
func forge(token string, part int, text string) string {
	parts := strings.Split(token, ".")
	parts[part] = text
	return strings.Join(parts, ".")
}

func header(t *testing.T, token string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(token[:strings.IndexByte(token, '.')])
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestVerifyReturnsTheClaimsWeSigned(t *testing.T) {
	k, _ := newKeeper(t)
	for _, alg := range everyAlgorithm {
		for _, typ := range []string{signing.TypeJWT, signing.TypeAccessToken, "future+jwt"} {
			claims, err := k.Verify(sign(t, k, alg, typ, `{"sub":"usr_1"}`), "other", typ)
			if err != nil || string(claims) != `{"sub":"usr_1"}` {
				t.Errorf("%s %s: %s, %v", alg, typ, claims, err)
			}
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	k, _ := newKeeper(t)
	good := sign(t, k, signing.ES256, signing.TypeAccessToken, `{"sub":"usr_1"}`)
	rsa := sign(t, k, signing.RS256, signing.TypeAccessToken, `{"sub":"usr_1"}`)
	head, signature := header(t, good), good[strings.LastIndexByte(good, '.')+1:]
	last := len(good) - 1
	for name, token := range map[string]string{
		"nothing":                         "",
		"two dots":                        "..",
		"no signature":                    forge(good, 2, ""),
		"no dots":                         strings.ReplaceAll(good, ".", ""),
		"a fourth part":                   good + ".x",
		"five parts, as in a JWE":         good + "..",
		"alg none (RFC 8725 §2.1)":        forge(forge(good, 0, b64(strings.Replace(head, "ES256", "none", 1))), 2, ""),
		"alg None":                        forge(forge(good, 0, b64(strings.Replace(head, "ES256", "None", 1))), 2, ""),
		"another algorithm in the header": forge(good, 0, b64(strings.Replace(head, "ES256", "RS256", 1))),
		"another key's header":            forge(good, 0, strings.SplitN(rsa, ".", 2)[0]),
		"the public key as HMAC key (RFC 8725 §2.1)": hmacForgery(t, k, header(t, rsa)),
		"a kid that is not ours":                     forge(good, 0, b64(`{"alg":"ES256","typ":"at+jwt","kid":"mine"}`)),
		"a key of its own in the header":             forge(good, 0, b64(strings.Replace(head, "{", `{"jwk":{"kty":"EC"},`, 1))),
		"crit in the header":                         forge(good, 0, b64(strings.Replace(head, "{", `{"crit":["exp"],`, 1))),
		"a header member twice":                      forge(good, 0, b64(strings.Replace(head, "{", `{"alg":"none",`, 1))),
		"a header with spaces":                       forge(good, 0, b64(" "+head)),
		"other claims":                               forge(good, 1, b64(`{"sub":"usr_2"}`)),
		"claims with one bit changed":                forge(good, 1, b64(`{"sub":"usr_0"}`)),
		"a signature of zeros":                       forge(good, 2, b64(strings.Repeat("\x00", 64))),
		"a signature that is too long":               forge(good, 2, b64(strings.Repeat("\x00", 65))),
		"a DER signature (RFC 7518 §3.4)":            forge(good, 2, b64("0\x06\x02\x01\x01\x02\x01\x01")),
		"padding":                                    good + "==",
		"stray bits at the end of the signature":     good[:last] + string(nextInAlphabet(good[last])),
		"a newline within":                           good[:len(good)-4] + "\n" + good[len(good)-4:],
		"a space behind":                             good + " ",
		"standard base64":                            forge(good, 2, strings.ReplaceAll(signature, "-", "+")+"+"),
		"more bytes than any token has":              forge(good, 1, strings.Repeat("A", signing.MaxTokenLength)),
	} {
		t.Run(name, func(t *testing.T) {
			if token == good {
				t.Fatal("this is the good token")
			}
			if claims, err := k.Verify(token, signing.TypeAccessToken); !errors.Is(err, signing.ErrToken) {
				t.Errorf("got %s, %v", claims, err)
			}
		})
	}
}

// nextInAlphabet changes bits that the last character of 64 bytes in base64 does not carry.
func nextInAlphabet(c byte) byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, c)|1]
}

func hmacForgery(t *testing.T, k *signing.Keeper, head string) string {
	t.Helper()
	input := b64(strings.Replace(head, "RS256", "HS256", 1)) + "." + b64(`{"sub":"usr_1"}`)
	mac := hmac.New(crypto.SHA256.New, k.JWKS())
	mac.Write([]byte(input))
	return input + "." + b64(string(mac.Sum(nil)))
}

func TestVerifyRefusesAnotherType(t *testing.T) { // RFC 8725 §3.11
	k, _ := newKeeper(t)
	idToken := sign(t, k, signing.ES256, signing.TypeJWT, `{}`)
	if _, err := k.Verify(idToken, signing.TypeAccessToken); !errors.Is(err, signing.ErrToken) {
		t.Errorf("an ID token passed as an access token: %v", err)
	}
	if _, err := k.Verify(idToken); !errors.Is(err, signing.ErrToken) {
		t.Errorf("a token passed although no type was allowed: %v", err)
	}
}

func TestVerifyRefusesClaimsThatTwoReadersReadDifferently(t *testing.T) {
	k, _ := newKeeper(t)
	for _, claims := range []string{`{"sub":"a","sub":"b"}`, `{"sub":"a","\u0073ub":"b"}`, `[]`, `"x"`, `{}{}`, `{`, ` {}`, "\uFEFF{}", ``} {
		if got, err := k.Verify(sign(t, k, signing.ES256, signing.TypeJWT, claims), signing.TypeJWT); !errors.Is(err, signing.ErrToken) {
			t.Errorf("%q: got %s, %v", claims, got, err)
		}
	}
}

func TestVerifyRefusesATokenOfAnotherServer(t *testing.T) {
	k, _ := newKeeper(t)
	other, _ := newES256(t)
	if _, err := k.Verify(sign(t, other, signing.ES256, signing.TypeJWT, `{}`), signing.TypeJWT); !errors.Is(err, signing.ErrToken) {
		t.Errorf("got %v", err)
	}
}

// Nothing passes but what was signed, however close it comes.
func FuzzVerify(f *testing.F) {
	k, _ := newKeeper(f)
	signed := map[string]string{}
	for _, claims := range []string{`{"sub":"usr_1"}`, `{}`, `{"a":[1,2,{"b":null}]}`} {
		for _, alg := range everyAlgorithm {
			token := sign(f, k, alg, signing.TypeAccessToken, claims)
			signed[token[:strings.LastIndexByte(token, '.')]] = claims
			f.Add(token)
			f.Add(forge(token, 0, b64(`{"alg":"none"}`)))
			f.Add(forge(token, 2, ""))
		}
	}
	f.Add("a.b.c")
	f.Add("...")
	f.Fuzz(func(t *testing.T, token string) {
		claims, err := k.Verify(token, signing.TypeAccessToken)
		if err != nil {
			if claims != nil {
				t.Error("claims came with an error")
			}
			return
		}
		want, ok := signed[token[:strings.LastIndexByte(token, '.')]]
		if !ok || string(claims) != want || !json.Valid(claims) {
			t.Errorf("%q passed with %s", token, claims)
		}
	})
}
