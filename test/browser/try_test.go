package browser

import "testing"

// A run of Try it in a real browser: from the application's page through sign-in and consent to decoded tokens, and what the page
// says when it fails.
func TestARealAuthorizationIsRunFromTheApplicationsPage(t *testing.T) {
	s, b, web := withApplication(t)
	s.cli(password+"\n", "users", "create", person)
	b.visit(web + "/try")
	b.see("It may call no API for people yet")
	b.judge("try-no-api")
	s.cli("", "apis", "create", "--identifier", audience, "--name", "Orders", "--scope", "read:orders=See your orders", "--scope", "write:orders")

	t.Run("a failure says why and what to change", func(t *testing.T) {
		b := b.in(t)
		b.visit(web + "/try")
		b.script(`document.querySelector('[name=prompt]').value = 'none'`)
		b.press("Run")
		b.see("What to change")
		b.judge("try-failed")
	})
	t.Run("a web application of ours", func(t *testing.T) {
		b := b.in(t)
		b.visit(web + "/try")
		b.see("It changes nothing")
		b.judge("try")
		b.press("Run")
		signIn(b)
		b.see("It works")
		b.see(audience)
		b.see("signature left out")
		b.see("read:orders")
		b.judge("try-run")
	})
	t.Run("a third party, after consent", func(t *testing.T) {
		b := b.in(t)
		s.cli("", "apps", "create", "--name", "Partner", "--type", "web", "--third-party")
		b.visit(s.URL + "/dashboard/applications?q=Partner")
		b.visit(b.eval(`[...document.querySelectorAll('tbody th a')].find(a => a.innerText === 'Partner').href`) + "/try")
		b.press("Run")
		b.see("An operator tries it out")
		b.judge("try-consent")
		b.press("Allow")
		b.see("It works")
	})
	t.Run("a page that refuses leads back to the run", func(t *testing.T) {
		b := b.in(t)
		b.visit(web + "/danger")
		b.press("Switch off")
		b.visit(web + "/try")
		b.press("Run")
		b.see("This application is switched off")
		b.judge("try-page-error")
		b.press("Back to Try it")
		b.see("Switch the application on")
		b.judge("try-switched-off")
	})
}

// Everything that Try it offers works without scripts.
func TestARunWorksWithoutScripts(t *testing.T) {
	s, b, web := withApplication(t)
	s.cli(password+"\n", "users", "create", person)
	b.withoutScripts()
	b.visit(web + "/try")
	b.press("Show the request")
	b.see("code_challenge_method")
	b.press("Run")
	signIn(b)
	b.see("It works")
}
