package activity

import (
	"strings"

	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// changeWords is what a kind of change is called, behind the name of what was changed.
var changeWords = map[string]string{
	"application.created": "created", "application.updated": "changed", "application.deleted": "deleted",
	"application.enabled": "switched on", "application.disabled": "switched off", "application.secret_added": "got a secret",
	"application.secret_replaced": "got its secret replaced", "application.secret_revoked": "lost a secret",
	"api.created": "created", "api.updated": "changed", "api.deleted": "deleted",
	"client_grant.created": "permission given", "client_grant.updated": "permission changed", "client_grant.deleted": "permission taken back",
	"user.created": "created", "user.updated": "changed", "user.deleted": "deleted", "user.blocked": "blocked", "user.unblocked": "unblocked",
	"user.password_set": "got a new password", "user.sessions_ended": "signed out everywhere", "user.session_ended": "signed out on one device", "user.password_rehashed": "password kept more safely",
	"user.reset_link_made": "got a link to set a password", "user.passkey_added": "added a passkey", "user.passkey_removed": "lost a passkey",
	"user.passkey_renamed": "renamed a passkey", "user.passkey_suspected": "has a passkey that may have been copied",
	"setting.changed": "changed", "signing_key.created": "key made", "signing_key.rotated": "key rotated", "signing_key.revoked": "key revoked",
	"master_key.replaced":           "replaced, and everything encrypted anew",
	"application.connections_ended": "lost its refresh tokens", "application.sessions_ended": "lost its refresh tokens",
	"application.key_added": "got a key", "application.key_changed": "key changed", "application.key_deleted": "lost a key",
	"application.imported": "imported from its URL", "application.admitted": "let in by its URL", "application.document_changed": "document changed",
	"application.document_applied": "document applied", "application.document_approved": "document approved", "application.document_pinned": "copy of the document pinned",
	"application.keys_changed": "published other keys", "application.keys_held": "published other keys, which wait for approval",
	"application.suspended": "suspended because of its document", "application.resumed": "document good again",
	"application.withdrawn": "document withdrawn", "application.returned": "document is back and waits for approval",
	"application.follow_mode_changed": "changes of the document are taken in another way", "application.client_credentials_changed": "client credentials switched",
	"application.audience_exception_changed": "audience exception changed",
	"admission_rule.created":                 "made", "admission_rule.deleted": "deleted", "waiting_client.refused": "refused",
	"consent.given": "was allowed access", "consent.revoked": "lost a person's consent", "grant.ended": "was disconnected from a person", "grant.revoked": "was disconnected by a person",
}

// useWord is what a kind of use event is called, behind the name of who did it.
type useWord struct {
	words string
	kind  ui.Meaning
}

var useWords = map[string]useWord{
	"signin.succeeded": {"signed in", ui.Good}, "signin.failed": {"could not sign in", ui.Danger}, "signin.ended": {"signed out", ui.Neutral},
	"signin.passkey_asked": {"gave the right password, and has to come with a passkey", ui.Warn},
	"trial.begun":          {"is tried with Try it", ui.Neutral}, "trial.granted": {"got a code in Try it", ui.Good},
	"trial.issued": {"got tokens in Try it", ui.Good}, "trial.refused": {"was refused in Try it", ui.Warn},
	"authorize.granted": {"was authorized", ui.Good}, "authorize.refused": {"was refused at sign-in", ui.Danger},
	"token.issued": {"got tokens", ui.Good}, "token.refused": {"was refused tokens", ui.Danger}, "token.revoked": {"ended a token", ui.Neutral},
	"token.revoke_ignored": {"asked to end a token that nobody knows", ui.Neutral},
	"refresh.retried":      {"sent a refresh token again within the leeway", ui.Note}, "refresh.reused": {"used a refresh token twice, and lost its grant", ui.Danger},
	"client.refused": {"did not prove itself", ui.Danger}, "secret.retired_used": {"tried a retired secret", ui.Danger},
	"secret.expired_used": {"tried an expired secret", ui.Danger}, "key.retired_used": {"signed with a retired key", ui.Danger},
	"key.expired_used": {"signed with an expired key", ui.Danger}, "assertion.replayed": {"sent an assertion twice", ui.Danger},
	"assertion.audience_exception": {"named the token endpoint as audience, which is accepted for now", ui.Warn},
	"cimd.withdrawn":               {"lost its metadata document", ui.Danger}, "cimd.suspended": {"was suspended because of its document", ui.Danger},
	"cimd.failing": {"has a document that cannot be fetched", ui.Warn}, "cimd.keys_failing": {"has keys that cannot be fetched", ui.Warn},
	"cimd.recovered": {"has its document again", ui.Good}, "cimd.changed": {"published another document", ui.Note},
}

// kindGroup is what the log can be narrowed to.
type kindGroup struct {
	prefix, label, icon string
	of                  reach
}

// reach says in which applications' logs a group can have lines.
type reach int

const (
	ofNone     reach = iota // people and operators alone do it
	ofEvery                 // it is about an application, or something that every application does
	ofMachine               // an application does it that calls the Management API
	ofDocument              // the application has a metadata document
)

var kindGroups = []kindGroup{
	{"signin.", "Sign-ins", "person", ofNone},
	{"authorize.", "Authorizations", "shield", ofEvery},
	{"consent.", "Consents", "check", ofEvery},
	{"grant.", "Connections", "users", ofEvery},
	{"token.", "Tokens", "key", ofEvery},
	{"refresh.", "Refresh tokens", "refresh", ofEvery},
	{"trial.", "Try it", "play", ofEvery},
	{"client.", "Failed client authentication", "lock", ofEvery},
	{"secret.", "Old secrets", "lock", ofEvery},
	{"assertion.", "Assertions", "lock", ofEvery},
	{"key.", "Old keys", "lock", ofEvery},
	{"cimd.", "Metadata documents", "refresh", ofDocument},
	{"application.", "Applications", "applications", ofEvery},
	{"api.", "APIs", "api", ofMachine},
	{"client_grant.", "Permissions", "api", ofEvery},
	{"user.", "People", "users", ofMachine},
	{"setting.", "Settings", "settings", ofMachine},
	{"signing_key.", "Signing keys", "key", ofMachine},
	{"master_key.", "Master key", "key", ofNone},
	{"admission_rule.", "Admission rules", "settings", ofMachine},
	{"waiting_client.", "Approvals", "applications", ofMachine},
	{"refusal.", "Refused applications", "alert", ofDocument},
}

// kindOptions are the groups to choose from: all, or those that the log of a can have. A single kind that a link asked for is one
// of them.
func kindOptions(chosen string, a *registry.Application) []ui.Option {
	options := []ui.Option{{Label: "All kinds"}}
	known := chosen == ""
	for _, g := range kindGroups {
		if a != nil && !g.reaches(a) {
			continue
		}
		options = append(options, ui.Option{Value: g.prefix, Label: g.label})
		known = known || g.prefix == chosen
	}
	if !known {
		options = append(options, ui.Option{Value: chosen, Label: kindLabel(chosen)})
	}
	return options
}

// reaches reports whether the log of an application can have lines of the group.
func (g kindGroup) reaches(a *registry.Application) bool {
	switch g.of {
	case ofEvery:
		return true
	case ofMachine:
		return a.Allows(oauth.ClientCredentials)
	case ofDocument:
		return a.Import != nil
	}
	return false
}

// kindLabel is what the filter calls a single kind, or a group that the application has no lines of.
func kindLabel(kind string) string {
	for _, g := range kindGroups {
		if g.prefix == kind {
			return g.label
		}
	}
	if word := changeWords[kind]; word != "" {
		return "Only: " + word
	}
	if word := useWords[kind].words; word != "" {
		return "Only: " + word
	}
	return kind
}

// kindIcon is the icon of what a line is about.
func kindIcon(kind string) string {
	for _, g := range kindGroups {
		if strings.HasPrefix(kind, g.prefix) {
			return g.icon
		}
	}
	return "info"
}

// changeLink is the page of what a change was about; empty if it has none.
func changeLink(e *audit.Event) string {
	if strings.HasSuffix(e.Kind, ".deleted") {
		return ""
	}
	switch e.TargetKind {
	case "application":
		return "/dashboard/applications/" + e.TargetID
	case "api":
		return "/dashboard/apis/" + e.TargetID
	case "user":
		return "/dashboard/users/" + e.TargetID
	case "signing_key":
		return "/dashboard/settings/keys"
	case "setting":
		return "/dashboard/settings"
	case "admission_rule":
		return frame.AdmissionPath
	}
	return ""
}

func changeWord(e *audit.Event) string {
	if word := changeWords[e.Kind]; word != "" {
		return word
	}
	return e.Kind
}

// doorNames say through what something was done.
var doorNames = map[string]string{
	"dashboard": "the dashboard", "management": "the Management API", "cli": "the command line", "protocol": "the protocol",
	"signin": "the sign-in page", "setup": "set-up", "system": "the server itself",
}

// reasonWords are the reasons that are recorded as a word, as sentences, and how grave they are: nothing failed where somebody
// waits for an operator.
var reasonWords = map[string]useWord{
	"client waiting":      {"It waits for approval", ui.Warn},
	"client not_admitted": {"It is not let in here", ui.Danger},
	"client invalid":      {"What it publishes about itself is not in order", ui.Danger},
	"client unreachable":  {"Its metadata document cannot be fetched", ui.Danger},
	"client busy":         {"This server had too much to look at; the person could try again", ui.Warn},
	"client suspended":    {"It is suspended because of its metadata document", ui.Danger},
	"client withdrawn":    {"Its metadata document was withdrawn", ui.Danger},
	"client stale":        {"Its metadata document could not be fetched for too long", ui.Danger},
	"client disabled":     {"It is switched off", ui.Danger},
	"client_url":          {"Its client ID is a URL that cannot be one", ui.Danger},
	"server_error":        {"This server failed", ui.Danger},
}

// reasonOf is why something was refused, for people.
func reasonOf(recorded string) (words string, kind ui.Meaning) {
	if known, ok := reasonWords[recorded]; ok {
		return known.words, known.kind
	}
	words = strings.TrimPrefix(recorded, "early: ")
	return frame.Capital(words), ""
}

// settingNames are what the log calls the settings: unlike their labels on a page, they stand alone.
var settingNames = map[string]string{
	"public_url": "Public URL", "instance_name": "Instance name", "logo_url": "Logo", "accent": "Accent colour", "sign_up": "Sign-up", "wildcard_redirects": "Wildcards in callback URLs",
	"default_api": "Default API", "cimd_admission": "Unknown applications", "cimd_profile": "What a document must have",
	"cimd_redirect_hosts": "Where documents may send people", "cimd_query": "Client IDs with a query", "cimd_foreign_keys": "Keys on another origin",
	"cimd_confidential_only": "Keys for applications from a URL", "localhost_port": "Any port of localhost",
	"person_session_idle": "People's sessions, unused", "person_session_lifetime": "People's sessions, at most",
	"operator_session_idle": "Operators' sessions, unused", "operator_session_lifetime": "Operators' sessions, at most",
	"operator_passkeys": "Passkeys of operators", "api_token_lifetime": "Access tokens of new APIs", "id_token_lifetime": "ID tokens of new applications",
	"refresh_lifetime": "Refresh tokens of new applications, at most", "refresh_idle_lifetime": "Refresh tokens of new applications, unused",
	"change_retention": "How long changes are kept", "use_retention": "How long uses are kept",
}
