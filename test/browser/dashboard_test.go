package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// What scripts add to pages that work without them.
func TestWhatScriptsAddToTheDashboard(t *testing.T) {
	s, b, page := withApplication(t)

	t.Run("a copy button copies and says so", func(t *testing.T) {
		b := b.in(t)
		b.visit(page)
		b.script(`navigator.clipboard.writeText = async (text) => { window.__copied = text }`)
		b.script(`document.querySelector('[aria-label="Copy client ID"]').click()`)
		b.until(`document.querySelector('[aria-label="Copy client ID"]').classList.contains('copied')`)
		b.until(`document.querySelector('[aria-live=polite].only-read').textContent === 'copied'`)
		want := b.eval(`document.querySelector('[aria-label="Copy client ID"]').dataset.copy`)
		if got := b.eval(`window.__copied`); got != want {
			t.Errorf("the clipboard has %q, not %q", got, want)
		}
	})
	t.Run("the bar of unsaved changes counts them and goes when they are undone", func(t *testing.T) {
		b := b.in(t)
		b.visit(page + "/settings")
		b.until(`document.querySelector('.save-bar').hidden`)
		b.fill("name", "Another name")
		b.fill("logout_uris", "https://app.example.com/")
		b.until(`document.querySelector('.save-count').textContent === '2 changes'`)
		b.script(`document.querySelector('[data-discard]').click()`)
		b.until(`document.querySelector('.save-bar').hidden && document.querySelector('[name=name]').value === 'Orders web'`)
	})
	t.Run("the skip link comes first and leads to the content", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/applications")
		b.strike(kb.Tab)
		b.until(`document.activeElement.classList.contains('skip')`)
		b.strike(kb.Enter)
		b.until(`location.hash === '#main'`)
		b.strike(kb.Tab)
		b.until(`document.activeElement.closest('main')`)
	})
	t.Run("the slash goes to the search", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/applications")
		b.strike("/")
		b.until(`document.activeElement.name === 'q'`)
	})
	t.Run("arrow keys move between the cards and the line under them follows", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/applications/new")
		b.script(`document.querySelector('[name=type][value=native]').click(); document.querySelector('[name=type]:checked').focus()`)
		b.strike(kb.ArrowRight)
		b.until(`document.querySelector('[name=type]:checked').value === 'spa'`)
		b.see("Tokens are fetched from your web origin")
	})
	t.Run("light and dark are chosen without loading the page, and kept", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard")
		b.script(`document.querySelector('.bar-me').click(); document.querySelector('[name=theme][value=dark]').click()`)
		b.until(`document.documentElement.dataset.theme === 'dark'`)
		b.until(`fetch('/dashboard').then(r => r.text()).then(t => t.includes('data-theme="dark"'))`)
	})
}

// The same journey with nothing but forms and links.
func TestTheDashboardWorksWithoutScripts(t *testing.T) {
	s, b, page := withApplication(t)
	b.withoutScripts()
	b.visit(s.URL + "/dashboard/applications/new")
	b.fill("name", "Nightly job")
	b.choose("type", "non_interactive")
	b.press("Create application")
	b.see("This is the only time the secret is shown")
	b.visit(page + "/settings")
	b.fill("name", "Renamed")
	b.press("Save")
	b.see("Saved.")
	b.visit(page + "/danger")
	b.press("Switch off")
	b.see("This application is switched off")
}

// withApplication is a server with an operator who is signed in, and one application's page.
func withApplication(t *testing.T) (s *instance, b *tab, page string) {
	t.Helper()
	s = serve(t)
	s.cli("", "apps", "create", "--name", "Orders web", "--type", "web")
	b = asOperator(t, s, "/dashboard/applications")
	b.see("Orders web")
	page = b.eval(`[...document.querySelectorAll('tbody th a')].find(a => a.innerText === 'Orders web').href`)
	if !strings.HasPrefix(page, s.URL+"/dashboard/applications/") {
		t.Fatal(page)
	}
	return s, b, page
}

// asOperator makes an operator and opens a page of the dashboard as them.
func asOperator(t *testing.T, s *instance, path string) *tab {
	t.Helper()
	s.cli(password+"\n", "users", "create", operator, "--operator")
	b := open(t)
	b.visit(s.URL + path)
	b.fill("email", operator)
	b.fill("password", password)
	b.press("Sign in")
	b.until(`location.pathname === '` + path + `'`)
	return b
}
