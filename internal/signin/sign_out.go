package signin

import (
	"errors"
	"net/http"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
)

func (h *Handler) signOutPage(w http.ResponseWriter, r *http.Request) {
	_, user, err := h.Current(r)
	switch {
	case errors.Is(err, account.ErrNoSession):
		h.write(w, r, http.StatusOK, signedOutPage())
	case err != nil:
		h.failed(w, r, err)
	default:
		h.write(w, r, http.StatusOK, signOutPage(user.Email))
	}
}

// signOut ends the session of this browser. What applications were allowed stays.
func (h *Handler) signOut(w http.ResponseWriter, r *http.Request) {
	session, user, err := h.Current(r)
	if err != nil && !errors.Is(err, account.ErrNoSession) {
		h.failed(w, r, err)
		return
	}
	if err == nil {
		if err := h.People.EndSession(r.Context(), session.ID); err != nil {
			h.failed(w, r, err)
			return
		}
		h.Uses.Record(r.Context(), audit.Use{At: h.Now(), Kind: "signin.ended", UserID: user.ID, Address: address(r)})
	}
	name, secure := sessionCookie(h.Issuer)
	setCookie(w, name, "", -time.Second, secure)
	h.seeOther(w, "signout")
}
