package dashboard

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
)

// errUsePasskey means that the instance asks operators for a passkey, and this one has one.
var errUsePasskey = errors.New("a passkey is asked of operators")

// passkeyOptions is what a script asks for before it asks the browser for a passkey.
func (d *Dashboard) passkeyOptions(w http.ResponseWriter, _ *http.Request) error {
	begun, err := d.Accounts.BeginPasskeySignIn(account.OperatorSession)
	if errors.Is(err, account.ErrNoPasskeys) {
		http.Error(w, "there are no passkeys at this address", http.StatusNotFound)
		return nil
	}
	if err != nil {
		return err
	}
	answer, err := json.Marshal(map[string]any{"options": json.RawMessage(begun.Options), "state": begun.State})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(answer)
	return err
}

// passkeySignIn takes the browser's answer, and goes on as signIn does. A passkey of a person who is no operator reads like one that
// nobody knows.
func (d *Dashboard) passkeySignIn(w http.ResponseWriter, r *http.Request) error {
	f := signInFormOf(r)
	if v, err := d.VisitOf(r); err == nil && f.Again {
		f.Email = v.User.Email
	}
	u, passkey, err := d.Accounts.PasskeySignIn(r.Context(), account.PasskeyAttempt{
		State: r.PostForm.Get("state"), Answer: []byte(r.PostForm.Get("answer")), Kind: account.OperatorSession, Address: frame.AddressOf(r),
	})
	if errors.Is(err, account.ErrBlocked) {
		err = account.ErrPasskey
	}
	if err != nil {
		return d.refuseSignIn(w, r, f, err)
	}
	return d.enter(w, r, f, u, passkey.AMR())
}

// passkeyFault is what the page says about a passkey that was refused; empty if it is not about one.
func passkeyFault(err error) string {
	switch {
	case errors.Is(err, account.ErrCeremony):
		return "It took longer than five minutes, or was sent twice. Try again."
	case errors.Is(err, account.ErrPasskeyCopied):
		return "This passkey was refused: a copy of it may be in use. Sign in in another way and remove it."
	case errors.Is(err, account.ErrPasskey):
		return "This passkey is not known here, or you are no operator here."
	case errors.Is(err, account.ErrBadResponse):
		return "What the browser sent about the passkey cannot be read. Try again."
	}
	return ""
}

// mayDoWithout fails with errUsePasskey if u has a passkey, where the instance demands one: the password alone is enough only to
// add the first.
func (d *Dashboard) mayDoWithout(r *http.Request, u account.User) error {
	held, err := d.Accounts.Passkeys(r.Context(), u.ID)
	if err == nil && len(held) > 0 {
		return errUsePasskey
	}
	return err
}

// beforePasskey are the routes that stay open meanwhile.
var beforePasskey = map[string]bool{"GET /dashboard/passkey": true, "POST /dashboard/passkey": true, "POST /dashboard/signout": true}

// demandPasskey leads an operator without a passkey to where one is added, and asks the others for theirs; what they typed is kept.
func (d *Dashboard) demandPasskey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	err := d.mayDoWithout(r, v.User)
	if errors.Is(err, errUsePasskey) {
		f := signInForm{To: r.URL.RequestURI(), Again: true, Only: true, Email: v.User.Email}
		if r.Method == http.MethodPost && r.URL.Path != frame.DecoderPath { // a token is not kept
			f.Pending = r.PostForm.Encode()
		}
		return d.askToSignIn(w, r, http.StatusForbidden, f)
	}
	if err != nil {
		return err
	}
	to := "/dashboard/passkey"
	if r.Method == http.MethodGet && r.URL.Path != "/dashboard" {
		to += "?to=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r, d.Path(to), http.StatusSeeOther)
	return nil
}
