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
		b.until(`document.querySelector("[data-findings]")?.innerText.includes("ID tokens are good for a week or more")`)
		b.judge("security-draft")
	})
	t.Run("one click mends", func(t *testing.T) {
		b := b.in(t)
		b.press("Save")
		b.see("Saved.")
		b.visit(page + "/security")
		b.see("ID tokens are good for a week or more")
		b.press("Set 10 hours")
		b.until(`!document.body.innerText.includes('ID tokens are good for a week or more')`)
		b.judge("security-less")
		b.visit(page + "/settings")
		if left := b.eval(`document.querySelector('[name="id_token.lifetime"]').value`); left == "8d" {
			t.Error("the lifetime is what it was")
		}
	})
}
