package advisor

import (
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

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

// Severities are all of them, the worst first.
var Severities = []Severity{High, Moderate, Low, Info}

// AtLeast reports whether s is as bad as limit, or worse. A severity that does not exist is never.
func (s Severity) AtLeast(limit Severity) bool {
	at, bound := slices.Index(Severities, s), slices.Index(Severities, limit)
	return at >= 0 && at <= bound
}

// Finding is one risk that a check found.
type Finding struct {
	Check    string // id of the check, as in redirect_localhost
	Severity Severity
	Title    string // what is the matter, in a sentence without a full stop
	Evidence []Evidence
	Why      string // why it matters
	Spec     string // where that is written: RFC 9700 §4.1.1; empty if it is our own advice
	Fix      string // what to do
	Field    string // the field of the application that it is about, as in registry.Violation; empty if none
	Mend     string // id of the one-click change that mends all of it (see Mends); empty if there is no safe one
}

// Evidence is what a check looked at: the value, the date, the count.
type Evidence struct {
	Label string
	Value string
	At    time.Time // zero = no date
	APIID string    // the API it is about; empty if none
	Mend  string    // id of the one-click change for this one alone; empty if there is no safe one
}

// Subject is all that checks look at. What is not known is zero, and a check that needs it stays silent.
type Subject struct {
	Application registry.Application
	Draft       bool // not stored yet, or just being edited: nothing about its use is known
	Now         time.Time
	Production  bool                    // the instance is not one on loopback: http and localhost are risks
	Grants      []registry.ClientGrant  // permissions of the application, default ones included where they apply to it
	APIs        map[string]registry.API // by internal id: of the grants, and those that are open to the application without one
	DefaultAPI  string                  // identifier of the API that a request without one is for; empty if there is none
	Facts       registry.Facts          // how it is used
}

// Check runs every check that applies and returns what they found, the worst first.
func Check(s *Subject) []Finding {
	found, _ := run(s)
	return found
}

func run(s *Subject) (found []Finding, passed []Passed) {
	for i := range checks {
		c := &checks[i]
		if c.applies != nil && !c.applies(s) || c.use && s.Draft {
			continue
		}
		evidence := c.find(s)
		if len(evidence) == 0 {
			passed = append(passed, Passed{Check: c.id, Title: c.passed})
			continue
		}
		f := Finding{
			Check: c.id, Severity: c.severity, Title: c.title, Evidence: evidence, Why: c.why, Spec: c.spec, Fix: c.fixFor(&s.Application), Field: c.field,
		}
		if f.Mend = c.mend; !mendable(s, c.field) {
			f.unmend()
		}
		found = append(found, f)
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return slices.Index(Severities, a.Severity) - slices.Index(Severities, b.Severity)
	})
	return found, passed
}

// fixFor says what to do, and who can: what a metadata document says only its owner changes. An operator may still narrow the grant
// types and choose another type.
func (c *check) fixFor(a *registry.Application) string {
	if c.asks || c.field == "grant_types" || c.field == "type" || a.FieldOwner(c.field) == registry.FromOperator {
		return c.fix
	}
	first, size := utf8.DecodeRuneInString(c.fix)
	return "Only its owner can change this, in the metadata document: " + string(unicode.ToLower(first)) + c.fix[size:]
}

// mendable: of what a metadata document owns nothing can be changed here, and a draft is changed where it is typed.
func mendable(s *Subject, field string) bool {
	return !s.Draft && s.Application.FieldOwner(field) == registry.FromOperator
}

// unmend takes the one-click changes away.
func (f *Finding) unmend() {
	f.Mend = ""
	for i := range f.Evidence {
		f.Evidence[i].Mend = ""
	}
}
