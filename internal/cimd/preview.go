package cimd

import (
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
)

// Preview is what would be registered from a URL. Nothing of it is stored.
type Preview struct {
	URL           string
	Host          string
	ApplicationID string // of the application that has this URL already
	Fetched       *Fetched
	Failure       *Failure // why there is nothing to register; then the rest may be incomplete
	Reading       *Reading // nil if the document could not be had
	Keys          []registry.Key
	BadKeys       []string // keys of the set that cannot be used, and why
	KeysFailure   *Failure // jwks_uri did not answer: the document stands, its keys do not work yet
	Hash          string   // names what was previewed, for Register
	KeySetHash    string
	Differences   []registry.Difference // from what is registered; nil for a new one
	Decision      registry.Decision     // what admission would say of it on first sight
	AudienceUntil time.Time             // until when an approval accepts our token endpoint as audience; zero = it does not

	sighting *registry.Sighting
}

// Usable reports whether Register can follow.
func (p *Preview) Usable() bool { return p.Failure == nil && p.Reading != nil && p.Reading.Usable() }

// Fetched is how the document came.
type Fetched struct {
	Status      int
	ContentType string
	Bytes       int
	Took        time.Duration
	Address     string
	FreshFor    time.Duration // after clamping
	Cache       string        // the Cache-Control header as it came
}

// Failure is why a document cannot be used.
type Failure struct {
	Kind    audit.FailureKind
	Rule    string // stable name of what refused
	Message string
	Mend    string
	Spec    string
	Side    audit.Side
	Status  int
	Value   string
	Retry   time.Duration     // 0: trying again does not help
	Detail  map[string]string // for traces: status, content_type, bytes, address, took
	load    bool              // nothing is wrong but that we have too much to do
	expired bool              // the document says that it is over
	noKeys  bool              // the document has no keys any more, or gave them away
}

// Refusal is why a client is not let in. The person sees its reason and reference; everything else is in the trace.
type Refusal struct {
	Reason    Reason
	Host      string // of the client ID; safe to show after sign-in only
	Reference string
	Retry     time.Duration
	Kind      audit.FailureKind
	cause     error
}

// Reason is what a person is told.
type Reason string

// The four reasons, and that the server has too much to do.
const (
	Unreachable Reason = "unreachable"
	Invalid     Reason = "invalid"
	NotAdmitted Reason = "not_admitted"
	Waiting     Reason = "waiting"
	Busy        Reason = "busy"
)

func (r *Refusal) Error() string {
	return "the client is " + string(r.Reason) + " (" + r.Reference + ")"
}

func (r *Refusal) Unwrap() error { return r.cause }

// Temporary reports whether trying again later can help: transport trouble and load, never a verdict on the client.
func (r *Refusal) Temporary() bool { return r.Reason == Unreachable || r.Reason == Busy }

// Arrival is a client whose URL came up in a request.
type Arrival struct {
	URL     string
	UserID  string // who signed in; empty at PAR
	Email   string
	Address string
	Door    string // authorize, par
}
