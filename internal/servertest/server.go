package servertest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/outbound"
	"clientele/internal/outbound/outboundtest"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/server"
	"clientele/internal/settings"
	"clientele/internal/signing"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// PublicURL is where the server of a test is, unless WithPublicURL says otherwise.
const PublicURL = "https://id.example.test"

// Actor is in whose name the helpers write.
var Actor = audit.Actor{Kind: audit.ActorSystem, Name: "test", Door: "test"}

// Server is a server under test.
type Server struct {
	*server.Server

	URL      string // public URL without a trailing slash; the issuer is URL + "/"
	Clock    *Clock
	Store    *store.Store
	Keys     *secret.Keyring
	Registry *registry.Registry
	Accounts *account.Accounts
	Settings *settings.Keeper
	Signing  *signing.Keeper

	t testing.TB
}

// Option changes the server under test.
type Option func(*options)

type options struct {
	publicURL string
	proxies   string
	clock     *Clock
	log       *slog.Logger
	open      func(testing.TB) *store.Store
	outbound  outbound.Options
}

// WithPublicURL puts the server elsewhere: another host, a path, plain http on localhost.
func WithPublicURL(u string) Option { return func(o *options) { o.publicURL = u } }

// WithProxies names trusted proxies.
func WithProxies(list string) Option { return func(o *options) { o.proxies = list } }

// WithTime starts the server's clock, which stands still, at t.
func WithTime(t time.Time) Option { return func(o *options) { o.clock.Set(t) } }

// WithLog shows what the server logs.
func WithLog(l *slog.Logger) Option { return func(o *options) { o.log = l } }

// New starts a server that ends with the test. Its clock stands still until the test moves it.
func New(t testing.TB, opts ...Option) *Server {
	t.Helper()
	o := options{publicURL: PublicURL, clock: &Clock{at: time.Now().UTC().Truncate(time.Microsecond)}, open: storetest.Chosen, outbound: outbound.Options{Network: outboundtest.Nowhere{}}}
	for _, opt := range opts {
		opt(&o)
	}
	public, err := server.ParsePublicURL(o.publicURL)
	if err != nil {
		t.Fatal(err)
	}
	proxies, err := server.ParseProxies(o.proxies)
	if err != nil {
		t.Fatal(err)
	}
	kept := o.open(t)
	seedKeys(t, kept)
	s, err := server.New(t.Context(), server.Config{PublicURL: public, Proxies: proxies, Store: kept, Master: Master(), Log: o.log, Now: o.clock.Now, Passwords: account.NewPasswordsAt(cheap), Outbound: o.outbound})
	if err != nil {
		t.Fatal(err)
	}
	return &Server{
		Server: s, URL: public.Origin + public.Prefix, Clock: o.clock, Store: kept, Keys: s.Keys(), Registry: s.Registry(),
		Accounts: s.Accounts(), Settings: s.Settings(), Signing: s.Signing(), t: t,
	}
}

// cheap hashes passwords fast, so that tests spend their time elsewhere.
var cheap = account.Cost{Memory: 64, Time: 1, Threads: 1}

// Clock is a clock that moves only when told.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set puts the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t.UTC().Truncate(time.Microsecond)
}

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }

// Master is the one master key of all servers of a test binary.
var Master = sync.OnceValue(func() *secret.Master {
	var key [32]byte
	rand.Read(key[:])
	m, err := secret.NewMaster(key[:])
	if err != nil {
		panic(err)
	}
	return m
})

// keysOnce are signing keys that the first server of a test binary made: an RSA key takes longer than most tests.
var keysOnce struct {
	sync.Mutex
	keys []signing.StoredKey
}

func seedKeys(t testing.TB, kept *store.Store) {
	t.Helper()
	keysOnce.Lock()
	defer keysOnce.Unlock()
	ctx := t.Context()
	if keysOnce.keys == nil {
		k, err := signing.Open(ctx, kept, Master(), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.EnsureFirst(ctx); err != nil {
			t.Fatal(err)
		}
		if err := k.EnsureNext(ctx); err != nil {
			t.Fatal(err)
		}
		keysOnce.keys = k.List()
		return
	}
	if err := kept.SaveSigningKeys(ctx, keysOnce.keys, audit.Event{At: time.Now(), Kind: signing.EventCreated, Actor: Actor, TargetKind: "signing_key"}); err != nil {
		t.Fatal(err)
	}
}

// Client is an HTTP client that reaches the server and nothing else. It keeps cookies and does not follow redirects.
func (s *Server) Client() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Client{
		Transport:     s.Transport(),
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// FlushUses writes the use events that were recorded so far, as the background job does on a running server.
func (s *Server) FlushUses() { s.Uses().Flush(context.WithoutCancel(s.t.Context())) }

// Path is a URL of the server.
func (s *Server) Path(path string) string { return s.URL + path }

// Host is the host of the server's URL.
func (s *Server) Host() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	return u.Host
}
