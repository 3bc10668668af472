package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/ui"
)

// OwnPasskeys keeps the passkeys of who is signed in. account.Accounts does.
type OwnPasskeys interface {
	Passkeys(ctx context.Context, userID string) ([]account.Passkey, error)
	BeginPasskey(ctx context.Context, u account.User, session string) (account.Ceremony, error)
	AddPasskey(ctx context.Context, actor audit.Actor, u account.User, n account.NewPasskey) (account.Passkey, error)
	RenamePasskey(ctx context.Context, actor audit.Actor, u account.User, id, name string) error
	RemovePasskey(ctx context.Context, actor audit.Actor, u account.User, id string) error
	PasskeyFirst(ctx context.Context, u account.User, session string) error
}

// OwnSessions changes the password of who is signed in, and says where they are. account.Accounts does.
type OwnSessions interface {
	ChangePassword(ctx context.Context, actor audit.Actor, id string, c account.OwnPassword) error
	Sessions(ctx context.Context, userID string, kind account.SessionKind) ([]account.Session, error)
	EndOneSession(ctx context.Context, actor audit.Actor, u account.User, id string) error
	EndOtherSessions(ctx context.Context, actor audit.Actor, u account.User, keep string) error
}

// Own is all of what somebody does about their own account.
type Own interface {
	OwnPasskeys
	OwnSessions
}

// freshFor is how long after a sign-in a person changes how they sign in without another.
const freshFor = 5 * time.Minute

// The pages of somebody's own account, without the leading slash, as they are led on to.
const (
	ownApplications = "account"
	ownPasskeys     = "account/passkeys"
	ownPassword     = "account/password"
	ownSessions     = "account/sessions"
)

// ownPage is next if it is one of those pages, else empty: a form must not lead elsewhere.
func ownPage(next string) string {
	if slices.Contains([]string{ownApplications, ownPasskeys, ownPassword, ownSessions}, next) {
		return next
	}
	return ""
}

// owner is who looks at the own account.
type owner struct {
	account.User
	session account.Session
}

func (o owner) actor(r *http.Request) audit.Actor {
	return audit.Actor{Kind: audit.ActorPerson, ID: o.ID, Name: o.Email, Address: address(r), Door: "signin"}
}

// visitor is who is signed in. It leads to the sign-in page, from there back to next, and returns false, if nobody is.
func (h *Handler) visitor(w http.ResponseWriter, r *http.Request, next string) (account.Session, account.User, bool) {
	session, user, err := h.Current(r)
	switch {
	case err == nil:
		return session, user, true
	case errors.Is(err, account.ErrNoSession):
		h.seeOther(w, "signin?"+url.Values{"next": {next}}.Encode())
	default:
		h.failed(w, r, err)
	}
	return session, user, false
}

// owned wraps a page of the own account. Who is not signed in is led to the sign-in page, and back to next.
func (h *Handler) owned(next string, page func(w http.ResponseWriter, r *http.Request, o owner)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && !h.readForm(w, r) {
			return
		}
		session, user, ok := h.visitor(w, r, next)
		if ok {
			page(w, r, owner{user, session})
		}
	}
}

// freshly is owned for what changes how somebody signs in: the last sign-in must not be older than 5 minutes, and with a passkey
// where one is demanded.
func (h *Handler) freshly(next string, page func(w http.ResponseWriter, r *http.Request, o owner)) http.HandlerFunc {
	return h.owned(next, func(w http.ResponseWriter, r *http.Request, o owner) {
		err := h.Own.PasskeyFirst(r.Context(), o.User, o.session.ID)
		owes := errors.Is(err, account.ErrPasskeyFirst)
		switch {
		case err != nil && !owes:
			h.failed(w, r, err)
			return
		case !owes && o.session.Fresh(h.Now(), freshFor):
			page(w, r, o)
			return
		}
		f := h.form(waiting{}, o.User)
		f.email, f.next, f.again, f.only = o.Email, next, true, owes
		h.write(w, r, http.StatusForbidden, signInPage(f))
	})
}

// said are the sentences that a page shows after a change, by what stands in its query.
var said = map[string]string{
	"disconnected": "Disconnected. Its access there has ended.",
	"taken-back":   "Disconnected. Its access has ended, and it has to ask again.",
	"ended":        "Signed out there.",
	"others":       "Signed out everywhere else.",
	"password":     "Password saved. Other browsers were signed out.",
	"added":        "Passkey added. Next time, sign in with it.",
	"renamed":      "Renamed.",
	"removed":      "Passkey removed.",
	"gone":         "That had ended before.",
	"reset":        "Password saved, and signed out everywhere else. These passkeys still sign in: remove every one that you do not know.",
}

// own is the frame of a page at path.
func (h *Handler) own(r *http.Request, o owner, path, lead string) ui.OwnPage {
	page := ui.OwnPage{Lead: lead, Who: o.Email}
	for _, tab := range []ui.Link{
		{Label: "Connected applications", Href: "/" + ownApplications},
		{Label: "Passkeys", Href: "/" + ownPasskeys},
		{Label: "Password", Href: "/" + ownPassword},
		{Label: "Sessions", Href: "/" + ownSessions},
	} {
		if tab.Current = tab.Href == "/"+path; tab.Current {
			page.Title = tab.Label
		}
		page.Tabs = append(page.Tabs, tab)
	}
	if text := said[r.URL.Query().Get("said")]; text != "" && r.Method == http.MethodGet {
		page.Flash = ui.Alert{Kind: ui.Good, Text: text}
	}
	return page
}

// noSuchPage answers what stands under the own account and is none of its pages.
func (h *Handler) noSuchPage(w http.ResponseWriter, r *http.Request) {
	h.write(w, r, http.StatusNotFound, ui.ErrorPage{
		Title: "There is no such page", Text: "The address may have been cut, or the page has moved.",
		Action: ui.LinkButton{Label: "Your account", Href: "/" + ownApplications},
	})
}

// mountOwn puts the pages of the own account on mux.
func (h *Handler) mountOwn(mux *http.ServeMux) {
	mux.HandleFunc("GET /account", h.owned(ownApplications, h.connectedPage))
	mux.HandleFunc("POST /account/disconnect", h.owned(ownApplications, h.disconnect))
	mux.HandleFunc("GET /account/{rest...}", h.noSuchPage)
	mux.HandleFunc("GET /connected", func(w http.ResponseWriter, _ *http.Request) { h.seeOther(w, ownApplications) })
	mux.HandleFunc("GET /account/passkeys", h.owned(ownPasskeys, h.passkeysPage))
	mux.HandleFunc("POST /account/passkeys/new", h.freshly(ownPasskeys, h.newPasskeyPage))
	mux.HandleFunc("POST /account/passkeys", h.owned(ownPasskeys, h.addPasskey))
	mux.HandleFunc("POST /account/passkeys/rename", h.owned(ownPasskeys, h.renamePasskey))
	mux.HandleFunc("POST /account/passkeys/remove", h.freshly(ownPasskeys, h.removePasskey))
	mux.HandleFunc("GET /account/password", h.freshly(ownPassword, h.passwordPage))
	mux.HandleFunc("POST /account/password", h.freshly(ownPassword, h.changePassword))
	mux.HandleFunc("GET /account/sessions", h.owned(ownSessions, h.sessionsPage))
	mux.HandleFunc("POST /account/sessions", h.owned(ownSessions, h.endSessions))
}
