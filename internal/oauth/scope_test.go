package oauth

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestScopeToleratesExtraSpacesAndKeepsTheOrder(t *testing.T) {
	set, err := ParseScope("  openid  read:orders openid   write:orders ")
	if err != nil || set.String() != "openid read:orders write:orders" {
		t.Errorf("%q, %v", set, err)
	}
	if set, err := ParseScope("   "); err != nil || len(set) != 0 {
		t.Errorf("blanks give %q, %v", set, err)
	}
}

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ).
func TestRFC6749_3_3_ScopeTokenCharacters(t *testing.T) {
	for c := range 256 {
		legal := c == 0x21 || 0x23 <= c && c <= 0x5b || 0x5d <= c && c <= 0x7e
		if got := ValidScope("a" + string([]byte{byte(c)}) + "b"); got != legal {
			t.Errorf("a scope with %#x is valid: %v", c, got)
		}
	}
	for _, s := range []string{"a\tb", "a\nb", `a"b`, `a\b`, "ä", "a\x00", strings.Repeat("a", MaxScopeLength+1)} {
		if _, err := ParseScope(s); err == nil || err.Code != CodeInvalidScope {
			t.Errorf("scope %q gives %v", s, err)
		}
	}
}

func TestAScopeOfManyValuesIsBounded(t *testing.T) {
	var sb strings.Builder
	for i := range MaxScopes + 1 {
		sb.WriteString(strings.Repeat("a", i%100+1) + strings.Repeat("b", i/100+1) + " ")
	}
	if _, err := ParseScope(sb.String()); err == nil || err.Code != CodeInvalidScope {
		t.Errorf("%d scopes give %v", MaxScopes+1, err)
	}
}

func TestScopesAreSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sets := rapid.Custom(func(t *rapid.T) Scopes {
			set, err := ParseScope(strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a-d]{1,2}`), 0, 8).Draw(t, "values"), " "))
			if err != nil {
				t.Fatal(err)
			}
			return set
		})
		a, b := sets.Draw(t, "a"), sets.Draw(t, "b")
		both, rest, all := a.And(b), a.Without(b), a.Or(b)
		if !a.Covers(both) || !b.Covers(both) || !a.Covers(rest) || !all.Covers(a) || !all.Covers(b) {
			t.Fatalf("a %q b %q: and %q, without %q, or %q", a, b, both, rest, all)
		}
		if len(both)+len(rest) != len(a) || len(all) != len(a)+len(b.Without(a)) {
			t.Fatalf("a %q b %q: and %q, without %q, or %q", a, b, both, rest, all)
		}
		if a.Covers(b) != (len(b.Without(a)) == 0) {
			t.Fatalf("a %q covers b %q: %v", a, b, a.Covers(b))
		}
		again, err := ParseScope(a.String())
		if err != nil || !slices.Equal(again, a) {
			t.Fatalf("%q reads as %q, %v", a, again, err)
		}
	})
}

func FuzzScope(f *testing.F) {
	for _, s := range []string{"", " ", "openid profile", "a a", "a\"", "ä", "read:orders  write:orders"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		set, err := ParseScope(s)
		if err != nil {
			if err.Code != CodeInvalidScope || len(set) != 0 || strings.Contains(err.Description, s) && len(s) > 20 {
				t.Fatalf("%q gives %q, %v", s, set, err)
			}
			return
		}
		for i, value := range set {
			if !ValidScope(value) || slices.Contains(set[:i], value) {
				t.Fatalf("%q gives %q", s, set)
			}
		}
		again, err := ParseScope(set.String())
		if err != nil || !slices.Equal(again, set) {
			t.Fatalf("%q reads as %q, then as %q, %v", s, set, again, err)
		}
	})
}
