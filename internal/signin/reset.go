package signin

import (
	"context"
	"errors"
	"net/http"

	"clientele/internal/account"
)

// Resets sets new passwords by links that operators hand over. account.Accounts is one.
type Resets interface {
	ResetUser(ctx context.Context, token string) (account.User, error)
	RedeemReset(ctx context.Context, token, password, address string) (account.User, error)
}

// resetForm is what the page for a new password shows.
type resetForm struct {
	token string
	email string
	fault string
}

func (h *Handler) resetPage(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	user, err := h.Resets.ResetUser(r.Context(), token)
	if err != nil {
		h.resetFailed(w, r, resetForm{}, err)
		return
	}
	h.write(w, r, http.StatusOK, resetPage(resetForm{token: token, email: user.Email}))
}

// reset sets the password and signs the person in on this browser; every session they had has ended.
func (h *Handler) reset(w http.ResponseWriter, r *http.Request) {
	if !h.readForm(w, r) {
		return
	}
	token := r.PostForm.Get("token")
	user, err := h.Resets.ResetUser(r.Context(), token)
	if err != nil {
		h.resetFailed(w, r, resetForm{}, err)
		return
	}
	f := resetForm{token: token, email: user.Email}
	password := r.PostForm.Get("password")
	if password == "" {
		f.fault = "A password is needed."
		h.write(w, r, http.StatusUnprocessableEntity, resetPage(f))
		return
	}
	if user, err = h.Resets.RedeemReset(r.Context(), token, password, address(r)); err != nil {
		h.resetFailed(w, r, f, err)
		return
	}
	h.enterAfterReset(w, r, user)
}

// enterAfterReset shows who has passkeys which those are: whoever had the old password may have added one, and it outlives the
// password.
func (h *Handler) enterAfterReset(w http.ResponseWriter, r *http.Request, user account.User) {
	held, err := h.Own.Passkeys(r.Context(), user.ID)
	switch {
	case err != nil:
		h.failed(w, r, err)
		return
	case len(held) == 0:
		h.enter(w, r, waiting{}, user, byPassword)
		return
	}
	if _, err := h.begin(w, r, user, byPassword); err != nil {
		h.failed(w, r, err)
		return
	}
	h.seeOther(w, ownPasskeys+"?said=reset")
}

func (h *Handler) resetFailed(w http.ResponseWriter, r *http.Request, f resetForm, err error) {
	invalid, isInvalid := errors.AsType[*account.Invalid](err)
	switch {
	case isInvalid && len(invalid.Violations) > 0:
		f.fault = invalid.Violations[0].Message
		h.write(w, r, http.StatusUnprocessableEntity, resetPage(f))
	case errors.Is(err, account.ErrLink):
		h.refuse(w, r, http.StatusBadRequest, "This link is not good any more", "It was used, has expired, or the password changed since it was made. Ask whoever gave it to you for another.")
	default:
		h.failed(w, r, err)
	}
}
