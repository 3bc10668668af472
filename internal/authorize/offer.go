package authorize

import (
	"net/http"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/endpoint"
	"clientele/internal/oauth"
	"clientele/internal/ui"
)

// offer is an answer that waits for the person: no error leaves by itself for a client that no operator approved. Otherwise
// anybody could publish a document and have this server send people on to a place of theirs. RFC 9700 §4.11.2.
type offer struct {
	title, text string
	detail      string // the exact words, for the developer
	reference   string
	place       string // host it goes to, or the private scheme
	link        string // with the answer in it; empty for a form
	action      string
	fields      []ui.Hidden
}

// offerAnswer shows what happened, with the way to the application that tells it.
func (h *Handler) offerAnswer(w http.ResponseWriter, r *http.Request, q *Request, public *oauth.Error, reference string) {
	values := h.complete(q.to, refusalValues(public))
	o := offer{
		title: "This sign-in cannot go on", reference: reference, place: placeOf(q.to.uri),
		text:   "What the application at " + hostOf(q.app) + " asked for is refused. It was told nothing about you. You can close this page, or go on to it with the reason.",
		detail: string(public.Code) + ": " + endpoint.Printable(public.Description),
	}
	status := http.StatusBadRequest
	if q.denied {
		status = http.StatusOK
		o.title, o.detail = "Nothing was allowed", ""
		o.text = "The application at " + hostOf(q.app) + " gets nothing. You can close this page, or go on to it; then it is told that you did not allow it."
	}
	if q.to.mode == oauth.ResponseModeFormPost {
		o.action, o.fields = q.to.uri.String(), hiddenFields(values)
	} else {
		o.link = location(q.to, values)
	}
	w.Header().Set("Pragma", "no-cache")
	h.write(w, r, status, offerPage(o))
}

// placeOf names where a redirect URI leads: host and port as they stand in it, or the private scheme.
func placeOf(uri oauth.RedirectURI) string {
	if _, place, found := strings.Cut(uri.Origin(), "://"); found {
		return place
	}
	return uri.Scheme()
}

func refusalValues(public *oauth.Error) map[string]string {
	values := map[string]string{"error": string(public.Code)}
	if public.Description != "" {
		values["error_description"] = endpoint.Printable(public.Description)
	}
	return values
}

// The codes that say how a person decided or that one was needed, which is nobody's fault and leaves no trace.
var expected = map[oauth.ErrorCode]bool{
	oauth.CodeLoginRequired: true, oauth.CodeConsentRequired: true, oauth.CodeInteractionRequired: true,
}

// trace leaves a trace of a refusal of a client that is known by a URL, and returns its reference. For all other clients, for
// trouble of our own, for what nobody did wrong, and for refusals that have one already, it only returns a reference.
func (h *Handler) trace(r *http.Request, q *Request, err *PageError) string {
	switch {
	case err.Reference != "":
		return err.Reference
	case q == nil || h.Traces == nil || err.cause != nil || err.Detail+err.note == "" || !looksLikeURL(q.get("client_id")):
		return endpoint.NewReference()
	}
	t := audit.Trace{
		At: h.Now(), Door: "authorize", ClientID: shorten(readable(q.get("client_id")), maxTraced), Address: address(r),
		Kind: err.kind, Rule: err.Reason, Value: shorten(readable(err.value), maxReason), Message: shorten(err.Detail, 2*maxReason), Mend: err.mend, Side: err.side, Spec: err.spec,
		ApplicationID: q.applicationID(),
	}
	if _, user, err := h.Sessions.Current(r); err == nil {
		t.UserID = user.ID
	}
	if t.Message == "" {
		t.Message = err.note
	}
	if t.Side == "" {
		t.Side = audit.SideClient
	}
	if t.Mend == "" {
		t.Mend = mendOf(t)
	}
	return h.Traces.Trace(r.Context(), t)
}

// mends say what to change in a request that a check refused without knowing better.
var mends = map[string]string{
	"redirect_uri missing":  "Send redirect_uri: a client that is known by a URL always has to.",
	"redirect_uri repeated": "Send redirect_uri once.",
	"redirect_uri garbled":  "Send redirect_uri as one absolute URL, percent-encoded once.",
	"client_id repeated":    "Send client_id once.",
	"request too long":      "Send fewer or shorter parameters.",
}

// mendOf says what to change of what a trace tells, and on which side.
func mendOf(t audit.Trace) string {
	switch mend := mends[t.Rule]; {
	case mend != "":
		return mend
	case t.Side == audit.SideOperator:
		return "Look at the application's settings here: the request is as its document says."
	}
	return "Change the authorization request that the client sends; its metadata document is not at fault."
}

// maxTraced is how much of a client ID goes into a trace, in characters.
const maxTraced = 600
