package account_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"clientele/internal/account"
)

func TestSpellingsOfOneAddressHaveOneKey(t *testing.T) {
	for spelling, want := range map[string]string{
		"Ada@Example.COM":                           "ada@example.com",
		"  ada@example.com\t":                       "ada@example.com",
		"ada@bücher.example":                        "ada@xn--bcher-kva.example",
		"ada@XN--BCHER-KVA.example":                 "ada@xn--bcher-kva.example",
		"ａｄａ＠example.com":                           "ada@example.com", // full width
		"ada@example。com":                           "ada@example.com", // ideographic full stop
		"zoe\u0308@example.com":                     "zoë@example.com",
		"ada+news@example.com":                      "ada+news@example.com",
		"a.d.a@example.com":                         "a.d.a@example.com",
		"\u212aelvin@example.com":                   "kelvin@example.com",
		"root@localhost":                            "root@localhost",
		"o'brien_1-2@mail.example":                  "o'brien_1-2@mail.example",
		"дарья@почта.рф":                            "дарья@xn--80a1acny.xn--p1ai",
		"STRASSE@example.com":                       "strasse@example.com",
		"a@" + strings.Repeat("b", 63) + ".example": "a@" + strings.Repeat("b", 63) + ".example",
	} {
		if got, err := account.EmailKey(spelling); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", spelling, got, err, want)
		}
	}
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "ada", "@", "ada@", "@example.com", "ada@@example.com", "ada b@example.com", "ada@exam ple.com", ".ada@example.com", "ada.@example.com",
		"a..da@example.com", "ada@example.com.", "ada@.example.com", "ada@-example.com", "ada@exa_mple.com", "ada@[127.0.0.1]", "ada@example.com:25",
		`"ada"@example.com`, "ada@example.com\nBcc: eve@example.com", "<ada@example.com>", "ada@example.com,eve@example.com", "ada@example/com",
		"ada\x00@example.com", "ada\u200b@example.com", "ada\u202e@example.com", "ada@example.com\xff", strings.Repeat("a", 65) + "@example.com",
		"a@" + strings.Repeat("b", 64) + ".example", "a@" + strings.Repeat("b.", 130) + "example", "https://id.example.com/@x y",
	} {
		if key, err := account.EmailKey(text); err == nil {
			t.Errorf("%q: got %q", text, key)
		}
	}
}

func TestAKeyIsItsOwnKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringOfN(rapid.Rune(), 1, 20, 40).Draw(t, "local")
		domain := rapid.SampledFrom([]string{"example.com", "Bücher.example", "localhost", "EXAMPLE。org"}).Draw(t, "domain")
		key, err := account.EmailKey(local + "@" + domain)
		if err != nil {
			return
		}
		if again, err := account.EmailKey(key); err != nil || again != key {
			t.Fatalf("%q has the key %q, and that %q, %v", local, key, again, err)
		}
	})
}
