package cimd

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"clientele/internal/audit"
	"clientele/internal/jwk"
	"clientele/internal/outbound"
	"clientele/internal/outbound/outboundtest"
	"clientele/internal/registry"
)

func publicJWK(t testing.TB, kid string) string {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(jwk.Key{Public: private.Public(), ID: kid, Algorithm: "ES256", Use: "sig"})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func keySet(keys ...string) []byte { return []byte(`{"keys":[` + strings.Join(keys, ",") + `]}`) }

func TestTheKeysOfADocumentAreNamedByTheirThumbprints(t *testing.T) {
	net := outboundtest.New(t)
	one, two := publicJWK(t, "one"), publicJWK(t, "")
	net.Host("app.example.com").JSON("/jwks.json", keySet(one, two, one), "Cache-Control", "max-age=3600")
	set, err := fetcherOn(net).keys(t.Context(), "https://app.example.com/jwks.json", outbound.Known)
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 2 || set.Keys[0].KID != "one" || set.Hash == "" || set.DueAt.Sub(set.At).Hours() != 1 {
		t.Fatalf("the set is %+v", set)
	}
	for _, k := range set.Keys {
		if k.ID != k.Thumbprint || len(k.ID) != 43 || !k.Active || k.Source != registry.FromDocument || k.Algorithm != "ES256" || !k.Usable(fetchedAt) {
			t.Errorf("a key is %+v", k)
		}
	}
}

func TestAKeySetIsLookedAtLongBeforeItsKeysStopToCount(t *testing.T) {
	net := outboundtest.New(t)
	net.Host("app.example.com").JSON("/jwks.json", keySet(publicJWK(t, "one")), "Cache-Control", "max-age=86400")
	set, err := fetcherOn(net).keys(t.Context(), "https://app.example.com/jwks.json", outbound.Known)
	if err != nil || set.DueAt.Sub(set.At) != registry.LastKnownGood/2 {
		t.Errorf("due after %s, %v", set.DueAt.Sub(set.At), err)
	}
}

func TestKeysThatCannotBeUsedAreSkippedAndTold(t *testing.T) {
	keys, bad, failure := readKeys(keySet(publicJWK(t, "good"), `{"kty":"EC","crv":"secp256k1"}`, `{"kty":"RSA","n":"AQAB","e":"AQAB"}`), fetchedAt)
	if failure != nil || len(keys) != 1 || len(bad) != 2 {
		t.Errorf("of the set %d keys count, %v do not, and: %v", len(keys), bad, failure)
	}
}

// An RSA key costs whoever verifies with it.
func TestAnRSAKeyOfADocumentHasAtMost4096Bits(t *testing.T) {
	for size, counts := range map[int]bool{512: true, 513: false} {
		modulus := bytes.Repeat([]byte{0xc5}, size)
		text := `{"kty":"RSA","e":"AQAB","n":"` + base64.RawURLEncoding.EncodeToString(modulus) + `"}`
		if keys, bad, _ := readKeys(keySet(publicJWK(t, "good"), text), fetchedAt); (len(keys) == 2) != counts || (len(bad) == 0) != counts {
			t.Errorf("of %d bytes: %d keys, %v", size, len(keys), bad)
		}
	}
}

func TestMoreKeysThanCountAreTold(t *testing.T) {
	var all []string
	for i := range registry.MaxKeys + 2 {
		all = append(all, publicJWK(t, fmt.Sprint("key", i)))
	}
	keys, bad, failure := readKeys(keySet(all...), fetchedAt)
	if failure != nil || len(keys) != registry.MaxKeys || len(bad) != 2 {
		t.Errorf("of the set %d keys count, %v do not, and: %v", len(keys), bad, failure)
	}
}

// CIMD-02 §4.1: private key material refuses the set, for it is lost.
func TestAKeySetThatCannotBeUsedIsRefused(t *testing.T) {
	good := publicJWK(t, "good")
	for _, c := range []struct {
		name, body string
		kind       audit.FailureKind
		says       string
	}{
		{"a private key", string(keySet(good, strings.Replace(good, "{", `{"d":"AQAB",`, 1))), audit.FailureDocument, "private"},
		{"a symmetric key", string(keySet(good, `{"kty":"oct","k":"AQAB"}`)), audit.FailureDocument, "private"},
		{"no key at all", `{"keys":[]}`, audit.FailureDocument, "no key"},
		{"no usable key", `{"keys":[{"kty":"EC","crv":"P-224"}]}`, audit.FailureDocument, "no key"},
		{"no keys member", `{}`, audit.FailureDocument, "keys"},
		{"one key instead of a set", good, audit.FailureDocument, "keys"},
		{"an array", `[]`, audit.FailureDocument, "JSON"},
		{"not JSON", `<html>`, audit.FailureNotJSON, "JSON"},
		{"keys twice", `{"keys":[],"keys":[]}`, audit.FailureDocument, "JSON"},
	} {
		_, _, failure := readKeys([]byte(c.body), fetchedAt)
		if failure == nil || failure.Kind != c.kind || !strings.Contains(failure.Message, c.says) || failure.Mend == "" {
			t.Errorf("%s: %+v", c.name, failure)
		}
	}
}

func TestAKeySetIsFetchedUnderTheSameGuardAsADocument(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	host.Handle("/away", http.RedirectHandler("https://127.0.0.1/", http.StatusFound))
	host.JSON("/big", strings.Repeat(" ", MaxKeySet+1))
	host.JSON("/plain", `{"keys":[]}`, "Content-Type", "text/plain")
	net.Resolve("internal.example.com", "10.0.0.1")
	for uri, kind := range map[string]audit.FailureKind{
		"https://internal.example.com/jwks.json":    audit.FailureAddress,
		"https://169.254.169.254/latest/meta-data/": audit.FailureAddress,
		"https://localhost/jwks.json":               audit.FailureURL,
		"http://app.example.com/jwks.json":          audit.FailureURL,
		"https://app.example.com:8443/jwks.json":    audit.FailurePolicy,
		"https://app.example.com/away":              audit.FailureRedirect,
		"https://app.example.com/big":               audit.FailureTooBig,
		"https://app.example.com/plain":             audit.FailureNotJSON,
		"https://app.example.com/absent":            audit.FailureStatus,
	} {
		_, err := fetcherOn(net).keys(t.Context(), uri, outbound.Known)
		if failure := wantFailure(t, err, kind); failure.Value != uri {
			t.Errorf("%s: the failure is about %q", uri, failure.Value)
		}
	}
}

func FuzzKeySetsNeverYieldAKeyThatIsNotPublic(f *testing.F) {
	f.Add(keySet(publicJWK(f, "a")))
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"AQAB"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"","e":"AQAB","d":"x"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		keys, _, failure := readKeys(body, fetchedAt)
		if (failure == nil) != (len(keys) > 0) || len(keys) > registry.MaxKeys {
			t.Fatalf("%d keys and %v", len(keys), failure)
		}
		for _, k := range keys {
			if k.Thumbprint == "" || len(k.Public.Algorithms()) == 0 {
				t.Errorf("a key is %+v", k)
			}
		}
	})
}
