package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"clientele/internal/account"
	"clientele/internal/advisor"
	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/management"
	"clientele/internal/outbound"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/settings"
	"clientele/internal/signing"
	"clientele/internal/store"
)

// Config is what a server needs to be told. PublicURL, Store and Master have no default.
type Config struct {
	PublicURL PublicURL
	Proxies   Proxies
	Store     *store.Store // stays the caller's to close, after Run has returned
	Master    *secret.Master
	Log       *slog.Logger       // nil = nothing is logged
	Now       func() time.Time   // nil = the clock
	Passwords *account.Passwords // nil = at the default cost
	Outbound  outbound.Options   // User-Agent, own host and clock are filled in
}

// Server is the whole server behind one handler.
type Server struct {
	public  PublicURL
	proxies Proxies
	log     *slog.Logger
	now     func() time.Time

	store     *store.Store
	keys      *secret.Keyring
	settings  *settings.Keeper
	signing   *signing.Keeper
	registry  *registry.Registry
	directory *registry.Directory
	accounts  *account.Accounts
	passwords *account.Passwords
	uses      *audit.Batch
	traces    *audit.Traces
	outbound  *outbound.Client
	documents *cimd.Service
	advisor   *advisor.Service
	findings  *advisor.Sweep

	handler  http.Handler
	stopping atomic.Bool

	following sync.Mutex
	followed  int64 // sequence of the last notice that was followed
}

// New makes a server out of what is kept: it makes the first keys if there are none, reads the settings and puts the rooms
// on the mux. Nothing runs in the background until Run.
func New(ctx context.Context, c Config) (*Server, error) {
	s := &Server{public: c.PublicURL, proxies: c.Proxies, store: c.Store, log: c.Log, now: c.Now, passwords: c.Passwords}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if c.Outbound.Now == nil {
		c.Outbound.Now = s.now
	}
	s.outbound = WayOut(c.Outbound, c.PublicURL.Issuer)
	if s.passwords == nil {
		s.passwords = account.NewPasswords()
	}
	if err := s.gather(ctx, c.Master); err != nil {
		return nil, err
	}
	if err := s.registry.EnsureManagementAPI(ctx, management.Scopes()); err != nil {
		return nil, fmt.Errorf("bringing the Management API to this version: %w", err)
	}
	mux, err := s.rooms()
	if err != nil {
		return nil, fmt.Errorf("putting the rooms together: %w", err)
	}
	s.handler = s.logged(s.recovered(s.addressed(s.ours(s.unprefixed(s.guarded(mux))))))
	return s, nil
}

// gather makes the services that the rooms share. Notices are counted from before anything is read, so that no change
// falls between reading and following.
func (s *Server) gather(ctx context.Context, master *secret.Master) (err error) {
	if s.followed, err = s.store.LastNotice(ctx); err != nil {
		return fmt.Errorf("reading the changes: %w", err)
	}
	if s.keys, err = EnsureKeyring(ctx, s.store, master, s.now()); err != nil {
		return err
	}
	s.settings = &settings.Keeper{Store: s.store, Now: s.now}
	if err := s.reloadSettings(ctx); err != nil {
		return err
	}
	if s.signing, err = signing.Open(ctx, s.store, master, s.now); err != nil {
		return err
	}
	if err := s.signing.EnsureFirst(ctx); err != nil {
		return fmt.Errorf("making the first signing keys: %w", err)
	}
	s.directory = &registry.Directory{Store: s.store, Issuer: s.public.Issuer, Now: s.now}
	s.registry = &registry.Registry{
		Store: s.store, Keys: s.keys, Now: s.now, Issuer: s.public.Issuer, Changed: s.changed,
		Policy: s.policy,
	}
	s.uses = audit.NewBatch(s.store, s.log)
	s.traces = audit.NewTraces(s.store, s.log, s.now)
	s.documents = Documents{
		Issuer: s.public.Issuer, Store: s.store, Registry: s.registry, Directory: s.directory, Settings: s.settings.Current,
		Outbound: s.outbound, Traces: s.traces, Uses: s.uses, Log: s.log, Now: s.now,
	}.Service()
	s.advisor = Advisor(s.registry, s.store, s.settings.Current, s.log)
	s.findings = &advisor.Sweep{Service: s.advisor, Store: s.store, Resolve: s.outbound.Resolves, Log: s.log}
	s.accounts = &account.Accounts{
		Issuer: s.public.Issuer, Store: s.store, Keys: s.keys, Passwords: s.passwords, Now: s.now, Uses: s.uses,
		Policy: func() account.Policy { return AccountPolicy(s.settings.Current()) },
	}
	s.settings.Guard = s.guardSettings
	return nil
}

