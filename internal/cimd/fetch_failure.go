package cimd

import (
	"net/http"
	"time"

	"clientele/internal/audit"
	"clientele/internal/outbound"
)

// Error is what is wrong. Whoever asked from outside does not see it.
func (f *Failure) Error() string { return string(f.Kind) + ": " + f.Message }

// Transport reports whether the failure is trouble on the way, which says nothing about the document.
func (f *Failure) Transport() bool { return f.outbound().Transport() }

// Gone reports whether the other side says that there is no such document any more.
func (f *Failure) Gone() bool { return f.outbound().Gone() }

func (f *Failure) outbound() *outbound.Failure {
	return &outbound.Failure{Kind: f.Kind, Status: f.Status}
}

// failed makes a failure of the way out one of ours. A budget that is used up, or a caller who left, stay what they are.
func failed(err error) error {
	out, ok := outbound.AsFailure(err)
	if !ok {
		return err
	}
	f := &Failure{
		Kind: out.Kind, Message: out.Message, Mend: out.Mend, Status: out.Status, Retry: out.RetryAfter, Detail: out.Detail,
		Side: audit.SideClient, Spec: fetchSpecs[out.Kind],
	}
	if out.Transport() && !out.Challenge && out.Kind != audit.FailureTLS && out.Status != http.StatusForbidden {
		f.Side = audit.SideNetwork
	}
	if f.Retry == 0 && out.Transport() {
		f.Retry = retryTransport
	}
	return f
}

// retryTransport is when trying again can help after trouble on the way that did not say so itself. It is short: a failure is
// never kept.
const retryTransport = 30 * time.Second

// fetchSpecs are where the rules of fetching are written.
var fetchSpecs = map[audit.FailureKind]string{
	audit.FailureURL:      "CIMD-02 §3",
	audit.FailureAddress:  "CIMD-02 §8.6",
	audit.FailureStatus:   "CIMD-02 §5",
	audit.FailureRedirect: "CIMD-02 §5",
	audit.FailureTooBig:   "CIMD-02 §8.7",
	audit.FailureNotJSON:  "CIMD-02 §4",
}
