package authorize

import (
	"errors"
	"net/http"
	"strconv"

	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/secret"
)

// maxDevice is how much of a user agent is kept, in characters.
const maxDevice = 200

// sendCode keeps the grant with its code in one transaction, finishes the request, and sends the code to the application.
// RFC 6749 §4.1.2.
func (h *Handler) sendCode(w http.ResponseWriter, r *http.Request, q *Request, s situation) *RedirectError {
	g := q.grant(s, r.UserAgent())
	value := secret.Mint(secret.PrefixCode)
	code := grant.Code{
		Hash:          h.Keys.Hash(secret.ForCode, value.Reveal()),
		GrantID:       g.ID,
		ApplicationID: q.app.ID,
		RedirectURI:   q.to.uri.String(),
		Challenge:     q.challenge,
		CreatedAt:     s.now,
		ExpiresAt:     s.now.Add(grant.CodeLifetime),
	}
	var request secret.Hash
	if s.row != nil {
		request = s.row.Hash
	}
	switch err := h.Store.IssueCode(r.Context(), request, g, code); {
	case errors.Is(err, grant.ErrNotFound): // two tabs answered the same request; the first one won
		h.page(w, r, q, finishedPage())
		return nil
	case err != nil:
		return failed(err)
	}
	h.Uses.Record(r.Context(), q.use(audit.Use{
		At: s.now, Kind: "authorize.granted", ApplicationID: q.app.ID, UserID: g.UserID, GrantID: g.ID,
		URI: q.used, Address: address(r), Detail: map[string]string{"scope": g.Scopes.String()},
	}))
	h.deliver(w, r, q.to, map[string]string{"code": value.Reveal()})
	return nil
}

// grant is everything that is known now about what was allowed.
func (q *Request) grant(s situation, userAgent string) grant.Grant {
	g := grant.Grant{
		ID:            secret.ID(22),
		ApplicationID: q.app.ID,
		ClientID:      q.app.ClientID(),
		UserID:        s.session.UserID,
		SessionID:     s.session.ID,
		RedirectURI:   q.to.uri.String(),
		Device:        shorten(readable(userAgent), maxDevice),
		Scopes:        q.scopes,
		Targets:       q.targets,
		Resources:     q.resources,
		AMR:           s.session.AMR,
		AuthTime:      s.session.AuthTime,
		Nonce:         q.nonce,
		TrialID:       q.trialID(),
		CreatedAt:     s.now,
	}
	if i := q.app.Import; i != nil {
		g.DocumentHash, g.AdmissionRule, g.KeySetVersion = i.Live.Hash, i.Rule, strconv.FormatInt(i.Keys.Version, 10)
	}
	return g
}
