package authorize_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/authorize"
	"clientele/internal/cimd"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
	"clientele/internal/ui"
)

const (
	clientURL = "https://agent.example.net/client.json"
	agentBack = "https://agent.example.net/callback"
)

// pretend knows the client at clientURL as the service for such clients does, without a network. What it says of itself is
// document; it is registered when somebody who is signed in comes with it.
type pretend struct {
	s        *servertest.Server
	mu       sync.Mutex
	document registry.Import
	names    registry.Application
	refusal  *cimd.Refusal
	silent   bool // nobody answers at the URL any more
	resolved []cimd.Arrival
	current  []cimd.Arrival
}

func (p *pretend) Find(ctx context.Context, id oauth.ClientID) (*registry.Application, error) {
	return p.s.Directory().Find(ctx, id)
}

func (p *pretend) Resolve(ctx context.Context, a cimd.Arrival) (*registry.Application, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resolved = append(p.resolved, a)
	if p.refusal != nil {
		return nil, p.refusal
	}
	return p.save(ctx, a.URL)
}

func (p *pretend) Current(ctx context.Context, app *registry.Application, a cimd.Arrival) (*registry.Application, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = append(p.current, a)
	switch {
	case p.refusal != nil:
		return nil, p.refusal
	case p.silent:
		return app, nil
	}
	return p.save(ctx, a.URL)
}

// save registers the client, or gives it what its document says now.
func (p *pretend) save(ctx context.Context, at string) (*registry.Application, error) {
	now := p.s.Clock.Now()
	before, err := p.s.Store.ApplicationByClientID(ctx, oauth.ClientID(at))
	next := p.names
	next.UpdatedAt = now
	state := p.document
	state.FetchedAt, state.DueAt = now, now.Add(5*time.Minute)
	next.Import = &state
	w := registry.ImportWrite{Application: next, Event: audit.Event{At: now, Kind: "application.imported", Actor: servertest.Actor, TargetKind: registry.KindApplication, TargetID: next.ID}}
	switch {
	case err == nil:
		w.Application.ID, w.Application.CreatedAt = before.ID, before.CreatedAt
		w.Was, w.WasImport = before.Revision, before.Import.Revision
		w.Application.Revision, state.Revision = before.Revision+1, before.Import.Revision+1
	case errors.Is(err, registry.ErrNotFound):
		w.Application.CreatedAt, w.Application.Revision, state.Revision = now, 1, 1
	default:
		return nil, err
	}
	if err := p.s.Store.SaveImport(ctx, w); err != nil && !errors.Is(err, registry.ErrConflict) {
		return nil, err
	}
	p.s.Directory().ForgetAll()
	return p.s.Directory().Find(ctx, oauth.ClientID(at))
}

// change lets the document say something else.
func (p *pretend) change(f func(*registry.Application, *registry.Import)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.names, &p.document)
}

// known registers the client as an operator's import does.
func (p *pretend) known(t *testing.T) registry.Application {
	t.Helper()
	p.change(func(_ *registry.Application, i *registry.Import) { i.By = registry.ByOperator })
	app, err := p.save(t.Context(), clientURL)
	if err != nil {
		t.Fatal(err)
	}
	return *app
}

// tracer keeps traces in memory.
type tracer struct {
	mu     sync.Mutex
	traces []audit.Trace
}

func (r *tracer) Trace(_ context.Context, t audit.Trace) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	t.Reference = audit.NewReference()
	r.traces = append(r.traces, t)
	return t.Reference
}

func (r *tracer) last(t *testing.T) audit.Trace {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.traces) == 0 {
		t.Fatal("no trace was left")
	}
	trace := r.traces[len(r.traces)-1]
	if trace.Rule == "" || trace.Message == "" || trace.Mend == "" || trace.Side == "" {
		t.Errorf("the trace does not tell which rule, what is wrong, what to change and who can: %+v", trace)
	}
	return trace
}

// doors lead to a room of authorization that is not the server's own, and to the server for everything else.
type doors struct {
	requests *http.ServeMux
	server   http.RoundTripper
}

func (d doors) RoundTrip(req *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(req.URL.Path, "/authorize") {
		return d.server.RoundTrip(req)
	}
	in := req.Clone(req.Context())
	in.RequestURI, in.RemoteAddr, in.Host = req.URL.RequestURI(), "192.0.2.1:1234", req.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	d.requests.ServeHTTP(rec, in)
	resp := rec.Result()
	resp.Request = req
	return resp, nil
}

