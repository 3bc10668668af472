package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// Every component in every state, and what scripts add to those that float over the page.
func TestTheStyleGuideShowsEveryComponent(t *testing.T) {
	s := serve(t)
	b := open(t)
	b.visit(s.URL + "/styleguide")
	b.judge("styleguide")

	t.Run("a menu opens under its button and Esc returns the focus", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/styleguide")
		b.script(`document.querySelector('[popovertarget=g-menu]').focus()`)
		b.strike(kb.Enter)
		b.until(`document.getElementById('g-menu').matches(':popover-open') && document.activeElement.matches('#g-menu .menu-item')`)
		apart := b.eval(`(() => { const m = document.getElementById('g-menu').getBoundingClientRect(), k = document.querySelector('[popovertarget=g-menu]').getBoundingClientRect()
			return Math.min(Math.abs(m.top - k.bottom), Math.abs(k.top - m.bottom)) <= 8 })()`)
		if apart != "true" {
			t.Error("the menu does not stand at its button")
		}
		b.strike(kb.Escape)
		b.until(`!document.getElementById('g-menu').matches(':popover-open') && document.activeElement.matches('[popovertarget=g-menu]')`)
	})
	t.Run("a dialog keeps the focus, closes on Esc and returns it", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/styleguide")
		b.script(`document.querySelector('[data-dialog=g-dialog]').focus()`)
		b.strike(kb.Enter)
		b.until(`document.getElementById('g-dialog').open && document.activeElement.closest('#g-dialog')`)
		b.judge("dialog")
		b.strike(kb.Escape)
		b.until(`!document.getElementById('g-dialog').open && document.activeElement.matches('[data-dialog=g-dialog]')`)
	})
}
