package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// Every tab of an application, and what happens to somebody who makes mistakes there.
func TestApplicationPages(t *testing.T) {
	s, b, page := withApplication(t)
	t.Run("each tab is there", func(t *testing.T) {
		b := b.in(t)
		for _, tab := range []string{"settings", "credentials", "apis", "advanced", "danger", "duplicate"} {
			b.visit(page + "/" + tab)
			b.judge("application-" + tab)
		}
	})
	t.Run("settings keep what was typed and mark every value that is wrong", func(t *testing.T) {
		b := b.in(t)
		b.visit(page + "/settings")
		b.fill("name", "Orders <web>")
		b.fill("redirect_uris", "http://app.example.com/callback")
		b.see("2 changes")
		b.press("Save")
		b.see("must use https")
		b.judge("application-settings-refused")
		if marked := b.eval(`document.querySelectorAll('[aria-invalid=true]').length`); marked != "2" {
			t.Errorf("%s fields are marked, not 2", marked)
		}
		if kept := b.eval(`document.querySelector('[name=redirect_uris]').value`); kept != "http://app.example.com/callback" {
			t.Errorf("the page lost what was typed: %q", kept)
		}
	})
	t.Run("URLs are added and removed by their buttons", func(t *testing.T) {
		b := b.in(t)
		b.visit(page + "/settings")
		b.fill("redirect_uris", "https://app.example.com/one")
		b.script(`[...document.querySelectorAll('[data-row-add]')][0].click()`)
		b.script(`(() => { const rows = document.querySelectorAll('[name=redirect_uris]'); const e = rows[rows.length - 1]; e.value = 'https://app.example.com/two'; e.dispatchEvent(new Event('input', { bubbles: true })) })()`)
		b.press("Save")
		b.see("Saved.")
		b.see("https://app.example.com/two")
		b.script(`document.querySelector('[data-row-remove]').click()`)
		b.press("Save")
		b.see("Saved.")
		if left := b.eval(`[...document.querySelectorAll('[name=redirect_uris]')].map(e => e.value).join(' ')`); left != "https://app.example.com/two" {
			t.Errorf("left: %q", left)
		}
	})
	t.Run("the second one to save sees both versions", func(t *testing.T) { staleEdit(t, b, page) })
	t.Run("a method that was changed meanwhile is a choice of two", func(t *testing.T) { staleMethod(t, b, page) })
	t.Run("a secret is added in a dialog that Esc closes", func(t *testing.T) {
		b := b.in(t)
		b.visit(page + "/credentials")
		open := `document.querySelector('#add-secret').open`
		b.script(`document.querySelector('[data-dialog=add-secret]').focus()`)
		b.strike(kb.Enter)
		b.until(open + " && document.activeElement.matches('#add-secret [name]')")
		b.judge("application-credentials-add")
		b.strike(kb.Escape)
		b.until(`!` + open + ` && document.activeElement.dataset.dialog === 'add-secret'`)
	})
	t.Run("what an API permits is picked", func(t *testing.T) { pickPermissions(t, b, s, page) })
}

// staleEdit lets another operator save while a form is open.
func staleEdit(t *testing.T, first *tab, page string) {
	b := first.in(t)
	b.visit(page + "/settings")
	revision := b.eval(`document.querySelector('[name=revision]').value`)
	b.fill("description", "the first one's words")
	b.press("Save")
	b.see("Saved.")
	b.script(`document.querySelector('[name=revision]').value = '` + revision + `'`) // as if the page had been open all the time
	b.script(`document.querySelector('[name=seen]').value = ''`)
	b.fill("description", "the second one's words")
	b.press("Save")
	b.see("This was saved in the meantime")
	b.see("the first one's words")
	b.see("saved by " + operator)
	b.judge("application-settings-stale")
	b.press("Save")
	b.see("Saved.")
	b.see("the second one's words")
}

// staleMethod lets another operator choose a method while the page is open.
func staleMethod(t *testing.T, first *tab, page string) {
	b := first.in(t)
	b.visit(page + "/credentials")
	open := b.eval(`JSON.stringify(['revision', 'seen'].map((name) => document.querySelector('[name=' + name + ']').value))`)
	b.choose("method", "client_secret_basic")
	b.press("Save method")
	b.see("Saved.")
	b.script(`['revision', 'seen'].forEach((name, i) => { document.querySelector('[name=' + name + ']').value = ` + open + `[i] })`) // as if the page had been open all the time
	b.choose("method", "client_secret_post")
	b.press("Save method")
	b.see("saved by " + operator)
	b.judge("application-credentials-stale")
	b.choose("take.method", "theirs")
	b.press("Save method")
	b.see("Saved.")
	b.until(`document.querySelector('[name=method]:checked').value === 'client_secret_basic'`)
}

func pickPermissions(t *testing.T, first *tab, s *instance, page string) {
	b := first.in(t)
	b.visit(s.URL + "/dashboard/apis/new")
	b.fill("name", "Orders")
	b.fill("identifier", audience)
	b.fill("scopes", "read:orders See your orders")
	b.press("Create API")
	b.see("API created")
	b.visit(page + "/apis")
	b.judge("application-apis-some")
	b.script(`[...document.querySelectorAll('tr')].find(r => r.innerText.includes('Orders')).querySelector('a[href*="/apis/"]').click()`)
	b.see("lets every first-party application act for people")
	b.judge("application-api")
}

func TestEveryTypeOfApplicationHasItsTabs(t *testing.T) {
	s, b, _ := withApplication(t)
	for kind, lacks := range map[string]string{"native": "Client credentials flow", "spa": "Save method", "m2m": "Callback URLs"} {
		s.cli("", "apps", "create", "--name", "One "+kind, "--type", kind)
		b.visit(s.URL + "/dashboard/applications")
		page := b.eval(`[...document.querySelectorAll('tbody th a')].find(a => a.innerText === 'One ` + kind + `').href`)
		for _, tab := range []string{"", "/settings", "/credentials", "/apis", "/security", "/activity", "/advanced", "/danger"} {
			b.visit(page + tab)
			b.see("One " + kind)
			if text := b.page(); strings.Contains(text, "Something went wrong") || strings.Contains(text, lacks) {
				t.Errorf("%s%s:\n%s", kind, tab, text)
			}
		}
	}
	b.judge("application-danger-m2m")
}

// The same with forms and links alone.
func TestAnApplicationIsEditedWithoutScripts(t *testing.T) {
	_, b, page := withApplication(t)
	b.withoutScripts()
	b.visit(page + "/settings")
	if rows := b.eval(`document.querySelectorAll('[name=redirect_uris]').length`); rows != "2" {
		t.Errorf("%s empty rows, not 2", rows)
	}
	b.fill("redirect_uris", "https://app.example.com/callback")
	b.press("Save")
	b.see("Saved.")
	b.visit(page + "/advanced")
	b.fill("meta_key", "team")
	b.fill("meta_value", "blue")
	b.press("Save")
	b.see("Saved.")
	b.visit(page + "/credentials")
	b.press("Add secret")
	b.see("The new one ends")
	b.judge("application-credentials-no-script")
	b.visit(page + "/danger")
	b.fill("typed", "not its name")
	b.press("Delete application")
	b.see("Type the name exactly")
	b.judge("application-danger-refused")
}
