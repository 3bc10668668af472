package account

import "strings"

// Violation is one rule that a value breaks.
type Violation struct {
	Field   string // email, password, name, role
	Rule    string // short and stable, as in too_short
	Message string // a sentence for the person who typed it, beginning with a capital
}

// Invalid carries every violation at once, so that a form marks them all.
type Invalid struct {
	Violations []Violation
}

// Error joins the messages.
func (e *Invalid) Error() string {
	messages := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		messages[i] = v.Message
	}
	return strings.Join(messages, " ")
}

func (e *Invalid) add(field, rule, message string) {
	e.Violations = append(e.Violations, Violation{Field: field, Rule: rule, Message: message})
}

// orNil is e as an error, or nil if nothing was broken.
func (e *Invalid) orNil() error {
	if len(e.Violations) == 0 {
		return nil
	}
	return e
}
