package dashboard

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/settings"
	"clientele/internal/signing"
	"clientele/internal/ui"
)

// Store is what the dashboard asks for itself: that a form works once, what happened, and to end an application's refresh tokens.
type Store interface {
	UseOnce(ctx context.Context, kind string, hash secret.Hash, now, expires time.Time) (first bool, err error)
	Events(ctx context.Context, q audit.Query) ([]audit.Event, error)
	RevokeFamilies(ctx context.Context, applicationID string, now time.Time, e audit.Event) (int, error)
}

// Dashboard is the door. All fields must be set.
type Dashboard struct {
	Issuer   string // ends in a slash
	Site     func() ui.Site
	Registry *registry.Registry
	Accounts *account.Accounts
	Settings *settings.Keeper
	Signing  *signing.Keeper
	Keys     *secret.Keyring
	Store    Store
	Import   Importer
	Now      func() time.Time
	Log      *slog.Logger
}

// route is one page: what it answers to, who may see it, and whether the sign-in must be fresh.
type route struct {
	pattern string
	needs   account.Action
	fresh   bool
	page    page
}

// page answers a request of an operator. What it returns as an error is answered in one place.
type page func(w http.ResponseWriter, r *http.Request, v *visit) error

// routes is every page behind the sign-in.
func (d *Dashboard) routes() []route {
	return []route{
		{"GET /dashboard", account.ActView, false, d.home},
		{"POST /dashboard/signout", account.ActView, false, d.signOut},
		{"GET /dashboard/continue", account.ActView, false, d.resume},

		{"GET /dashboard/applications", account.ActView, false, d.listApplications},
		{"GET /dashboard/applications/new", account.ActEdit, false, d.newApplication},
		{"POST /dashboard/applications/new", account.ActEdit, false, d.createApplication},
		{"GET /dashboard/applications/import", account.ActEdit, false, d.newImport},
		{"POST /dashboard/applications/import", account.ActEdit, false, d.previewImport},
		{"POST /dashboard/applications/import/create", account.ActEdit, true, d.createImport},
		{"GET /dashboard/applications/waiting", account.ActView, false, d.listWaiting},
		{"GET /dashboard/waiting/{id}", account.ActView, false, d.waiting},
		{"POST /dashboard/waiting/{id}/approve", account.ActEdit, true, d.approveWaiting},
		{"POST /dashboard/waiting/{id}/refuse", account.ActEdit, false, d.refuseWaiting},
		{"POST /dashboard/waiting/{id}/block", account.ActEdit, true, d.blockWaiting},
		{"GET /dashboard/waiting/{id}/block-host", account.ActEdit, false, d.askBlockHost},
		{"POST /dashboard/waiting/{id}/block-host", account.ActEdit, true, d.blockHost},
		{"GET /dashboard/applications/{id}", account.ActView, false, d.quickStart},
		{"POST /dashboard/applications/{id}/callback", account.ActEdit, false, d.addCallback},
		{"GET /dashboard/applications/{id}/settings", account.ActView, false, d.applicationSettings},
		{"POST /dashboard/applications/{id}/settings", account.ActEdit, false, d.saveApplicationSettings},
		{"GET /dashboard/applications/{id}/credentials", account.ActView, false, d.credentials},
		{"POST /dashboard/applications/{id}/method", account.ActEdit, true, d.saveMethod},
		{"POST /dashboard/applications/{id}/secrets", account.ActEdit, true, d.addSecret},
		{"POST /dashboard/applications/{id}/secrets/replace", account.ActEdit, true, d.replaceSecret},
		{"POST /dashboard/applications/{id}/secrets/{secret}/revoke", account.ActEdit, true, d.revokeSecret},
		{"POST /dashboard/applications/{id}/keys", account.ActEdit, true, d.addKey},
		{"POST /dashboard/applications/{id}/keys/{key}/switch", account.ActEdit, true, d.switchKey},
		{"POST /dashboard/applications/{id}/keys/{key}/delete", account.ActEdit, true, d.deleteKey},
		{"GET /dashboard/applications/{id}/apis", account.ActView, false, d.applicationAPIs},
		{"GET /dashboard/applications/{id}/apis/{api}", account.ActView, false, d.applicationAPI},
		{"POST /dashboard/applications/{id}/apis/{api}", account.ActEdit, true, d.saveApplicationAPI},
		{"GET /dashboard/applications/{id}/document", account.ActView, false, d.document},
		{"POST /dashboard/applications/{id}/document/refresh", account.ActEdit, false, d.refreshDocument},
		{"POST /dashboard/applications/{id}/document/apply", account.ActEdit, true, d.applyDocument},
		{"POST /dashboard/applications/{id}/document/approve", account.ActEdit, true, d.approveDocument},
		{"POST /dashboard/applications/{id}/document/mode", account.ActEdit, true, d.saveFollow},
		{"POST /dashboard/applications/{id}/document/pin", account.ActEdit, true, d.savePin},
		{"POST /dashboard/applications/{id}/document/client-credentials", account.ActEdit, true, d.saveClientCredentials},
		{"POST /dashboard/applications/{id}/document/audience", account.ActEdit, true, d.saveAudience},
		{"GET /dashboard/applications/{id}/danger", account.ActView, false, d.danger},
		{"POST /dashboard/applications/{id}/switch", account.ActEdit, false, d.switchApplication},
		{"POST /dashboard/applications/{id}/delete", account.ActEdit, true, d.deleteApplication},

		{"GET /dashboard/apis", account.ActView, false, d.listAPIs},
		{"GET /dashboard/apis/new", account.ActEdit, false, d.newAPI},
		{"POST /dashboard/apis/new", account.ActEdit, false, d.createAPI},
		{"GET /dashboard/apis/{id}", account.ActView, false, d.api},
		{"POST /dashboard/apis/{id}", account.ActEdit, false, d.saveAPI},
		{"GET /dashboard/apis/{id}/applications", account.ActView, false, d.apiApplications},
		{"POST /dashboard/apis/{id}/default", account.ActEdit, true, d.saveDefaultGrant},
		{"POST /dashboard/apis/{id}/delete", account.ActEdit, true, d.deleteAPI},

		{"GET /dashboard/users", account.ActView, false, d.listUsers},
		{"GET /dashboard/users/new", account.ActEdit, false, d.newUser},
		{"POST /dashboard/users/new", account.ActEdit, false, d.createUser},
		{"GET /dashboard/users/{id}", account.ActView, false, d.user},
		{"POST /dashboard/users/{id}", account.ActEdit, false, d.saveUser},
		{"POST /dashboard/users/{id}/role", account.ActManageOperators, true, d.saveRole},
		{"POST /dashboard/users/{id}/password", account.ActEdit, true, d.setPassword},
		{"POST /dashboard/users/{id}/reset", account.ActEdit, true, d.makeResetLink},
		{"POST /dashboard/users/{id}/block", account.ActEdit, false, d.blockUser},
		{"POST /dashboard/users/{id}/delete", account.ActEdit, true, d.deleteUser},

		{"GET /dashboard/activity/refusals", account.ActView, false, d.listRefusals},
		{"GET /dashboard/activity/refusals/{reference}", account.ActView, false, d.refusal},
		{"POST /dashboard/activity/refusals/{reference}/accept-audience", account.ActEdit, true, d.acceptAudience},
		{"GET /dashboard/tools/metadata-linter", account.ActEdit, false, d.linter},
		{"POST /dashboard/tools/metadata-linter", account.ActEdit, false, d.lint},

		{"GET /dashboard/keys", account.ActView, false, d.listKeys},
		{"POST /dashboard/keys/rotate", account.ActManageInstance, true, d.rotateKey},
		{"POST /dashboard/keys/revoke", account.ActManageInstance, true, d.revokeKey},
		{"GET /dashboard/settings", account.ActView, false, d.settings},
		{"POST /dashboard/settings", account.ActManageInstance, false, d.saveSettings},
		{"GET /dashboard/settings/applications", account.ActView, false, d.admission},
		{"POST /dashboard/settings/applications", account.ActManageInstance, true, d.saveAdmission},
		{"POST /dashboard/settings/applications/rules", account.ActManageInstance, true, d.addRule},
		{"POST /dashboard/settings/applications/rules/{rule}/delete", account.ActManageInstance, true, d.deleteRule},
	}
}

