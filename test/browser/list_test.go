package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// withList is an operator who is signed in, and some applications of each type.
func withList(t *testing.T) (*instance, *tab) {
	t.Helper()
	s := serve(t)
	for i, kind := range []string{"web", "spa", "native", "m2m", "web", "native"} {
		name := fmt.Sprintf("%s %d", []string{"Orders", "Billing", "Search"}[i%3], i+1)
		s.cli("", "apps", "create", "--name", name, "--type", kind)
	}
	b := asOperator(t, s, "/dashboard/applications")
	b.see("Orders 1")
	return s, b
}

func TestApplicationsAreFoundSortedAndChangedTogether(t *testing.T) {
	s, b := withList(t)
	list := s.URL + "/dashboard/applications"

	t.Run("the list as it is opened", func(t *testing.T) {
		b := b.in(t)
		b.visit(list)
		b.judge("applications-list")
	})
	t.Run("a filter that changes asks for the page", func(t *testing.T) {
		b := b.in(t)
		b.visit(list)
		b.script(`window.__before = true`)
		b.fill("type", "native")
		b.until(`!window.__before && location.search.includes('type=native') && document.querySelectorAll('tbody tr').length === 2`)
	})
	t.Run("the slash and Enter find one from any page", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/apis")
		b.visit(s.URL + "/dashboard")
		b.strike("/")
		b.until(`document.activeElement.name === 'q'`)
		b.strike("billing" + kb.Enter)
		b.until(`location.pathname.endsWith('/applications') && document.querySelectorAll('tbody tr').length === 2`)
	})
	t.Run("the menu of a row is walked with arrow keys and closed with Esc", func(t *testing.T) {
		b := b.in(t)
		b.visit(list)
		b.script(`document.querySelector('[data-menu]').focus()`)
		b.strike(kb.ArrowDown)
		b.until(`document.activeElement.innerText.trim() === 'Quick start'`)
		b.judge("applications-row-menu")
		b.strike(kb.ArrowDown)
		b.until(`document.activeElement.innerText.trim() === 'Settings'`)
		b.strike(kb.End)
		b.until(`document.activeElement.innerText.trim() === 'Switch off or delete'`)
		b.strike(kb.ArrowDown)
		b.until(`document.activeElement.innerText.trim() === 'Quick start'`)
		b.strike(kb.Escape)
		b.until(`!document.querySelector('.menu-list:popover-open') && document.activeElement.matches('[data-menu]')`)
	})
	t.Run("every target of a row is 32 px high", func(t *testing.T) {
		b := b.in(t)
		b.visit(list)
		small := b.eval(`[...document.querySelectorAll('tbody tr:first-child :is(button, label)')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 32).map(e => e.outerHTML).join('\n')`)
		if small != "" {
			t.Error("too small:", small)
		}
	})
	t.Run("the keys are shown", func(t *testing.T) {
		b := b.in(t)
		b.visit(list)
		b.strike("?")
		b.until(`document.getElementById('keys').open`)
		b.judge("keys")
		b.strike(kb.Escape)
		b.until(`!document.getElementById('keys').open`)
	})
	t.Run("ticked rows are switched off and deleted after they are named", func(t *testing.T) {
		b := b.in(t)
		b.visit(list)
		b.until(`document.querySelector('[data-bulk]').hidden`)
		b.script(`document.querySelectorAll('[data-tick]')[0].click(); document.querySelectorAll('[data-tick]')[1].click()`)
		b.see("2 applications ticked")
		b.judge("applications-ticked")
		b.press("Switch off")
		b.see("Switch off 2 applications")
		b.judge("applications-switch-off")
		b.press("Switch off 2 applications")
		b.see("2 applications switched off.")
		b.judge("applications-toast")
		b.script(`document.querySelector('[data-tick-all]').click()`)
		b.see("6 applications ticked")
		b.press("Delete")
		b.see("Delete 6 applications")
		b.fill("typed", "5")
		b.press("Delete 6 applications")
		b.see("Type how many stand in the list")
		b.judge("applications-delete-refused")
		b.fill("typed", "6")
		b.press("Delete 6 applications")
		b.see("6 applications deleted.")
		b.see("No applications yet")
	})
}

func TestTheListWorksWithoutScripts(t *testing.T) {
	s, b := withList(t)
	b.withoutScripts()
	b.visit(s.URL + "/dashboard/applications?type=native")
	b.photograph("applications-without-scripts") // axe is a script of the page's
	b.script(`document.querySelector('[data-tick]').click()`)
	b.press("Switch off")
	b.press("Switch off 1 application")
	b.see("1 application switched off.")
}
