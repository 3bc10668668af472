package management

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/secret"
)

// Whatever a program sends as a change, it is either refused with a reason or applied to an application that can be
// answered again, and what is answered can be sent back.
func FuzzClientPatch(f *testing.F) {
	for _, seed := range []string{
		`{"name":"X"}`, `{"client_metadata":{"a":null,"b":"c"}}`, `{"callbacks":["https://a.example/cb"],"grant_types":[]}`,
		`{"refresh_token":null,"jwt_configuration":{"alg":"ES256"}}`, `{"token_endpoint_auth_method":null,"addons":{"a":[1,2,{"b":null}]}}`,
		`{"refresh_token":{"rotation_type":"rotating","expiration_type":"expiring","leeway":0,"token_lifetime":9007199254740991}}`,
		`{"jwt_configuration":{"lifetime_in_seconds":1e300}}`, `{"name":"\u003c","name":"x"}`, `[{"a":1}]`, `{"par_request_expiry":1.0}`,
	} {
		f.Add([]byte(seed))
	}
	schemas, patch := clientPatchSchema()
	f.Fuzz(func(t *testing.T, raw []byte) {
		var change clientPatch
		if fault := decode(schemas, patch, raw, &change); fault != nil {
			if fault.StatusCode != http.StatusBadRequest || fault.Message == "" || strings.ContainsAny(fault.Message, "\x00\n\r\t") {
				t.Fatalf("refused badly: %+v", fault)
			}
			return
		}
		change.raw = raw
		app := registry.Defaults(registry.RegularWeb, registry.FirstParty, nil)
		app.Name, app.Metadata = "Before", map[string]string{"a": "b"}
		if faults := (*clientBody)(&change).apply(&app); len(faults) > 0 {
			return
		}
		answered, err := json.Marshal(ClientJSON(&app, secret.Secret{}))
		if err != nil {
			t.Fatalf("cannot be answered: %v", err)
		}
		var back clientPatch
		if fault := decode(schemas, patch, answered, &back); fault != nil {
			t.Fatalf("the answer cannot be sent back: %v\n%s", fault, answered)
		}
	})
}
