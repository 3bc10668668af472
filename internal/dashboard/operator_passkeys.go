package dashboard

import (
	"errors"
	"net/http"
	"net/url"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/ui"
)

// newPasskeyForm is the page that makes a passkey, as it was and as it is shown again.
type newPasskeyForm struct {
	Form     ui.PasskeyForm
	Name     string
	Wrong    frame.Faults
	Fault    string
	Demanded bool   // nothing else is open until it is there
	To       string // where to go on then
}

// demanded is the only page that is open to an operator who has to add a passkey first.
func (d *Dashboard) demanded(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return d.showDemanded(w, r, v, http.StatusOK, newPasskeyForm{Name: ui.Device(r.UserAgent()), To: ownPath(r.URL.Query().Get("to"))})
}

func (d *Dashboard) showDemanded(w http.ResponseWriter, r *http.Request, v *frame.Visit, status int, f newPasskeyForm) error {
	f.Demanded = true
	switch err := d.mayDoWithout(r, v.User); {
	case !d.OwesPasskey(v):
		http.Redirect(w, r, d.Path(f.To), http.StatusSeeOther)
		return nil
	case errors.Is(err, errUsePasskey):
		return d.askToSignIn(w, r, http.StatusForbidden, signInForm{To: f.To, Again: true, Only: true, Email: v.User.Email})
	case err != nil:
		return err
	case !v.Session.Fresh(v.Now, frame.FreshFor):
		return d.askToSignIn(w, r, http.StatusForbidden, signInForm{To: "/dashboard/passkey?to=" + url.QueryEscape(f.To), Again: true, Email: v.User.Email})
	}
	return d.showNewPasskey(w, r, v, status, f)
}

// addDemanded takes the first passkey, and goes on with a session that began with both.
func (d *Dashboard) addDemanded(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := newPasskeyForm{To: ownPath(r.PostForm.Get("to"))}
	if err := d.mayDoWithout(r, v.User); err != nil {
		return d.showDemanded(w, r, v, http.StatusOK, f)
	}
	p, err := d.takePasskey(r, v, &f)
	if err != nil {
		return err
	}
	if f.failed() {
		return d.showDemanded(w, r, v, http.StatusUnprocessableEntity, f)
	}
	if err := d.startSession(w, r, v.User, append(p.AMR(), byPassword...)); err != nil {
		return err
	}
	return d.Done(w, r, f.To, "Passkey added. Sign in with it from now on.")
}

func (f *newPasskeyForm) failed() bool { return f.Fault != "" || len(f.Wrong) > 0 }

// newPasskey shows the page that makes one.
func (d *Dashboard) newPasskey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return d.showNewPasskey(w, r, v, http.StatusOK, newPasskeyForm{Name: ui.Device(r.UserAgent())})
}

func (d *Dashboard) showNewPasskey(w http.ResponseWriter, r *http.Request, v *frame.Visit, status int, f newPasskeyForm) error {
	begun, err := d.Accounts.BeginPasskey(r.Context(), v.User, v.Session.ID)
	switch {
	case errors.Is(err, account.ErrTooManyPasskeys):
		return d.Sent(w, r, "/dashboard/profile", ui.Warn, "Nobody has more than 10 passkeys. Remove one first.")
	case errors.Is(err, account.ErrNoPasskeys):
		return d.Sent(w, r, "/dashboard/profile", ui.Warn, "This server is reached by an IP address. Browsers use passkeys only at a name.")
	case err != nil:
		return err
	}
	f.Form = ui.PasskeyForm{Action: "/dashboard/profile/passkeys", Options: string(begun.Options), State: begun.State, Create: true, Label: "Create passkey", Kind: ui.Primary}
	if f.Demanded {
		f.Form.Action, f.Form.Wide = "/dashboard/passkey", true
		return d.Site().Write(w, r, status, ui.Plain, demandedPage(v, f))
	}
	return v.Write(w, r, status, newPasskeyPage(v, f))
}

// addPasskey takes the browser's answer. The state proves that the sign-in was fresh when it began, in this session.
func (d *Dashboard) addPasskey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	var f newPasskeyForm
	if _, err := d.takePasskey(r, v, &f); err != nil {
		return err
	}
	if !f.failed() {
		return d.Done(w, r, "/dashboard/profile", "Passkey added. Next time, sign in with it.")
	}
	if !v.Session.Fresh(v.Now, frame.FreshFor) { // a new attempt begins with a fresh sign-in, like the first
		return d.askToSignIn(w, r, http.StatusForbidden, signInForm{To: "/dashboard/profile", Again: true, Email: v.User.Email})
	}
	return d.showNewPasskey(w, r, v, http.StatusUnprocessableEntity, f)
}

// takePasskey keeps the passkey that the browser made. What the operator can put right stands in f afterwards.
func (d *Dashboard) takePasskey(r *http.Request, v *frame.Visit, f *newPasskeyForm) (account.Passkey, error) {
	f.Name, f.Wrong = r.PostForm.Get("name"), frame.Faults{}
	p, err := d.Accounts.AddPasskey(r.Context(), v.Actor(), v.User, account.NewPasskey{
		State: r.PostForm.Get("state"), Answer: []byte(r.PostForm.Get("answer")), Name: f.Name, Session: v.Session.ID,
	})
	invalid, wrong := errors.AsType[*account.Invalid](err)
	switch {
	case err == nil:
	case wrong:
		f.Wrong.AddAccount(invalid)
	case errors.Is(err, account.ErrPasskeyTaken):
		f.Fault = "This passkey is registered here already."
	case errors.Is(err, account.ErrTooManyPasskeys), errors.Is(err, account.ErrCeremony), errors.Is(err, account.ErrBadResponse), errors.Is(err, account.ErrPasskey), errors.Is(err, account.ErrPasskeyFirst):
		f.Fault = "The passkey could not be checked, or it took longer than five minutes. Nothing was added; try again."
	default:
		return p, err
	}
	return p, nil
}

func (d *Dashboard) renamePasskey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	id, name := r.PostForm.Get("passkey"), r.PostForm.Get("name")
	err := d.Accounts.RenamePasskey(r.Context(), v.Actor(), v.User, id, name)
	if invalid, ok := errors.AsType[*account.Invalid](err); ok {
		f := profileFormOf(&v.User)
		f.Passkeys = ui.PasskeyList{Which: id, Typed: name, Fault: invalid.Error()}
		return d.showProfile(w, r, v, http.StatusUnprocessableEntity, f)
	}
	return d.passkeyDone(w, r, v, err, "Renamed.")
}

func (d *Dashboard) removePasskey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return d.passkeyDone(w, r, v, d.Accounts.RemovePasskey(r.Context(), v.Actor(), v.User, r.PostForm.Get("passkey")), "Passkey removed.")
}

func (d *Dashboard) passkeyDone(w http.ResponseWriter, r *http.Request, v *frame.Visit, err error, said string) error {
	switch {
	case errors.Is(err, account.ErrNoPasskey):
		return d.Sent(w, r, "/dashboard/profile", ui.Note, "That passkey is gone already.")
	case errors.Is(err, account.ErrLastPasskey):
		f := profileFormOf(&v.User)
		f.Wrong.Add("passkeys", "This is your last passkey, and you need one to sign in here. Add another first.")
		return d.showProfile(w, r, v, http.StatusUnprocessableEntity, f)
	case err != nil:
		return err
	}
	return d.Done(w, r, "/dashboard/profile", said)
}