// Mount adds the routes.
func (d *Dashboard) Mount(mux *http.ServeMux) {
	for _, r := range d.routes() {
		mux.Handle(r.pattern, d.behindSignIn(r))
	}
	mux.HandleFunc("GET /dashboard/signin", d.open(d.signInPage))
	mux.HandleFunc("POST /dashboard/signin", d.open(d.signIn))
	mux.HandleFunc("GET /setup", d.open(d.setupPage))
	mux.HandleFunc("POST /setup", d.open(d.setUp))
	mux.Handle("/dashboard/", d.behindSignIn(route{needs: account.ActView, page: d.nothingHere}))
}

// path is a root path of ours as a browser reaches it.
func (d *Dashboard) path(p string) string { return d.Site().Path(p) }

// secure reports whether people reach this server by https.
func (d *Dashboard) secure() bool { return strings.HasPrefix(d.Issuer, "https://") }

// nothingHere answers every other path below /dashboard/. A slash too many is forgiven.
func (d *Dashboard) nothingHere(w http.ResponseWriter, r *http.Request, _ *visit) error {
	if path := strings.TrimRight(r.URL.Path, "/"); path != r.URL.Path && r.Method == http.MethodGet {
		http.Redirect(w, r, d.path(path), http.StatusSeeOther)
		return nil
	}
	return registry.ErrNotFound
}
