package signin

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"clientele/internal/account"
)

// signInForm is what the sign-in page shows.
type signInForm struct {
	request string // sealed; empty if none waits
	app     string // name of the application to go on to; empty if none or not known yet
	email   string
	who     string // e-mail address of who is signed in; empty if nobody
	fault   string // what went wrong; stands above the fields
	next    string // page of the own account to go on to; empty if none
	again   bool   // the person is known and signs in once more
	only    bool   // nothing but a passkey will do
	passkey bool   // passkeys work at this address
	signUp  bool
}

func (h *Handler) signInPage(w http.ResponseWriter, r *http.Request) {
	q, ok := h.waitingRequest(w, r)
	if !ok {
		return
	}
	_, user, err := h.Current(r)
	switch {
	case err != nil && !errors.Is(err, account.ErrNoSession):
		h.failed(w, r, err)
	case err == nil && q.token == "":
		h.write(w, r, http.StatusOK, signedInPage(user.Email))
	case err == nil && q.Choose && r.URL.Query().Get("another") == "":
		h.write(w, r, http.StatusOK, choosePage(h.form(q, user)))
	default:
		f := h.form(q, user)
		f.next = ownPage(r.URL.Query().Get("next"))
		h.write(w, r, http.StatusOK, signInPage(f))
	}
}

func (h *Handler) form(q waiting, user account.User) signInForm {
	return signInForm{
		request: q.token, app: nameOf(q.app), email: q.hint(), who: user.Email, signUp: h.Settings().SignUp, passkey: h.Passkeys.PasskeysWork(),
	}
}

// signIn takes e-mail address and password, starts a session, and goes on with what waits. The same answer, in the same
// time, stands for an unknown person and a wrong password.
func (h *Handler) signIn(w http.ResponseWriter, r *http.Request) {
	if !h.readForm(w, r) {
		return
	}
	q, ok := h.waitingRequest(w, r)
	if !ok {
		return
	}
	if r.PostFormValue("account") == "current" {
		h.keepAccount(w, r, q)
		return
	}
	email := shorten(text(r.PostFormValue("email")), maxEmail)
	user, err := h.People.SignIn(r.Context(), account.Attempt{
		Email: email, Password: r.PostFormValue("password"), Address: address(r), Device: h.device(r),
	})
	if err != nil {
		h.signInFailed(w, r, q, email, err)
		return
	}
	h.enter(w, r, q, user, byPassword)
}

// byPassword is how somebody proved who they are who typed a password. RFC 8176 §2.
var byPassword = []string{"pwd"}

// enter starts the session of user, who proved who they are by amr, and goes on.
func (h *Handler) enter(w http.ResponseWriter, r *http.Request, q waiting, user account.User, amr []string) {
	session, err := h.begin(w, r, user, amr)
	switch {
	case errors.Is(err, account.ErrStale), errors.Is(err, account.ErrNotFound):
		h.refuse(w, r, http.StatusConflict, "Your account was changed at this moment", "Somebody changed its password, blocked or deleted it while you signed in. Go back and sign in again.")
		return
	case err != nil:
		h.failed(w, r, err)
		return
	}
	h.goOn(w, r, q, session, session.AuthTime)
}

// keepAccount goes on with the account that is signed in, where the request lets the person choose.
// OpenID Connect Core 1.0 §3.1.2.1, select_account.
func (h *Handler) keepAccount(w http.ResponseWriter, r *http.Request, q waiting) {
	session, user, err := h.Current(r)
	switch {
	case errors.Is(err, account.ErrNoSession):
		h.write(w, r, http.StatusUnprocessableEntity, signInPage(h.form(q, user)))
	case err != nil:
		h.failed(w, r, err)
	case !q.Choose:
		h.write(w, r, http.StatusUnprocessableEntity, signInPage(h.form(q, user)))
	default:
		h.goOn(w, r, q, session, time.Time{})
	}
}

func (h *Handler) signInFailed(w http.ResponseWriter, r *http.Request, q waiting, email string, err error) {
	session, user, _ := h.Current(r)
	f := h.form(q, user)
	f.email, f.next, f.again = email, ownPage(r.PostForm.Get("next")), r.PostForm.Get("again") == "yes" && user.Email != ""
	if f.again {
		f.email, f.only = user.Email, errors.Is(h.Own.PasskeyFirst(r.Context(), user, session.ID), account.ErrPasskeyFirst)
	}
	status := http.StatusUnprocessableEntity
	throttled, ok := errors.AsType[*account.Throttled](err)
	switch {
	case ok:
		wait := h.retryAfter(w, throttled)
		status = http.StatusTooManyRequests
		f.fault = "Too many attempts. Wait " + inWords(wait) + ", then try again."
	case passkeyFault(err) != "":
		f.fault = passkeyFault(err)
	case errors.Is(err, account.ErrWrongPassword) && f.again:
		f.fault = "The password is wrong."
	case errors.Is(err, account.ErrWrongPassword):
		f.fault = "The e-mail address or the password is wrong."
	case errors.Is(err, account.ErrBlocked): // said only to somebody who has the password or a passkey
		f.fault = "This account is blocked. Whoever runs this server can unblock it."
	default:
		h.failed(w, r, err)
		return
	}
	h.write(w, r, status, signInPage(f))
}

// retryAfter says how long to wait.
func (h *Handler) retryAfter(w http.ResponseWriter, throttled *account.Throttled) time.Duration {
	wait := throttled.Until.Sub(h.Now())
	w.Header().Set("Retry-After", strconv.Itoa(int(max(wait, time.Second).Round(time.Second)/time.Second)))
	return wait
}

// readForm parses the body. It answers, and returns false, if it is no form.
func (h *Handler) readForm(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		h.refuse(w, r, http.StatusBadRequest, "That was no form", "What was sent cannot be read as a form. Go back and try again.")
		return false
	}
	return true
}
