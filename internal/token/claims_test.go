package token

import (
	"encoding/json"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/signing"
	"clientele/internal/strictjson"
)

// The examples of OpenID Connect Core 1.0 §A.3 and §A.4; a c_hash is made as an at_hash is.
func TestOpenIDConnectCore_3_1_3_6_HalfHash(t *testing.T) {
	for token, want := range map[string]string{
		"jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y":                "77QmUPtjPfzWtF2AnpK9RQ",
		"Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk": "LDktKdoQak3Pk0cnXxCltA",
	} {
		for _, alg := range []signing.Algorithm{signing.RS256, signing.ES256, signing.PS256} {
			if got := halfHash(alg, token); got != want {
				t.Errorf("%s: %s, want %s", alg, got, want)
			}
		}
	}
	if got := halfHash(signing.EdDSA, "x"); len(got) != 43 {
		t.Errorf("Ed25519 hashes with SHA-512, half of which is 32 bytes: %s", got)
	}
}

// Claims are JSON whatever a person typed, and none stands twice.
func TestClaimsAreJSONWhateverIsInThem(t *testing.T) {
	g := &grant.Grant{ID: "g1", SessionID: "ses_1", ACR: "urn:\"x\"", AMR: []string{"pwd", "<b>"}, AuthTime: time.Unix(1, 0), Nonce: "a\"b\\c\x01é"}
	id := idClaims{
		issuer: "https://id.example/", client: "https://client.example/a\"b", grant: g,
		user:   account.User{ID: "usr_1", Name: "Ada \"the\" Countess\n</script>", Email: "ada@example.com"},
		scopes: oauth.Scopes{"openid", "profile", "email"}, nonce: g.Nonce, accessToken: "x", algorithm: signing.RS256, now: time.Unix(2, 0), lifetime: time.Hour,
	}
	access := accessClaims{
		issuer: "https://id.example/", audience: []string{"https://api.example/\"", "b"}, subject: "usr_1", client: "c\\", scopes: oauth.Scopes{"a"},
		handle: "g1", grant: g, now: time.Unix(2, 0), lifetime: time.Hour,
	}
	for name, raw := range map[string][]byte{"id": id.json(), "rfc9068": access.rfc9068(), "auth0": access.auth0()} {
		var claims map[string]any
		if err := json.Unmarshal(raw, &claims); err != nil {
			t.Fatalf("%s: %v in %s", name, err, raw)
		}
		if err := strictjson.Check(raw); err != nil {
			t.Errorf("%s: %v in %s", name, err, raw)
		}
		if claims["exp"] != 3602.0 || claims["iat"] != 2.0 || claims["sub"] != "usr_1" {
			t.Errorf("%s: got %s", name, raw)
		}
	}
}
