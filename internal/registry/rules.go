package registry

import (
	"fmt"

	"clientele/internal/oauth"
)

// Verdict is what the registry thinks of one value. Whoever creates or edits by hand is refused an unusable value; an
// import drops it and says so. A dangerous value is refused on every path.
type Verdict string

// The verdicts.
const (
	OK        Verdict = "ok"
	Unusable  Verdict = "unusable"
	Dangerous Verdict = "dangerous"
)

// rule is one thing the registry insists on. Its name is what a violation carries, unless the check names a finer one.
type rule struct {
	name    string
	applies func(*Application) bool
	check   func(*inspection)
}

// rules is every rule an application keeps, in the order in which violations are listed. All of them run on every creation
// and every change.
var rules = []rule{
	{"immutable", always, checkImmutable},
	{"name", always, checkName},
	{"description", always, checkDescription},
	{"logo_uri", always, checkLogo},
	{"type", always, checkType},
	{"ownership", always, checkOwnership},
	{"tags", always, checkTags},
	{"metadata", always, checkMetadata},
	{"extras", always, checkExtras},

	{"document_owned", isImported, checkDocumentOwned},

	{"auth_method_known", always, checkMethodsKnown},
	{"auth_method_imported", isImported, checkImportedMethods},
	{"auth_method_none_alone", isHandMade, checkNoneAlone},
	{"auth_method_key", isHandMade, checkMethodHasKey},
	{"auth_method_browser", ofType(SinglePage), checkBrowserPublic},
	{"grant_type_known", always, checkGrantsKnown},
	{"grant_type_for_type", isHandMade, checkGrantsForType},
	{"client_credentials_public", isHandMade, checkPublicCredentials},
	{"require_pkce_public", isPublic, checkPKCE},
	{"require_pkce_third_party", isThirdParty, checkPKCE},

	{"id_token", always, checkIDToken},
	{"refresh_limits", always, checkRefreshLimits},
	{"refresh_rotation_grant", isHandMade, checkRotationGrant},
	{"refresh_rotation_expiry", rotates, checkRotationExpiry},
	{"refresh_rotation_public", isPublic, checkPublicRotation},
	{"refresh_third_party", isThirdParty, checkThirdPartyRefresh},

	{"redirect_uris", always, checkRedirectURIs},
	{"logout_uris", always, checkLogoutURIs},
	{"web_origins", always, checkWebOrigins},
	{"cors_origins", always, checkCORSOrigins},
	{"initiate_login_uri", always, checkInitiateLogin},
	{"uris_without_person", ofType(MachineToMachine), checkNoURIs},
}

// inspection is one run of the rules over one application.
type inspection struct {
	app    *Application
	before *Application // nil at creation
	policy Policy
	rule   string // the one that runs now
	found  []Violation
}

// inspect runs every rule and returns *Invalid with all that was found, or nil.
func inspect(app, before *Application, p Policy) error {
	i := &inspection{app: app, before: before, policy: p}
	for _, r := range rules {
		if r.applies(app) {
			i.rule = r.name
			r.check(i)
		}
	}
	if len(i.found) == 0 {
		return nil
	}
	return &Invalid{Violations: i.found}
}

// refuse notes a violation of the rule that runs.
func (i *inspection) refuse(field, format string, args ...any) {
	i.add(field, Judgement{Unusable, i.rule, fmt.Sprintf(format, args...)})
}

func (i *inspection) add(field string, j Judgement) {
	if j.Verdict != OK {
		i.found = append(i.found, Violation{Field: field, Rule: j.Rule, Message: j.Message, Verdict: j.Verdict})
	}
}

// refusal is an *Invalid with a single violation.
func refusal(field, rule, format string, args ...any) error {
	return &Invalid{Violations: []Violation{{Field: field, Rule: rule, Message: fmt.Sprintf(format, args...), Verdict: Unusable}}}
}

func always(*Application) bool { return true }

func isPublic(a *Application) bool { return a.Accepts(oauth.AuthNone) }

func isThirdParty(a *Application) bool { return a.Ownership == ThirdParty }

func isImported(a *Application) bool { return a.Origin == Imported }

func isHandMade(a *Application) bool { return a.Origin != Imported }

func rotates(a *Application) bool { return a.Refresh.Rotating }

func ofType(t Type) func(*Application) bool {
	return func(a *Application) bool { return a.Type == t }
}
