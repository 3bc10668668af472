package authorize

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/settings"
	"clientele/internal/ui"
)

// Clients finds applications and APIs, and says what one may have of the other. registry.Directory is one.
type Clients interface {
	Find(ctx context.Context, id oauth.ClientID) (*registry.Application, error)
	APIByAudience(ctx context.Context, audience string) (*registry.API, error)
	OnlyAPI(ctx context.Context, app *registry.Application, subject registry.SubjectType) (*registry.API, error)
	Access(ctx context.Context, app *registry.Application, api *registry.API, subject registry.SubjectType) (registry.Access, error)
}

// Store keeps requests in flight, consents, grants and codes.
type Store interface {
	SaveRequest(ctx context.Context, r grant.Request) error
	Request(ctx context.Context, hashes []secret.Hash) (grant.Request, error)
	IssueCode(ctx context.Context, request secret.Hash, g grant.Grant, c grant.Code) error
	Consents(ctx context.Context, userID, applicationID string) ([]grant.Consent, error)
	SaveConsent(ctx context.Context, c grant.Consent, e audit.Event) error
}

// Sessions knows who is signed in.
type Sessions interface {
	// Current is the person's session of the browser that sent r. It fails with account.ErrNoSession if nobody is signed in.
	Current(r *http.Request) (account.Session, account.User, error)
}

// Tokens verifies tokens that this server signed. signing.Keeper does.
type Tokens interface {
	Verify(token string, types ...string) (claims []byte, err error)
}

// Handler answers the authorization endpoint.
type Handler struct {
	Issuer   string // ends in /
	Clients  Clients
	URLs     URLClients                 // nil: there are no clients with a metadata document
	Exempt   func(hostport string) bool // hosts with an exception of the guard of outgoing requests; may be nil
	Store    Store
	Sessions Sessions
	Tokens   Tokens
	Keys     *secret.Keyring
	Settings func() settings.Settings
	Policy   func() registry.Policy // what of redirect URIs is allowed
	Site     func() ui.Site
	Trials   Trials // nil: there is no Try it
	Uses     audit.Recorder
	Traces   audit.Tracer // may be nil
	Log      *slog.Logger
	Now      func() time.Time
}

// Mount puts the routes on mux.
func (h *Handler) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /authorize", h.get)
	mux.HandleFunc("POST /authorize", h.post)
	mux.HandleFunc("GET /authorize/resume", h.resume)
}

// get answers an authorization request. RFC 6749 §4.1.1.
func (h *Handler) get(w http.ResponseWriter, r *http.Request) {
	query, err := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B")) // a semicolon separates nothing
	if err != nil {
		h.page(w, r, nil, brokenLink("query unreadable", "The query of the URL has broken percent-encoding."))
		return
	}
	h.proceed(w, r, readParameters(query), nil)
}

// post answers an authorization request that came as a form, with the way to the same request as a GET. A form may come
// from another site, and then it comes without the person's cookies. OpenID Connect Core 1.0 §3.1.2.1.
func (h *Handler) post(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		h.page(w, r, nil, brokenLink("form unreadable", "The body of the request is not a form of at most 64 kB."))
		return
	}
	p := readParameters(r.Form)
	if p.tooLong {
		h.page(w, r, nil, h.checkLength(r.Context(), &Request{Parameters: p}))
		return
	}
	h.seeOther(w, h.Issuer+"authorize?"+p.again().Encode())
}

// resume goes on with a request on its way back from sign-in or consent. All checks run again.
func (h *Handler) resume(w http.ResponseWriter, r *http.Request) {
	row, handle, page := h.row(r)
	if page != nil {
		h.page(w, r, nil, page)
		return
	}
	h.proceed(w, r, readParameters(row.Parameters), &answered{Request: row, handle: handle})
}

// proceed runs the checks, takes the next step and answers. A client whose metadata document has to be looked at gets that as
// soon as somebody is signed in, and then the checks run once more.
func (h *Handler) proceed(w http.ResponseWriter, r *http.Request, p Parameters, row *answered) {
	trial, page := h.trialOf(r, p)
	if page != nil {
		h.page(w, r, nil, page)
		return
	}
	q, page, refused := h.examine(r.Context(), Request{Parameters: p, trial: trial}, AtAuthorize)
	if h.URLs != nil && q.due(h.Now(), page) {
		app, goOn := h.settle(w, r, q, row)
		if !goOn {
			return
		}
		if app != nil {
			q, page, refused = h.examine(r.Context(), Request{Parameters: p, trial: trial, settled: app}, AtAuthorize)
		}
	}
	if page != nil {
		h.page(w, r, q, page)
		return
	}
	if refused == nil {
		refused = h.dispatch(w, r, q, row)
	}
	if refused != nil {
		h.refuse(w, r, q, row, refused)
	}
}

// Waiting opens the request that waits for a sign-in, for the room that does it. It fails with grant.ErrNotFound and
// grant.ErrElsewhere.
func (h *Handler) Waiting(r *http.Request, sealed string) (grant.Sealed, error) {
	return grant.Unseal(h.Keys, sealed, h.browser(r), h.Now())
}
