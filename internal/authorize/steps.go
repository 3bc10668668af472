package authorize

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"clientele/internal/audit"
	"clientele/internal/grant"
)

// sendToSignIn seals the request for this browser and shows the way to the sign-in page. Of a client that is not known yet
// the page shows nothing, and nothing of its wishes chooses the page.
func (h *Handler) sendToSignIn(w http.ResponseWriter, r *http.Request, q *Request, s situation) *RedirectError {
	sealed := grant.Sealed{ApplicationID: q.applicationID(), Parameters: q.values, Choose: mayChoose(q, s), CreatedAt: s.now}
	token, err := grant.Seal(h.Keys, sealed, h.bind(w, r))
	if err != nil {
		return failed(err)
	}
	page := "signin?"
	if q.get("screen_hint") == "signup" && !q.unknown() && h.Settings().SignUp {
		page = "signup?"
	}
	h.seeOther(w, h.Issuer+page+url.Values{"request": {token}}.Encode())
	return nil
}

// sendToConsent keeps the request with what is to be decided, and shows the way to the consent page.
func (h *Handler) sendToConsent(w http.ResponseWriter, r *http.Request, q *Request, s situation, ask grant.Ask) *RedirectError {
	row := s.row
	if row == nil {
		fresh, handle := grant.Sealed{ApplicationID: q.app.ID, Parameters: q.values}.Row(h.Keys, s.now)
		row = &answered{Request: fresh, handle: handle.Reveal()}
	}
	row.ApplicationID = q.app.ID // which a request of an unknown client did not have until now
	row.SessionID, row.UserID = s.session.ID, s.session.UserID
	row.Ask, row.ConsentedAt, row.DocumentHash = ask, time.Time{}, q.documentHash()
	switch err := h.Store.SaveRequest(r.Context(), row.Request); {
	case errors.Is(err, grant.ErrNotFound): // answered in another tab, or the application was deleted
		h.page(w, r, q, finishedPage())
		return nil
	case err != nil:
		return failed(err)
	}
	h.seeOther(w, h.Issuer+"consent?"+url.Values{"request": {row.handle}}.Encode())
	return nil
}

// remember keeps what the person allowed for this request, now that every check has passed once more. A confirmation is for
// one time only, and so is what somebody allows in a run of Try it.
func (h *Handler) remember(r *http.Request, q *Request, s situation, ask grant.Ask) error {
	if q.trial != nil || !s.allowed(ask, grant.AskConsent) {
		return nil
	}
	actor := audit.Actor{Kind: audit.ActorPerson, ID: s.user.ID, Name: s.user.Email, Address: address(r), Door: "signin"}
	for _, consent := range ask.Remember(s.user.ID, q.app.ID, s.now) {
		event := audit.Event{
			At: s.now, Kind: "consent.given", Actor: actor, TargetKind: "consent", TargetID: consent.ID, TargetName: q.app.Name,
			Changes: []audit.FieldChange{
				{Field: "application", After: q.app.ID}, {Field: "audience", After: consent.Audience}, {Field: "scope", After: consent.Scopes.String()},
			},
		}
		if err := h.Store.SaveConsent(r.Context(), consent, event); err != nil {
			return err
		}
	}
	return nil
}

// resumePath is the way back to a request.
func resumePath(handle string) string {
	return "/authorize/resume?" + url.Values{"request": {handle}}.Encode()
}
