package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
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
	t.Run("the check stands beside the form of a wide page and under it else, and moves nothing when it answers", func(t *testing.T) { besideTheForm(t, b) })
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

// besideTheForm looks at the settings, which are open with something typed that the check speaks of.
func besideTheForm(t *testing.T, first *tab) {
	b := first.in(t)
	wide := func(width int64) {
		call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1})
	}
	t.Cleanup(func() { call(b, emulation.ClearDeviceMetricsOverride, cdp.Empty{}) })
	at := func(selector string) string {
		return `document.querySelector('` + selector + `').getBoundingClientRect()`
	}
	for _, width := range []int64{1200, 1440} {
		wide(width)
		b.until(at("#security-check") + `.left >= ` + at("#settings") + `.right`)
		b.script(`scrollTo(0, document.body.scrollHeight / 2)`)
		b.until(at("#security-check") + `.top >= 48 && ` + at("#security-check") + `.top < 200`) // it stays in sight
		b.until(`!document.querySelector('.check-count').checkVisibility()`)
	}
	for _, width := range []int64{360, 1199} {
		wide(width)
		b.until(at("#security-check") + `.top >= ` + at("#settings") + `.bottom`)
		b.until(`document.querySelector('.save-bar .check-count').checkVisibility()`)
		b.see("1 low")
	}
	wide(1440)
	before := b.eval(at("#settings") + `.width`)
	b.fill("id_token.lifetime", "10h")
	b.until(`!document.querySelector("[data-findings]").innerText.includes("a week or more")`)
	if after := b.eval(at("#settings") + `.width`); after != before {
		t.Errorf("the form was %s px wide and is %s", before, after)
	}
	b.fill("id_token.lifetime", "8d")
}
