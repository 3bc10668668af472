package tools

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/ui"
)

// Trials is what Try it stands on: real authorizations that operators run for an application.
type Trials struct {
	Store     TrialStore
	Tokens    TrialTokens
	UserInfo  TrialUserInfo
	Directory TrialDirectory
	Uses      audit.Recorder
}

// TrialStore keeps runs. It fails with grant.ErrNotFound.
type TrialStore interface {
	AddTrial(ctx context.Context, t grant.Trial) error
	Trial(ctx context.Context, id string) (grant.Trial, error)
	TrialByHandle(ctx context.Context, hashes []secret.Hash) (grant.Trial, error)
	TakeTrial(ctx context.Context, id string, now time.Time) (won bool, err error)
	EndTrial(ctx context.Context, id string, o grant.TrialOutcome, now time.Time) error
	Grant(ctx context.Context, id string) (grant.Grant, error)
}

// TrialTokens gives a run what its application would get. It fails with an *oauth.Error. The room token has it.
type TrialTokens interface {
	RedeemTrial(ctx context.Context, app *registry.Application, t grant.TrialCode) (grant.TrialTokens, error)
	TryForItself(ctx context.Context, app *registry.Application, trialID, audience string, scopes oauth.Scopes) (grant.TrialTokens, error)
}

// TrialUserInfo answers as UserInfo does. It fails with an *oauth.Error. The room userinfo has it.
type TrialUserInfo interface {
	Answer(ctx context.Context, token string) ([]byte, error)
}

// TrialDirectory is what the protocol sees. registry.Directory is one.
type TrialDirectory interface {
	ByID(ctx context.Context, id string) (*registry.Application, error)
	Find(ctx context.Context, id oauth.ClientID) (*registry.Application, error)
	APIByAudience(ctx context.Context, audience string) (*registry.API, error)
	Access(ctx context.Context, a *registry.Application, api *registry.API, subject registry.SubjectType) (registry.Access, error)
}

// tryRoutes are the pages of Try it.
func (d *Pages) tryRoutes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/applications/{id}/try", account.ActView, d.try),
		frame.On("POST /dashboard/applications/{id}/try", account.ActEdit, d.beginTrial),
		frame.On("GET /"+grant.TrialPath, account.ActEdit, d.answerTrial),
		frame.On("GET /dashboard/try/{run}", account.ActEdit, d.trialPage),
	}
}

// Whom the token of a run acts for.
const (
	tryPerson = "person"
	tryItself = "itself"
)

// Words that stand where a value is not made yet, or not shown.
const (
	tryUnmade    = "made for the run"
	tryChallenge = "S256 of a secret made for the run"
	tryUsed      = "used by this run"
	trySame      = "as it was sent"
	tryKept      = "known to this browser only"
)

var tryWords = []string{tryUnmade, tryChallenge, tryUsed, trySame, tryKept}

// tryForm is what an operator chooses for a run.
type tryForm struct {
	As       string   // tryPerson or tryItself
	API      string   // id; empty = the request names none
	Identity []string // scopes that belong to no API
	Scopes   []string // "<id of the API> <permission>"
	Prompt   string
	Fault    string
	Shown    bool // the request was asked for, and not run
}

// tryAPI is an API that the application may use, with what it may have of it.
type tryAPI struct {
	API    *registry.API
	Scopes oauth.Scopes
	person bool
}

// tryView is the page.
type tryView struct {
	App     *registry.Application
	Form    tryForm
	Person  []tryAPI // for which a person's token can be asked
	Itself  []tryAPI
	Request []tryParameter
	URL     string
}

