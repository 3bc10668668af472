package token

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/clientauth"
	"clientele/internal/endpoint"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/secret"
	"clientele/internal/signing"
)

// revocationParameters are what the revocation endpoint knows. RFC 7009 §2.1.
var revocationParameters = endpoint.Known("token", "token_type_hint", "client_id", "client_secret", "client_assertion", "client_assertion_type")

func (h *Handler) serveRevoke(w http.ResponseWriter, r *http.Request) {
	if err := h.revoke(r.Context(), r); err != nil {
		endpoint.WriteError(w, r, h.log(), err)
		return
	}
	w.Header()["Cache-Control"] = []string{"no-store"}
	w.WriteHeader(http.StatusOK)
}

// revoke ends the grant that a token belongs to: its refresh tokens and, wherever we are asked, its access tokens. A token
// that is unknown, over already or somebody else's gets the same answer as one that was ended. RFC 7009 §2.1, §2.2.
func (h *Handler) revoke(ctx context.Context, r *http.Request) error {
	form, refused := endpoint.ReadBody(r, revocationParameters)
	if refused != nil {
		return refused
	}
	credentials := credentialsOf(r, form)
	credentials.Door = "revoke"
	caller, refused := h.Clients.Authenticate(ctx, credentials)
	if refused != nil {
		return refused
	}
	token := form.Get("token") // the hint is ignored: what a token is can be seen from it
	if token == "" {
		return oauth.InvalidRequest("token is missing")
	}
	now := h.Now()
	use := audit.Use{At: now, Kind: "token.revoked", ApplicationID: caller.Application.ID, SecretID: caller.CredentialID(), Address: credentials.Address}
	g, err := h.grantOf(ctx, token, caller)
	if errors.Is(err, grant.ErrNotFound) {
		use.Kind, use.Reason = "token.revoke_ignored", "the token is unknown, over or of another client"
		h.Uses.Record(ctx, use)
		return nil
	}
	if err != nil {
		return err
	}
	if err := h.Store.RevokeGrant(context.WithoutCancel(ctx), g.ID, "its client gave it back", now); err != nil {
		return err
	}
	use.GrantID, use.UserID = g.ID, g.UserID
	h.Uses.Record(ctx, use)
	return nil
}

// grantOf finds the grant of a token that the caller was given. It fails with grant.ErrNotFound if there is none, and with
// unsupported_token_type for a token that a client got for itself: no grant stands behind it, it just expires.
func (h *Handler) grantOf(ctx context.Context, token string, caller clientauth.Caller) (grant.Grant, error) {
	id, err := h.grantID(ctx, token, caller)
	if err != nil {
		return grant.Grant{}, err
	}
	g, err := h.Store.Grant(ctx, id)
	if err == nil && (g.ApplicationID != caller.Application.ID || !g.Alive()) {
		return grant.Grant{}, grant.ErrNotFound
	}
	return g, err
}

func (h *Handler) grantID(ctx context.Context, token string, caller clientauth.Caller) (string, error) {
	switch {
	case strings.HasPrefix(token, secret.PrefixRefresh):
		id, _, err := grant.ParseRefresh(h.Keys, token)
		if err != nil {
			return "", grant.ErrNotFound
		}
		family, _, err := h.Store.Family(ctx, id)
		return family.GrantID, err
	case strings.HasPrefix(token, secret.PrefixUserInfo):
		t, err := grant.ParseUserInfo(h.Keys, token)
		return t.GrantID, err
	}
	return h.grantOfJWT(token, caller)
}

// grantOfJWT reads an access token of ours that has not expired.
func (h *Handler) grantOfJWT(token string, caller clientauth.Caller) (string, error) {
	raw, err := h.Signer.Verify(token, signing.TypeAccessToken, signing.TypeJWT)
	if err != nil {
		return "", grant.ErrNotFound
	}
	t, ok := endpoint.ReadAccessToken(raw)
	if !ok || t.Client != caller.Application.ClientID() || !h.Now().Before(t.ExpiresAt) {
		return "", grant.ErrNotFound
	}
	if t.Machine {
		return "", oauth.Refuse(oauth.CodeUnsupportedTokenType, "a token that a client got for itself cannot be revoked; it expires by itself")
	}
	return t.Handle, nil
}
