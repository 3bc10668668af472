package authorize

import (
	"context"
	"errors"
	"slices"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Which APIs the request is for: those that audience and resource name, else the application's only one, else the
// instance's default, else none, and the token is for UserInfo. A name is an API's identifier, one trailing slash ignored;
// the tokens carry it as it was registered. RFC 8707 §2, RFC 9068 §3.
func (h *Handler) checkTarget(ctx context.Context, q *Request) *RedirectError {
	audience, resources := q.get("audience"), q.values["resource"]
	if audience == h.Issuer+"userinfo" {
		audience = ""
	} else if audience == "" && len(resources) == 0 {
		return h.defaultTarget(ctx, q)
	}
	if audience != "" {
		api, err := h.Clients.APIByAudience(ctx, audience)
		switch {
		case errors.Is(err, registry.ErrNotFound):
			return refuse(oauth.CodeAccessDenied, "Service not found: %s", shorten(audience, maxShown))
		case err != nil:
			return failed(err)
		}
		q.apis = append(q.apis, api)
	}
	for _, resource := range resources {
		if err := h.addResource(ctx, q, resource); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handler) addResource(ctx context.Context, q *Request, resource string) *RedirectError {
	if _, refused := oauth.ParseResource(resource); refused != nil {
		return sendBack(refused)
	}
	api, err := h.Clients.APIByAudience(ctx, resource)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return refuse(oauth.CodeInvalidTarget, "no API is registered here as %s", shorten(resource, maxShown))
	case err != nil:
		return failed(err)
	}
	q.resources = true
	if !slices.ContainsFunc(q.apis, func(have *registry.API) bool { return have.ID == api.ID }) {
		q.apis = append(q.apis, api)
	}
	return nil
}

func (h *Handler) defaultTarget(ctx context.Context, q *Request) *RedirectError {
	api, err := h.Clients.OnlyAPI(ctx, q.app, registry.ForUser)
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return failed(err)
	}
	if byDefault := h.Settings().DefaultAPI; api == nil && byDefault != "" {
		api, err = h.Clients.APIByAudience(ctx, byDefault)
		if err != nil && !errors.Is(err, registry.ErrNotFound) {
			return failed(err)
		}
	}
	if api == nil {
		return nil
	}
	access, err := h.Clients.Access(ctx, q.app, api, registry.ForUser)
	if err != nil {
		return failed(err)
	}
	if access.Allowed {
		q.apis = append(q.apis, api)
	}
	return nil
}

// A third party's tokens are for one API each and never for one of the system's.
func (h *Handler) checkThirdParty(_ context.Context, q *Request) *RedirectError {
	if q.app.Ownership != registry.ThirdParty {
		return nil
	}
	if len(q.apis) > 1 {
		return refuse(oauth.CodeInvalidTarget, "a third-party application asks for one API at a time")
	}
	for _, api := range q.apis {
		if api.System {
			return q.notAllowed(api, "system API")
		}
	}
	return nil
}

// The client gets of what it asked what the API's policy, a client grant and the API's own list of scopes allow. The rest
// is dropped; the token response tells what is left. A request without scope asks for what the API grants by default.
// RFC 6749 §3.3.
func (h *Handler) checkAccess(ctx context.Context, q *Request) *RedirectError {
	granted := q.asked.And(identityScopes[:3])
	for _, api := range q.apis {
		access, err := h.Clients.Access(ctx, q.app, api, registry.ForUser)
		if err != nil {
			return failed(err)
		}
		if !access.Allowed {
			return q.notAllowed(api, access.Why)
		}
		scopes := q.asked
		if !q.anyScope {
			scopes = defaultScopes(api)
		}
		target := grant.Target{APIID: api.ID, Audience: api.Identifier, Scopes: scopes.And(access.Scopes)}
		q.targets = append(q.targets, target)
		granted = granted.Or(target.Scopes)
	}
	if q.mayRefresh() {
		granted = granted.Or(oauth.Scopes{oauth.ScopeOfflineAccess})
	}
	q.scopes = inOrderOf(q.asked, granted)
	return nil
}

// mayRefresh reports whether the grant may give refresh tokens: the application has the grant type, each API allows it, and
// it was asked for. A third party at an API need not ask. OpenID Connect Core 1.0 §11.
func (q *Request) mayRefresh() bool {
	if !q.app.Allows(oauth.RefreshToken) {
		return false
	}
	for _, api := range q.apis {
		if !api.AllowOfflineAccess {
			return false
		}
	}
	return q.asked.Has(oauth.ScopeOfflineAccess) || q.app.Ownership == registry.ThirdParty && len(q.apis) > 0
}

// notAllowed refuses an API. why is for operators.
func (q *Request) notAllowed(api *registry.API, why string) *RedirectError {
	public := oauth.Refuse(oauth.CodeAccessDenied, "Client is not authorized to access resource server %s; a client grant for it allows that", api.Identifier)
	if q.resources {
		public = oauth.Refuse(oauth.CodeInvalidTarget, "the application is not authorized to access %s; a client grant for it allows that", api.Identifier)
	}
	return &RedirectError{public: public.Because(errors.New(why))}
}

func defaultScopes(api *registry.API) oauth.Scopes {
	var scopes oauth.Scopes
	for _, s := range api.Scopes {
		if s.Default {
			scopes = append(scopes, s.Value)
		}
	}
	return scopes
}

// inOrderOf is set in the order of first, with the values first lacks at the end.
func inOrderOf(first, set oauth.Scopes) oauth.Scopes { return first.And(set).Or(set) }