// sessions are those of a server.
type sessions struct{ s *servertest.Server }

func (s sessions) Current(r *http.Request) (account.Session, account.User, error) {
	cookie, err := r.Cookie("__Host-clientele_session")
	if err != nil {
		return account.Session{}, account.User{}, account.ErrNoSession
	}
	return s.s.Accounts.SessionOf(r.Context(), cookie.Value, account.PersonSession)
}

// urlServer is a server where one person and a pretend client are, with the traces it leaves and a way to open browsers.
func urlServer(t *testing.T, on ...servertest.Option) (*servertest.Server, *pretend, *tracer, func() *servertest.Browser) {
	t.Helper()
	s := servertest.New(t, on...)
	s.CreateUser(person, "")
	p := &pretend{s: s, names: registry.Application{
		ID: "tpc_" + secret.ID(22), ExternalID: clientURL, Origin: registry.Imported, Ownership: registry.ThirdParty, Name: "Agent", Type: registry.RegularWeb,
		Enabled: true, RequirePKCE: true, GrantTypes: []oauth.GrantType{oauth.AuthorizationCode, oauth.RefreshToken}, AuthMethods: []oauth.AuthMethod{oauth.AuthNone},
		RedirectURIs: []registry.URI{{Value: agentBack, Source: registry.FromDocument}}, CreatedBy: "test",
		IDToken: registry.IDTokenPolicy{Lifetime: time.Hour, Algorithm: "RS256"}, Refresh: registry.RefreshPolicy{Rotating: true, Lifetime: 24 * time.Hour, IdleLifetime: time.Hour},
	}, document: registry.Import{
		By: registry.ByClient, Mode: registry.Follow, Rule: "rul_first", Identity: "identity-1",
		Live: registry.DocumentRef{Version: 1, Hash: strings.Repeat("h", 43)}, Approved: registry.DocumentRef{Version: 1, Hash: strings.Repeat("h", 43)}, Keys: registry.KeySetRef{Version: 3},
	}}
	traces := &tracer{}
	requests := &authorize.Handler{
		Issuer: s.Issuer(), Clients: s.Directory(), URLs: p, Store: s.Store, Sessions: sessions{s}, Tokens: s.Signing, Keys: s.Keys, Settings: s.Settings.Current,
		Policy: func() registry.Policy { return registry.Policy{LocalhostPort: s.Settings.Current().LocalhostPort} },
		Site:   func() ui.Site { return ui.Site{Name: "Acme"} }, Uses: audit.Discard{}, Traces: traces, Log: slog.New(slog.DiscardHandler), Now: s.Clock.Now,
	}
	mux := http.NewServeMux()
	requests.Mount(mux)
	open := func() *servertest.Browser {
		b := s.Browser()
		b.Client.Transport = doors{mux, s.Transport()}
		return b
	}
	return s, p, traces, open
}

// agentRequest is a request of the client at clientURL.
func agentRequest(change url.Values) string {
	all := url.Values{"client_id": {clientURL}, "redirect_uri": {agentBack}}
	for name, values := range change {
		all[name] = values
	}
	return "/authorize?" + request(registry.Application{}, all).Encode()
}

// signedIn is a browser in which the person is signed in.
func signedIn(t *testing.T, open func() *servertest.Browser) *servertest.Browser {
	t.Helper()
	b := open()
	page := b.Get("/signin").Submit(url.Values{"email": {person}, "password": {servertest.Password}}, "email")
	if !strings.Contains(page.Body, "You are signed in") {
		t.Fatalf("the person is not signed in:\n%s", page.Body)
	}
	return b
}

// grants are the grants of the person to the client, newest first.
func grantOf(t *testing.T, s *servertest.Server, answer url.Values) grant.Grant {
	t.Helper()
	_, g, err := s.Store.Code(t.Context(), s.Keys.Hashes(secret.ForCode, answer.Get("code")))
	if err != nil {
		t.Fatalf("the code %q: %v", answer.Get("code"), err)
	}
	return g
}

func has(body string, says ...string) bool {
	return !slices.ContainsFunc(says, func(s string) bool { return !strings.Contains(body, s) })
}
