package oauth

import "fmt"

// ErrorCode is a registered OAuth error code. RFC 6749 §4.1.2.1, §5.2 and the specifications that extend them.
type ErrorCode string

// The error codes this server answers with.
const (
	CodeInvalidRequest          ErrorCode = "invalid_request"
	CodeInvalidClient           ErrorCode = "invalid_client"
	CodeInvalidGrant            ErrorCode = "invalid_grant"
	CodeUnauthorizedClient      ErrorCode = "unauthorized_client"
	CodeUnsupportedGrantType    ErrorCode = "unsupported_grant_type"
	CodeUnsupportedResponseType ErrorCode = "unsupported_response_type"
	CodeInvalidScope            ErrorCode = "invalid_scope"
	CodeInvalidTarget           ErrorCode = "invalid_target" // RFC 8707 §2
	CodeAccessDenied            ErrorCode = "access_denied"
	CodeServerError             ErrorCode = "server_error"
	CodeTemporarilyUnavailable  ErrorCode = "temporarily_unavailable"
	CodeInvalidToken            ErrorCode = "invalid_token"      // RFC 6750 §3.1
	CodeInsufficientScope       ErrorCode = "insufficient_scope" // RFC 6750 §3.1
	CodeUnsupportedTokenType    ErrorCode = "unsupported_token_type"
	CodeLoginRequired           ErrorCode = "login_required"            // OpenID Connect Core 1.0 §3.1.2.6
	CodeConsentRequired         ErrorCode = "consent_required"          // OpenID Connect Core 1.0 §3.1.2.6
	CodeInteractionRequired     ErrorCode = "interaction_required"      // OpenID Connect Core 1.0 §3.1.2.6
	CodeRequestNotSupported     ErrorCode = "request_not_supported"     // OpenID Connect Core 1.0 §3.1.2.6
	CodeRequestURINotSupported  ErrorCode = "request_uri_not_supported" // OpenID Connect Core 1.0 §3.1.2.6
)

// Error is a refusal in the words of the protocol. Code and Description are public; the cause is for the operator and
// never leaves the server.
type Error struct {
	Code        ErrorCode
	Description string
	cause       error
}

// Refuse makes an Error. The description is shown to developers: it says what is wrong and what to do.
func Refuse(code ErrorCode, format string, args ...any) *Error {
	return &Error{Code: code, Description: fmt.Sprintf(format, args...)}
}

// InvalidRequest is Refuse with invalid_request.
func InvalidRequest(format string, args ...any) *Error {
	return Refuse(CodeInvalidRequest, format, args...)
}

// InvalidGrant is Refuse with invalid_grant.
func InvalidGrant(format string, args ...any) *Error {
	return Refuse(CodeInvalidGrant, format, args...)
}

// InvalidClient is Refuse with invalid_client. Its description never tells which half of a credential was wrong.
func InvalidClient(format string, args ...any) *Error {
	return Refuse(CodeInvalidClient, format, args...)
}

// Because returns a copy of e that carries a private cause.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Error is for logs: the public words, then the private cause.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.Description != "" {
		s += ": " + e.Description
	}
	if e.cause != nil {
		s += " (" + e.cause.Error() + ")"
	}
	return s
}

// Unwrap returns the private cause.
func (e *Error) Unwrap() error { return e.cause }
