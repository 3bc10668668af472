package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// An application is made without a mouse: the keys alone reach every control, and each step shows where the focus is.
func TestAnApplicationIsCreatedWithTheKeyboardAlone(t *testing.T) {
	s, b := withList(t)
	b.visit(s.URL + "/dashboard/applications")
	tabTo(b, "Create application")
	b.strike(kb.Enter)
	b.until(`location.pathname.endsWith('/applications/new') && document.activeElement.name === 'name'`)
	b.strike("Keyboard web" + kb.Tab)
	b.until(`document.activeElement.name === 'type'`)
	b.strike(" " + kb.ArrowRight + kb.ArrowRight)
	b.until(`document.querySelector('[name=type]:checked').value === 'regular_web'`)
	b.see("a secret that your server sends")
	b.judge("create-keyboard")
	tabTo(b, "Create application")
	b.strike(kb.Enter)
	b.until(`document.readyState === 'complete' && document.body.innerText.includes('This is the only time the secret is shown')`)
	b.judge("create-secret")
	tabTo(b, "I have stored it")
	b.strike(kb.Enter)
	b.until(`document.querySelector('h1')?.innerText.trim() === 'Keyboard web'`)
}

// tabTo presses Tab until the control with that text has the focus, and sees that the focus can be seen there.
func tabTo(b *tab, text string) {
	b.t.Helper()
	for range 80 {
		b.strike(kb.Tab)
		if b.eval(`(document.activeElement?.innerText ?? '').trim()`) == text && b.eval(`document.activeElement.closest('main') !== null`) == "true" {
			if b.eval(`getComputedStyle(document.activeElement).outlineStyle`) == "none" {
				b.t.Errorf("the focus cannot be seen on %q", text)
			}
			return
		}
	}
	b.t.Fatalf("the Tab key does not reach %q\n%s", text, b.page())
}

func TestAnApplicationIsCreatedWithoutScripts(t *testing.T) {
	s, b := withList(t)
	b.withoutScripts()
	b.visit(s.URL + "/dashboard/applications/new")
	b.photograph("create-without-scripts") // axe is a script of the page's
	b.fill("name", "Plain native")
	b.choose("type", "native")
	b.see("Any loopback port is fine")
	b.press("Create application")
	b.until(`document.querySelector('h1')?.innerText.trim() === 'Plain native'`)
}

// A program needs an API before it gets any token: where there is none, making one leads back to its permissions.
func TestAMachinesWayLeadsOverANewAPIToItsPermissions(t *testing.T) {
	s := serve(t)
	b := asOperator(t, s, "/dashboard/applications/new")
	b.fill("name", "Nightly job")
	b.choose("type", "non_interactive")
	b.press("Create application")
	b.press("I have stored it, choose an API")
	b.judge("create-machine-no-api")
	b.press("Create API")
	b.fill("name", "Orders")
	b.fill("identifier", audience)
	b.fill("scopes", "read:orders See your orders")
	b.press("Create API")
	b.until(`document.querySelector('h1').innerText.trim() === 'Nightly job' && location.pathname.includes('/apis/')`)
	b.judge("create-machine-permissions")
	b.choose("access", "some")
	b.choose("scope", "read:orders")
	b.press("Save permissions")
	b.see("Saved.")
	b.see("read:orders")
}

func TestCreatingWithFaultsMarksEachFieldAndKeepsTheRest(t *testing.T) {
	s, b := withList(t)
	b.visit(s.URL + "/dashboard/applications/new")
	b.script(`document.querySelector('.create-form').noValidate = true`)
	b.choose("ownership", "third_party")
	b.press("Create application")
	b.see("2 things to correct")
	b.judge("create-refused")
	if kept := b.eval(`document.querySelector('[name=ownership]:checked').value`); kept != "third_party" {
		t.Errorf("the page lost what was chosen: %s", kept)
	}
}
