package token

import (
	"context"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/endpoint"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/signing"
)

// How long tokens live that no API has a say in, and at most for the Management API.
const (
	userInfoLifetime   = time.Hour
	apiLifetime        = time.Hour
	managementLifetime = time.Hour
	idTokenLifetime    = time.Hour
)

// answer is a successful token response. RFC 6749 §5.1, OpenID Connect Core 1.0 §3.1.3.3.
type answer struct {
	accessToken  string
	lifetime     time.Duration
	scopes       oauth.Scopes // everything the answer carries; left out if there is none
	idToken      string
	refreshToken secret.Secret
}

func (a answer) json() []byte {
	body := endpoint.NewObject(256 + len(a.accessToken) + len(a.idToken))
	body.String("access_token", a.accessToken)
	body.String("token_type", "Bearer")
	body.Int("expires_in", int64(a.lifetime/time.Second))
	if len(a.scopes) > 0 {
		body.String("scope", a.scopes.String())
	}
	if a.idToken != "" {
		body.String("id_token", a.idToken)
	}
	if !a.refreshToken.IsZero() {
		body.String("refresh_token", a.refreshToken.Reveal())
	}
	return body.Bytes()
}

// issueToClient makes the answer of client_credentials. The jti names the client grant. RFC 6749 §4.4.3, RFC 9068 §5.
func (h *Handler) issueToClient(ctx context.Context, v *visit, api *registry.API, handle string, scopes oauth.Scopes) (answer, error) {
	client := v.app.ClientID()
	claims := accessClaims{
		issuer: h.Issuer, audience: []string{api.Identifier}, subject: oauth.ClientSubject(client), client: client,
		scopes: scopes, handle: handle, machine: true, now: v.now, lifetime: v.lasting(lifetimeOf(api)),
	}
	token, err := h.signAccess(ctx, api, claims)
	if err != nil {
		return answer{}, err
	}
	v.issued(api.Identifier, scopes)
	return answer{accessToken: token, lifetime: claims.lifetime, scopes: scopes}, nil
}

// signAccess signs an access token by the API's algorithm and profile.
func (h *Handler) signAccess(ctx context.Context, api *registry.API, claims accessClaims) (string, error) {
	typ, body := signing.TypeAccessToken, claims.rfc9068
	if api.TokenProfile == registry.Auth0Profile {
		typ, body = signing.TypeJWT, claims.auth0
	}
	return h.Signer.Sign(ctx, algorithm(api.SigningAlgorithm), typ, body())
}

// lifetimeOf is how long an API's tokens live. Those for the Management API never live over an hour: they change what
// everything else stands on.
func lifetimeOf(api *registry.API) time.Duration {
	lifetime := api.TokenLifetime
	if lifetime <= 0 {
		lifetime = apiLifetime
	}
	if api.System {
		lifetime = min(lifetime, managementLifetime)
	}
	return lifetime
}

// algorithm is the one that was chosen, or the one that every client can verify. OpenID Connect Core 1.0 §15.1.
func algorithm(chosen string) signing.Algorithm {
	if chosen == "" {
		return signing.RS256
	}
	return signing.Algorithm(chosen)
}

// issuance is what goes into the answer to a person's application.
type issuance struct {
	grant   *grant.Grant
	user    account.User
	share   share
	family  *grant.Family // whose current token is sent; nil for none
	offline bool          // the client holds a refresh token, sent now or not
	nonce   string        // for the ID token; empty when refreshing
}

// issueToPerson signs the tokens that act for a person. RFC 6749 §5.1, OpenID Connect Core 1.0 §3.1.3.3, §12.2.
func (h *Handler) issueToPerson(ctx context.Context, v *visit, i issuance) (answer, error) {
	a := answer{scopes: i.share.openid.Or(i.share.scopes)}
	var err error
	if a.accessToken, a.lifetime, err = h.accessToken(ctx, v, i); err != nil {
		return answer{}, err
	}
	if i.share.openid.Has(oauth.ScopeOpenID) {
		if a.idToken, err = h.idToken(ctx, v, i, a.accessToken); err != nil {
			return answer{}, err
		}
	}
	if i.family != nil {
		if a.refreshToken, _, err = grant.MintRefresh(h.Keys, *i.family); err != nil {
			return answer{}, err
		}
	}
	if (i.offline || i.family != nil) && i.grant.Scopes.Has(oauth.ScopeOfflineAccess) {
		a.scopes = append(a.scopes, oauth.ScopeOfflineAccess)
	}
	v.issued(strings.Join(i.share.audience(h.Issuer), " "), a.scopes)
	return a, nil
}

// accessToken is a JWT for an API, or an opaque token for UserInfo if no API is in play.
func (h *Handler) accessToken(ctx context.Context, v *visit, i issuance) (string, time.Duration, error) {
	if i.share.api == nil {
		lifetime := v.lasting(userInfoLifetime)
		token, err := grant.MintUserInfo(h.Keys, grant.UserInfoToken{
			GrantID: i.grant.ID, ExpiresAt: v.now.Add(lifetime), Scopes: i.share.openid,
		})
		return token.Reveal(), lifetime, err
	}
	claims := accessClaims{
		issuer: h.Issuer, audience: i.share.audience(h.Issuer), subject: i.user.ID, client: v.app.ClientID(),
		scopes: i.share.tokenScopes(), handle: i.grant.ID, grant: i.grant, now: v.now, lifetime: v.lasting(lifetimeOf(i.share.api)),
	}
	token, err := h.signAccess(ctx, i.share.api, claims)
	return token, claims.lifetime, err
}

// idToken says who signed in, when and how. OpenID Connect Core 1.0 §2, §3.1.3.6.
func (h *Handler) idToken(ctx context.Context, v *visit, i issuance, accessToken string) (string, error) {
	lifetime := v.app.IDToken.Lifetime
	if lifetime <= 0 {
		lifetime = idTokenLifetime
	}
	alg := algorithm(v.app.IDToken.Algorithm)
	claims := idClaims{
		issuer: h.Issuer, client: v.app.ClientID(), grant: i.grant, user: i.user, scopes: i.share.openid, nonce: i.nonce,
		accessToken: accessToken, algorithm: alg, now: v.now, lifetime: v.lasting(lifetime),
	}
	return h.Signer.Sign(ctx, alg, signing.TypeJWT, claims.json())
}
