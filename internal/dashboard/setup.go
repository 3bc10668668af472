package dashboard

import (
	"errors"
	"net/http"
	"strings"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/ui"
)

// setupForm is the set-up page as it was and as it is shown again. A password is never shown again.
type setupForm struct {
	Token string
	Email string
	Name  string
	Fault string
	Wrong frame.Faults
}

// setupPage asks for the first operator. The token stands in the fragment of the link, which no server sees; a small script
// moves it into the form, and without scripts it is pasted.
func (d *Dashboard) setupPage(w http.ResponseWriter, r *http.Request) error {
	has, err := d.Accounts.Store.HasOperator(r.Context())
	if err != nil {
		return err
	}
	if has {
		return d.Site().Write(w, r, http.StatusOK, ui.Plain, alreadySetUp())
	}
	return d.Site().Write(w, r, http.StatusOK, ui.Plain, setupPage(setupForm{}))
}

// setUp uses up the link, makes the first operator and signs them in. Of several people with the link one wins.
func (d *Dashboard) setUp(w http.ResponseWriter, r *http.Request) error {
	f := setupForm{
		Token: tokenOf(r.PostForm.Get("token")), Email: strings.TrimSpace(r.PostForm.Get("email")),
		Name: strings.TrimSpace(r.PostForm.Get("name")), Wrong: frame.Faults{},
	}
	u, err := d.Accounts.RedeemSetup(r.Context(), f.Token, account.NewUser{Email: f.Email, Name: f.Name, Password: r.PostForm.Get("password")}, frame.AddressOf(r))
	invalid, wrong := errors.AsType[*account.Invalid](err)
	switch {
	case wrong:
		f.Wrong.AddAccount(invalid)
	case errors.Is(err, account.ErrLink):
		f.Fault = "The link is not valid: it was used, is older than an hour, or a newer one was printed. The server prints the current one when it starts; clientele setup-link prints a new one."
	case errors.Is(err, account.ErrConflict):
		f.Wrong.Add("email", "There is a user with this e-mail address already; take another one.")
	case err != nil:
		return err
	default:
		if err := d.startSession(w, r, u, byPassword); err != nil {
			return err
		}
		return d.Done(w, r, "/dashboard", "You are the owner of this instance.")
	}
	return d.Site().Write(w, r, http.StatusUnprocessableEntity, ui.Plain, setupPage(f))
}

// tokenOf takes the token out of whatever was pasted: the token itself or the whole link.
func tokenOf(pasted string) string {
	pasted = strings.TrimSpace(pasted)
	if _, token, found := strings.Cut(pasted, "#"); found {
		return token
	}
	return pasted
}
