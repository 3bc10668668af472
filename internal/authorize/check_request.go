package authorize

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// A known parameter that comes twice, an empty one counted, is refused; nobody knows which one is meant. RFC 6749 §3.1.
func (h *Handler) checkParameters(_ context.Context, q *Request) *RedirectError {
	switch {
	case len(q.repeated) > 0:
		return refuse(oauth.CodeInvalidRequest, "the parameter %s is there more than once", q.repeated[0])
	case len(q.garbled) > 0:
		return refuse(oauth.CodeInvalidRequest, "the parameter %s is not UTF-8 text, or has control characters", q.garbled[0])
	}
	return nil
}

// OpenID Connect Core 1.0 §3.1.2.6.
func (h *Handler) checkUnsupported(_ context.Context, q *Request) *RedirectError {
	switch {
	case q.get("request") != "":
		return refuse(oauth.CodeRequestNotSupported, "request objects are not supported; send the parameters themselves")
	case q.get("request_uri") != "":
		return refuse(oauth.CodeRequestURINotSupported, "request_uri is not supported; send the parameters themselves")
	case q.get("registration") != "":
		return refuse("registration_not_supported", "the registration parameter is not supported; register the application first")
	}
	return nil
}

// RFC 6749 §3.1.1, OAuth 2.1 §4.1.1: the implicit and hybrid flows do not exist here.
func (h *Handler) checkResponseType(_ context.Context, q *Request) *RedirectError {
	switch q.get("response_type") {
	case "code":
		return nil
	case "":
		return refuse(oauth.CodeInvalidRequest, "the parameter response_type is missing; it must be code")
	}
	return refuse(oauth.CodeUnsupportedResponseType, "response_type must be code; tokens are never given out here directly")
}

// OAuth 2.0 Multiple Response Type Encoding Practices §2.1, OAuth 2.0 Form Post Response Mode §2.
func (h *Handler) checkResponseMode(_ context.Context, q *Request) *RedirectError {
	switch mode := oauth.ResponseMode(q.get("response_mode")); mode {
	case "", oauth.ResponseModeQuery, oauth.ResponseModeFragment:
		return nil
	case oauth.ResponseModeFormPost:
		if q.to.uri.Class() == oauth.RedirectPrivateScheme {
			return refuse(oauth.CodeInvalidRequest, "response_mode form_post needs an http or https redirect URI")
		}
		return nil
	}
	return refuse(oauth.CodeInvalidRequest, "response_mode must be query, fragment or form_post")
}

// modeOf is the mode an answer travels in: the one asked for, or query where that cannot be.
func modeOf(asked string, uri oauth.RedirectURI) oauth.ResponseMode {
	switch mode := oauth.ResponseMode(asked); {
	case mode == oauth.ResponseModeFragment:
		return mode
	case mode == oauth.ResponseModeFormPost && uri.Class() != oauth.RedirectPrivateScheme:
		return mode
	}
	return oauth.ResponseModeQuery
}

// RFC 6749 §4.1.2.1.
func (h *Handler) checkGrantType(_ context.Context, q *Request) *RedirectError {
	if !q.app.Allows(oauth.AuthorizationCode) {
		return refuse(oauth.CodeUnauthorizedClient, "the application may not use the grant type authorization_code; it can be switched on in its settings")
	}
	return nil
}

// A code is bound to whoever asked for it: by PKCE, or, for a confidential first-party client that has it switched off, by
// the nonce of its ID token. RFC 7636 §4.4.1, RFC 9700 §2.1.1, OAuth 2.1 §7.5.1.
func (h *Handler) checkBinding(_ context.Context, q *Request) *RedirectError {
	challenge, err := oauth.ParseChallenge(q.get("code_challenge"), q.get("code_challenge_method"))
	if err != nil {
		return sendBack(err)
	}
	q.challenge, q.nonce = challenge, q.get("nonce")
	switch {
	case challenge != "":
		return nil
	case q.app.Ownership == registry.ThirdParty:
		return refuse(oauth.CodeInvalidRequest, "code_challenge is missing; third-party applications always use PKCE with S256")
	case q.app.Public():
		return refuse(oauth.CodeInvalidRequest, "code_challenge is missing; an application without a secret always uses PKCE with S256")
	case q.app.RequirePKCE:
		return refuse(oauth.CodeInvalidRequest, "code_challenge is missing; the application requires PKCE with S256. If it cannot do PKCE, switch off require_pkce (Require PKCE) in its settings and send a nonce")
	case q.nonce == "" || !openIDAsked(q.Parameters):
		return refuse(oauth.CodeInvalidRequest, "a request without PKCE needs the scope openid and a nonce")
	}
	return nil
}

func (h *Handler) checkScope(_ context.Context, q *Request) *RedirectError {
	asked, err := oauth.ParseScope(q.get("scope"))
	q.asked, q.anyScope = asked, len(asked) > 0
	return sendBack(err)
}

// prompt is a list; none stands alone. A value we do not know is refused, so that nobody believes it was heeded.
// OpenID Connect Core 1.0 §3.1.2.1, Initiating User Registration via OpenID Connect 1.0 §4.1.
func (h *Handler) checkPrompt(_ context.Context, q *Request) *RedirectError {
	count := 0
	for value := range strings.FieldsSeq(q.get("prompt")) {
		count++
		switch value {
		case "none":
			q.prompt.none = true
		case "login":
			q.prompt.login = true
		case "consent":
			q.prompt.consent = true
		case "select_account":
			q.prompt.selectAccount = true
		default:
			return refuse(oauth.CodeInvalidRequest, "prompt has a value that is not supported; it may have none, login, consent and select_account")
		}
	}
	if q.prompt.none && count > 1 {
		return refuse(oauth.CodeInvalidRequest, "prompt has none beside another value; none stands alone")
	}
	return nil
}

// maxMaxAge is more than any session lives; what is larger means the same and would only overflow.
const maxMaxAge = 10 * 365 * 24 * time.Hour

// OpenID Connect Core 1.0 §3.1.2.1.
func (h *Handler) checkMaxAge(_ context.Context, q *Request) *RedirectError {
	text := q.get("max_age")
	if text == "" {
		return nil
	}
	notDigit := func(c rune) bool { return c < '0' || c > '9' }
	if slices.ContainsFunc([]rune(text), notDigit) {
		return refuse(oauth.CodeInvalidRequest, "max_age must be a number of seconds, 0 or more")
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds > int64(maxMaxAge/time.Second) {
		seconds = int64(maxMaxAge / time.Second)
	}
	q.maxAge = time.Duration(seconds) * time.Second
	return nil
}
