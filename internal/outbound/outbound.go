package outbound

import (
	"net/http"
	"net/netip"
	"time"

	"clientele/internal/audit"
)

// Request is one GET.
type Request struct {
	URL          string
	Accept       string
	MaxBytes     int           // of the body after decompression; one more is a failure
	Deadline     time.Duration // for everything; at most five seconds
	ETag         string        // of what is kept; asks for a 304
	LastModified string
	Lane         Lane
}

// Lane separates the budget of strangers from that of known clients, so that the one never drains the other.
type Lane int

// The lanes.
const (
	Known Lane = iota
	Strangers
)

// Response is a 200 with its body, or a 304.
type Response struct {
	Status  int
	Header  http.Header
	Body    []byte
	Address netip.Addr // it came from
	Took    time.Duration
}

// NotModified reports whether what is kept is still good.
func (r *Response) NotModified() bool { return r.Status == http.StatusNotModified }

// Failure is why there is no response. Its text is for operators: who asked from outside learns none of it.
type Failure struct {
	Kind       audit.FailureKind
	Status     int           // for kind status and redirect
	Message    string        // what happened
	Mend       string        // what would help
	RetryAfter time.Duration // as the other side asked for, at most an hour; 0 = it did not
	Challenge  bool          // the answer is a bot challenge

	Authenticate []string // what the answer asks to be shown: its WWW-Authenticate headers. RFC 9110 §11.6.1

	Detail map[string]string
	cause  error
}

func (f *Failure) Error() string { return string(f.Kind) + ": " + f.Message }

func (f *Failure) Unwrap() error { return f.cause }

// Transport reports whether the failure is trouble on the way, which says nothing about the document: no address, no
// connection, TLS, time, a 5xx, a 403 or 429.
func (f *Failure) Transport() bool {
	switch f.Kind {
	case audit.FailureDNS, audit.FailureConnect, audit.FailureTLS, audit.FailureTimeout:
		return true
	case audit.FailureStatus:
		return f.Status >= 500 || f.Status == http.StatusForbidden || f.Status == http.StatusTooManyRequests || f.Status == http.StatusRequestTimeout
	}
	return false
}

// Gone reports whether the other side says that there is no such document any more.
func (f *Failure) Gone() bool {
	return f.Kind == audit.FailureStatus && (f.Status == http.StatusNotFound || f.Status == http.StatusGone)
}