// guardSettings keeps an operator who has no passkey from demanding one of everybody. The command line may: it is the way back, too.
func (s *Server) guardSettings(ctx context.Context, actor audit.Actor, before, after settings.Settings) error {
	if before.OperatorPasskeys || !after.OperatorPasskeys || actor.Kind != audit.ActorOperator {
		return nil
	}
	held, err := s.accounts.Passkeys(ctx, actor.ID)
	if err == nil && (len(held) == 0 || !s.accounts.PasskeysWork()) {
		return &settings.InvalidValue{Name: "operator_passkeys", Message: "needs a passkey of your own first: add one on your profile page"}
	}
	return err
}

// AccountPolicy is what the settings say about accounts.
func AccountPolicy(now settings.Settings) account.Policy {
	return account.Policy{
		InstanceName: now.InstanceName,
		PersonIdle:   now.PersonSessionIdle, PersonLifetime: now.PersonSessionLifetime,
		OperatorIdle: now.OperatorSessionIdle, OperatorLifetime: now.OperatorSessionLifetime, OperatorPasskeys: now.OperatorPasskeys,
	}
}

// reloadSettings reads the settings. One that makes no sense is reported and keeps its default: the server still starts, so
// that it can be put right.
func (s *Server) reloadSettings(ctx context.Context) error {
	err := s.settings.Reload(ctx)
	if wrong, ok := errors.AsType[*settings.InvalidValue](err); ok {
		s.log.ErrorContext(ctx, "a setting makes no sense and keeps its default", slog.String("setting", wrong.Name), slog.Any("error", err))
		return nil
	}
	return err
}

// EnsureKeyring opens the data keys, and makes the first one for a store that has none.
func EnsureKeyring(ctx context.Context, s *store.Store, master *secret.Master, now time.Time) (*secret.Keyring, error) {
	keys, err := s.DataKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the data keys: %w", err)
	}
	if len(keys) == 0 {
		if _, err := s.AddDataKey(ctx, secret.NewDataKey(master, now.UTC()), true); err != nil {
			return nil, fmt.Errorf("making the first data key: %w", err)
		}
		if keys, err = s.DataKeys(ctx); err != nil { // ours, or that of a node that was faster
			return nil, fmt.Errorf("reading the data keys: %w", err)
		}
	}
	ring, err := secret.OpenKeyring(master, keys)
	if err != nil {
		return nil, fmt.Errorf("the master key does not fit this database: %w", err)
	}
	return ring, nil
}

// Handler is the server as one handler, with everything that stands in front of the rooms.
func (s *Server) Handler() http.Handler { return s.handler }

// Issuer is the issuer, ending in a slash.
func (s *Server) Issuer() string { return s.public.Issuer }

// Log is where the server logs.
func (s *Server) Log() *slog.Logger { return s.log }

// Store is what the server keeps.
func (s *Server) Store() *store.Store { return s.store }

// Keys are the data keys.
func (s *Server) Keys() *secret.Keyring { return s.keys }

// Registry is the one writer of what is registered.
func (s *Server) Registry() *registry.Registry { return s.registry }

// Directory is what the protocol reads.
func (s *Server) Directory() *registry.Directory { return s.directory }

// Accounts is who signs in.
func (s *Server) Accounts() *account.Accounts { return s.accounts }

// Signing is the server's signing keys.
func (s *Server) Signing() *signing.Keeper { return s.signing }

// Settings is what an operator changes at run time.
func (s *Server) Settings() *settings.Keeper { return s.settings }

// Outbound is the way out.
func (s *Server) Outbound() *outbound.Client { return s.outbound }

// Advisor is the security check.
func (s *Server) Advisor() *advisor.Service { return s.advisor }

// Findings keeps the counts of findings up to date.
func (s *Server) Findings() *advisor.Sweep { return s.findings }

// Uses records use events.
func (s *Server) Uses() *audit.Batch { return s.uses }
