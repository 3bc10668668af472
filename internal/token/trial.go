package token

import (
	"context"
	"errors"
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// RedeemTrial gives a run of Try it what its application would get for the code. It is no way in from outside: the dashboard
// calls it for the operator whose run it is, and the code of a run is worth nothing at the token endpoint. All rules of the
// grant hold, but nobody authenticates, the tokens live a minute at most, and no refresh token comes with them.
func (h *Handler) RedeemTrial(ctx context.Context, app *registry.Application, t grant.TrialCode) (grant.TrialTokens, error) {
	req := request{grantType: oauth.AuthorizationCode, code: t.Code, verifier: t.Verifier, redirectURI: grant.TrialURI(h.Issuer)}
	return h.try(ctx, h.trialVisit(req, app, t.TrialID))
}

// TryForItself gives a run of Try it what its application would get for itself at the API with that audience.
func (h *Handler) TryForItself(ctx context.Context, app *registry.Application, trialID, audience string, scopes oauth.Scopes) (grant.TrialTokens, error) {
	req := request{grantType: oauth.ClientCredentials, target: audience, scopes: scopes}
	return h.try(ctx, h.trialVisit(req, app, trialID))
}

// trialVisit is the visit of a run: as if the application had authenticated with the first of its methods.
func (h *Handler) trialVisit(req request, app *registry.Application, trialID string) *visit {
	v := &visit{request: req, app: app, method: oauth.AuthNone, now: h.Now(), trial: trialID}
	if len(app.AuthMethods) > 0 {
		v.method = app.AuthMethods[0]
	}
	v.use.At, v.use.ApplicationID = v.now, app.ID
	return v
}

func (h *Handler) try(ctx context.Context, v *visit) (grant.TrialTokens, error) {
	a, err := h.tryAnswer(ctx, v)
	h.record(ctx, v, err)
	if err != nil {
		return grant.TrialTokens{}, err
	}
	return grant.TrialTokens{
		AccessToken: secret.New(a.accessToken), IDToken: secret.New(a.idToken), Lifetime: a.lifetime, Scopes: a.scopes, UserID: v.use.UserID,
	}, nil
}

func (h *Handler) tryAnswer(ctx context.Context, v *visit) (answer, error) {
	switch {
	case v.trial == "":
		return answer{}, errors.New("a run of Try it has an id")
	case !v.app.Enabled:
		return answer{}, oauth.InvalidClient("the application is switched off").Because(errors.New("the application is disabled; it is switched on in its danger zone"))
	}
	return h.answer(ctx, v)
}

// checkTrial keeps the codes of runs and those of applications apart: neither is worth anything where the other is redeemed.
func (v *visit) checkTrial(g *grant.Grant) error {
	if g.TrialID == v.trial {
		return nil
	}
	return oauth.InvalidGrant("the code is unknown, has expired or was issued to another client").Because(errors.New("it belongs to a run of Try it, or to none"))
}

// checkTrialAPI keeps runs away from the APIs that change this server.
func (v *visit) checkTrialAPI(api *registry.API) error {
	if v.trial == "" || !api.System {
		return nil
	}
	return oauth.Refuse(oauth.CodeInvalidTarget, "Try it never asks for a token for the Management API; choose another API")
}

// lasting is how long a token lives that would live for d.
func (v *visit) lasting(d time.Duration) time.Duration {
	if v.trial == "" {
		return d
	}
	return min(d, grant.TrialTokenLifetime)
}
