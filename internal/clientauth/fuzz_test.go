package clientauth_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"clientele/internal/clientauth"
	"clientele/internal/oauth"
)

// Whatever is sent as an assertion, only one that a registered key signed lets anybody in, every other is invalid_client, and
// nothing that was sent comes back.
func FuzzAssertion(f *testing.F) {
	good := draft{}.sign(f)
	parts := strings.Split(good, ".")
	encode := base64.RawURLEncoding.EncodeToString
	for _, seed := range []string{
		good, draft{key: "ed", alg: "Ed25519"}.sign(f), draft{header: map[string]any{"typ": "at+jwt"}}.sign(f),
		encode([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", encode([]byte(`{"alg":"ES256","crit":["exp"]}`)) + "." + parts[1] + "." + parts[2],
		encode([]byte(`{"alg":"ES256","jwk":{"kty":"EC"}}`)) + "." + parts[1] + "." + parts[2], parts[0] + "..", "..", "a.b.c.d.e", "{}",
		parts[0] + "." + encode([]byte(`{"iss":"x","sub":"x","aud":["a"],"exp":1e999,"jti":"\u0000"}`)) + "." + parts[2],
	} {
		f.Add(seed, clientauth.AssertionType, keyed)
	}
	f.Add(good, "", "")
	f.Fuzz(func(t *testing.T, text, kind, client string) {
		d := newDeskWith(t, "p256", "ed")
		caller, err := d.Authenticate(t.Context(), clientauth.Credentials{AssertionType: kind, Assertion: text, ClientID: client, Door: "token"})
		if err == nil {
			if caller.Application == nil || caller.Method == oauth.AuthPrivateKeyJWT && (caller.KeyThumbprint == "" || len(d.once.seen) != 1) {
				t.Errorf("%q let in %+v", text, caller)
			}
			return
		}
		if err.Code != oauth.CodeInvalidClient || caller.Application != nil {
			t.Errorf("%q: %v", text, err)
		}
		if len(text) > 20 && strings.Contains(err.Description, text) {
			t.Errorf("the answer to %q repeats it", text)
		}
		for _, trace := range d.traces.traces {
			if trace.Rule == "" || trace.Message == "" || trace.Mend == "" || len(trace.Value) > 200 || len(trace.ClientID) > 600 {
				t.Errorf("%q left %+v", text, trace)
			}
		}
	})
}
