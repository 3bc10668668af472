package browser

import (
	"strings"
	"testing"
)

// Every tab of an application, and what happens to somebody who makes mistakes there.
func TestApplicationPages(t *testing.T) {
	s := serve(t)
	s.cli(password+"\n", "users", "create", operator, "--operator")
	b := open(t)
	b.visit(s.URL + "/dashboard/applications")
	b.judge("dashboard-sign-in")
	b.fill("email", operator)
	b.fill("password", password)
	b.press("Sign in")
	b.see("Create application")
	b.judge("applications-empty")
	made := create(b, s, "Orders web", "regular_web", "https://app.example.com/callback")
	page := s.URL + "/dashboard/applications/" + made.ID

	t.Run("settings keep what was typed and mark every field that is wrong", func(t *testing.T) {
		b := b.in(t)
		b.visit(page + "/settings")
		b.judge("application-settings")
		b.fill("name", "Orders <web>")
		b.fill("redirect_uris", "http://app.example.com/callback\njavascript:alert(1)")
		b.press("Save")
		b.see("https")
		b.judge("application-settings-refused")
		if marked := b.eval(`document.querySelectorAll('[aria-invalid=true]').length`); marked != "2" {
			t.Errorf("%s fields are marked, not 2", marked)
		}
		if kept := b.eval(`document.querySelector('[name=redirect_uris]').value`); !strings.Contains(kept, "javascript:alert(1)") {
			t.Errorf("the page lost what was typed: %q", kept)
		}
	})
	t.Run("credentials and danger zone", func(t *testing.T) {
		b := b.in(t)
		b.visit(page + "/credentials")
		b.judge("application-credentials")
		b.visit(page + "/apis")
		b.judge("application-apis-empty")
		b.visit(page + "/danger")
		b.judge("application-danger")
	})
	t.Run("the list finds it by the beginning of a word", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/applications?q=ord")
		b.see("Orders web")
		b.judge("applications")
		b.visit(s.URL + "/dashboard/applications?q=nothing-like-it")
		b.judge("applications-none-found")
	})
	t.Run("other screens", func(t *testing.T) {
		b := b.in(t)
		for name, path := range map[string]string{
			"home": "/dashboard", "users": "/dashboard/users", "user-create": "/dashboard/users/new", "apis": "/dashboard/apis",
			"keys": "/dashboard/keys", "settings": "/dashboard/settings", "styleguide": "/styleguide", "not-found": "/dashboard/nothing/here",
		} {
			b.visit(s.URL + path)
			b.judge(name)
		}
	})
}
