package endpoint_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/account"
	"clientele/internal/endpoint"
	"clientele/internal/oauth"
)

func TestAnObjectIsJSON(t *testing.T) {
	o := endpoint.NewObject(0)
	o.String("s", "a\"\\\n\x01é😀</script>\u2028")
	o.Strings("many", []string{"x", "y"})
	o.Strings("none", nil)
	o.Int("n", -7)
	o.Bool("b", true)
	o.String("bad", "a\xffb")
	var got map[string]any
	if err := json.Unmarshal(o.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"s": "a\"\\\n\x01é😀</script>\u2028", "many": []any{"x", "y"}, "none": []any{}, "n": -7.0, "b": true, "bad": "a\ufffdb",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := string(endpoint.NewObject(0).Bytes()); got != "{}" {
		t.Errorf("an empty object is %s", got)
	}
}

// Whatever a string holds, encoding/json reads back what went in, or U+FFFD where it was not UTF-8.
func FuzzObjectString(f *testing.F) {
	for _, seed := range []string{"", "a", "\"", "\\", "\x00\x1f", "é", "\xff\xfe", "a\xc3", "\ud7ff\ufffd"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o := endpoint.NewObject(0)
		o.String("s", s)
		body := o.Bytes()
		var got map[string]string
		if err := json.Unmarshal(body, &got); err != nil || !utf8.Valid(body) {
			t.Fatalf("%q: %v", body, err)
		}
		var want strings.Builder
		for _, r := range s { // an invalid byte is U+FFFD to range
			want.WriteRune(r)
		}
		if got["s"] != want.String() {
			t.Errorf("%q became %q", s, got["s"])
		}
	})
}

func TestOpenIDConnectCore_5_4_ClaimsFollowScopes(t *testing.T) {
	u := account.User{ID: "usr_1", Email: "ada@example.com", EmailVerified: true, Name: "Ada", UpdatedAt: time.Unix(1700000000, 0)}
	for scope, want := range map[string]map[string]any{
		"openid":               {"sub": "usr_1"},
		"openid profile":       {"sub": "usr_1", "name": "Ada", "updated_at": 1.7e9},
		"openid email":         {"sub": "usr_1", "email": "ada@example.com", "email_verified": true},
		"openid profile email": {"sub": "usr_1", "name": "Ada", "updated_at": 1.7e9, "email": "ada@example.com", "email_verified": true},
	} {
		o := endpoint.NewObject(0)
		o.Person(u, oauth.Scopes(strings.Fields(scope)))
		var got map[string]any
		if err := json.Unmarshal(o.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", scope, diff)
		}
		for name := range got {
			if !strings.Contains(" "+strings.Join(endpoint.PersonClaims, " ")+" ", " "+name+" ") {
				t.Errorf("the claim %s is not advertised", name)
			}
		}
	}
}
