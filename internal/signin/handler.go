package signin

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/endpoint"
	"clientele/internal/grant"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/settings"
	"clientele/internal/ui"
)

// People signs people in and keeps their sessions. account.Accounts is one.
type People interface {
	SignUp(ctx context.Context, actor audit.Actor, n account.NewUser) (account.User, error)
	SignIn(ctx context.Context, try account.Attempt) (account.User, error)
	DeviceToken(u account.User) string
	StartSession(ctx context.Context, user account.User, kind account.SessionKind, amr []string, userAgent, address, replaces string) (account.Session, secret.Secret, error)
	SessionOf(ctx context.Context, token string, kind account.SessionKind) (account.Session, account.User, error)
	EndSession(ctx context.Context, id string) error
}

// Requests opens the authorization request that waits for a sign-in. authorize.Handler is one.
type Requests interface {
	Waiting(r *http.Request, sealed string) (grant.Sealed, error)
}

// Clients finds what is asked about by id. registry.Directory is one.
type Clients interface {
	ByID(ctx context.Context, id string) (*registry.Application, error)
	APIByID(ctx context.Context, id string) (*registry.API, error)
	APIByAudience(ctx context.Context, audience string) (*registry.API, error)
}

// Store keeps requests in flight.
type Store interface {
	SaveRequest(ctx context.Context, r grant.Request) error
	Request(ctx context.Context, hashes []secret.Hash) (grant.Request, error)
}

// Handler answers the pages for people.
type Handler struct {
	Issuer   string // ends in /
	People   People
	Resets   Resets
	Requests Requests
	Clients  Clients
	Store    Store
	Logos    Logos // nil: there are none
	Passkeys Passkeys
	Own      Own
	Consents Consents
	Keys     *secret.Keyring
	Settings func() settings.Settings
	Site     func() ui.Site
	Uses     audit.Recorder
	Log      *slog.Logger
	Now      func() time.Time
}

// Mount puts the routes on mux.
func (h *Handler) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /signin", h.signInPage)
	mux.HandleFunc("POST /signin", h.signIn)
	mux.HandleFunc("GET /signup", h.signUpPage)
	mux.HandleFunc("POST /signup", h.signUp)
	mux.HandleFunc("GET /signout", h.signOutPage)
	mux.HandleFunc("POST /signout", h.signOut)
	mux.HandleFunc("GET /reset", h.resetPage)
	mux.HandleFunc("POST /reset", h.reset)
	mux.HandleFunc("GET /consent", h.consentPage)
	mux.HandleFunc("POST /consent", h.consent)
	mux.HandleFunc("GET /logos/{hash}", h.logo)
	mux.HandleFunc("GET /signin/passkey", h.passkeyOptions)
	mux.HandleFunc("POST /signin/passkey", h.passkeySignIn)
	h.mountOwn(mux)
}

// waiting is the request that sent the person here. Its zero value is none: the person came by themselves.
type waiting struct {
	token string // as it travels
	grant.Sealed
	app *registry.Application // nil if the client is not known yet
}

// waitingRequest opens the request named in the query or the form. It answers with a page, and false, if that cannot be.
func (h *Handler) waitingRequest(w http.ResponseWriter, r *http.Request) (waiting, bool) {
	token := r.PostForm.Get("request")
	if r.Method != http.MethodPost {
		token = r.URL.Query().Get("request")
	}
	if token == "" {
		return waiting{}, true
	}
	sealed, err := h.Requests.Waiting(r, token)
	switch {
	case errors.Is(err, grant.ErrElsewhere):
		h.refuse(w, r, http.StatusBadRequest, "This sign-in began in another browser",
			"Go back to the application in this browser and start again. If it happens every time, this browser refuses our cookies; sign-in needs one.")
		return waiting{}, false
	case err != nil:
		h.expired(w, r)
		return waiting{}, false
	}
	one := waiting{token: token, Sealed: sealed}
	if sealed.ApplicationID == "" {
		return one, true
	}
	one.app, err = h.Clients.ByID(r.Context(), sealed.ApplicationID)
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		h.failed(w, r, err)
		return waiting{}, false
	}
	return one, true
}

// parameter is one parameter of the waiting request, or empty.
func (q waiting) parameter(name string) string {
	if values := q.Parameters[name]; len(values) == 1 {
		return values[0]
	}
	return ""
}

// hint is the e-mail address that the request has ready. One of a client that nobody here knows yet says nothing on our pages.
func (q waiting) hint() string {
	if q.app == nil {
		return ""
	}
	return shorten(q.parameter("login_hint"), maxEmail)
}

// goOn keeps the waiting request as a row of this session and leads back to it. authTime is zero unless the person
// signed in for it just now.
func (h *Handler) goOn(w http.ResponseWriter, r *http.Request, q waiting, session account.Session, authTime time.Time) {
	if q.token == "" {
		h.seeOther(w, cmp.Or(ownPage(r.PostForm.Get("next")), "signin"))
		return
	}
	row, handle := q.Row(h.Keys, h.Now())
	row.SessionID, row.UserID, row.AuthTime = session.ID, session.UserID, authTime
	switch err := h.Store.SaveRequest(r.Context(), row); {
	case errors.Is(err, grant.ErrNotFound): // the application was deleted meanwhile
		h.expired(w, r)
	case err != nil:
		h.failed(w, r, err)
	default:
		h.resume(w, handle.Reveal())
	}
}

func (h *Handler) resume(w http.ResponseWriter, handle string) {
	h.seeOther(w, "authorize/resume?"+url.Values{"request": {handle}}.Encode())
}

// seeOther leads on with a GET. path is ours, without a leading slash.
func (h *Handler) seeOther(w http.ResponseWriter, path string) {
	header := w.Header()
	header.Set("Location", h.Issuer+path)
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(http.StatusSeeOther)
}

func (h *Handler) write(w http.ResponseWriter, r *http.Request, status int, page templ.Component) {
	if err := h.Site().Write(w, r, status, ui.Redirect, page); err != nil {
		h.Log.ErrorContext(r.Context(), "a page could not be written", slog.Any("error", err))
	}
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	h.write(w, r, status, ui.ErrorPage{Title: title, Text: text})
}

func (h *Handler) expired(w http.ResponseWriter, r *http.Request) {
	h.refuse(w, r, http.StatusBadRequest, "This sign-in is over", "It was answered already, or it took longer than 15 minutes. Go back to the application and start again.")
}

func (h *Handler) failed(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, account.ErrBusy) {
		w.Header().Set("Retry-After", "5")
		h.refuse(w, r, http.StatusServiceUnavailable, "Many people sign in at this moment", "Nothing was changed. Go back and try again in a few seconds.")
		return
	}
	reference := endpoint.NewReference()
	h.Log.ErrorContext(r.Context(), "a page for people failed", slog.String("reference", reference), slog.Any("error", err))
	h.write(w, r, http.StatusInternalServerError, ui.ErrorPage{
		Title: "Something went wrong here", Reference: reference,
		Text: "It is not your fault. Try again in a minute; if it happens again, tell whoever runs this server the reference.",
	})
}
