package cimd

import (
	"encoding/json"
	"slices"
	"strings"

	"clientele/internal/oauth"
)

// reader is one reading on its way. A row is there from the moment its member is met; the rows of defaults come after those
// of the document.
type reader struct {
	*Reading
	policy Policy
	meta   oauth.ClientMetadata
	order  []string
	rows   map[string]*Row
	raw    map[string]json.RawMessage
	given  map[string]bool // has a value of its type
}

func newReader(u oauth.ClientURL, body []byte, p Policy, members []member) *reader {
	r := &reader{
		Reading: &Reading{URL: u, Hash: hashOf(body)}, policy: p,
		rows: map[string]*Row{}, raw: map[string]json.RawMessage{}, given: map[string]bool{},
	}
	for _, m := range members {
		r.row(m.name)
		r.raw[m.name] = m.raw
	}
	return r
}

// row is the row of a member, a new one at the end if there is none.
func (r *reader) row(name string) *Row {
	if row := r.rows[name]; row != nil {
		return row
	}
	row := &Row{Member: name, Owner: ownerDocument}
	r.rows[name], r.order = row, append(r.order, name)
	return row
}

// The owners of what a member sets.
const (
	ownerDocument = "document"
	ownerOperator = "operator"
)

func (r *reader) finish() {
	for _, name := range r.order {
		r.Rows = append(r.Rows, *r.rows[name])
	}
}

func (r *reader) add(name string, v Value) {
	row := r.row(name)
	v.Text, v.Becomes = display(v.Text), display(v.Becomes)
	row.Values = append(row.Values, v)
}

// take is for a value that is accepted as it is.
func (r *reader) take(name, text, becomes string) {
	r.add(name, Value{Text: text, Becomes: becomes, Verdict: Taken})
}

// note is for a value that is accepted, with something to know.
func (r *reader) note(name, text, becomes, why string) {
	r.add(name, Value{Text: text, Becomes: becomes, Verdict: Noted, Why: why})
}

// ignore is for a value that nobody here acts on.
func (r *reader) ignore(name, text, why string) {
	r.add(name, Value{Text: text, Verdict: Ignored, Why: why})
}

// drop is for a value that is not accepted, while the rest of the document may be.
func (r *reader) drop(ruleName, name, text, why, mend string) {
	r.add(name, Value{Text: text, Verdict: Dropped, Why: why})
	r.warn(ruleName, name, text, why, mend)
}

// refuse is for a value that the whole document is refused for.
func (r *reader) refuse(ruleName, name, text, why, mend string) {
	r.add(name, Value{Text: text, Verdict: Refused, Why: why})
	r.Violations = append(r.Violations, finding(ruleName, name, text, why, mend))
}

func (r *reader) warn(ruleName, name, text, why, mend string) {
	r.Warnings = append(r.Warnings, finding(ruleName, name, text, why, mend))
}

func finding(ruleName, name, text, why, mend string) Finding {
	p := place(ruleName)
	return Finding{Rule: ruleName, Row: p.row, Field: name, Value: display(text), Message: why, Mend: mend, Spec: p.spec}
}

// has reports whether the document has the member with a value of its type.
func (r *reader) has(name string) bool { return r.given[name] }

// asks reports whether grant types have g after what was dropped.
func (r *reader) asks(g oauth.GrantType) bool { return slices.Contains(r.Mapped.GrantTypes, g) }

func (r *reader) accepts(m oauth.AuthMethod) bool { return slices.Contains(r.Mapped.AuthMethods, m) }

// texts are the strings of a member, one or many; nil if it has others.
func (r *reader) texts(name string) []string {
	var one string
	var many []string
	switch raw := r.raw[name]; {
	case json.Unmarshal(raw, &one) == nil:
		return []string{one}
	case json.Unmarshal(raw, &many) == nil:
		return many
	}
	return nil
}

// shown is a member's value as it stands there, for those that are not read. What may be a credential is not shown to more
// people than it has to be.
func (r *reader) shown(name string) string {
	for _, word := range []string{"secret", "jwk", "password", "private", "access_token"} {
		if strings.Contains(strings.ToLower(name), word) && name != "jwks_uri" {
			return ""
		}
	}
	if texts := r.texts(name); len(texts) == 1 {
		return texts[0]
	}
	return string(r.raw[name])
}
