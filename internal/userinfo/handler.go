package userinfo

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
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

// Grants finds grants. It fails with grant.ErrNotFound.
type Grants interface {
	Grant(ctx context.Context, id string) (grant.Grant, error)
}

// Applications finds applications by their internal id, from memory. It fails with registry.ErrNotFound.
type Applications interface {
	ByID(ctx context.Context, id string) (*registry.Application, error)
}

// Users finds people by their id. It fails with account.ErrNotFound.
type Users interface {
	User(ctx context.Context, id string) (account.User, error)
}

// Verifier reads tokens that this server signed.
type Verifier interface {
	Verify(token string, typ ...string) (claims []byte, err error)
}

// Handler is the room's door. Every field is needed, except Log.
type Handler struct {
	Issuer       string // ends in a slash
	Grants       Grants
	Applications Applications
	Users        Users
	Verifier     Verifier
	Keys         *secret.Keyring
	Now          func() time.Time
	Log          *slog.Logger
}

// Mount puts the room's routes on mux. Pages of any origin may call them.
func (h *Handler) Mount(mux *http.ServeMux) {
	mux.Handle("/userinfo", endpoint.CrossOrigin(h.serve, http.MethodGet, http.MethodPost))
}

// Capabilities is the room's part of the server's metadata. OpenID Connect Discovery 1.0 §3.
func (h *Handler) Capabilities() endpoint.Capabilities {
	return endpoint.Capabilities{
		"userinfo_endpoint": h.Issuer + "userinfo",
		"scopes_supported":  []string(endpoint.PersonScopes),
		"claims_supported":  endpoint.PersonClaims,
	}
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) {
	body, err := h.claims(r)
	if err != nil {
		log := h.Log
		if log == nil {
			log = slog.Default()
		}
		endpoint.WriteBearerError(w, r, log, err, oauth.ScopeOpenID)
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, body)
}

// pass is what an access token says, whichever form it has.
type pass struct {
	grant   string
	subject string // empty if the token does not say
	client  oauth.ClientID
	scopes  oauth.Scopes
	expires time.Time
}

// claims is the answer to a request. OpenID Connect Core 1.0 §5.3.1, §5.3.2.
func (h *Handler) claims(r *http.Request) ([]byte, error) {
	token, err := endpoint.Bearer(r)
	if err != nil {
		return nil, err
	}
	return h.Answer(r.Context(), token)
}

// Answer is the body that an access token gets, for those who hold one in this server: a run of Try it. It fails with an
// *oauth.Error.
func (h *Handler) Answer(ctx context.Context, token string) ([]byte, error) {
	p, refused := h.read(token)
	if refused != nil {
		return nil, refused
	}
	if !h.Now().Before(p.expires) {
		return nil, invalidToken("the access token has expired")
	}
	user, err := h.person(ctx, p)
	if err != nil {
		return nil, err
	}
	if !p.scopes.Has(oauth.ScopeOpenID) {
		return nil, oauth.Refuse(oauth.CodeInsufficientScope, "the access token lacks the scope openid")
	}
	answer := endpoint.NewObject(256)
	answer.Person(user, p.scopes)
	return answer.Bytes(), nil
}

// read tells the two forms of token apart and reads what they say. An ID token is neither.
func (h *Handler) read(token string) (pass, *oauth.Error) {
	if strings.HasPrefix(token, secret.PrefixUserInfo) {
		t, err := grant.ParseUserInfo(h.Keys, token)
		if err != nil {
			return pass{}, invalidToken("the access token is not one of this server")
		}
		return pass{grant: t.GrantID, scopes: t.Scopes, expires: t.ExpiresAt}, nil
	}
	raw, err := h.Verifier.Verify(token, signing.TypeAccessToken, signing.TypeJWT)
	if err != nil {
		return pass{}, invalidToken("the access token is not one of this server")
	}
	t, ok := endpoint.ReadAccessToken(raw)
	if !ok || t.Machine || !t.IsFor(h.Issuer+"userinfo") {
		return pass{}, invalidToken("the access token is not for this endpoint: ask for the scope openid")
	}
	return pass{grant: t.Handle, subject: t.Subject, client: t.Client, scopes: t.Scopes, expires: t.ExpiresAt}, nil
}

// person is who granted the token, as long as everything it stands on still stands.
func (h *Handler) person(ctx context.Context, p pass) (account.User, error) {
	over := invalidToken("the access token was revoked")
	g, err := h.Grants.Grant(ctx, p.grant)
	switch {
	case errors.Is(err, grant.ErrNotFound):
		return account.User{}, over.Because(err)
	case err != nil:
		return account.User{}, err
	case !g.Alive():
		return account.User{}, over.Because(errors.New(g.RevokedWhy))
	case p.subject != "" && (p.subject != g.UserID || p.client != g.ClientID):
		return account.User{}, over.Because(errors.New("the token and its grant disagree"))
	}
	app, err := h.Applications.ByID(ctx, g.ApplicationID)
	switch {
	case errors.Is(err, registry.ErrNotFound), err == nil && !app.Enabled:
		return account.User{}, over.Because(errors.New("the application is disabled or was deleted"))
	case err != nil:
		return account.User{}, err
	case app.Ended(h.Now()):
		return account.User{}, over.Because(errors.New("the application's metadata document was withdrawn, or dropped its keys"))
	}
	user, err := h.Users.User(ctx, g.UserID)
	if errors.Is(err, account.ErrNotFound) || err == nil && user.Blocked {
		return account.User{}, over.Because(errors.New("the user is blocked or was deleted"))
	}
	return user, err
}

func invalidToken(description string) *oauth.Error {
	return oauth.Refuse(oauth.CodeInvalidToken, "%s", description)
}
