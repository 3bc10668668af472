package authorize

import (
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/endpoint"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/secret"
	"clientele/internal/ui"
)

// maxReason is how much of a refusal goes into the record, in characters: it may quote what a stranger sent.
const maxReason = 300

// seeOther sends the browser on with a GET, whatever it came with, so that no form with a password is ever repeated
// elsewhere. RFC 9700 §4.12.
func (h *Handler) seeOther(w http.ResponseWriter, location string) {
	header := w.Header()
	header.Set("Location", location)
	header.Set("Cache-Control", "no-store")
	header.Set("Pragma", "no-cache")
	header.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(http.StatusSeeOther)
}

// deliver answers the application: values, with state exactly as it came and the issuer, the way it asked for.
// RFC 6749 §4.1.2, RFC 9207 §2, OAuth 2.0 Form Post Response Mode §2.
func (h *Handler) deliver(w http.ResponseWriter, r *http.Request, to Destination, values map[string]string) {
	all := h.complete(to, values)
	if to.mode == oauth.ResponseModeFormPost {
		w.Header().Set("Pragma", "no-cache")
		h.write(w, r, http.StatusOK, ui.FormPost{Action: to.uri.String(), Fields: hiddenFields(all)})
		return
	}
	h.seeOther(w, location(to, all))
}

// complete is an answer with what every one carries.
func (h *Handler) complete(to Destination, values map[string]string) map[string]string {
	all := maps.Clone(values)
	all["iss"] = h.Issuer
	if to.state != "" {
		all["state"] = to.state
	}
	return all
}

// location is the redirect URI with the answer in its query, behind what it has there already, or in its fragment.
// RFC 6749 §3.1.2.
func location(to Destination, values map[string]string) string {
	answer := url.Values{}
	for name, value := range values {
		answer.Set(name, value)
	}
	base := to.uri.String()
	switch {
	case to.mode == oauth.ResponseModeFragment:
		return base + "#" + answer.Encode()
	case !strings.Contains(base, "?"):
		return base + "?" + answer.Encode()
	case strings.HasSuffix(base, "?"), strings.HasSuffix(base, "&"):
		return base + answer.Encode()
	}
	return base + "&" + answer.Encode()
}

func hiddenFields(values map[string]string) []ui.Hidden {
	var fields []ui.Hidden
	for _, name := range []string{"code", "error", "error_description", "state", "iss"} {
		if value, ok := values[name]; ok {
			fields = append(fields, ui.Hidden{Name: name, Value: value})
		}
	}
	return fields
}

// refuse tells the application why there is no code, and finishes the request. A client that no operator approved is told
// only if the person goes on to it. RFC 6749 §4.1.2.1, RFC 9700 §4.11.2.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, q *Request, row *answered, err *RedirectError) {
	if row != nil {
		row.FinishedAt = h.Now()
		if row.ApplicationID == "" {
			row.ApplicationID = q.app.ID
		}
		if saved := h.Store.SaveRequest(r.Context(), row.Request); errors.Is(saved, grant.ErrNotFound) {
			h.page(w, r, q, finishedPage())
			return
		}
	}
	public := endpoint.Public(r.Context(), h.Log, err.public)
	reference := ""
	if q.app.Import != nil && q.trial == nil && !q.denied && !expected[public.Code] {
		reference = h.trace(r, q, &PageError{Reason: "authorize: " + string(public.Code), Detail: public.Description, spec: "RFC 6749 §4.1.2.1"})
	}
	h.Uses.Record(r.Context(), q.use(audit.Use{
		At: h.Now(), Kind: "authorize.refused", ApplicationID: q.app.ID, URI: q.used, Address: address(r), Reference: reference,
		Reason: shorten(err.Error(), maxReason), Detail: map[string]string{"error": string(public.Code)},
	}))
	if !q.approved() && q.trial == nil { // a run is answered here, so nothing leaves
		h.offerAnswer(w, r, q, public, reference)
		return
	}
	h.deliver(w, r, q.to, refusalValues(public))
}

// page answers with a page and records why, under the reference on the page.
func (h *Handler) page(w http.ResponseWriter, r *http.Request, q *Request, err *PageError) {
	reference := h.trace(r, q, err)
	use := audit.Use{
		At: h.Now(), Kind: "authorize.refused", Address: address(r), Reference: reference,
		Reason: err.Reason, Detail: map[string]string{"shown": "page"},
	}
	if q != nil {
		use.Detail["client_id"] = shorten(readable(q.get("client_id")), 100)
		use.ApplicationID = q.applicationID()
	}
	h.Uses.Record(r.Context(), q.use(use))
	h.tellTrial(r.Context(), q, err, reference)
	if q.trialID() != "" && err.Action.Label == "" {
		err.Action = ui.LinkButton{Label: "Back to Try it", Href: "/dashboard/try/" + q.trialID()}
	}
	if err.cause != nil {
		h.Log.ErrorContext(r.Context(), "an authorization request failed", slog.String("reference", reference), slog.Any("error", err.cause))
	}
	if err.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((err.Retry+time.Second-1)/time.Second)))
	}
	h.write(w, r, err.Status, ui.ErrorPage{Title: err.Title, Text: err.Text, Detail: err.Detail, Reference: reference, Action: err.Action})
}

func finishedPage() *PageError {
	return refusePage("request finished", "This sign-in is over", "It was answered already, or it took longer than 15 minutes. Go back to the application and start again.", "")
}

// row finds the request that came back. A handle is good in the browser of the person it belongs to, and elsewhere it
// brings no decision along.
func (h *Handler) row(r *http.Request) (grant.Request, string, *PageError) {
	handle := r.URL.Query().Get("request")
	if !grant.WellFormedHandle(handle) {
		return grant.Request{}, "", finishedPage()
	}
	row, err := h.Store.Request(r.Context(), h.Keys.Hashes(secret.ForRequest, handle))
	switch {
	case errors.Is(err, grant.ErrNotFound):
		return row, "", finishedPage()
	case err != nil:
		return row, "", failedPage(err)
	case !row.Open(h.Now()):
		return row, "", finishedPage()
	}
	return row, handle, nil
}
