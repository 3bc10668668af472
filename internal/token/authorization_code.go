package token

import (
	"context"
	"errors"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/secret"
)

// redeemCode issues what a person granted, once. RFC 6749 §4.1.3, OpenID Connect Core 1.0 §3.1.3.2.
func (h *Handler) redeemCode(ctx context.Context, v *visit) (answer, error) {
	code, g, err := h.code(ctx, v)
	if err != nil {
		return answer{}, err
	}
	if err := v.checkTrial(g); err != nil {
		return answer{}, err
	}
	if !code.RedeemedAt.IsZero() {
		return answer{}, h.replayed(ctx, v, g)
	}
	if refused := v.checkCode(code, g); refused != nil {
		return answer{}, refused
	}
	if refused := h.checkStillRegistered(v, g); refused != nil {
		return answer{}, refused
	}
	user, err := h.person(ctx, g)
	if err != nil {
		return answer{}, err
	}
	share, err := h.share(ctx, v, g)
	if err != nil {
		return answer{}, err
	}
	var family *grant.Family
	if v.mayRefresh(g, share) {
		if family, err = h.newFamily(v, g); err != nil {
			return answer{}, err
		}
	}
	won, err := h.Store.RedeemCode(ctx, code.Hash, v.now, v.method, v.key, family)
	if err != nil {
		return answer{}, err
	}
	if !won {
		return answer{}, h.replayed(ctx, v, g)
	}
	return h.issueToPerson(ctx, v, issuance{grant: g, user: user, share: share, family: family, nonce: g.Nonce})
}

// code looks the code up. One that belongs to another client does not exist for this one. RFC 6749 §4.1.3.
func (h *Handler) code(ctx context.Context, v *visit) (grant.Code, *grant.Grant, error) {
	if v.request.code == "" {
		return grant.Code{}, nil, oauth.InvalidRequest("code is missing")
	}
	unknown := oauth.InvalidGrant("the code is unknown, has expired or was issued to another client")
	if !secret.WellFormed(secret.PrefixCode, v.request.code) {
		return grant.Code{}, nil, unknown.Because(errors.New("it is no code of ours"))
	}
	code, g, err := h.Store.Code(ctx, h.Keys.Hashes(secret.ForCode, v.request.code))
	if errors.Is(err, grant.ErrNotFound) {
		return grant.Code{}, nil, unknown.Because(err)
	}
	if err != nil {
		return grant.Code{}, nil, err
	}
	v.use.GrantID, v.use.UserID = g.ID, g.UserID
	if code.ApplicationID != v.app.ID {
		return grant.Code{}, nil, unknown.Because(errors.New("it was issued to another client"))
	}
	return code, &g, nil
}

// replayed ends the grant of a code that came twice from the client it was issued to: either the client is broken, or two
// parties hold its code. RFC 6749 §4.1.2, §10.5.
func (h *Handler) replayed(ctx context.Context, v *visit, g *grant.Grant) error {
	// Whoever replays a code must not be able to stop this by hanging up.
	if err := h.Store.RevokeGrant(context.WithoutCancel(ctx), g.ID, "its code was used twice", v.now); err != nil {
		return err
	}
	h.note(ctx, v, "code.replayed", "a code was used twice; everything it gave is revoked")
	return oauth.InvalidGrant("the code was used before; everything that it gave is revoked now")
}

// checkCode holds the request against what the code was issued for. RFC 6749 §4.1.3, RFC 7636 §4.6.
func (v *visit) checkCode(code grant.Code, g *grant.Grant) *oauth.Error {
	switch {
	case !v.now.Before(code.ExpiresAt):
		return oauth.InvalidGrant("the code has expired; codes live for 60 seconds")
	case !g.Alive():
		return oauth.InvalidGrant("what the person granted was revoked").Because(errors.New(g.RevokedWhy))
	}
	if refused := v.checkRedirectURI(code, g); refused != nil {
		return refused
	}
	switch {
	case v.verifier == "" && code.Challenge != "":
		return oauth.InvalidGrant("code_verifier is missing; the code was asked for with a code_challenge")
	case v.verifier != "" && code.Challenge == "":
		return oauth.InvalidGrant("code_verifier was sent, but the code was asked for without a code_challenge")
	case code.Challenge != "" && !code.Challenge.Verify(v.verifier):
		return oauth.InvalidGrant("code_verifier does not belong to the code_challenge that the code was asked for with")
	}
	return nil
}

// checkStillRegistered refuses a code that went to a place which was taken out of the application's redirect URIs since: by
// an operator, or by a new version of its metadata document.
func (h *Handler) checkStillRegistered(v *visit, g *grant.Grant) *oauth.Error {
	if v.trial != "" && g.RedirectURI == grant.TrialURI(h.Issuer) { // a page of ours, and nobody's redirect URI
		return nil
	}
	uri, err := oauth.ParseRedirectURI(g.RedirectURI)
	if err == nil {
		if _, ok := v.app.RedirectFor(uri, h.Policy()); ok {
			return nil
		}
	}
	return oauth.InvalidGrant("the redirect URI that the code was sent to is not registered any more").Because(err)
}

// checkRedirectURI compares redirect_uri with the one the code was sent to. It may be left out with PKCE, which binds the
// code better, and if the authorization request left it out too; if it is there it must be the one.
// RFC 6749 §4.1.3, OAuth 2.1 §4.1.3.
func (v *visit) checkRedirectURI(code grant.Code, g *grant.Grant) *oauth.Error {
	switch {
	case v.redirectURI == "" && code.RedirectURI != "" && code.Challenge == "":
		return oauth.InvalidRequest("redirect_uri is missing; it may be left out with PKCE only")
	case v.redirectURI != "" && v.redirectURI != g.RedirectURI:
		return oauth.InvalidGrant("redirect_uri is not the one that the code was sent to")
	}
	return nil
}
