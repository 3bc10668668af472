package token

import (
	"context"
	"errors"
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/secret"
)

// refresh issues new tokens for a refresh token, and its successor if refresh tokens rotate. Everything is checked before
// the token is spent; the store says whether it was the current one. RFC 6749 §6, RFC 9700 §4.14.2.
func (h *Handler) refresh(ctx context.Context, v *visit) (answer, error) {
	family, g, generation, err := h.familyOf(ctx, v)
	if err != nil {
		return answer{}, err
	}
	if refused := v.checkFamily(family, g); refused != nil {
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
	if share.api != nil && !share.api.AllowOfflineAccess {
		return answer{}, withdrawn(v, "the API does not allow offline access")
	}
	after, err := h.rotate(ctx, v, family, generation)
	if err != nil {
		return answer{}, err
	}
	i := issuance{grant: g, user: user, share: share}
	if after.Generation != generation { // a token that does not rotate is not sent again
		i.family = &after
	}
	i.offline = true
	return h.issueToPerson(ctx, v, i)
}

// familyOf finds what a refresh token belongs to. One of another client does not exist for this one. RFC 6749 §10.4.
func (h *Handler) familyOf(ctx context.Context, v *visit) (grant.Family, *grant.Grant, int64, error) {
	if v.refreshToken == "" {
		return grant.Family{}, nil, 0, oauth.InvalidRequest("refresh_token is missing")
	}
	unknown := oauth.InvalidGrant("the refresh token is unknown, has expired or was revoked")
	id, generation, err := grant.ParseRefresh(h.Keys, v.refreshToken)
	if err != nil {
		return grant.Family{}, nil, 0, unknown.Because(errors.New("it is no refresh token of ours"))
	}
	family, g, err := h.Store.Family(ctx, id)
	if errors.Is(err, grant.ErrNotFound) {
		return grant.Family{}, nil, 0, unknown.Because(err)
	}
	if err != nil {
		return grant.Family{}, nil, 0, err
	}
	v.use.GrantID, v.use.UserID = g.ID, g.UserID
	if family.ApplicationID != v.app.ID {
		return grant.Family{}, nil, 0, unknown.Because(errors.New("it was issued to another client"))
	}
	return family, &g, generation, nil
}

// checkFamily holds a refresh token against the application as it is now. A grant that was made with a credential is never
// used with a weaker one: whoever stole the refresh token of a client that may also go without would just go without. Which
// key it was does not matter, as long as it is one of the client's keys of today, or no client could ever change its key.
// RFC 6749 §6, §10.4.
func (v *visit) checkFamily(f grant.Family, g *grant.Grant) *oauth.Error {
	ended := oauth.InvalidGrant("the refresh token is unknown, has expired or was revoked")
	switch {
	case !g.Alive() || !f.RevokedAt.IsZero():
		return ended.Because(errors.New("it was revoked: " + g.RevokedWhy))
	case expired(f.ExpiresAt, v.now), expired(f.IdleExpiresAt, v.now):
		return ended.Because(errors.New("it has expired"))
	case v.app.Refresh.Lifetime > 0 && expired(f.CreatedAt.Add(v.app.Refresh.Lifetime), v.now):
		return ended.Because(errors.New("it has expired by the application's settings of today"))
	case strength(v.method) < strength(g.AuthMethod) && g.AuthMethod == oauth.AuthPrivateKeyJWT:
		return oauth.InvalidClient("the client must authenticate with private_key_jwt, as it did when the person granted access").
			Because(errors.New("granted with a key, used with " + string(v.method)))
	case strength(v.method) < strength(g.AuthMethod):
		return oauth.InvalidGrant("the client must authenticate as it did when the person granted access").
			Because(errors.New("granted with " + string(g.AuthMethod) + ", used with " + string(v.method)))
	}
	v.otherKey = g.KeyThumbprint != "" && g.KeyThumbprint != v.key
	return nil
}

// expired reports whether a moment has passed; zero never does.
func expired(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// strength orders authentication methods. The two ways of sending a secret prove the same.
func strength(m oauth.AuthMethod) int {
	switch m {
	case oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost:
		return 1
	case oauth.AuthPrivateKeyJWT:
		return 2
	}
	return 0
}

// rotate spends the token of the generation. One that was spent before ends the family, unless it comes again within the
// leeway: then the answer was lost on its way, and the same successor is sent once more. RFC 9700 §4.14.2.
func (h *Handler) rotate(ctx context.Context, v *visit, f grant.Family, generation int64) (grant.Family, error) {
	policy := v.app.Refresh
	outcome, after, err := h.Store.Rotate(ctx, grant.Rotation{
		FamilyID: f.ID, Generation: generation, Now: v.now,
		Leeway: policy.Leeway, Rotating: policy.Rotating, IdleLifetime: policy.IdleLifetime,
	})
	if err != nil {
		return grant.Family{}, err
	}
	switch outcome {
	case grant.Rotated:
		return after, nil
	case grant.RotateRetried:
		h.note(ctx, v, "refresh.retried", "the refresh token came again within the leeway")
		return after, nil
	case grant.RotateReused:
		h.note(ctx, v, "refresh.reused", "a refresh token was used twice; its grant is revoked")
		return grant.Family{}, oauth.InvalidGrant("the refresh token was used before; everything that the person granted here is revoked now")
	}
	return grant.Family{}, oauth.InvalidGrant("the refresh token is unknown, has expired or was revoked")
}

// mayRefresh reports whether a refresh token comes with a code. Whether the person let the client stay connected was decided
// at the authorization; the application and the API must still allow it. OpenID Connect Core 1.0 §11.
func (v *visit) mayRefresh(g *grant.Grant, s share) bool {
	return v.trial == "" && g.Scopes.Has(oauth.ScopeOfflineAccess) && v.app.Allows(oauth.RefreshToken) && (s.api == nil || s.api.AllowOfflineAccess)
}

// newFamily is the refresh token that comes with a code. It begins to live with the code's redemption.
func (h *Handler) newFamily(v *visit, g *grant.Grant) (*grant.Family, error) {
	policy := v.app.Refresh
	f := grant.Family{
		ID: secret.ID(22), GrantID: g.ID, ApplicationID: v.app.ID, UserID: g.UserID, Generation: 1, Rotating: policy.Rotating,
		CreatedAt: v.now, UsedAt: v.now,
	}
	if policy.Lifetime > 0 {
		f.ExpiresAt = v.now.Add(policy.Lifetime)
	}
	if policy.IdleLifetime > 0 {
		f.IdleExpiresAt = v.now.Add(policy.IdleLifetime)
	}
	var err error
	_, f.KeyID, err = grant.MintRefresh(h.Keys, f)
	return &f, err
}
