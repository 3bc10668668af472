package dashboard

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/advisor"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/settings"
	"clientele/internal/signing"
	"clientele/internal/ui"
)

// Store is what the dashboard asks for itself: that a form works once, what happened, and to end an application's refresh tokens.
type Store interface {
	Log
	UseOnce(ctx context.Context, kind string, hash secret.Hash, now, expires time.Time) (first bool, err error)
	Events(ctx context.Context, q audit.Query) ([]audit.Event, error)
	RevokeFamilies(ctx context.Context, applicationID string, now time.Time, e audit.Event) (int, error)
	Reach(ctx context.Context, applicationID string, now time.Time) (registry.Reach, error)
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
	Outbound Fetcher
	APIs     APIReader
	People   PeopleReader
	Logos    *Logos
	Trials   Trials
	Metadata MetadataReader
	Advisor  *advisor.Service
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

// routes is every page behind the sign-in. Each list stands with its pages.
func (d *Dashboard) routes() []route {
	return slices.Concat(
		d.homeRoutes(),
		d.profileRoutes(),
		d.applicationListRoutes(),
		d.applicationRoutes(),
		d.findingRoutes(),
		d.importRoutes(),
		d.apiRoutes(),
		d.userRoutes(),
		d.activityRoutes(),
		d.toolRoutes(),
		d.tryRoutes(),
		d.settingRoutes(),
	)
}

// Mount adds the routes.
func (d *Dashboard) Mount(mux *http.ServeMux) {
	for _, r := range d.routes() {
		mux.Handle(r.pattern, d.behindSignIn(r))
	}
	mux.HandleFunc("GET /dashboard/signin", d.open(d.signInPage))
	mux.HandleFunc("POST /dashboard/signin", d.open(d.signIn))
	mux.HandleFunc("GET /dashboard/signin/passkey", d.open(d.passkeyOptions))
	mux.HandleFunc("POST /dashboard/signin/passkey", d.open(d.passkeySignIn))
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
