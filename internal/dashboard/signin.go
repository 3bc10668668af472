package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/ui"
)

// signInForm is the sign-in page as it was and as it is shown again.
type signInForm struct {
	Email   string
	To      string // where to go on
	Pending string // a form that was interrupted, URL-encoded; empty if none
	Again   bool   // the operator is known and signs in once more
	Passkey bool   // passkeys work at this address
	Only    bool   // nothing but a passkey will do
	Fault   string
	Out     bool // they just signed out
}

// askWhoItIs sends a page to the sign-in page, and answers a form with it, so that nothing typed is lost. v is who is signed
// in, but not freshly; nil if nobody is.
func (d *Dashboard) askWhoItIs(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	if r.Method == http.MethodPost && r.URL.Path != "/dashboard/signout" && r.URL.Path != frame.DecoderPath { // a token is not kept
		f := signInForm{To: r.URL.RequestURI(), Pending: r.PostForm.Encode()}
		if v != nil {
			f.Again, f.Email = true, v.User.Email
		}
		return d.askToSignIn(w, r, http.StatusForbidden, f)
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Method == http.MethodGet {
		// A strict cookie does not come along when a link elsewhere leads here. Asking again from our own page brings it.
		w.Header().Set("Refresh", "0; url="+d.Path(r.URL.RequestURI()))
		return d.Site().Write(w, r, http.StatusOK, ui.Plain, openingPage(r.URL.RequestURI()))
	}
	to := "/dashboard/signin"
	if r.Method == http.MethodGet && r.URL.Path != "/dashboard" && r.URL.Path != "/dashboard/continue" {
		to += "?to=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r, d.Path(to), http.StatusSeeOther)
	return nil
}

func (d *Dashboard) signInPage(w http.ResponseWriter, r *http.Request) error {
	to := ownPath(r.URL.Query().Get("to"))
	_, err := d.VisitOf(r)
	if err == nil {
		http.Redirect(w, r, d.Path(to), http.StatusSeeOther)
		return nil
	}
	if !errors.Is(err, account.ErrNoSession) {
		return err
	}
	return d.askToSignIn(w, r, http.StatusOK, signInForm{To: to, Out: r.URL.Query().Has("out")})
}

// askToSignIn shows the sign-in page.
func (d *Dashboard) askToSignIn(w http.ResponseWriter, r *http.Request, status int, f signInForm) error {
	f.Passkey = d.Accounts.PasskeysWork()
	return d.Site().Write(w, r, status, ui.Plain, signInPage(f))
}

// signIn takes the credentials of an operator, starts a session in the place of the one this browser had, and goes on to where
// the operator was. A wrong password, an unknown address and a person who is no operator read alike.
func (d *Dashboard) signIn(w http.ResponseWriter, r *http.Request) error {
	f := signInFormOf(r)
	f.Email = strings.TrimSpace(r.PostForm.Get("email"))
	u, err := d.operator(r, f.Email)
	if err != nil {
		return d.refuseSignIn(w, r, f, err)
	}
	return d.enter(w, r, f, u, byPassword)
}

// signInFormOf is what a sign-in page carried along.
func signInFormOf(r *http.Request) signInForm {
	return signInForm{To: ownPath(r.PostForm.Get("to")), Pending: r.PostForm.Get("pending"), Again: r.PostForm.Get("again") == "yes"}
}

// enter starts the session of u, who proved who they are by amr, and goes on.
func (d *Dashboard) enter(w http.ResponseWriter, r *http.Request, f signInForm, u account.User, amr []string) error {
	switch err := d.startSession(w, r, u, amr); {
	case errors.Is(err, account.ErrStale), errors.Is(err, account.ErrNotFound): // a reset or a block was faster
		return d.refuseSignIn(w, r, f, account.ErrWrongPassword)
	case err != nil:
		return err
	}
	if f.Pending == "" {
		http.Redirect(w, r, d.Path(f.To), http.StatusSeeOther)
		return nil
	}
	return d.keepPending(w, r, pending{To: f.To, Form: f.Pending})
}

func (d *Dashboard) operator(r *http.Request, email string) (account.User, error) {
	try := account.Attempt{Email: email, Password: r.PostForm.Get("password"), Address: frame.AddressOf(r), Kind: account.OperatorSession}
	if device, err := r.Cookie(d.CookieName(frame.DeviceCookie)); err == nil {
		try.Device = device.Value
	}
	return d.Accounts.SignIn(r.Context(), try)
}

func (d *Dashboard) refuseSignIn(w http.ResponseWriter, r *http.Request, f signInForm, err error) error {
	status := http.StatusUnprocessableEntity
	throttled, slow := errors.AsType[*account.Throttled](err)
	switch {
	case slow:
		wait := max(throttled.Until.Sub(d.Now()).Round(time.Second), time.Second)
		f.Fault = "Too many sign-ins failed. The next one is taken in " + ui.Span(wait) + "."
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
		status = http.StatusTooManyRequests
	case errors.Is(err, account.ErrWrongPassword), errors.Is(err, account.ErrBlocked):
		f.Fault = "The e-mail address or the password is wrong, or you are no operator here."
		if f.Again {
			f.Fault = "The password is wrong."
		}
	case errors.Is(err, account.ErrUsePasskey):
		f.Fault, f.Only = "This instance asks operators for a passkey. Use yours.", true
	case passkeyFault(err) != "":
		f.Fault = passkeyFault(err)
	default:
		return err
	}
	return d.askToSignIn(w, r, status, f)
}

// byPassword is how somebody proved who they are who typed a password. RFC 8176 §2.
var byPassword = []string{"pwd"}

// startSession signs u in on this browser, who proved who they are by amr. The session that was there before ends.
func (d *Dashboard) startSession(w http.ResponseWriter, r *http.Request, u account.User, amr []string) error {
	replaces := ""
	if old, err := d.VisitOf(r); err == nil {
		replaces = old.Session.ID
	}
	_, token, err := d.Accounts.StartSession(r.Context(), u, account.OperatorSession, amr, r.UserAgent(), frame.AddressOf(r), replaces)
	if err != nil {
		return err
	}
	d.SetCookie(w, frame.SessionCookie, token.Reveal(), 0)
	d.SetCookie(w, frame.DeviceCookie, d.Accounts.DeviceToken(u), account.DeviceLifetime)
	return nil
}

func (d *Dashboard) signOut(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	if err := d.Accounts.EndSession(r.Context(), v.Session.ID); err != nil {
		return err
	}
	d.DropCookie(w, frame.SessionCookie)
	http.Redirect(w, r, d.Path("/dashboard/signin?out"), http.StatusSeeOther)
	return nil
}

// ownPath is to if it is a page of the dashboard, else the dashboard's first page: a link must not lead elsewhere.
func ownPath(to string) string {
	if to != "/dashboard" && !strings.HasPrefix(to, "/dashboard/") && !strings.HasPrefix(to, "/dashboard?") ||
		strings.ContainsAny(to, "\\\r\n\t") || strings.HasPrefix(to, "/dashboard/signin") {
		return "/dashboard"
	}
	return to
}
