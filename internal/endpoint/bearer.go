package endpoint

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"clientele/internal/oauth"
)

// ErrNoToken means that a request for a protected resource carries no access token at all. Its answer names no error code,
// because nothing is wrong with a token that was not sent. RFC 6750 §3.1.
var ErrNoToken = errors.New("the request carries no access token")

// bearerParameters is what a form may carry beside the Authorization header.
var bearerParameters = Known("access_token")

// BearerHeader takes the access token from the Authorization header. It fails with ErrNoToken or with an *oauth.Error. A
// token in the URL is refused: URLs end up in logs. RFC 6750 §2.1, §2.3.
func BearerHeader(r *http.Request) (string, error) {
	if inURL, err := ParseForm(r.URL.RawQuery, bearerParameters); err == nil && len(inURL.values) > 0 {
		return "", oauth.InvalidRequest("the access token belongs in the Authorization header, never in the URL")
	}
	headers := r.Header["Authorization"]
	if len(headers) == 0 {
		return "", ErrNoToken
	}
	if len(headers) > 1 {
		return "", oauth.InvalidRequest("the request has more than one Authorization header")
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", ErrNoToken
	}
	token = strings.TrimLeft(token, " ")
	if !validToken(token) {
		return "", oauth.InvalidRequest("the Authorization header must be Bearer, a space and the access token")
	}
	return token, nil
}

// Bearer takes the access token from the Authorization header or from the form body of a POST request, of which only one
// may be used. It fails with ErrNoToken or with an *oauth.Error. RFC 6750 §2.
func Bearer(r *http.Request) (string, error) {
	inHeader, err := BearerHeader(r)
	if err != nil && !errors.Is(err, ErrNoToken) {
		return "", err
	}
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") == "" {
		return inHeader, err
	}
	if kind, _ := contentType(r); kind != formType {
		return inHeader, err
	}
	form, refused := ReadForm(r, bearerParameters)
	if refused != nil {
		return "", refused
	}
	inBody := form.Get("access_token")
	switch {
	case inBody == "":
		return inHeader, err
	case err == nil:
		return "", oauth.InvalidRequest("the access token was sent in the header and in the body; send it once")
	case !validToken(inBody):
		return "", oauth.Refuse(oauth.CodeInvalidToken, "the access token is malformed")
	}
	return inBody, nil
}

// validToken reports whether s is a b64token. RFC 6750 §2.1.
func validToken(s string) bool {
	body := strings.TrimRight(s, "=")
	for i := range len(body) {
		switch c := body[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '.', c == '_', c == '~', c == '+', c == '/':
		default:
			return false
		}
	}
	return body != ""
}

// WriteBearerError answers a request for a protected resource that was refused: 401 with a challenge, 403 if the token
// lacks scope, 400 if the request is malformed. scope is what would have been enough, or empty. RFC 6750 §3.
func WriteBearerError(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error, scope string) {
	if errors.Is(err, ErrNoToken) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="clientele"`)
		body := NewObject(128)
		body.String("error_description", "this endpoint needs an access token in the Authorization header")
		WriteJSON(w, http.StatusUnauthorized, body.Bytes())
		return
	}
	e := Public(r.Context(), log, err)
	if status := statusOf(e); status < 500 {
		challenge := `Bearer realm="clientele", error="` + string(e.Code) + `", error_description="` + Printable(e.Description) + `"`
		if scope != "" && e.Code == oauth.CodeInsufficientScope {
			challenge += `, scope="` + scope + `"`
		}
		w.Header().Set("WWW-Authenticate", challenge)
	}
	body := NewObject(128)
	body.String("error", string(e.Code))
	body.String("error_description", Printable(e.Description))
	if statusOf(e) == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	WriteJSON(w, statusOf(e), body.Bytes())
}
