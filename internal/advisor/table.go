package advisor

import (
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// check is one row of the table: what it looks for, how bad that is, why, and what to do.
type check struct {
	id       string
	severity Severity
	title    string // what is the matter if it finds something
	passed   string // what is in order if it does not
	field    string // of the application, as in registry.Violation, or secrets, keys, client_grants, apis, document
	why      string
	spec     string
	fix      string
	asks     bool   // the fix says already what to do where only the owner of a metadata document can change the field
	use      bool   // needs to know how the application was used, so it says nothing of a draft
	mend     string // one-click change that mends all it finds; empty if there is none, or one for each piece of evidence
	applies  func(*Subject) bool
	find     func(*Subject) []Evidence // nothing = passed
}

// Whom a check is for. Without a word it is for every application.

func forPerson(s *Subject) bool { return person(&s.Application) }

func forProduction(s *Subject) bool { return s.Production }

func forRefresh(s *Subject) bool { return s.Application.Allows(oauth.RefreshToken) }

func forSecret(s *Subject) bool {
	return s.Application.Accepts(oauth.AuthClientSecretBasic) || s.Application.Accepts(oauth.AuthClientSecretPost)
}

func forPublic(s *Subject) bool { return s.Application.Accepts(oauth.AuthNone) }

func forKeys(s *Subject) bool { return len(s.Application.Keys) > 0 }

func forThirdParty(s *Subject) bool { return s.Application.Ownership == registry.ThirdParty }

func forImported(s *Subject) bool { return s.Application.Import != nil }

func ofType(types ...registry.Type) func(*Subject) bool {
	return func(s *Subject) bool {
		for _, t := range types {
			if s.Application.Type == t {
				return true
			}
		}
		return false
	}
}

func both(conditions ...func(*Subject) bool) func(*Subject) bool {
	return func(s *Subject) bool {
		for _, c := range conditions {
			if !c(s) {
				return false
			}
		}
		return true
	}
}

func not(condition func(*Subject) bool) func(*Subject) bool {
	return func(s *Subject) bool { return !condition(s) }
}

// is finds one thing that a sentence says, or nothing.
func is(bad bool, label, value string) []Evidence {
	if !bad {
		return nil
	}
	return []Evidence{{Label: label, Value: value}}
}
