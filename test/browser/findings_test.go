package browser

import (
	"strings"
	"testing"
)

// The security check of an application: its tab, one click that mends, and what it says while somebody types.
func TestSecurityCheck(t *testing.T) {
	s, b, page := withApplication(t)
	s.cli("", "apps", "update", page[strings.LastIndex(page, "/")+1:], "--no-pkce", "--add-redirect-uri", "http://localhost:3000/cb")
	b.visit(page + "/security")
	b.see("PKCE is not required")
	b.judge("security")

	t.Run("settings are checked while they are typed", func(t *testing.T) {
		b := b.in(t)
		b.visit(page + "/settings")
		b.fill("id_token.lifetime", "8d")
		b.script(`document.querySelector('[name="id_token.lifetime"]').dispatchEvent(new Event("input", {bubbles: true}))`)
		b.until(`document.querySelector("[data-findings]")?.innerText.includes("ID tokens are good for a week or more")`)
		b.judge("security-draft")
	})
	t.Run("one click mends", func(t *testing.T) {
		b := b.in(t)
		s.cli("", "apps", "update", page[strings.LastIndex(page, "/")+1:], "--pkce")
		b.visit(page + "/advanced")
		b.visit(page + "/security")
		b.see("In order")
		b.judge("security-less")
	})
}
