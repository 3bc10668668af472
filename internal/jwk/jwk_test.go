package jwk_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"clientele/internal/jwk"
)

// The RSA key of RFC 7638 §3.1, with the thumbprint that stands there.
const (
	rfc7638Key = `{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs` +
		`tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhA` +
		`I4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`
	rfc7638Thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
)

// The Ed25519 key of RFC 8037 §A.2, with the thumbprint of §A.3.
const (
	rfc8037Key        = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	rfc8037Thumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
)

// The P-256 key of RFC 7515 §A.3.
const rfc7515Key = `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`

func parse(tb testing.TB, text string) jwk.Key {
	tb.Helper()
	k, err := jwk.Parse([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func TestTheThumbprintsOfTheRFCs(t *testing.T) {
	for text, want := range map[string]string{rfc7638Key: rfc7638Thumbprint, rfc8037Key: rfc8037Thumbprint} {
		if got, err := parse(t, text).Thumbprint(); err != nil || got != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
}

func everyKind(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	keys := map[string]crypto.Signer{}
	var err error
	for name, curve := range map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()} {
		if keys[name], err = ecdsa.GenerateKey(curve, rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	if keys["RSA"], err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if _, keys["Ed25519"], err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestAKeySurvivesTheWayOutAndIn(t *testing.T) {
	for name, private := range everyKind(t) {
		k, err := jwk.New(private.Public(), "")
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		back := parse(t, string(text))
		if !back.Public.(interface{ Equal(crypto.PublicKey) bool }).Equal(private.Public()) || back.ID != k.ID || back.Use != "sig" {
			t.Errorf("%s came back as %+v", name, back)
		}
		var theirs jose.JSONWebKey
		if err := theirs.UnmarshalJSON(text); err != nil || !theirs.IsPublic() {
			t.Errorf("%s: another library reads %v", name, err)
		}
		if sum, err := theirs.Thumbprint(crypto.SHA256); err != nil || base64.RawURLEncoding.EncodeToString(sum) != k.ID {
			t.Errorf("%s: another library has another thumbprint, %v", name, err)
		}
	}
}

func TestACoordinateKeepsItsLeadingZeros(t *testing.T) { // RFC 7518 §6.2.1.2
	for range 600 { // one in 128 has some
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		text, err := jwk.Key{Public: private.Public()}.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		parse(t, string(text))
	}
}

func TestWhatAKeyCanVerifyAndHowStrongItIs(t *testing.T) {
	for text, want := range map[string]struct {
		algorithms string
		bits       int
	}{
		rfc7638Key: {"RS256", 2048},
		strings.Replace(rfc7638Key, `"alg":"RS256",`, "", 1): {"RS256 RS384 RS512 PS256 PS384 PS512", 2048},
		rfc7515Key: {"ES256", 256},
		rfc8037Key: {"EdDSA Ed25519", 256},
	} {
		k := parse(t, text)
		if got := strings.Join(k.Algorithms(), " "); got != want.algorithms || k.Bits() != want.bits {
			t.Errorf("%s, %d bits; want %s, %d bits", got, k.Bits(), want.algorithms, want.bits)
		}
	}
}

func TestAPrivateOrSymmetricKeyIsRefused(t *testing.T) {
	for _, text := range []string{
		strings.Replace(rfc8037Key, "{", `{"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",`, 1),
		strings.Replace(rfc7515Key, "{", `{"d":null,`, 1),
		strings.Replace(rfc7638Key, "{", `{"p":"x",`, 1),
		`{"kty":"oct","k":"AAAA"}`,
		`{"kty":"oct"}`,
	} {
		if _, err := jwk.Parse([]byte(text)); !errors.Is(err, jwk.ErrPrivate) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestABadKeyIsRefusedWithTheReason(t *testing.T) {
	shortRSA := base64.RawURLEncoding.EncodeToString(new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 1024), big.NewInt(1)).Bytes())
	hugeRSA := base64.RawURLEncoding.EncodeToString(new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 9000), big.NewInt(1)).Bytes())
	for name, test := range map[string]struct{ text, want string }{
		"no kty":                     {`{}`, "no kty"},
		"an unknown kty":             {`{"kty":"PQ"}`, "key type"},
		"an array":                   {`[]`, "not an object"},
		"a member twice":             {strings.Replace(rfc8037Key, "{", `{"kty":"RSA",`, 1), "twice"},
		"a member in capitals":       {strings.Replace(rfc8037Key, `"x"`, `"X"`, 1), "case-sensitive"},
		"for encryption":             {strings.Replace(rfc8037Key, "{", `{"use":"enc",`, 1), "not for signatures"},
		"key_ops without verify":     {strings.Replace(rfc8037Key, "{", `{"key_ops":["encrypt"],`, 1), "key_ops"},
		"an alg of another type":     {strings.Replace(rfc8037Key, "{", `{"alg":"RS256",`, 1), "does not fit"},
		"an alg that is symmetric":   {strings.Replace(rfc7638Key, "RS256", "HS256", 1), "does not fit"},
		"alg none":                   {strings.Replace(rfc7638Key, "RS256", "none", 1), "does not fit"},
		"1024 bits":                  {`{"kty":"RSA","e":"AQAB","n":"` + shortRSA + `"}`, "1024 bits; the least"},
		"9000 bits":                  {`{"kty":"RSA","e":"AQAB","n":"` + hugeRSA + `"}`, "9000 bits; the most"},
		"e of 1":                     {strings.Replace(rfc7638Key, "AQAB", "AQ", 1), "no odd number"},
		"an even e":                  {strings.Replace(rfc7638Key, "AQAB", "BA", 1), "no odd number"},
		"an endless e":               {strings.Replace(rfc7638Key, "AQAB", "AQAAAAAAAAAB", 1), "no odd number"},
		"padding":                    {strings.Replace(rfc7638Key, "AQAB", "AQAB=", 1), "base64url"},
		"no n":                       {`{"kty":"RSA","e":"AQAB"}`, "has no n"},
		"a curve for agreement":      {strings.Replace(rfc8037Key, "Ed25519", "X25519", 1), "only Ed25519"},
		"a curve nobody asked for":   {strings.Replace(rfc7515Key, "P-256", "secp256k1", 1), "the curve"},
		"coordinates of other sizes": {strings.Replace(rfc7515Key, "P-256", "P-384", 1), "coordinates of 32 and 32 bytes"},
		"a point beside the curve":   {strings.Replace(rfc7515Key, `"x":"f8`, `"x":"f9`, 1), "not on P-256"},
		"a short Ed25519 key":        {`{"kty":"OKP","crv":"Ed25519","x":"AAAA"}`, "an x of 3 bytes"},
		"x that is a number":         {`{"kty":"OKP","crv":"Ed25519","x":1}`, "a string should stand"},
	} {
		t.Run(name, func(t *testing.T) {
			if k, err := jwk.Parse([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v, %v; want %q", k, err, test.want)
			}
		})
	}
}

func TestUnknownMembersAreIgnored(t *testing.T) { // RFC 7517 §4
	parse(t, strings.Replace(rfc8037Key, "{", `{"x5t":"abc","colour":["red"],`, 1))
}

func TestASetGivesItsGoodKeysAndTheReasonsForTheBad(t *testing.T) { // RFC 7517 §5
	keys, bad, err := jwk.ParseSet([]byte(`{"keys":[` + rfc7638Key + `,{"kty":"PQ"},` + rfc8037Key + `],"more":1}`))
	if err != nil || len(keys) != 2 || len(bad) != 1 || bad[0].Index != 1 || keys[0].ID != "2011-04-29" {
		t.Errorf("got %d keys, %+v, %v", len(keys), bad, err)
	}
	for name, text := range map[string]string{
		"a private key among them": `{"keys":[` + rfc7638Key + `,{"kty":"oct","k":"AAAA"}]}`,
		"no keys":                  `{}`,
		"a bare key":               rfc7638Key,
		"101 keys":                 `{"keys":[` + strings.Repeat(rfc8037Key+",", 100) + rfc8037Key + `]}`,
	} {
		if _, _, err := jwk.ParseSet([]byte(text)); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

// What is accepted is public, verifies something, and means the same after a round trip.
func FuzzParse(f *testing.F) {
	f.Add([]byte(rfc7638Key))
	f.Add([]byte(rfc8037Key))
	f.Add([]byte(rfc7515Key))
	f.Add([]byte(`{"keys":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, _ = jwk.ParseSet(data)
		k, err := jwk.Parse(data)
		if err != nil {
			return
		}
		if len(k.Algorithms()) == 0 || k.Bits() < 256 {
			t.Errorf("%s is good for nothing", data)
		}
		text, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		back, err := jwk.Parse(text)
		if err != nil {
			t.Fatalf("%s became %s: %v", data, text, err)
		}
		one, _ := k.Thumbprint()
		two, _ := back.Thumbprint()
		if one != two || k.ID != back.ID || k.Algorithm != back.Algorithm {
			t.Errorf("%s became %s", data, text)
		}
	})
}
