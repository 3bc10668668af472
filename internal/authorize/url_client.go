package authorize

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"clientele/internal/cimd"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// URLClients knows the clients whose client ID is the URL of their metadata document. cimd.Service is one.
type URLClients interface {
	// Find never fetches. It fails with registry.ErrNotFound, also for a stranger that a rule or the mode keeps out by now.
	Find(ctx context.Context, id oauth.ClientID) (*registry.Application, error)

	// Resolve fetches an unknown client for somebody who is signed in, and lets it in. It fails with *cimd.Refusal.
	Resolve(ctx context.Context, a cimd.Arrival) (*registry.Application, error)

	// Current is app with its document as fresh as it must be. It fails with *cimd.Refusal.
	Current(ctx context.Context, app *registry.Application, a cimd.Arrival) (*registry.Application, error)
}

// looksLikeURL reports whether a client ID means to be a URL. Whatever is one in another spelling is refused as such, with
// the reason, and never looked up as something else.
func looksLikeURL(id string) bool {
	scheme, _, found := strings.Cut(id, ":")
	return found && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

// findURL finds the client at a URL. One that nobody here knows stays unknown until somebody has signed in: nothing is
// fetched for a stranger, so the request goes on with the checks that need no client. CIMD-02 §5.
func (h *Handler) findURL(ctx context.Context, q *Request) *PageError {
	id := q.get("client_id")
	app, err := h.URLs.Find(ctx, oauth.ClientID(id))
	switch {
	case err == nil:
		q.app = app
		return nil
	case !errors.Is(err, registry.ErrNotFound):
		return failedPage(err)
	}
	q.url, err = oauth.ParseClientURL(id, oauth.ClientURLRules{Query: h.Settings().CIMDQuery, Exempt: h.Exempt})
	if err != nil {
		return badClientURL(id, err)
	}
	return nil
}

// unknown reports whether the client is a URL that nobody here knows yet.
func (q *Request) unknown() bool { return q.app == nil && !q.url.IsZero() }

// due reports whether the client's metadata document has to be looked at before anything is decided for the person: it is
// unknown, not in good standing, or what is kept of it is not fresh any more.
func (q *Request) due(now time.Time, page *PageError) bool {
	if page != nil && !page.mayPass {
		return false
	}
	return q.unknown() || q.doubtful || q.app != nil && q.app.Import != nil && !now.Before(q.app.Import.DueAt)
}

// settle looks at the metadata document in the name of the person who is signed in, and runs all checks from the start with
// what it says now. It answers, and returns false, if the client is not let in or somebody has to sign in first.
func (h *Handler) settle(w http.ResponseWriter, r *http.Request, q *Request, row *answered) (*registry.Application, bool) {
	s, err := h.person(r, row)
	if err != nil {
		h.page(w, r, q, failedPage(err))
		return nil, false
	}
	if needsSignIn(q, s) {
		return nil, !q.unknown() || h.firstSignIn(w, r, q, s)
	}
	arrival := cimd.Arrival{URL: q.get("client_id"), UserID: s.user.ID, Email: s.user.Email, Address: address(r), Door: "authorize"}
	app, err := h.lookUp(r.Context(), q, arrival)
	if refusal, ok := errors.AsType[*cimd.Refusal](err); ok {
		h.page(w, r, q, h.refusedPage(r.Context(), q, s, refusal))
		return nil, false
	}
	if err != nil {
		h.page(w, r, q, failedPage(err))
		return nil, false
	}
	return app, true
}

func (h *Handler) lookUp(ctx context.Context, q *Request, a cimd.Arrival) (*registry.Application, error) {
	if q.unknown() {
		return h.URLs.Resolve(ctx, a)
	}
	return h.URLs.Current(ctx, q.app, a)
}

// firstSignIn sends whoever comes with an unknown client to the sign-in page. It answers, and returns false.
func (h *Handler) firstSignIn(w http.ResponseWriter, r *http.Request, q *Request, s situation) bool {
	if err := h.sendToSignIn(w, r, q, s); err != nil {
		h.page(w, r, q, failedPage(err))
	}
	return false
}

// again is the way to ask once more for the same request, as long as that is allowed; empty after that.
func (h *Handler) again(ctx context.Context, q *Request, s situation) string {
	row := s.row
	if row == nil {
		fresh, handle := grant.Sealed{ApplicationID: q.applicationID(), Parameters: q.values}.Row(h.Keys, s.now)
		row = &answered{Request: fresh, handle: handle.Reveal()}
		row.SessionID, row.UserID = s.session.ID, s.session.UserID
		if err := h.Store.SaveRequest(ctx, row.Request); err != nil {
			return ""
		}
	}
	if !s.now.Before(row.CreatedAt.Add(registry.ResumeLifetime)) {
		return ""
	}
	return resumePath(row.handle)
}

// applicationID is the internal id of the client, or empty if it is not known yet.
func (q *Request) applicationID() string {
	if q.app == nil {
		return ""
	}
	return q.app.ID
}

// approved reports whether an operator answers for the client: it was made or imported by hand, or approved, and is in good
// standing. Nothing leaves for the redirect URI of any other without the person. RFC 9700 §4.11.2.
func (q *Request) approved() bool {
	return q.app.Import == nil || q.app.Import.By == registry.ByOperator && !q.doubtful
}

// identity names what a consent to the client is given to; empty for clients without a metadata document.
func (q *Request) identity() string {
	if q.app.Import == nil {
		return ""
	}
	return q.app.Import.Identity
}

// documentHash names the metadata document that counts now; empty for clients without one.
func (q *Request) documentHash() string {
	if q.app.Import == nil {
		return ""
	}
	return q.app.Import.Live.Hash
}
