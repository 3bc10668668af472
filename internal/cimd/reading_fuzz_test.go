package cimd

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Whatever bytes come: the reading is the same each time, everything in it can be shown, and what is usable is something
// that the registry takes and that gives nobody a secret.
func FuzzReadDocument(f *testing.F) {
	for _, fixture := range fixtures {
		u, body := published(f, fixture.file)
		f.Add(strings.Replace(string(body), u.String(), clientURL, 1))
	}
	f.Add(with(`"client_secret":null`))
	f.Add(with(`"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"one"}]}`))
	f.Add(with(`"client_name":"\u202eA\u0301","description":"<b>","logo_uri#fr":"javascript:x","software_statement":"a.e30.b"`))
	f.Add(withRedirects("", "http://localhost:*/", "com.example.app:/cb", "https://*.example.com/cb"))
	f.Fuzz(func(t *testing.T, body string) {
		u := parsedURL(t)
		r, err := ReadDocument(u, []byte(body), usual)
		again, errAgain := ReadDocument(u, []byte(body), usual)
		if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() {
			t.Fatalf("%v, then %v", err, errAgain)
		}
		if err != nil {
			if f, ok := errors.AsType[*Failure](err); !ok || f.Kind == "" || f.Mend == "" || !utf8.ValidString(f.Message) {
				t.Errorf("%v is no failure that can be told", err)
			}
			return
		}
		first, _ := json.Marshal(r)
		second, _ := json.Marshal(again)
		if string(first) != string(second) {
			t.Error("two readings differ")
		}
		everyMemberHasARow(t, r, []byte(body))
		for _, row := range r.Rows {
			for _, v := range row.Values {
				if display(v.Text) != v.Text && !strings.Contains(v.Text, "…") || utf8.RuneCountInString(v.Text) > 201*10 {
					t.Errorf("%q cannot be shown", v.Text)
				}
			}
		}
		if r.Usable() {
			isAcceptable(t, r)
		}
	})
}

func isAcceptable(t *testing.T, r *Reading) {
	t.Helper()
	m := r.Mapped
	if broken := registry.JudgeMapped(m, usual.Registry); len(broken) > 0 {
		t.Errorf("the registry has against it: %+v", broken)
	}
	for _, method := range m.AuthMethods {
		if method != oauth.AuthNone && method != oauth.AuthPrivateKeyJWT {
			t.Errorf("the method %s", method)
		}
	}
	if slices.Contains(m.AuthMethods, oauth.AuthPrivateKeyJWT) != (m.JWKSURI != "" || len(m.Keys) > 0) {
		t.Errorf("methods %v, keys at %q and %d inline", m.AuthMethods, m.JWKSURI, len(m.Keys))
	}
	for _, text := range m.RedirectURIs {
		if _, err := oauth.ParseRedirectURI(text); err != nil || strings.Contains(text, "*") {
			t.Errorf("the redirect URI %s: %v", text, err)
		}
	}
	if m.Name == "" || cleanText(m.Name, maxNameGraphemes, registry.MaxName) != m.Name || m.Type == "" || len(m.GrantTypes) == 0 {
		t.Errorf("%+v", m)
	}
}
