package token

import (
	"context"
	"errors"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// clientCredentials issues a token that a client gets for itself: for one API that a client grant opens to it, with the
// scopes asked for, or all of the grant's. It needs no store: what it asks stands in memory. RFC 6749 §4.4.
func (h *Handler) clientCredentials(ctx context.Context, v *visit) (answer, error) {
	if v.method == oauth.AuthNone {
		return answer{}, oauth.Refuse(oauth.CodeUnauthorizedClient, "client_credentials is for applications that authenticate; this one did not")
	}
	api, err := h.machineAPI(ctx, v)
	if err != nil {
		return answer{}, err
	}
	if err := v.checkTrialAPI(api); err != nil {
		return answer{}, err
	}
	access, err := h.Directory.Access(ctx, v.app, api, registry.ForClient)
	if err != nil {
		return answer{}, err
	}
	if !access.Allowed {
		return answer{}, oauth.Refuse(oauth.CodeInvalidTarget, "the application may not call %s for itself: it needs a client grant for this API", api.Identifier).
			Because(errors.New(access.Why))
	}
	scopes := access.Scopes
	if len(v.scopes) > 0 {
		if outside := v.scopes.Without(access.Scopes); len(outside) > 0 {
			return answer{}, oauth.Refuse(oauth.CodeInvalidScope, "the client grant does not have: %s", outside)
		}
		scopes = v.scopes
	}
	return h.issueToClient(ctx, v, api, access.GrantID, scopes)
}

// machineAPI is the API that was named, else the only one that the application has a client grant for, else the instance's
// default. RFC 8707 §2, RFC 9068 §3.
func (h *Handler) machineAPI(ctx context.Context, v *visit) (*registry.API, error) {
	audience := v.target
	if audience == "" {
		only, err := h.Directory.OnlyAPI(ctx, v.app, registry.ForClient)
		if err != nil || only != nil {
			return only, err
		}
		audience = h.Settings().DefaultAPI
	}
	if audience == "" {
		return nil, oauth.Refuse(oauth.CodeInvalidTarget, "name the API that the token is for: send audience (or resource) with its identifier")
	}
	api, err := h.Directory.APIByAudience(ctx, audience)
	if errors.Is(err, registry.ErrNotFound) {
		return nil, oauth.Refuse(oauth.CodeInvalidTarget, "there is no API with the identifier %s", shortened(audience))
	}
	return api, err
}

// shortened is a value as a description may repeat it.
func shortened(s string) string {
	if len(s) > 100 {
		return s[:100] + "..."
	}
	return s
}
