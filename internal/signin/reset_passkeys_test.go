package signin_test

import (
	"net/http"
	"net/url"
	"testing"

	"clientele/internal/servertest"
)

// Whoever had the old password may have added a passkey, which the new password does not end.
func TestWhoResetsThePasswordIsShownThePasskeysThatStillSignIn(t *testing.T) {
	s := server(t)
	_, key := withPasskey(t, s)
	u, err := s.Accounts.UserByEmail(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.Accounts.NewResetLink(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	b := s.Browser()
	page := b.Post("/reset", url.Values{"token": {token.Reveal()}, "password": {"three old brown bears"}})
	wants(t, page, http.StatusOK, "These passkeys still sign in", "Remove")
	servertest.CheckMarkup(t, "passkeys after a reset", page.Body)
	if page.URL.Path != "/account/passkeys" {
		t.Errorf("it leads to %s", page.URL)
	}
	id := page.Form("passkey", "name").Values.Get("passkey")
	wants(t, b.Post("/account/passkeys/remove", url.Values{"passkey": {id}}), http.StatusOK, "Passkey removed")
	wants(t, s.Browser().SignInWith(key, "/signin", nil), http.StatusUnprocessableEntity, "This passkey is not known here")
}
