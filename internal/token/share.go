package token

import (
	"context"
	"errors"

	"clientele/internal/account"
	"clientele/internal/endpoint"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// share is the part of a grant that one answer carries: one API with some of its scopes, and what OpenID Connect adds.
type share struct {
	api      *registry.API // nil: the access token is for UserInfo only
	scopes   oauth.Scopes  // of the API
	openid   oauth.Scopes  // openid, profile, email, as far as granted and asked for
	userInfo bool          // the API's token is good at UserInfo too
}

// person is whose grant it is. Whoever was blocked or removed since then gets nothing.
func (h *Handler) person(ctx context.Context, g *grant.Grant) (account.User, error) {
	user, err := h.Users.User(ctx, g.UserID)
	if errors.Is(err, account.ErrNotFound) || err == nil && user.Blocked {
		return account.User{}, oauth.InvalidGrant("the person cannot sign in any more").Because(errors.New("the user is blocked or was deleted"))
	}
	return user, err
}

// share works out what of g the request gets today: what was granted, narrowed by what is asked for now and by what the
// application may still have. A token is for one API: the one that was asked for, else the first. RFC 8707 §2.2.
func (h *Handler) share(ctx context.Context, v *visit, g *grant.Grant) (share, error) {
	asked, refused := v.askedScopes(g)
	if refused != nil {
		return share{}, refused
	}
	s := share{openid: endpoint.PersonScopes.And(asked)}
	target, ok := chooseTarget(g, v.target)
	switch {
	case ok:
		return h.apiShare(ctx, v, g, s, target, asked)
	case v.target == "" || v.target == h.Issuer+"userinfo":
		return s, nil
	}
	return share{}, oauth.Refuse(oauth.CodeInvalidTarget, "the person did not grant access to %s", shortened(v.target))
}

// apiShare adds to s what the request gets of one API.
func (h *Handler) apiShare(ctx context.Context, v *visit, g *grant.Grant, s share, target grant.Target, asked oauth.Scopes) (share, error) {
	api, err := h.Directory.APIByID(ctx, target.APIID)
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return share{}, err
	}
	if err != nil {
		return share{}, withdrawn(v, "the API was deleted")
	}
	access, err := h.Directory.Access(ctx, v.app, api, registry.ForUser)
	if err != nil {
		return share{}, err
	}
	if !access.Allowed {
		return share{}, withdrawn(v, access.Why)
	}
	if err := v.checkTrialAPI(api); err != nil {
		return share{}, err
	}
	s.api = api
	s.scopes = target.Scopes.And(access.Scopes).And(asked)
	s.userInfo = s.openid.Has(oauth.ScopeOpenID) && v.app.Ownership == registry.FirstParty && !g.Resources && !v.byResource
	return s, nil
}

// withdrawn refuses access that was taken back since it was granted. Whoever named the API learns that it cannot be had;
// whoever did not holds a grant that is good for nothing.
func withdrawn(v *visit, why string) *oauth.Error {
	if v.target != "" {
		return oauth.Refuse(oauth.CodeInvalidTarget, "the application may not call %s for people any more", shortened(v.target)).Because(errors.New(why))
	}
	return oauth.InvalidGrant("the application may not call the API any more that the person granted access to").Because(errors.New(why))
}

// askedScopes are the scopes asked for: all that was granted, unless a refresh names fewer. It may not name more; the scope
// parameter means nothing at the redemption of a code. RFC 6749 §6.
func (v *visit) askedScopes(g *grant.Grant) (oauth.Scopes, *oauth.Error) {
	granted := g.Scopes
	for _, t := range g.Targets {
		granted = granted.Or(t.Scopes)
	}
	if v.grantType != oauth.RefreshToken || len(v.scopes) == 0 {
		return granted, nil
	}
	if more := v.scopes.Without(granted); len(more) > 0 {
		return nil, oauth.Refuse(oauth.CodeInvalidScope, "the person did not grant: %s", more)
	}
	return v.scopes, nil
}

// chooseTarget finds the API that is asked for among those granted; without a name it is the first. One trailing slash
// does not count.
func chooseTarget(g *grant.Grant, asked string) (grant.Target, bool) {
	for _, t := range g.Targets {
		if asked == "" || registry.CanonicalAudience(t.Audience) == registry.CanonicalAudience(asked) {
			return t, true
		}
	}
	return grant.Target{}, false
}

// audience is what the access token is good for.
func (s share) audience(issuer string) []string {
	if s.api == nil {
		return []string{issuer + "userinfo"}
	}
	if s.userInfo {
		return []string{s.api.Identifier, issuer + "userinfo"}
	}
	return []string{s.api.Identifier}
}

// tokenScopes are the scopes that mean something to the token's audience. RFC 9068 §2.2.3.
func (s share) tokenScopes() oauth.Scopes {
	switch {
	case s.api == nil:
		return s.openid
	case s.userInfo:
		return s.openid.Or(s.scopes)
	}
	return s.scopes
}
