package signin

import (
	"errors"
	"net/http"

	"clientele/internal/account"
	"clientele/internal/audit"
)

// signUpForm is what the sign-up page shows.
type signUpForm struct {
	request, app string
	name, email  string
	fault        string            // what went wrong; stands above the fields
	faults       map[string]string // by field
}

func (h *Handler) signUpPage(w http.ResponseWriter, r *http.Request) {
	if !h.signUpOpen(w, r) {
		return
	}
	q, ok := h.waitingRequest(w, r)
	if !ok {
		return
	}
	h.write(w, r, http.StatusOK, signUpPage(signUpForm{request: q.token, app: nameOf(q.app), email: q.hint()}))
}

// signUp makes a person, signs them in and goes on with what waits.
func (h *Handler) signUp(w http.ResponseWriter, r *http.Request) {
	if !h.signUpOpen(w, r) || !h.readForm(w, r) {
		return
	}
	q, ok := h.waitingRequest(w, r)
	if !ok {
		return
	}
	f := signUpForm{
		request: q.token, app: nameOf(q.app),
		email: shorten(text(r.PostFormValue("email")), maxEmail), name: shorten(text(r.PostFormValue("name")), 2*maxName),
	}
	actor := audit.Actor{Kind: audit.ActorPerson, Name: f.email, Address: address(r), Door: "signin"}
	if r.PostFormValue("password") == "" {
		f.faults = map[string]string{"password": "A password is needed."}
		h.write(w, r, http.StatusUnprocessableEntity, signUpPage(f))
		return
	}
	user, err := h.People.SignUp(r.Context(), actor, account.NewUser{Email: f.email, Name: f.name, Password: r.PostFormValue("password")})
	if err != nil {
		h.signUpFailed(w, r, f, err)
		return
	}
	h.enter(w, r, q, user, byPassword)
}

func (h *Handler) signUpFailed(w http.ResponseWriter, r *http.Request, f signUpForm, err error) {
	status := http.StatusUnprocessableEntity
	invalid, isInvalid := errors.AsType[*account.Invalid](err)
	throttled, slow := errors.AsType[*account.Throttled](err)
	switch {
	case slow:
		wait := h.retryAfter(w, throttled)
		status, f.fault = http.StatusTooManyRequests, "Too many accounts were asked for from your network. Wait "+inWords(wait)+", then try again."
	case isInvalid:
		f.faults = make(map[string]string, len(invalid.Violations))
		for _, v := range invalid.Violations {
			f.faults[v.Field] = v.Message
		}
	case errors.Is(err, account.ErrConflict):
		f.faults = map[string]string{"email": "There is an account with this address already. Sign in instead."}
	default:
		h.failed(w, r, err)
		return
	}
	h.write(w, r, status, signUpPage(f))
}

func (h *Handler) signUpOpen(w http.ResponseWriter, r *http.Request) bool {
	if h.Settings().SignUp {
		return true
	}
	h.refuse(w, r, http.StatusNotFound, "Sign-up is closed", "Accounts here are made by whoever runs this server. Ask them for one.")
	return false
}
