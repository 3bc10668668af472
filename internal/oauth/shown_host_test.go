package oauth

import (
	"strings"
	"testing"
)

func TestAHostIsShownWithItsOwnerLastAndWhole(t *testing.T) {
	long := strings.Repeat("accounts-google-com.", 10) + "evil.example.com"
	for in, want := range map[string]ShownHost{
		"claude.ai":                 {Domain: "claude.ai"},
		"www.claude.ai":             {Front: "www.", Domain: "claude.ai"},
		"a.b.co.uk:8443":            {Front: "a.", Domain: "b.co.uk", Port: ":8443"},
		"me.github.io":              {Domain: "me.github.io"},
		"github.io":                 {Domain: "github.io"},
		"localhost:49152":           {Domain: "localhost", Port: ":49152"},
		"127.0.0.1:7777":            {Domain: "127.0.0.1", Port: ":7777"},
		"[::1]:80":                  {Domain: "[::1]", Port: ":80"},
		"[::1]":                     {Domain: "[::1]"},
		"xn--bcher-kva.example.com": {Front: "xn--bcher-kva.", Domain: "example.com", Written: "bücher.example.com"},
		"xn--80ak6aa92e.com":        {Domain: "xn--80ak6aa92e.com", Written: "аррӏе.com"},
		"xn--pple-43d.com":          {Domain: "xn--pple-43d.com", Written: "аpple.com", Mixed: true},
		"xn--eckwd4c7c.jp":          {Domain: "xn--eckwd4c7c.jp", Written: "ドメイン.jp"},
		long:                        {Front: "…" + strings.Repeat("accounts-google-com.", 10)[160:] + "evil.", Domain: "example.com"},
	} {
		if in == long {
			got := ShowHost(in)
			if got.Domain != want.Domain || !strings.HasPrefix(got.Front, "…") || !strings.HasSuffix(got.Front, "evil.") || len([]rune(got.Front)) != maxFront+1 {
				t.Errorf("%s is shown as %+v", in, got)
			}
			continue
		}
		if got := ShowHost(in); got != want {
			t.Errorf("%s is shown as %+v, want %+v", in, got, want)
		}
	}
}

func TestTwoHostsOfOneOwner(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"claude.ai", "claude.ai"}: true, {"claude.ai", "www.claude.ai"}: true, {"claude.ai", "claude.com"}: false,
		{"a.github.io", "b.github.io"}: false, {"localhost", "localhost"}: true, {"127.0.0.1", "127.0.0.2"}: false, {"co.uk", "a.co.uk"}: false,
	} {
		if got := SameSite(pair[0], pair[1]); got != want {
			t.Errorf("%v: %v", pair, got)
		}
	}
}
