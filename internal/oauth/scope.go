package oauth

import (
	"slices"
	"strings"
)

// Scopes that OpenID Connect defines. OpenID Connect Core 1.0 §3.1.2.1, §5.4, §11.
const (
	ScopeOpenID        = "openid"
	ScopeProfile       = "profile"
	ScopeEmail         = "email"
	ScopeOfflineAccess = "offline_access"
)

// MaxScopeLength is how long one scope may be, in bytes.
const MaxScopeLength = 280

// MaxScopes is how many different values one scope parameter may have. Sets are compared value by value, so it also bounds
// the work that a stranger's request makes.
const MaxScopes = 256

// Scopes is an ordered set of scope values: no duplicates, in the order in which they were asked for.
type Scopes []string

// ParseScope splits the scope parameter. Extra spaces are tolerated; a character that RFC 6749 §3.3 does not allow is
// invalid_scope.
func ParseScope(s string) (Scopes, *Error) {
	if s == "" {
		return nil, nil
	}
	set := make(Scopes, 0, min(strings.Count(s, " ")+1, MaxScopes))
	for value := range strings.SplitSeq(s, " ") {
		if value == "" || slices.Contains(set, value) {
			continue
		}
		if !ValidScope(value) {
			return nil, Refuse(CodeInvalidScope, "scope has a value with a character that is not allowed, or one that is longer than %d characters", MaxScopeLength)
		}
		if len(set) == MaxScopes {
			return nil, Refuse(CodeInvalidScope, "scope has more than %d values", MaxScopes)
		}
		set = append(set, value)
	}
	return set, nil
}

// ValidScope reports whether value is one scope-token. RFC 6749 §3.3.
func ValidScope(value string) bool {
	if value == "" || len(value) > MaxScopeLength {
		return false
	}
	for i := range len(value) {
		if c := value[i]; c <= 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// String is the set as the scope parameter.
func (s Scopes) String() string { return strings.Join(s, " ") }

// Has reports whether value is in the set.
func (s Scopes) Has(value string) bool { return slices.Contains(s, value) }

// Covers reports whether every value of other is in the set.
func (s Scopes) Covers(other Scopes) bool {
	for _, value := range other {
		if !s.Has(value) {
			return false
		}
	}
	return true
}

// And returns the values of s that are also in other, in the order of s.
func (s Scopes) And(other Scopes) Scopes {
	both := make(Scopes, 0, len(s))
	for _, value := range s {
		if other.Has(value) {
			both = append(both, value)
		}
	}
	return both
}

// Without returns the values of s that are not in other, in the order of s.
func (s Scopes) Without(other Scopes) Scopes {
	rest := make(Scopes, 0, len(s))
	for _, value := range s {
		if !other.Has(value) {
			rest = append(rest, value)
		}
	}
	return rest
}

// Or returns s followed by the values of other that s lacks.
func (s Scopes) Or(other Scopes) Scopes {
	return append(slices.Clone(s), other.Without(s)...)
}
