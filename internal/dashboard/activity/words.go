package activity

import (
	"strings"

	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
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
	"user.password_set": "got a new password", "user.sessions_ended": "signed out everywhere", "user.password_rehashed": "password kept more safely",
	"user.reset_link_made": "got a link to set a password", "user.passkey_added": "added a passkey", "user.passkey_removed": "lost a passkey",
	"user.passkey_renamed": "renamed a passkey", "user.passkey_suspected": "has a passkey that may have been copied",
	"setting.changed": "changed", "signing_key.created": "key made", "signing_key.rotated": "key rotated", "signing_key.revoked": "key revoked",
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
	"authorize.granted": {"was authorized", ui.Good}, "authorize.refused": {"was refused at sign-in", ui.Danger},
	"token.issued": {"got tokens", ui.Good}, "token.refused": {"was refused tokens", ui.Danger}, "token.revoked": {"ended a token", ui.Neutral},
	"token.revoke_ignored": {"asked to end a token that nobody knows", ui.Neutral},
	"refresh.retried":      {"sent a refresh token again within the leeway", ui.Note}, "refresh.reused": {"used a refresh token twice, and lost its grant", ui.Danger},
	"client.refused": {"did not prove itself", ui.Danger}, "secret.retired_used": {"tried a retired secret", ui.Danger},
	"secret.expired_used": {"tried an expired secret", ui.Danger}, "key.retired_used": {"signed with a retired key", ui.Danger},
	"key.expired_used": {"signed with an expired key", ui.Danger}, "assertion.replayed": {"sent an assertion twice", ui.Danger},
	"assertion.audience_exception": {"named the token endpoint as audience, which is accepted for now", ui.Warn},
	"cimd.withdrawn":               {"lost its metadata document", ui.Danger}, "cimd.suspended": {"was suspended because of its document", ui.Danger},
	"cimd.failing": {"has a document that cannot be had", ui.Warn}, "cimd.keys_failing": {"has keys that cannot be had", ui.Warn},
	"cimd.recovered": {"has its document again", ui.Good}, "cimd.changed": {"published another document", ui.Note},
}

// kindGroup is what the log can be narrowed to.
type kindGroup struct{ prefix, label, icon string }

var kindGroups = []kindGroup{
	{"signin.", "Sign-ins", "person"},
	{"authorize.", "Authorizations", "shield"},
	{"consent.", "Consents", "check"},
	{"grant.", "Connections", "users"},
	{"token.", "Tokens", "key"},
	{"refresh.", "Refresh tokens", "refresh"},
	{"client.", "Failed client authentication", "lock"},
	{"secret.", "Old secrets", "lock"},
	{"assertion.", "Assertions", "lock"},
	{"key.", "Old keys", "lock"},
	{"cimd.", "Metadata documents", "refresh"},
	{"application.", "Applications", "applications"},
	{"api.", "APIs", "api"},
	{"client_grant.", "Permissions", "api"},
	{"user.", "People", "users"},
	{"setting.", "Settings", "settings"},
	{"signing_key.", "Signing keys", "key"},
	{"admission_rule.", "Admission rules", "settings"},
	{"waiting_client.", "Approvals", "applications"},
	{"refusal.", "Refused applications", "alert"},
}

// kindOptions are the groups to choose from. A single kind that a link asked for is one of them.
func kindOptions(chosen string) []ui.Option {
	options := []ui.Option{{Label: "All kinds"}}
	known := chosen == ""
	for _, g := range kindGroups {
		options = append(options, ui.Option{Value: g.prefix, Label: g.label})
		known = known || g.prefix == chosen
	}
	if !known {
		options = append(options, ui.Option{Value: chosen, Label: chosen})
	}
	return options
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
