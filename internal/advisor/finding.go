package advisor

import (
	"time"

	"clientele/internal/registry"
)

// Severity says how much a finding matters.
type Severity string

// The severities, the worst first.
const (
	High     Severity = "high"     // somebody could take over a sign-in or get tokens that are not theirs
	Moderate Severity = "moderate" // a mistake somewhere else would become one of those
	Low      Severity = "low"      // good practice that is missing
	Info     Severity = "info"     // worth knowing
)

// Finding is one risk that a check found.
type Finding struct {
	Check    string // id of the check, as in redirect_localhost
	Severity Severity
	Title    string // what is the matter, in a sentence without a full stop
	Evidence []Evidence
	Why      string // why it matters
	Spec     string // where that is written: RFC 9700 §4.1.1
	Fix      string // what to do
	Field    string // the field of the application that it is about, as in registry.Violation; empty if none
	Mend     string // id of the one-click change that mends it (see Mends); empty if there is no safe one
}

// Evidence is what a check looked at: the value, the date, the count.
type Evidence struct {
	Label string
	Value string
	At    time.Time // zero = no date
}

// Subject is all that checks look at. What is not known is zero, and a check that needs it stays silent.
type Subject struct {
	Application registry.Application
	Draft       bool // not stored yet, or just being edited: nothing about its use is known
	Now         time.Time
	Production  bool                   // the instance is not one on loopback: http and localhost are risks
	Grants      []registry.ClientGrant // of the application, default grants included where they apply to it
	APIs        map[string]registry.API
	Use         Use
}

// Use is what is known of how an application was used.
type Use struct {
	RetiredSecrets map[string]Tried     // by secret id: a retired one that was presented again
	ScopesUsed     map[string][]string  // by API id: every scope that was granted in the last 90 days
	SharedKeys     map[string][]string  // by key thumbprint: the other applications (internal ids) that have it
	DeadHosts      map[string]time.Time // redirect hosts that no longer resolve, and when that was first seen
}

// Tried is how often something was tried, and when last.
type Tried struct {
	Count int
	Last  time.Time
}
