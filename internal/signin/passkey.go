package signin

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"clientele/internal/account"
)

// Passkeys signs people in by a passkey. account.Accounts does.
type Passkeys interface {
	PasskeysWork() bool
	BeginPasskeySignIn(kind account.SessionKind) (account.Ceremony, error)
	PasskeySignIn(ctx context.Context, try account.PasskeyAttempt) (account.User, account.Passkey, error)
}

// passkeyOptions is what a script asks for before it asks the browser for a passkey. It is the same for everybody but for the
// challenge. Web Authentication Level 3 §5.5.
func (h *Handler) passkeyOptions(w http.ResponseWriter, r *http.Request) {
	begun, err := h.Passkeys.BeginPasskeySignIn(account.PersonSession)
	if err != nil {
		http.Error(w, "there are no passkeys at this address", http.StatusNotFound)
		return
	}
	answer, err := json.Marshal(map[string]any{"options": json.RawMessage(begun.Options), "state": begun.State})
	if err != nil {
		h.failed(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if _, err := w.Write(answer); err != nil {
		h.Log.DebugContext(r.Context(), "the options of a passkey were not read", slog.Any("error", err))
	}
}

// passkeySignIn takes the browser's answer, starts a session and goes on with what waits, as signIn does.
func (h *Handler) passkeySignIn(w http.ResponseWriter, r *http.Request) {
	if !h.readForm(w, r) {
		return
	}
	q, ok := h.waitingRequest(w, r)
	if !ok {
		return
	}
	user, passkey, err := h.Passkeys.PasskeySignIn(r.Context(), account.PasskeyAttempt{
		State: r.PostForm.Get("state"), Answer: []byte(r.PostForm.Get("answer")), Kind: account.PersonSession, Address: address(r),
	})
	if err != nil {
		h.signInFailed(w, r, q, "", err)
		return
	}
	h.enter(w, r, q, user, passkey.AMR())
}

// passkeyFault is what the page says about a passkey that was refused; empty if it is not about one.
func passkeyFault(err error) string {
	switch {
	case errors.Is(err, account.ErrCeremony):
		return "It took longer than five minutes, or was sent twice. Try again."
	case errors.Is(err, account.ErrPasskeyCopied):
		return "This passkey was refused: a copy of it may be in use. Sign in in another way and remove it."
	case errors.Is(err, account.ErrPasskey):
		return "This passkey is not known here. It may have been removed; sign in in another way."
	case errors.Is(err, account.ErrBadResponse):
		return "What the browser sent about the passkey cannot be read. Try again, or sign in in another way."
	}
	return ""
}
