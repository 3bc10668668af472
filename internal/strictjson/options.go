package strictjson

import "fmt"

// Error says what is wrong and where.
type Error struct {
	Path    string // as in jwks.keys[3].kid; empty for the document as a whole
	Offset  int    // byte from the beginning, counting from 0
	Problem string // in plain words, without the input itself
}

// Error is the problem, the path and the offset in one sentence.
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("the JSON %s (at byte %d)", e.Problem, e.Offset)
	}
	return fmt.Sprintf("the JSON %s (in %s, at byte %d)", e.Problem, e.Path, e.Offset)
}

// Option changes a limit.
type Option func(*limits)

type limits struct {
	bytes    int
	depth    int
	members  int // of one object
	elements int // values in the whole document
	unknown  bool
}

// The limits that hold unless an option says otherwise.
const (
	DefaultMaxBytes    = 1 << 20
	DefaultMaxDepth    = 32
	DefaultMaxMembers  = 1000
	DefaultMaxElements = 20_000
)

func limitsOf(opts []Option) limits {
	l := limits{bytes: DefaultMaxBytes, depth: DefaultMaxDepth, members: DefaultMaxMembers, elements: DefaultMaxElements}
	for _, opt := range opts {
		opt(&l)
	}
	return l
}

// MaxBytes caps the document's length in bytes.
func MaxBytes(n int) Option { return func(l *limits) { l.bytes = n } }

// MaxDepth caps how deep arrays and objects nest. The document itself is depth 1 if it is one of them.
func MaxDepth(n int) Option { return func(l *limits) { l.depth = n } }

// MaxMembers caps the members of any one object.
func MaxMembers(n int) Option { return func(l *limits) { l.members = n } }

// MaxElements caps how many values the whole document has.
func MaxElements(n int) Option { return func(l *limits) { l.elements = n } }

// RefuseUnknown refuses members that the struct has no field for.
func RefuseUnknown() Option { return func(l *limits) { l.unknown = true } }
