package authorize

import (
	"fmt"
	"net/http"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/ui"
)

// PageError is a refusal before client and redirect URI are proven. It can only become a page: there is nobody it could be
// sent to. RFC 6749 §4.1.2.1, RFC 9700 §4.11.
type PageError struct {
	Status int
	Title  string
	Text   string // what happened and what to do, for the person
	Detail string // the exact words, for the developer
	Reason string // stable words for the record

	Retry     time.Duration // when trying again can help; 0 = it does not
	Action    ui.LinkButton // the way on; none without a label
	Reference string        // of the trace that is there already; empty = one is left with the page

	// For the trace of a client with a metadata document.
	kind              audit.FailureKind
	value, mend, spec string
	note              string     // what is wrong, if Detail does not say it
	side              audit.Side // empty = the client's

	mayPass bool  // what the client publishes now may say otherwise
	cause   error // for the log; never shown
}

// RedirectError is a refusal after client and redirect URI are proven. It goes to a Destination, and only the checks that
// prove one can make it.
type RedirectError struct{ public *oauth.Error }

func (e *RedirectError) Error() string { return e.public.Error() }

// Destination is where the answer to a request goes: a redirect URI of a known client, proven by a check.
type Destination struct {
	uri   oauth.RedirectURI
	mode  oauth.ResponseMode
	state string
}

func refusePage(reason, title, text, format string, args ...any) *PageError {
	return &PageError{Status: http.StatusBadRequest, Title: title, Text: text, Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// brokenLink is a PageError for a request that the application made wrong.
func brokenLink(reason, format string, args ...any) *PageError {
	return refusePage(reason, "This sign-in link is broken", "The application that sent you here made a mistake. Go back to it and tell its makers what stands below.", format, args...)
}

func failedPage(cause error) *PageError {
	return &PageError{
		Status: http.StatusInternalServerError, Title: "Something went wrong here", Reason: "server_error", cause: cause,
		Text: "It is not your fault. Go back to the application and try again; if it happens again, tell whoever runs this server the reference.",
	}
}

func sendBack(err *oauth.Error) *RedirectError {
	if err == nil {
		return nil
	}
	return &RedirectError{public: err}
}

func refuse(code oauth.ErrorCode, format string, args ...any) *RedirectError {
	return &RedirectError{public: oauth.Refuse(code, format, args...)}
}

func failed(cause error) *RedirectError {
	return &RedirectError{public: oauth.Refuse(oauth.CodeServerError, "something went wrong here").Because(cause)}
}
