package audit

import (
	"context"
	"time"
)

// FailureKind says why a client's metadata document, or what it points to, could not be used. The kinds are distinct for
// operators; the person at the other end sees one of four reasons.
type FailureKind string

// The thirteen kinds.
const (
	FailureURL      FailureKind = "bad_url"           // the client ID is no Client Identifier URL
	FailurePolicy   FailureKind = "blocked_by_policy" // a rule, the admission mode or a port forbids it
	FailureDNS      FailureKind = "dns"               // the name has no address
	FailureAddress  FailureKind = "blocked_address"   // it has one that is for special use
	FailureConnect  FailureKind = "connect"           // nobody answers there
	FailureTLS      FailureKind = "tls"               // the certificate does not prove the host
	FailureTimeout  FailureKind = "timeout"           // it took too long
	FailureStatus   FailureKind = "status"            // the status is not 200
	FailureRedirect FailureKind = "redirect"          // the answer is a redirect
	FailureTooBig   FailureKind = "too_big"           // the body is longer than allowed
	FailureNotJSON  FailureKind = "not_json"          // the media type or the text is not JSON
	FailureDocument FailureKind = "invalid_document"  // a member is forbidden or makes no sense
	FailureMismatch FailureKind = "mismatch"          // client_id is not the URL it was fetched from
)

// FailureKinds are all of them, in the order in which they can happen.
func FailureKinds() []FailureKind {
	return []FailureKind{
		FailureURL, FailurePolicy, FailureDNS, FailureAddress, FailureConnect, FailureTLS, FailureTimeout, FailureStatus,
		FailureRedirect, FailureTooBig, FailureNotJSON, FailureDocument, FailureMismatch,
	}
}

// Trace is one refused attempt of a client, explained for the operator who is given its reference. It holds these fields and
// nothing else of a request: never a code, verifier, assertion, token, cookie, state or document body.
type Trace struct {
	Reference     string // as the person was shown it, 7KQ2-MD4F; no capability
	At            time.Time
	Door          string // authorize, token, revoke, par, import, refresh
	ClientID      string // as it was sent, at most 600 bytes
	ApplicationID string // internal id, if one is known
	UserID        string
	Address       string
	Kind          FailureKind       // empty if nothing was wrong with the document
	Rule          string            // stable name of what refused: a rule of the registry, an admission rule, a check
	Value         string            // the value that was refused, cut; never a secret
	Message       string            // what is wrong
	Mend          string            // what to change
	Side          Side              // who can change it
	Spec          string            // where it is written, as in RFC 7591 §2; empty for our own rules
	Detail        map[string]string // status, content_type, bytes, address, took
	Repeats       int               // how often the same happened from the same address since At
}

// Anonymous reports whether nobody is known whom the trace is about: neither person nor application, only whoever knocked.
func (t *Trace) Anonymous() bool {
	return t.UserID == "" && t.ApplicationID == "" && t.Door != DoorImport
}

// The doors of what operators and this server do by themselves.
const (
	DoorImport  = "import"
	DoorRefresh = "refresh"
)

// source is what a trace is counted against: the network it came from, or for what nobody asked for the application.
func (t *Trace) source() string {
	if t.Address == "" {
		return "application " + t.ApplicationID
	}
	if network := Network(t.Address); network != "?" {
		return network
	}
	return t.Address
}

// Side is who can mend what a trace tells.
type Side string

// The sides.
const (
	SideClient   Side = "client"   // whoever publishes the document or sends the request
	SideOperator Side = "operator" // whoever runs this server
	SideNetwork  Side = "network"  // nobody in particular: trouble on the way
)

// Tracer takes traces and gives each a reference. It never blocks and never fails; over budget the reference stands for
// nothing that is kept.
type Tracer interface {
	Trace(ctx context.Context, t Trace) (reference string)
}
