package authorize

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// answered is a request that came back from sign-in or consent, with the handle it is found by.
type answered struct {
	grant.Request
	handle string
}

// situation is what the next step depends on, beside the request itself.
type situation struct {
	now      time.Time
	session  account.Session // zero: nobody is signed in
	user     account.User
	row      *answered // nil: the request comes straight from the application, and nothing was decided yet
	consents []grant.Consent
}

// fresh reports whether the person signed in for this very request. A session that is younger still is as good.
func (s situation) fresh() bool {
	return s.row != nil && !s.row.AuthTime.IsZero() && !s.session.AuthTime.Before(s.row.AuthTime)
}

// allowed reports whether the person allowed ask for this very request, on a page that asked for reason. Whoever only
// confirmed saw no permissions and allowed none.
func (s situation) allowed(ask grant.Ask, reason grant.AskReason) bool {
	return s.row != nil && !s.row.ConsentedAt.IsZero() && s.row.Ask.Covers(ask) &&
		(s.row.Ask.Reason == grant.AskConsent || s.row.Ask.Reason == reason)
}

// denied reports whether the person said no to this very request.
func (s situation) denied() bool { return s.row != nil && !s.row.DeniedAt.IsZero() }

// step is what comes next.
type step int

const (
	toSignIn step = iota
	toConsent
	toCode
)

// dispatch takes the next step. What it returns goes to the application.
func (h *Handler) dispatch(w http.ResponseWriter, r *http.Request, q *Request, row *answered) *RedirectError {
	s, err := h.situation(r, q, row)
	if err != nil {
		return failed(err)
	}
	next, ask, refused := decide(q, s)
	if refused != nil {
		q.denied = s.denied()
		return refused
	}
	switch next {
	case toSignIn:
		return h.sendToSignIn(w, r, q, s)
	case toConsent:
		return h.sendToConsent(w, r, q, s, ask)
	}
	switch err := h.remember(r, q, s, ask); {
	case errors.Is(err, grant.ErrNotFound): // the application or the person was deleted
		h.page(w, r, q, finishedPage())
		return nil
	case err != nil:
		return failed(err)
	}
	return h.sendCode(w, r, q, s)
}

func (h *Handler) situation(r *http.Request, q *Request, row *answered) (situation, error) {
	s, err := h.person(r, row)
	if err == nil && s.session.ID != "" {
		s.consents, err = h.Store.Consents(r.Context(), s.user.ID, q.app.ID)
	}
	return s, err
}

// person is who is signed in, with what they decided about the request already.
func (h *Handler) person(r *http.Request, row *answered) (situation, error) {
	s := situation{now: h.Now(), row: row}
	session, user, err := h.Sessions.Current(r)
	if errors.Is(err, account.ErrNoSession) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.session, s.user = session, user
	if row != nil && row.UserID != user.ID {
		s.row = nil // what another person decided does not count
	}
	return s, nil
}

// decide says what comes next: sign-in until somebody is signed in as the request wants it, then consent until it stands,
// then the code. With prompt=none nobody is asked, and the application is told what was missing.
// OpenID Connect Core 1.0 §3.1.2.3, §3.1.2.4, §3.1.2.6.
func decide(q *Request, s situation) (step, grant.Ask, *RedirectError) {
	if s.denied() {
		return 0, grant.Ask{}, refuse(oauth.CodeAccessDenied, "User did not authorize the request")
	}
	if needsSignIn(q, s) {
		switch {
		case q.prompt.none:
			return 0, grant.Ask{}, refuse(oauth.CodeLoginRequired, "nobody is signed in as the request needs it, and prompt=none forbids to ask")
		case s.fresh(): // somebody else than the hinted person signed in
			return 0, grant.Ask{}, refuse(oauth.CodeLoginRequired, "another person signed in than the one id_token_hint names")
		}
		return toSignIn, grant.Ask{}, nil
	}
	ask := q.ask()
	if q.prompt.none && !q.approved() {
		return 0, ask, refuse(oauth.CodeConsentRequired, "nobody here has approved the application, so the person has to be there, and prompt=none forbids to ask")
	}
	switch ask.Reason = needsConsent(q, s, ask); {
	case ask.Reason == "":
		return toCode, ask, nil
	case !q.prompt.none:
		ask.Before, ask.Changed = ask.Known(s.consents), ask.KnownOtherwise(s.consents)
		return toConsent, ask, nil
	case ask.Reason == grant.AskConfirmation:
		return 0, ask, refuse(oauth.CodeInteractionRequired, "the redirect URI does not prove who answers it, so the person has to confirm, and prompt=none forbids to ask")
	}
	return 0, ask, refuse(oauth.CodeConsentRequired, "the person has not allowed this yet, and prompt=none forbids to ask")
}

// needsSignIn reports whether the sign-in page is due. What the page settled is settled for this request, so that
// prompt=login, max_age and select_account come to an end.
func needsSignIn(q *Request, s situation) bool {
	switch {
	case s.session.ID == "":
		return true
	case q.hinted != "" && q.hinted != s.session.UserID:
		return true
	case s.fresh():
		return false
	case q.prompt.login, q.maxAge == 0:
		return true
	case q.maxAge > 0 && s.now.Sub(s.session.AuthTime) > q.maxAge:
		return true
	}
	return q.prompt.selectAccount && s.row == nil
}

// mayChoose reports whether the person may go on with the account that is signed in: nothing else asks for a new sign-in.
func mayChoose(q *Request, s situation) bool {
	chosen := *q
	chosen.prompt.selectAccount = false
	return q.prompt.selectAccount && !needsSignIn(&chosen, s)
}

// needsConsent says why the consent page is still due, or nothing.
func needsConsent(q *Request, s situation, ask grant.Ask) grant.AskReason {
	reason := asksFor(q, s, ask)
	if reason != "" && s.allowed(ask, reason) {
		return ""
	}
	return reason
}

// asksFor says what the request asks of the person. A third party always has to be allowed, and each time where
// the redirect does not prove who answers. Our own applications are asked about by APIs that want it; on a redirect
// that proves nothing the person confirms, unless they just signed in. RFC 8252 §8.6, RFC 6749 §10.2.
func asksFor(q *Request, s situation, ask grant.Ask) grant.AskReason {
	proven := ask.RedirectClass == oauth.RedirectHTTPS || q.trial != nil // a run is answered here
	switch {
	case q.prompt.consent, strings.Contains(q.used, "*"): // whoever has any of the names a wildcard stands for could answer
		return grant.AskConsent
	case q.app.Ownership == registry.ThirdParty:
		if !proven || q.trial != nil || len(ask.Parts()) == 0 || len(ask.Missing(s.consents)) > 0 {
			return grant.AskConsent
		}
		return ""
	case len(q.askedByAPIs(ask, proven).Missing(s.consents)) > 0:
		return grant.AskConsent
	case !proven && !s.fresh():
		return grant.AskConfirmation
	}
	return ""
}

// askedByAPIs is the part of ask that APIs want consent for even from our own applications.
func (q *Request) askedByAPIs(ask grant.Ask, proven bool) grant.Ask {
	ask.Scopes, ask.Targets = nil, nil
	for i, api := range q.apis {
		if !api.SkipConsent || !proven {
			ask.Targets = append(ask.Targets, q.targets[i])
		}
	}
	return ask
}
