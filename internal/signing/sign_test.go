package signing_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"clientele/internal/signing"
)

var everyAlgorithm = []signing.Algorithm{signing.RS256, signing.ES256, signing.PS256, signing.EdDSA}

func TestOthersVerifyWhatWeSignWithThePublishedKeys(t *testing.T) {
	k, _ := newKeeper(t)
	const claims = `{"sub":"usr_1","aud":"https://orders.example.com/"}`
	for _, alg := range everyAlgorithm {
		t.Run(string(alg), func(t *testing.T) {
			token := sign(t, k, alg, signing.TypeAccessToken, claims)
			var set jose.JSONWebKeySet
			if err := json.Unmarshal(k.JWKS(), &set); err != nil {
				t.Fatal(err)
			}
			parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
			if err != nil {
				t.Fatal(err)
			}
			header := parsed.Signatures[0].Header
			if header.ExtraHeaders["typ"] != "at+jwt" || header.Algorithm != string(alg) {
				t.Errorf("the header is %+v", header)
			}
			keys := set.Key(header.KeyID)
			if len(keys) != 1 || keys[0].Algorithm != string(alg) || keys[0].Use != "sig" || !keys[0].IsPublic() {
				t.Fatalf("the set has %+v for kid %s", keys, header.KeyID)
			}
			got, err := parsed.Verify(keys[0])
			if err != nil || string(got) != claims {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

func TestASignatureOfES256HasAlways64Bytes(t *testing.T) { // RFC 7518 §3.4
	k, _ := newKeeper(t)
	for range 600 { // one in 128 has a short R or S
		token := sign(t, k, signing.ES256, signing.TypeJWT, `{}`)
		raw, err := base64.RawURLEncoding.DecodeString(token[strings.LastIndexByte(token, '.')+1:])
		if err != nil || len(raw) != 64 {
			t.Fatalf("%d bytes, %v", len(raw), err)
		}
		if _, err := k.Verify(token, signing.TypeJWT); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheKidIsTheThumbprintOfTheKey(t *testing.T) { // RFC 7638
	k, _ := newKeeper(t)
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(k.JWKS(), &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 3 {
		t.Fatalf("%d keys", len(set.Keys))
	}
	for _, key := range set.Keys {
		sum, err := key.Thumbprint(5) // crypto.SHA256
		if err != nil || base64.RawURLEncoding.EncodeToString(sum) != key.KeyID {
			t.Errorf("kid %s, thumbprint %x, %v", key.KeyID, sum, err)
		}
	}
}

func TestEdDSAIsPublishedUnderBothOfItsNames(t *testing.T) { // RFC 9864 §2.2
	k, _ := newKeeper(t)
	eddsa := sign(t, k, signing.EdDSA, signing.TypeJWT, `{}`)
	ed25519 := sign(t, k, signing.Ed25519, signing.TypeJWT, `{}`)
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(k.JWKS(), &set); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, key := range set.Keys {
		names[key.Algorithm] = key.KeyID
	}
	if names["EdDSA"] == "" || names["Ed25519"] != names["EdDSA"]+".Ed25519" {
		t.Errorf("published as %v", names)
	}
	for _, token := range []string{eddsa, ed25519} {
		if _, err := k.Verify(token, signing.TypeJWT); err != nil {
			t.Error(err)
		}
	}
	if len(inState(k, signing.EdDSA, signing.Current)) != 1 {
		t.Error("the two names have one key")
	}
}

func TestAnAlgorithmIsAdvertisedOnceItIsChosen(t *testing.T) {
	k, _ := newKeeper(t)
	if got := fmt.Sprint(k.Algorithms()); got != "[RS256 ES256 PS256]" {
		t.Fatalf("at first %v", got)
	}
	tag := k.JWKSTag()
	if err := k.Ensure(t.Context(), signing.EdDSA); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(k.Algorithms()); got != "[RS256 ES256 PS256 EdDSA Ed25519]" {
		t.Errorf("then %v", got)
	}
	if k.JWKSTag() == tag {
		t.Error("the set changed and its tag did not")
	}
}

func TestAnUnknownAlgorithmIsRefused(t *testing.T) {
	k, s := newKeeper(t)
	for _, alg := range []signing.Algorithm{"none", "HS256", "", "rs256"} {
		if _, err := k.Sign(t.Context(), alg, signing.TypeJWT, []byte(`{}`)); !errors.Is(err, signing.ErrAlgorithm) {
			t.Errorf("%q: %v", alg, err)
		}
	}
	if len(s.keys) != 3 {
		t.Errorf("%d keys", len(s.keys))
	}
}

func TestPrivateKeysAreKeptSealed(t *testing.T) {
	_, s := newKeeper(t)
	for _, key := range s.keys {
		var public map[string]any
		if err := json.Unmarshal([]byte(key.PublicJWK), &public); err != nil {
			t.Fatal(err)
		}
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if _, ok := public[private]; ok {
				t.Errorf("%s has %s in clear", key.ID, private)
			}
		}
		if !newMaster(t).Sealed(key.Sealed) {
			t.Errorf("%s is not sealed under the master key", key.ID)
		}
	}
}

func TestSigningAllocatesLittleBesidesTheSignature(t *testing.T) {
	k, _ := newKeeper(t)
	claims := []byte(`{"iss":"https://id.example.com/","sub":"usr_1","aud":"https://orders.example.com/"}`)
	for alg, most := range map[signing.Algorithm]float64{signing.ES256: 67, signing.RS256: 25} {
		got := testing.AllocsPerRun(50, func() { sign(t, k, alg, signing.TypeAccessToken, string(claims)) })
		t.Logf("%s: %.0f allocations", alg, got)
		if got > most {
			t.Errorf("%s allocates %.0f times, at most %.0f", alg, got, most)
		}
	}
}
