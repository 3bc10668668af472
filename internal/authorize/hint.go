package authorize

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"clientele/internal/oauth"
	"clientele/internal/signing"
	"clientele/internal/strictjson"
)

// An ID token of ours says whom the client expects to be signed in; it may have expired. With another person signed in,
// silence is login_required, and otherwise the sign-in page opens. OpenID Connect Core 1.0 §3.1.2.1, §3.1.2.2.
func (h *Handler) checkIDTokenHint(_ context.Context, q *Request) *RedirectError {
	hint := q.get("id_token_hint")
	if hint == "" {
		return nil
	}
	subject, err := h.hinted(hint, q.app.ClientID())
	if err != nil {
		return &RedirectError{public: oauth.InvalidRequest("id_token_hint is not an ID token that this server gave this application").Because(err)}
	}
	q.hinted = subject
	return nil
}

// hinted is the subject of an ID token that this server gave the client.
func (h *Handler) hinted(token string, client oauth.ClientID) (string, error) {
	raw, err := h.Tokens.Verify(token, signing.TypeJWT)
	if err != nil {
		return "", err
	}
	var claims struct {
		Issuer   string          `json:"iss"`
		Subject  string          `json:"sub"`
		Audience json.RawMessage `json:"aud"`
	}
	if err := strictjson.Decode(raw, &claims); err != nil {
		return "", err
	}
	if claims.Issuer != h.Issuer || claims.Subject == "" || !isFor(claims.Audience, client) {
		return "", errors.New("it is for somebody else")
	}
	return claims.Subject, nil
}

// isFor reports whether aud, a string or a list of them, has the client. RFC 7519 §4.1.3.
func isFor(aud json.RawMessage, client oauth.ClientID) bool {
	var one string
	if json.Unmarshal(aud, &one) == nil {
		return one == string(client)
	}
	var several []string
	return json.Unmarshal(aud, &several) == nil && slices.Contains(several, string(client))
}
