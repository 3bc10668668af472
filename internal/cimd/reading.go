package cimd

import (
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Policy is what the operator wants of documents, beside what the specification does.
type Policy struct {
	NeedName         bool                   // MCP: client_name and redirect_uris must be there
	RedirectHosts    string                 // any, same_site or same_origin
	ForeignKeys      bool                   // jwks_uri may be on another origin
	ConfidentialOnly bool                   // a key is needed
	Query            bool                   // the URL may have a query
	Exempt           func(host string) bool // hosts with an exception of the guard; may be nil
	Registry         registry.Policy
	Now              time.Time // for client_id_expires_at; zero = not looked at
}

// URLRules are what the policy says about the client URL itself.
func (p Policy) URLRules() oauth.ClientURLRules {
	return oauth.ClientURLRules{Query: p.Query, Exempt: p.Exempt}
}

// Reading is what a document says, and what becomes of it.
type Reading struct {
	URL        oauth.ClientURL
	Hash       string
	Rows       []Row           // one per member, in the document's order, absent defaults after them
	Mapped     registry.Mapped // keys of jwks_uri are not here yet
	Violations []Finding       // any of them refuses the document
	Warnings   []Finding
	Unknown    []string // members that nobody here knows: kept and ignored
}

// Usable reports whether the document can be accepted.
func (r *Reading) Usable() bool { return len(r.Violations) == 0 }

// Failure is the first violation as the reason why the document cannot be used; nil if it can.
func (r *Reading) Failure() *Failure {
	if r.Usable() {
		return nil
	}
	v := r.Violations[0]
	f := &Failure{Kind: audit.FailureDocument, Message: sentence("the member " + v.Field + " " + v.Message), Mend: sentence(v.Mend), Spec: v.Spec, Side: audit.SideClient, Value: v.Value}
	switch v.Row {
	case "CM-01":
		f.Kind = audit.FailureMismatch
	case "CM-07", "CM-15", "CX-10":
		f.Kind, f.Side = audit.FailurePolicy, audit.SideOperator
	}
	return f
}

// Row finds the row of a member.
func (r *Reading) Row(member string) (Row, bool) {
	for _, row := range r.Rows {
		if row.Member == member {
			return row, true
		}
	}
	return Row{}, false
}

// Row is one member of a document.
type Row struct {
	Member string
	Owner  string // document, operator
	Values []Value
}

// Value is one value of a member, or the whole of it.
type Value struct {
	Text    string // as in the document, cut for display
	Becomes string // in our words; empty if nothing
	Verdict Verdict
	Why     string // for everything but ok
}

// Verdict is what becomes of a value.
type Verdict string

// The verdicts.
const (
	Taken   Verdict = "ok"
	Noted   Verdict = "note"    // accepted, with something to know
	Dropped Verdict = "dropped" // asked, not granted
	Ignored Verdict = "ignored" // nobody here knows the member
	Refused Verdict = "refused" // refuses the document
)

// Finding is something about a document that its publisher or an operator should know.
type Finding struct {
	Rule    string // stable name, as redirect_uris_none
	Row     string // of the requirements: CM-01
	Field   string // member, or url, fetch
	Value   string // cut for display
	Message string // what is wrong; follows the name of the field
	Mend    string // what to change
	Spec    string // section; empty for our own rules
}
