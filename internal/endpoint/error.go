package endpoint

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/oauth"
)

// retryAfter is how many seconds a client waits after temporarily_unavailable.
const retryAfter = "5"

// WriteError answers with err in the words of RFC 6749 §5.2. An *oauth.Error is public as it is, its cause is not. Trouble
// on the way to something we need is temporarily_unavailable and never invalid_client: clients throw their registration
// away on that. Any other error is server_error with a reference, under which log has the cause.
func WriteError(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	e := Public(r.Context(), log, err)
	header := w.Header()
	status := statusOf(e)
	switch {
	case status == http.StatusUnauthorized && r.Header.Get("Authorization") != "":
		header["Www-Authenticate"] = basicChallenge
	case status == http.StatusServiceUnavailable:
		header["Retry-After"] = []string{retryAfter}
	}
	body := NewObject(128)
	body.String("error", string(e.Code))
	if e.Description != "" {
		body.String("error_description", Printable(e.Description))
	}
	WriteJSON(w, status, body.Bytes())
}

var basicChallenge = []string{`Basic realm="clientele", charset="UTF-8"`}

// Public turns any error into one that may be shown. What was unexpected is logged under a reference of its own.
func Public(ctx context.Context, log *slog.Logger, err error) *oauth.Error {
	if e, ok := errors.AsType[*oauth.Error](err); ok && e.Code != oauth.CodeServerError {
		return e
	}
	if transient(err) {
		// A client that went away is not worth a line.
		if ctx.Err() == nil {
			log.WarnContext(ctx, "a request could not be served for now", slog.Any("error", err))
		}
		return oauth.Refuse(oauth.CodeTemporarilyUnavailable, "the server cannot answer right now; try again in a few seconds").Because(err)
	}
	reference := NewReference()
	log.ErrorContext(ctx, "a request failed", slog.String("reference", reference), slog.Any("error", err))
	return oauth.Refuse(oauth.CodeServerError, "something went wrong here; the reference is %s", reference).Because(err)
}

// transient reports whether err is trouble that passes: the network, a deadline, or a client that went away.
func transient(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

func statusOf(e *oauth.Error) int {
	switch e.Code {
	case oauth.CodeInvalidClient, oauth.CodeInvalidToken:
		return http.StatusUnauthorized
	case oauth.CodeInsufficientScope:
		return http.StatusForbidden
	case oauth.CodeTemporarilyUnavailable:
		return http.StatusServiceUnavailable
	case oauth.CodeServerError:
		return http.StatusInternalServerError
	}
	if errors.Is(e, ErrTooLarge) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

// Printable is s with what an error_description must not have replaced: quotes, backslashes, and all that is not printable
// ASCII. RFC 6749 §5.2.
func Printable(s string) string {
	bad := func(r rune) bool { return r < 0x20 || r > 0x7e || r == '"' || r == '\\' }
	if strings.IndexFunc(s, bad) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case bad(r):
			return '?'
		}
		return r
	}, s)
}

// NewReference makes a reference like 7KQ2-MD4F, which ties what somebody was shown to what the log has. It is random and
// opens nothing.
func NewReference() string { return audit.NewReference() }
