package registry

import (
	"errors"
	"strings"
)

// Sentinels that every store of this domain returns.
var (
	ErrNotFound = errors.New("there is no such thing")
	ErrConflict = errors.New("there is one like it already")
	ErrStale    = errors.New("somebody else changed it in the meantime")

	// ErrUnfinishedFull means that as many strangers as there may be have begun and not finished an authorization.
	ErrUnfinishedFull = errors.New("as many unknown clients have begun an authorization as there may be")
)

// Violation is one rule that a value breaks.
type Violation struct {
	Field   string // path of the field in the words of this package: redirect_uris[0]
	Rule    string // stable name of the rule: redirect_uri_scheme
	Message string // what is wrong and what to write instead; follows the name of the field
	Verdict Verdict
}

// Invalid is every violation of a draft, not the first.
type Invalid struct{ Violations []Violation }

func (e *Invalid) Error() string {
	var sb strings.Builder
	for i, v := range e.Violations {
		if i > 0 {
			sb.WriteString("; ")
		}
		sb.WriteString(v.Field + " " + v.Message)
	}
	return sb.String()
}
