package oauth

import (
	"strings"
	"testing"
)

// RFC 8707 §2: an absolute URI, without a fragment; its text stays as it is.
func TestRFC8707_2_ResourceIsAnAbsoluteURIWithoutFragment(t *testing.T) {
	for _, s := range []string{"https://api.example.com", "https://api.example.com/v1/?x=y", "urn:example:orders", "https://MCP.example.com/"} {
		if got, err := ParseResource(s); err != nil || got != s {
			t.Errorf("%s gives %q, %v", s, got, err)
		}
	}
	for _, s := range []string{
		"", "orders", "/orders", "//api.example.com", "https:", "https://api.example.com/#", "https://api.example.com/#x",
		"https://api.example.com/a b", "https://api.example.com/\n", "https://ápi.example.com/", "https://api.example.com/" + strings.Repeat("a", MaxResourceLength),
	} {
		if _, err := ParseResource(s); err == nil || err.Code != CodeInvalidTarget {
			t.Errorf("%q gives %v", s, err)
		}
	}
}
