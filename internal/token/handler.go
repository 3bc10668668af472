package token

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/clientauth"
	"clientele/internal/endpoint"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/settings"
	"clientele/internal/signing"
)

// Store keeps what was granted. Every method is one transaction.
type Store interface {
	Code(ctx context.Context, hashes []secret.Hash) (grant.Code, grant.Grant, error)
	RedeemCode(ctx context.Context, hash secret.Hash, now time.Time, method oauth.AuthMethod, thumbprint string, f *grant.Family) (won bool, err error)
	Family(ctx context.Context, id string) (grant.Family, grant.Grant, error)
	Rotate(ctx context.Context, r grant.Rotation) (grant.RotateOutcome, grant.Family, error)
	Grant(ctx context.Context, id string) (grant.Grant, error)
	RevokeGrant(ctx context.Context, id, why string, now time.Time) error
}

// Directory says what applications may have, from memory. What it returns is shared and must not be changed.
type Directory interface {
	APIByAudience(ctx context.Context, audience string) (*registry.API, error)
	APIByID(ctx context.Context, id string) (*registry.API, error)
	Access(ctx context.Context, app *registry.Application, api *registry.API, subject registry.SubjectType) (registry.Access, error)
	OnlyAPI(ctx context.Context, app *registry.Application, subject registry.SubjectType) (*registry.API, error)
}

// Clients says who is calling.
type Clients interface {
	Authenticate(ctx context.Context, c clientauth.Credentials) (clientauth.Caller, *oauth.Error)
}

// Users finds people by their id. It fails with account.ErrNotFound.
type Users interface {
	User(ctx context.Context, id string) (account.User, error)
}

// Signer signs tokens, and reads those it signed.
type Signer interface {
	Sign(ctx context.Context, alg signing.Algorithm, typ string, claims []byte) (string, error)
	Verify(token string, typ ...string) (claims []byte, err error)
	Algorithms() []signing.Algorithm
}

// Handler is the room's door. Every field is needed, except Log and Traces.
type Handler struct {
	Issuer    string // ends in a slash
	Clients   Clients
	Directory Directory
	Store     Store
	Users     Users
	Signer    Signer
	Keys      *secret.Keyring
	Settings  func() settings.Settings
	Policy    func() registry.Policy
	Uses      audit.Recorder
	Traces    audit.Tracer // of refused clients that are known by a URL
	Now       func() time.Time
	Log       *slog.Logger
}

// Mount puts the room's routes on mux. Pages of any origin may call them: no cookie plays a part here.
func (h *Handler) Mount(mux *http.ServeMux) {
	mux.Handle("/oauth/token", endpoint.CrossOrigin(h.serveToken, http.MethodPost))
	mux.Handle("/oauth/revoke", endpoint.CrossOrigin(h.serveRevoke, http.MethodPost))
}

// Capabilities is the room's part of the server's metadata. RFC 8414 §2, OpenID Connect Discovery 1.0 §3.
func (h *Handler) Capabilities() endpoint.Capabilities {
	methods := make([]string, 0, 4)
	for _, m := range clientauth.Methods() {
		methods = append(methods, string(m))
	}
	algorithms := make([]string, 0, 4)
	for _, alg := range h.Signer.Algorithms() {
		algorithms = append(algorithms, string(alg))
	}
	return endpoint.Capabilities{
		"token_endpoint":                                        h.Issuer + "oauth/token",
		"token_endpoint_auth_methods_supported":                 methods,
		"token_endpoint_auth_signing_alg_values_supported":      clientauth.Algorithms(),
		"revocation_endpoint":                                   h.Issuer + "oauth/revoke",
		"revocation_endpoint_auth_methods_supported":            methods,
		"revocation_endpoint_auth_signing_alg_values_supported": clientauth.Algorithms(),
		"grant_types_supported":                                 []string{string(oauth.AuthorizationCode), string(oauth.RefreshToken), string(oauth.ClientCredentials)},
		"id_token_signing_alg_values_supported":                 algorithms,
		"subject_types_supported":                               []string{"public"},
		"claims_supported":                                      []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid", "amr", "at_hash"},
	}
}

func (h *Handler) log() *slog.Logger {
	if h.Log == nil {
		return slog.Default()
	}
	return h.Log
}

func (h *Handler) serveToken(w http.ResponseWriter, r *http.Request) {
	a, err := h.exchange(r.Context(), r)
	if err != nil {
		endpoint.WriteError(w, r, h.log(), err)
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, a.json())
}

// exchange turns what a client holds into tokens. RFC 6749 §3.2.
func (h *Handler) exchange(ctx context.Context, r *http.Request) (answer, error) {
	req, refused := parseRequest(r)
	if refused != nil {
		return answer{}, refused
	}
	if req.mayNameTokenEndpoint() {
		req.credentials.TokenEndpoint = h.Issuer + "oauth/token"
	}
	caller, refused := h.Clients.Authenticate(ctx, req.credentials)
	if refused != nil {
		return answer{}, refused
	}
	v := h.visit(req, caller)
	a, err := h.answer(ctx, v)
	err = h.trace(ctx, v, err)
	h.record(ctx, v, err)
	return a, err
}

// answer hands the request to its grant. RFC 6749 §4.1.3, §4.4.2, §6.
func (h *Handler) answer(ctx context.Context, v *visit) (answer, error) {
	if refused := v.checkDocument(); refused != nil {
		return answer{}, refused
	}
	if !v.app.Allows(v.grantType) {
		return answer{}, oauth.Refuse(oauth.CodeUnauthorizedClient, "the application may not use the grant type %s; it is switched on in its settings", v.grantType)
	}
	if refused := v.checkOrigin(); refused != nil {
		return answer{}, refused
	}
	switch v.grantType {
	case oauth.AuthorizationCode:
		return h.redeemCode(ctx, v)
	case oauth.RefreshToken:
		return h.refresh(ctx, v)
	}
	return h.clientCredentials(ctx, v)
}
