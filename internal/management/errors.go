package management

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"clientele/internal/endpoint"
	"clientele/internal/outbound"
	"clientele/internal/registry"
)

// Error is the body of every refusal. Violations is ours: Auth0's body ends at errorCode.
type Error struct {
	StatusCode int         `json:"statusCode" doc:"The HTTP status again." example:"400"`
	Phrase     string      `json:"error" doc:"The reason phrase of the status." example:"Bad Request"`
	Message    string      `json:"message" doc:"What is wrong, for a developer."`
	Code       string      `json:"errorCode,omitempty" doc:"Stable name of the refusal." example:"invalid_body"`
	Violations []Violation `json:"violations,omitempty" doc:"Every fault of the body, one by one. An extension of this server."`

	challenge string        // WWW-Authenticate; empty = none
	retry     time.Duration // after which trying again can help; 0 = none
}

// Violation is one fault of a body or a query.
type Violation struct {
	Property string `json:"property,omitempty" doc:"Path of the property; absent for the body itself." example:"callbacks[0]"`
	Message  string `json:"message" doc:"What is wrong."`
	Rule     string `json:"rule,omitempty" doc:"Stable name of the rule, if the registry refused."`
}

func (e *Error) Error() string { return e.Message }

// GetStatus is the HTTP status.
func (e *Error) GetStatus() int { return e.StatusCode }

// GetHeaders adds the challenge of RFC 6750 §3, and when to try again.
func (e *Error) GetHeaders() http.Header {
	h := http.Header{}
	if e.challenge != "" {
		h.Set("WWW-Authenticate", e.challenge)
	}
	if e.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.retry.Seconds()))))
	}
	return h
}

func refuse(status int, code, message string) *Error {
	return &Error{StatusCode: status, Phrase: http.StatusText(status), Message: message, Code: code}
}

// invalidBody names every fault of a body in one sentence, in the words Auth0's clients know, and again as a list.
func invalidBody(faults []Violation) *Error {
	e := refuse(http.StatusBadRequest, "invalid_body", "Payload validation error: "+sentence(faults))
	e.Violations = faults
	return e
}

func invalidQuery(faults ...Violation) *Error {
	e := refuse(http.StatusBadRequest, "invalid_query_string", "Query validation error: "+sentence(faults))
	e.Violations = faults
	return e
}

func sentence(faults []Violation) string {
	parts := make([]string, len(faults))
	for i, f := range faults {
		parts[i] = "'" + f.Message + "'"
		if f.Property != "" {
			parts[i] += " on property " + f.Property
		}
	}
	return strings.Join(parts, ", ") + "."
}

// noun is how one kind of thing is called in refusals.
type noun struct {
	missing     string // message of 404
	missingCode string
	conflict    string // message of 409
	fields      func(string) string
}

// refusal turns an error of the registry into the answer. What it does not know is a 500 with a reference; its text goes to
// the log only.
func (a *API) refusal(ctx context.Context, n noun, err error) error {
	var known *Error
	var invalid *registry.Invalid
	var busy *outbound.Busy
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.As(err, &invalid):
		faults := make([]Violation, len(invalid.Violations))
		for i, v := range invalid.Violations {
			faults[i] = Violation{Property: n.fields(v.Field), Message: v.Message, Rule: v.Rule}
		}
		return invalidBody(faults)
	case errors.Is(err, registry.ErrNotFound):
		return refuse(http.StatusNotFound, n.missingCode, n.missing)
	case errors.Is(err, registry.ErrConflict):
		return refuse(http.StatusConflict, "", n.conflict)
	case errors.Is(err, registry.ErrStale):
		return refuse(http.StatusConflict, "stale", "Somebody else changed this in the meantime. Read it again and repeat the change.")
	case errors.As(err, &busy):
		e := refuse(http.StatusTooManyRequests, "too_many_requests", "Too many metadata documents were asked for just now. Try again later.")
		e.retry = max(busy.Retry, time.Second)
		return e
	case errors.Is(err, context.Canceled):
		return refuse(499, "", "The request was given up.")
	}
	return a.failure(ctx, err)
}

func (a *API) failure(ctx context.Context, err error) *Error {
	reference := endpoint.NewReference()
	a.logger().ErrorContext(ctx, "management request failed", slog.String("reference", reference), slog.Any("error", err))
	return refuse(http.StatusInternalServerError, "internal_error", "Something went wrong on our side. Reference: "+reference)
}

func (a *API) logger() *slog.Logger {
	if a.Log == nil {
		return slog.Default()
	}
	return a.Log
}

func isNotFound(err error) bool { return errors.Is(err, registry.ErrNotFound) }
