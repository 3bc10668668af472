package signin

import (
	"errors"
	"net/http"

	"clientele/internal/account"
)

// passwordView is the page on which somebody changes the password.
type passwordView struct {
	has           bool // there is one
	email         string
	currentFault  string
	passwordFault string
	fault         string
}

func (h *Handler) passwordPage(w http.ResponseWriter, r *http.Request, o owner) {
	h.showPassword(w, r, o, http.StatusOK, passwordView{})
}

func (h *Handler) showPassword(w http.ResponseWriter, r *http.Request, o owner, status int, v passwordView) {
	v.has, v.email = o.PasswordHash != "", o.Email
	h.write(w, r, status, passwordPage(h.own(r, o, ownPassword, "Changing it signs you out of every other browser. Connected applications stay connected."), v))
}

// changePassword asks for the password until now although the sign-in is fresh: a browser that was left open must not be enough.
func (h *Handler) changePassword(w http.ResponseWriter, r *http.Request, o owner) {
	err := h.Own.ChangePassword(r.Context(), o.actor(r), o.ID, account.OwnPassword{
		Current: r.PostForm.Get("current"), New: r.PostForm.Get("password"), Address: address(r), Device: h.device(r), Session: o.session.ID,
	})
	invalid, isInvalid := errors.AsType[*account.Invalid](err)
	throttled, isThrottled := errors.AsType[*account.Throttled](err)
	var v passwordView
	status := http.StatusUnprocessableEntity
	switch {
	case err == nil:
		h.seeOther(w, ownPassword+"?said=password")
		return
	case isInvalid:
		v.passwordFault = invalid.Error()
	case errors.Is(err, account.ErrWrongPassword):
		v.currentFault = "This is not your current password."
	case isThrottled:
		wait := h.retryAfter(w, throttled)
		status, v.fault = http.StatusTooManyRequests, "Too many attempts. Wait "+inWords(wait)+", then try again."
	case errors.Is(err, account.ErrStale):
		status, v.fault = http.StatusConflict, "Your account was changed at the same moment. Try again."
	default:
		h.failed(w, r, err)
		return
	}
	h.showPassword(w, r, o, status, v)
}
