package browser

import (
	"net/url"
	"testing"
)

// The people of an instance: found, made, changed, let back in, watched, blocked and deleted.
func TestUserPages(t *testing.T) {
	s := serve(t)
	b := asOperator(t, s, "/dashboard/users")
	b.judge("users")
	t.Run("one is made, and what is wrong comes back", func(t *testing.T) {
		b := b.in(t)
		b.press("Create user")
		b.script(`document.querySelector('main form').noValidate = true`)
		b.fill("email", "nobody")
		b.fill("name", "Ada")
		b.fill("password", "short")
		b.press("Create user")
		b.see("2 things to correct")
		b.judge("user-create-refused")
		if kept := b.eval(`document.querySelector('[name=name]').value`); kept != "Ada" {
			t.Errorf("the page lost the name: %q", kept)
		}
		b.fill("email", person)
		b.fill("password", password)
		b.press("Create user")
		b.until(`document.querySelector('h1').innerText.trim() === '` + person + `'`)
		b.judge("user")
	})
	page := b.eval("location.pathname")
	theirs := open(t)
	theirs.visit(s.URL + "/account")
	signInOnly(theirs)
	theirs.see("Connected applications")
	theirs.judge("account")
	t.Run("they are found by the beginning of their name", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/users?q=nobody-is-called-that")
		b.see("Nobody fits")
		b.judge("users-none")
		b.fill("q", "ad")
		b.leave(`document.querySelector('.filters').requestSubmit()`)
		b.press(person)
	})
	t.Run("sessions are seen and ended", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + page + "/access")
		b.see("Chrome")
		b.judge("user-access")
		b.dialog("End all sessions…")
		b.see("count until they end")
		b.judge("user-end-all")
		b.press("End all sessions")
		b.see("Nowhere at the moment")
		theirs := theirs.in(t)
		theirs.visit(s.URL + "/account")
		theirs.until(`document.querySelector('[name=password]')`)
	})
	t.Run("a reset link lets them choose a password", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + page)
		b.press("Make reset link")
		b.see("shown this once")
		b.judge("user-reset")
		resetBy(t, theirs, b.eval(`document.querySelector('main pre').innerText.trim()`))
	})
	t.Run("blocking and deleting say what stops", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + page + "/danger")
		b.judge("user-danger")
		b.press("Block")
		b.see("Unblock")
		b.fill("typed", "somebody else")
		b.press("Delete user")
		b.see("to correct")
		b.judge("user-delete-refused")
		b.fill("typed", person)
		b.press("Delete user")
		b.until(`location.pathname === '/dashboard/users'`)
	})
}

func resetBy(t *testing.T, theirs *tab, link string) {
	t.Helper()
	if _, err := url.Parse(link); err != nil {
		t.Fatalf("%q is no link", link)
	}
	b := theirs.in(t)
	b.visit(link)
	b.see(person)
	b.judge("reset")
	b.fill("password", "short")
	b.press("Set password")
	b.see("10 characters")
	b.judge("reset-refused")
	b.fill("password", password+" anew")
	b.press("Set password")
	b.visit(b.eval("location.origin") + "/account")
	b.see("Connected applications")
}

// A person makes an account, is signed in with it, and signs out again.
func TestAPersonSignsUpAndOut(t *testing.T) {
	s := serve(t)
	b := open(t)
	s.set(b, "sign_up", "on")
	b.visit(s.URL + "/signin")
	b.press("Create one")
	b.judge("sign-up")
	b.fill("email", person)
	b.fill("password", "short")
	b.press("Create account")
	b.see("10 characters")
	b.judge("sign-up-refused")
	b.fill("password", password)
	b.press("Create account")
	b.see("You are signed in")
	b.judge("signed-in")
	b.press("Sign out")
	b.judge("sign-out")
	b.press("Sign out")
	b.see("You are signed out")
	b.judge("signed-out")
}
