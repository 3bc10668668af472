package signin

import (
	"errors"
	"net/http"

	"clientele/internal/account"
	"clientele/internal/ui"
)

// passkeysView is the list of somebody's passkeys.
type passkeysView struct {
	ui.PasskeyList
	possible bool // this address has passkeys
	full     bool
	fault    string
}

func (h *Handler) passkeysPage(w http.ResponseWriter, r *http.Request, o owner) {
	h.showPasskeys(w, r, o, http.StatusOK, passkeysView{})
}

func (h *Handler) showPasskeys(w http.ResponseWriter, r *http.Request, o owner, status int, v passkeysView) {
	held, err := h.Own.Passkeys(r.Context(), o.ID)
	if err != nil {
		h.failed(w, r, err)
		return
	}
	v.Base, v.Now, v.possible, v.full = "/"+ownPasskeys, h.Now(), h.Passkeys.PasskeysWork(), len(held) >= account.MaxPasskeys
	for _, p := range held {
		v.Rows = append(v.Rows, ui.PasskeyRow{ID: p.ID, Name: p.Name, Synced: p.Synced(), Created: p.CreatedAt, Used: p.LastUsed, Suspected: p.Suspected})
	}
	page := h.own(r, o, ownPasskeys, "Sign in with the lock of your device: nothing to type, and nothing that a false page could take.")
	h.write(w, r, status, passkeysPage(page, v))
}

// newPasskeyView is the page that makes one.
type newPasskeyView struct {
	form       ui.PasskeyForm
	suggestion string
	nameFault  string
	fault      string
}

func (h *Handler) newPasskeyPage(w http.ResponseWriter, r *http.Request, o owner) {
	h.showNewPasskey(w, r, o, http.StatusOK, newPasskeyView{suggestion: ui.Device(r.UserAgent())})
}

func (h *Handler) showNewPasskey(w http.ResponseWriter, r *http.Request, o owner, status int, v newPasskeyView) {
	begun, err := h.Own.BeginPasskey(r.Context(), o.User, o.session.ID)
	switch {
	case errors.Is(err, account.ErrTooManyPasskeys):
		h.showPasskeys(w, r, o, http.StatusUnprocessableEntity, passkeysView{fault: "Nobody has more than 10 passkeys. Remove one first."})
	case errors.Is(err, account.ErrNoPasskeys):
		h.showPasskeys(w, r, o, http.StatusUnprocessableEntity, passkeysView{})
	case err != nil:
		h.failed(w, r, err)
	default:
		v.form = ui.PasskeyForm{Action: "/" + ownPasskeys, Options: string(begun.Options), State: begun.State, Create: true, Label: "Create passkey", Kind: ui.Primary}
		h.write(w, r, status, newPasskeyPage(h.own(r, o, ownPasskeys, ""), v))
	}
}

// addPasskey takes the browser's answer. The state proves that the sign-in was fresh when it began, in this session.
func (h *Handler) addPasskey(w http.ResponseWriter, r *http.Request, o owner) {
	name := r.PostForm.Get("name")
	_, err := h.Own.AddPasskey(r.Context(), o.actor(r), o.User, account.NewPasskey{
		State: r.PostForm.Get("state"), Answer: []byte(r.PostForm.Get("answer")), Name: name, Session: o.session.ID,
	})
	invalid, wrongName := errors.AsType[*account.Invalid](err)
	v := newPasskeyView{suggestion: name}
	switch {
	case err == nil:
		h.seeOther(w, ownPasskeys+"?said=added")
		return
	case wrongName:
		v.nameFault = invalid.Error()
	case errors.Is(err, account.ErrPasskeyTaken):
		v.fault = "This passkey is registered here already."
	case errors.Is(err, account.ErrPasskeyFirst): // asked for below
	case errors.Is(err, account.ErrTooManyPasskeys), errors.Is(err, account.ErrCeremony), errors.Is(err, account.ErrBadResponse), errors.Is(err, account.ErrPasskey):
		v.fault = "The passkey could not be checked, or it took longer than five minutes. Nothing was added; try again."
	default:
		h.failed(w, r, err)
		return
	}
	h.freshly(ownPasskeys, func(w http.ResponseWriter, r *http.Request, o owner) { // like the first attempt
		h.showNewPasskey(w, r, o, http.StatusUnprocessableEntity, v)
	})(w, r)
}

func (h *Handler) renamePasskey(w http.ResponseWriter, r *http.Request, o owner) {
	id, name := r.PostForm.Get("passkey"), r.PostForm.Get("name")
	err := h.Own.RenamePasskey(r.Context(), o.actor(r), o.User, id, name)
	if invalid, ok := errors.AsType[*account.Invalid](err); ok {
		h.showPasskeys(w, r, o, http.StatusUnprocessableEntity, passkeysView{PasskeyList: ui.PasskeyList{Which: id, Typed: name, Fault: invalid.Error()}})
		return
	}
	h.passkeyDone(w, r, o, err, "renamed")
}

func (h *Handler) removePasskey(w http.ResponseWriter, r *http.Request, o owner) {
	h.passkeyDone(w, r, o, h.Own.RemovePasskey(r.Context(), o.actor(r), o.User, r.PostForm.Get("passkey")), "removed")
}

func (h *Handler) passkeyDone(w http.ResponseWriter, r *http.Request, o owner, err error, done string) {
	switch {
	case err == nil:
		h.seeOther(w, ownPasskeys+"?said="+done)
	case errors.Is(err, account.ErrNoPasskey):
		h.seeOther(w, ownPasskeys+"?said=gone")
	case errors.Is(err, account.ErrLastPasskey):
		h.showPasskeys(w, r, o, http.StatusUnprocessableEntity, passkeysView{fault: "This is the only way to sign in that you have left. Add another passkey or set a password first."})
	default:
		h.failed(w, r, err)
	}
}