func (d *Pages) try(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	view, err := d.tryView(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	view.Form = view.first()
	return d.showTry(w, r, v, http.StatusOK, view)
}

func (d *Pages) showTry(w http.ResponseWriter, r *http.Request, v *frame.Visit, status int, view tryView) error {
	if view.Form.As == tryPerson {
		parameters := d.tryParameters(view, tryChallenge, tryUnmade)
		parameters["state"] = []string{tryUnmade}
		view.Request, view.URL = explain(parameters), d.Issuer+"authorize"
	} else {
		view.Request, view.URL = explain(clientParameters(view)), d.Issuer+"oauth/token"
	}
	return v.Write(w, r, status, tryPage(v, view))
}

// tryView finds the application, and the APIs that it may use today.
func (d *Pages) tryView(ctx context.Context, id string) (tryView, error) {
	a, err := d.Registry.Application(ctx, id)
	if err != nil {
		return tryView{}, err
	}
	view := tryView{App: &a}
	apis, err := d.Registry.APIs(ctx, registry.APIQuery{Limit: registry.MaxPageSize})
	if err != nil {
		return tryView{}, err
	}
	for i := range apis.Items {
		if apis.Items[i].System { // a run never gets a token that changes this server
			continue
		}
		if err := d.addTryAPI(ctx, &view, &apis.Items[i]); err != nil {
			return tryView{}, err
		}
	}
	return view, nil
}

func (d *Pages) addTryAPI(ctx context.Context, view *tryView, api *registry.API) error {
	if frame.SignsPeopleIn(view.App) {
		access, err := d.Trials.Directory.Access(ctx, view.App, api, registry.ForUser)
		if err != nil {
			return err
		}
		if access.Allowed {
			view.Person = append(view.Person, tryAPI{API: api, Scopes: access.Scopes, person: true})
		}
	}
	if view.App.Allows(oauth.ClientCredentials) {
		access, err := d.Trials.Directory.Access(ctx, view.App, api, registry.ForClient)
		if err != nil {
			return err
		}
		if access.Allowed {
			view.Itself = append(view.Itself, tryAPI{API: api, Scopes: access.Scopes})
		}
	}
	return nil
}

// ways are whom the application's tokens can act for.
func (t tryView) ways() []string {
	var ways []string
	if frame.SignsPeopleIn(t.App) {
		ways = append(ways, tryPerson)
	}
	if t.App.Allows(oauth.ClientCredentials) {
		ways = append(ways, tryItself)
	}
	return ways
}

// first is the form as it opens: everything about the person, and everything of the first API.
func (t tryView) first() tryForm {
	f := tryForm{Identity: []string{oauth.ScopeOpenID, oauth.ScopeProfile, oauth.ScopeEmail}}
	if ways := t.ways(); len(ways) > 0 {
		f.As = ways[0]
	}
	for i, x := range t.apis(f.As) {
		if i == 0 {
			f.API = x.API.ID
		}
		for _, s := range x.Scopes {
			f.Scopes = append(f.Scopes, x.API.ID+" "+s)
		}
	}
	return f
}

func (t tryView) apis(as string) []tryAPI {
	if as == tryItself {
		return t.Itself
	}
	return t.Person
}

// api is the API that was chosen; nil if the request names none.
func (t tryView) api() *registry.API {
	for _, x := range t.apis(t.Form.As) {
		if x.API.ID == t.Form.API {
			return x.API
		}
	}
	return nil
}

// scopes are those of the API that was chosen. What is ticked under another is not asked for.
func (t tryView) scopes() oauth.Scopes {
	var scopes oauth.Scopes
	for _, ticked := range t.Form.Scopes {
		if api, scope, _ := strings.Cut(ticked, " "); api == t.Form.API && scope != "" {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// The prompts that a run can ask with.
var tryPrompts = []ui.Option{
	{Value: "", Label: "As usual: ask only what is not settled"},
	{Value: "login", Label: "login: always ask to sign in"},
	{Value: "consent", Label: "consent: always ask for consent"},
	{Value: "select_account", Label: "select_account: let the person choose an account"},
	{Value: "none", Label: "none: ask nothing, and fail if something is missing"},
}

// readTry reads the form. What it names has to be something that the page offers.
func (t *tryView) readTry(r *http.Request) {
	f := tryForm{
		As: r.PostForm.Get("as"), API: r.PostForm.Get("api"), Identity: r.PostForm["identity"], Scopes: r.PostForm["scope"],
		Prompt: r.PostForm.Get("prompt"), Shown: r.PostForm.Get("do") == "show",
	}
	if f.As == tryItself {
		f.API = r.PostForm.Get("machine_api")
	}
	t.Form = f
	offered := slices.ContainsFunc(tryPrompts, func(o ui.Option) bool { return o.Value == f.Prompt })
	known := t.api() != nil || f.API == "" && f.As == tryPerson
	switch {
	case !slices.Contains(t.ways(), f.As):
		t.Form.Fault = "Choose whom the token is for."
	case !known && f.API == "":
		t.Form.Fault = "Choose the API that the token is for."
	case !known:
		t.Form.Fault = "The application may not use this API any more. Choose another."
	case !offered:
		t.Form.Fault = "Choose a prompt from the list."
	case strings.ContainsAny(strings.Join(slices.Concat(f.Identity, f.Scopes), ""), "\"\\\x00\r\n\t"):
		t.Form.Fault = "A permission has characters that no permission has."
	}
}
