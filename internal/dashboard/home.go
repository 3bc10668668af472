package dashboard

import (
	"net/http"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// homeView is the first page: what there is, and what to do first while something is missing.
type homeView struct {
	Applications, APIs, Users int
	Recent                    []registry.Application
	Changes                   []audit.Event
	Issuer                    string
}

// starting reports whether the instance still needs its first steps.
func (h homeView) starting() bool { return h.Applications == 0 || h.APIs == 0 || h.Users < 2 }

func (d *Dashboard) home(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	apps, err := d.Registry.Applications(ctx, registry.Query{Limit: 5, Total: true})
	if err != nil {
		return err
	}
	apis, err := d.Registry.APIs(ctx, registry.APIQuery{Limit: 2, Total: true})
	if err != nil {
		return err
	}
	users, err := d.Accounts.Users(ctx, account.Query{Limit: 1, Total: true})
	if err != nil {
		return err
	}
	h := homeView{Applications: apps.Total, APIs: apis.Total, Users: users.Total, Recent: apps.Items, Issuer: d.Issuer}
	for _, api := range apis.Items {
		if api.System {
			h.APIs-- // the one of this server itself is not theirs
		}
	}
	if h.Changes, err = d.Store.Events(ctx, audit.Query{Limit: 8}); err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, homePage(v, h))
}

// changeIcon is the icon of what a change was about.
func changeIcon(e audit.Event) string {
	switch e.TargetKind {
	case "application":
		return "applications"
	case "api", "client_grant":
		return "api"
	case "user", "session":
		return "users"
	case "signing_key":
		return "key"
	}
	return "settings"
}

// changeLink is the page of what a change was about; empty if it has none.
func changeLink(e audit.Event) string {
	switch e.TargetKind {
	case "application":
		return "/dashboard/applications/" + e.TargetID
	case "api":
		return "/dashboard/apis/" + e.TargetID
	case "user":
		return "/dashboard/users/" + e.TargetID
	case "admission_rule":
		return admissionPath
	}
	return ""
}

// changeWords is what a kind of event is called.
var changeWords = map[string]string{
	"application.created": "created", "application.updated": "changed", "application.deleted": "deleted",
	"application.enabled": "switched on", "application.disabled": "switched off", "application.secret_added": "got a secret",
	"application.secret_replaced": "got its secret replaced", "application.secret_revoked": "lost a secret",
	"api.created": "created", "api.updated": "changed", "api.deleted": "deleted",
	"client_grant.created": "permission given", "client_grant.updated": "permission changed", "client_grant.deleted": "permission taken back",
	"user.created": "created", "user.updated": "changed", "user.deleted": "deleted", "user.blocked": "blocked", "user.unblocked": "unblocked",
	"user.password_set": "got a new password", "user.sessions_ended": "signed out everywhere", "user.password_rehashed": "password kept more safely",
	"setting.changed": "changed", "signing_key.created": "key made", "signing_key.rotated": "key rotated", "signing_key.revoked": "key revoked",
	"application.connections_ended": "lost its refresh tokens",
	"application.key_added":         "got a key", "application.key_changed": "key changed", "application.key_deleted": "lost a key",
	"application.imported": "imported from its URL", "application.admitted": "let in by its URL", "application.document_changed": "document changed",
	"application.document_applied": "document applied", "application.document_approved": "document approved", "application.document_pinned": "copy of the document pinned",
	"application.keys_changed": "published other keys", "application.keys_held": "published other keys, which wait for approval",
	"application.suspended": "suspended because of its document", "application.resumed": "document good again",
	"application.withdrawn": "document withdrawn", "application.returned": "document is back and waits for approval",
	"application.follow_mode_changed": "changes of the document are taken in another way", "application.client_credentials_changed": "client credentials switched",
	"application.audience_exception_changed": "audience exception changed",
	"admission_rule.created":                 "made", "admission_rule.deleted": "deleted", "waiting_client.refused": "refused",
}

func changeWord(e audit.Event) string {
	if word := changeWords[e.Kind]; word != "" {
		return word
	}
	return e.Kind
}

func changeName(e audit.Event) string {
	if e.TargetName != "" {
		return e.TargetName
	}
	return e.TargetID
}

func changeActor(e audit.Event) string {
	if e.Actor.Name != "" {
		return e.Actor.Name
	}
	return string(e.Actor.Kind)
}

var homeTypes = []ui.Link{
	{Label: "Native", Href: "/dashboard/applications/new?type=native", Icon: "native"},
	{Label: "Single page", Href: "/dashboard/applications/new?type=spa", Icon: "spa"},
	{Label: "Regular web", Href: "/dashboard/applications/new?type=regular_web", Icon: "regular_web"},
	{Label: "Machine to machine", Href: "/dashboard/applications/new?type=non_interactive", Icon: "non_interactive"},
}

// homeRoutes are the first page and the session.
func (d *Dashboard) homeRoutes() []route {
	return []route{
		{"GET /dashboard", account.ActView, false, d.home},
		{"POST /dashboard/signout", account.ActView, false, d.signOut},
		{"GET /dashboard/continue", account.ActView, false, d.resume},
	}
}
