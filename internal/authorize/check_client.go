package authorize

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

func (h *Handler) checkLength(_ context.Context, q *Request) *PageError {
	if q.tooLong {
		return brokenLink("request too long", "The parameters of the request are longer than %d bytes together.", maxParameters)
	}
	return nil
}

// A client_id that is absent, repeated or unreadable names nobody. RFC 6749 §4.1.2.1.
func (h *Handler) checkClientID(_ context.Context, q *Request) *PageError {
	switch {
	case slices.Contains(q.repeated, "client_id"):
		return brokenLink("client_id repeated", "The parameter client_id is there more than once.")
	case q.get("client_id") == "":
		return brokenLink("client_id missing", "The parameter client_id is missing.")
	}
	return nil
}

func (h *Handler) checkClientKnown(ctx context.Context, q *Request) *PageError {
	if q.settled != nil {
		q.app = q.settled
		return nil
	}
	if looksLikeURL(q.get("client_id")) && h.URLs != nil {
		return h.findURL(ctx, q)
	}
	app, err := h.Clients.Find(ctx, oauth.ClientID(q.get("client_id")))
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return refusePage("unknown client", "Unknown application", "No application is registered here under the client ID that the link carries. If you are setting it up, compare the client ID with the one in the dashboard.",
			"Unknown client: %s", shorten(q.get("client_id"), maxShown))
	case err != nil:
		return failedPage(err)
	}
	q.app = app
	return nil
}

func (h *Handler) checkClientEnabled(_ context.Context, q *Request) *PageError {
	if q.app.Enabled {
		return nil
	}
	page := refusePage("client disabled", "This application is switched off", "Whoever runs this server has switched the application off, so nobody can sign in to it for now.",
		"The application %s is disabled.", q.app.ClientID())
	page.Status = http.StatusForbidden
	return page
}

// The redirect URI is compared with the registered ones as a string; for native and third-party applications the port of a
// loopback one does not count. It may be left out by a client with a single one that is not an OpenID Connect request's, and
// never by one with a metadata document, which can have another tomorrow.
// RFC 6749 §3.1.2.3, RFC 9700 §2.1, RFC 8252 §7.3, OpenID Connect Core 1.0 §3.1.2.1.
func (h *Handler) checkRedirectURI(_ context.Context, q *Request) *PageError {
	if q.trial != nil {
		return h.trialRedirect(q)
	}
	if page := unclearRedirectURI(q); page != nil {
		return page
	}
	text := q.get("redirect_uri")
	if text == "" {
		if text = onlyRedirect(q.app); text == "" || openIDAsked(q.Parameters) {
			return brokenLink("redirect_uri missing", "The parameter redirect_uri is missing.")
		}
	}
	uri, err := oauth.ParseRedirectURI(text)
	used, ok := q.app.RedirectFor(uri, h.Policy())
	if err != nil || !ok || text == grant.TrialURI(h.Issuer) {
		return h.mismatch(q, text)
	}
	q.used = used.Value
	q.to = Destination{uri: uri, mode: modeOf(q.get("response_mode"), uri), state: q.get("state")}
	return nil
}

// unclearRedirectURI refuses a redirect_uri of which nobody knows what it says.
func unclearRedirectURI(q *Request) *PageError {
	switch {
	case slices.Contains(q.repeated, "redirect_uri"):
		return brokenLink("redirect_uri repeated", "The parameter redirect_uri is there more than once.")
	case slices.Contains(q.garbled, "redirect_uri"):
		return brokenLink("redirect_uri garbled", "The parameter redirect_uri has characters that must not be in a URL.")
	}
	return nil
}

// mismatch refuses a redirect URI that is not the client's. The mistake that is made most is named.
func (h *Handler) mismatch(q *Request, asked string) *PageError {
	text, mend := "If you are setting it up, add the address to its callback URLs, exactly as it stands below.", "add the redirect URI to the application's callback URLs, or send one of those"
	if q.app.Import != nil {
		text, mend = "The application names its addresses in its metadata document, at "+hostOf(q.app)+"; its makers can add this one there.", "add the redirect URI to redirect_uris in the metadata document, or send one of those"
	}
	detail := "The redirect_uri %s is not among the callback URLs of %s."
	switch {
	case h.registered(q.app, asked+"/"):
		detail += " The registered one ends in a slash, and this one does not."
		mend = "send the redirect URI with the slash at its end"
	case strings.HasSuffix(asked, "/") && h.registered(q.app, strings.TrimSuffix(asked, "/")):
		detail += " The registered one has no slash at its end."
		mend = "send the redirect URI without the slash at its end"
	}
	page := refusePage("redirect_uri not registered", "Callback URL mismatch", "The link asks to send you to an address that is not registered for this application. "+text,
		detail, shorten(asked, 300), q.app.ClientID())
	page.value, page.mend, page.spec, page.mayPass = asked, mend, "RFC 9700 §2.1", true
	return page
}

func (h *Handler) registered(app *registry.Application, text string) bool {
	uri, err := oauth.ParseRedirectURI(text)
	if err != nil {
		return false
	}
	_, ok := app.RedirectFor(uri, h.Policy())
	return ok
}

// onlyRedirect is the redirect URI of an application that has one only, if it says where to go by itself: the registered
// form of a loopback URI does not tell the port.
func onlyRedirect(app *registry.Application) string {
	if len(app.RedirectURIs) != 1 || app.Import != nil {
		return ""
	}
	text := app.RedirectURIs[0].Value
	uri, err := oauth.ParseRedirectURI(text)
	if err != nil || uri.Class() == oauth.RedirectLoopback && app.AnyLoopbackPort() {
		return "" // a wildcard, or a port that only the program knows
	}
	return text
}

func openIDAsked(p Parameters) bool {
	asked, err := oauth.ParseScope(p.get("scope"))
	return err == nil && asked.Has(oauth.ScopeOpenID)
}

// maxShown is how much of an identifier that nobody registered a page repeats, in characters: no room for a message of whoever
// made the link.
const maxShown = 100

// shorten cuts what a stranger wrote before it stands on a page or in the record.
func shorten(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}
