package dashboard

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/advisor"
	"clientele/internal/dashboard/access"
	"clientele/internal/dashboard/activity"
	"clientele/internal/dashboard/apis"
	"clientele/internal/dashboard/applications"
	"clientele/internal/dashboard/documents"
	"clientele/internal/dashboard/frame"
	"clientele/internal/dashboard/quickstart"
	settingpages "clientele/internal/dashboard/settings"
	"clientele/internal/dashboard/tools"
	"clientele/internal/dashboard/users"
	"clientele/internal/grant"
	"clientele/internal/registry"
	"clientele/internal/signing"
)

// Concerns is what needs somebody, for Home.
type Concerns interface {
	Concerns(ctx context.Context, kind registry.ConcernKind, now time.Time, limit int) ([]registry.Concern, error)
	RiskyApplications(ctx context.Context) (int, error)
	CountWaiting(ctx context.Context) (int, error)
}

// Documents is what the pages ask of the room for applications from a URL. cimd.Service is one.
type Documents interface {
	documents.Importer
	settingpages.Decider
	tools.Linter
}

// Dashboard is the door. All fields must be set.
type Dashboard struct {
	frame.Base
	Concerns  Concerns
	Events    activity.Log
	Tokens    applications.Store
	APIs      apis.Reader
	People    users.Reader
	Documents Documents
	Outbound  apis.Fetcher
	Logos     *settingpages.Logos
	Signing   *signing.Keeper
	Advisor   *advisor.Service
	Trials    tools.Trials
	Metadata  tools.MetadataReader
}

// routes is every page behind the sign-in. Each list stands with its pages.
func (d *Dashboard) routes() []frame.Route {
	grants := &access.Pages{Base: &d.Base}
	papers := &documents.Pages{Base: &d.Base, Access: grants, Import: d.Documents, Advisor: d.Advisor}
	return slices.Concat(
		d.homeRoutes(),
		d.profileRoutes(),
		(&applications.Pages{Base: &d.Base, Tokens: d.Tokens, Advisor: d.Advisor, Signing: d.Signing}).Routes(),
		(&quickstart.Pages{Base: &d.Base, Access: grants, Document: papers.Document}).Routes(),
		grants.Routes(),
		papers.Routes(),
		(&apis.Pages{Base: &d.Base, Access: grants, APIs: d.APIs, Outbound: d.Outbound, Budget: d.Documents}).Routes(),
		(&users.Pages{Base: &d.Base, People: d.People}).Routes(),
		d.activity().Routes(),
		d.tools().Routes(),
		(&settingpages.Pages{Base: &d.Base, Signing: d.Signing, Logos: d.Logos, Admission: d.Documents}).Routes(),
	)
}

// activity is the room of the log, of which Home shows the newest lines.
func (d *Dashboard) activity() *activity.Pages {
	return &activity.Pages{Base: &d.Base, Events: d.Events}
}

func (d *Dashboard) tools() *tools.Pages {
	return &tools.Pages{Base: &d.Base, Signing: d.Signing, Linter: d.Documents, Metadata: d.Metadata, Trials: d.Trials}
}

// OpenTrial is the open run of Try it with that handle, if the browser that sent r has the operator session that began it, and
// the operator may still run anything. It fails with grant.ErrNotFound.
func (d *Dashboard) OpenTrial(r *http.Request, handle string) (grant.Trial, error) {
	return d.tools().OpenTrial(r, handle)
}

// TrialRefused ends a run whose request got no answer.
func (d *Dashboard) TrialRefused(ctx context.Context, id string, why grant.TrialFailure) {
	d.tools().TrialRefused(ctx, id, why)
}

// Mount adds the routes.
func (d *Dashboard) Mount(mux *http.ServeMux) {
	for _, r := range d.routes() {
		mux.Handle(r.Pattern, d.behindSignIn(r))
	}
	mux.HandleFunc("GET /dashboard/signin", d.open(d.signInPage))
	mux.HandleFunc("POST /dashboard/signin", d.open(d.signIn))
	mux.HandleFunc("GET /dashboard/signin/passkey", d.open(d.passkeyOptions))
	mux.HandleFunc("POST /dashboard/signin/passkey", d.open(d.passkeySignIn))
	mux.HandleFunc("GET /setup", d.open(d.setupPage))
	mux.HandleFunc("POST /setup", d.open(d.setUp))
	mux.Handle("/dashboard/", d.behindSignIn(frame.Route{Needs: account.ActView, Page: d.nothingHere}))
}

// nothingHere answers every other path below /dashboard/. A slash too many is forgiven.
func (d *Dashboard) nothingHere(w http.ResponseWriter, r *http.Request, _ *frame.Visit) error {
	if path := strings.TrimRight(r.URL.Path, "/"); path != r.URL.Path && r.Method == http.MethodGet {
		http.Redirect(w, r, d.Path(path), http.StatusSeeOther)
		return nil
	}
	return registry.ErrNotFound
}
