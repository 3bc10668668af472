package browser

import "testing"

// Every tab of the settings, and one that goes wrong.
func TestSettingsPages(t *testing.T) {
	s := serve(t)
	signIn := open(t)
	signIn.visit(s.URL + "/dashboard")
	signIn.judge("operator-sign-in")
	b := asOperator(t, s, "/dashboard/settings")
	b.see("Of the whole instance")
	b.judge("settings")
	for _, name := range []string{"branding", "sign-in", "sessions", "defaults", "retention", "operators", "keys", "applications"} {
		b.visit(s.URL + "/dashboard/settings/" + name)
		b.judge("settings-" + name)
	}
	t.Run("revoking a key says what stops, and asks", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/settings/keys")
		b.dialog("Rotate and revoke…")
		b.see("stops verifying")
		b.judge("settings-keys-revoke")
		b.press("Rotate and revoke")
		b.see("Rotated and revoked.")
		b.judge("settings-keys-revoked")
	})
	t.Run("a URL is tested against the rules, and a colour before it is saved", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/settings/applications?test=https://app.example.com/client.json")
		b.see("since no rule names it")
		b.judge("settings-applications-tested")
		b.visit(s.URL + "/dashboard/settings/branding")
		b.fill("accent", "#c2410c")
		b.press("Preview")
		b.see("White on it has a contrast of")
		b.judge("settings-branding-colour")
	})
	t.Run("the own account, with what is wrong", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/profile")
		b.see("Does everything")
		b.judge("profile-plain")
	})
	t.Run("a logo is uploaded, shown, and another one refused", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/settings/branding")
		b.script(`(async () => {
			const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 }), paint = canvas.getContext('2d')
			paint.fillStyle = '#0a7d55'; paint.fillRect(8, 8, 48, 48)
			const files = new DataTransfer()
			files.items.add(new File([await new Promise(done => canvas.toBlob(done))], 'logo.png', { type: 'image/png' }))
			document.querySelector('[name=logo]').files = files.files
		})()`)
		b.press("Upload logo")
		b.until(`[...document.querySelectorAll('main img')].some(e => e.naturalWidth > 0 && e.src.includes('logo'))`)
		b.judge("settings-branding-logo")
		b.script(`(() => {
			const files = new DataTransfer()
			files.items.add(new File(['<svg/>'], 'logo.png', { type: 'image/png' }))
			document.querySelector('[name=logo]').files = files.files
		})()`)
		b.press("Upload logo")
		b.see("which can carry scripts")
		b.judge("settings-branding-refused")
	})
	b.visit(s.URL + "/dashboard/settings/sessions")
	b.fill("person_session_idle", "soon")
	b.press("Save")
	b.see("One thing to correct")
	b.judge("settings-refused")
	if kept := b.eval(`document.querySelector('[name=person_session_idle]').value`); kept != "soon" {
		t.Errorf("the page lost what was typed: %q", kept)
	}
}

// A viewer sees the same pages, and no button that only others may press.
func TestAViewerChangesNothing(t *testing.T) {
	s, _, page := withApplication(t)
	s.cli(password+"\n", "users", "create", person, "--operator", "--role", "viewer")
	b := open(t)
	b.visit(s.URL + "/dashboard/applications")
	signInOnly(b)
	b.see("Orders web")
	b.judge("viewer-applications")
	for _, path := range []string{page + "/settings", page + "/credentials", page + "/danger", s.URL + "/dashboard/users", s.URL + "/dashboard/settings"} {
		b.visit(path)
		if able := b.eval(`[...document.querySelectorAll('main form[method=post] button:not([disabled], .copy)')].filter(e => e.checkVisibility()).map(e => e.innerText || e.outerHTML).join(', ')`); able != "" {
			t.Errorf("%s lets a viewer press %s", path, able)
		}
	}
	b.visit(page + "/settings")
	b.judge("viewer-application-settings")
}
