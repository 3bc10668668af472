package browser

import "testing"

// Every tab of the settings, and two that go wrong.
func TestSettingsPages(t *testing.T) {
	s := serve(t)
	s.cli(password+"\n", "users", "create", operator, "--operator")
	b := open(t)
	b.visit(s.URL + "/dashboard/settings")
	b.fill("email", operator)
	b.fill("password", password)
	b.press("Sign in")
	b.see("Of the whole instance")
	for _, name := range []string{"branding", "operators", "keys"} {
		b.visit(s.URL + "/dashboard/settings/" + name)
		b.judge("settings-" + name)
	}
	b.visit(s.URL + "/dashboard/settings/sessions")
	b.fill("person_session_idle", "soon")
	b.press("Save")
	b.see("One thing to correct")
	b.judge("settings-refused")
}
