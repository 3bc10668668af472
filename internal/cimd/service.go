package cimd

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/outbound"
	"clientele/internal/registry"
)

// Registrar registers what operators import and what is let in.
type Registrar interface {
	Import(ctx context.Context, actor audit.Actor, d registry.ImportDraft) (registry.Application, registry.ImportOutcome, error)
	SetAudienceException(ctx context.Context, actor audit.Actor, id string, until time.Time) (registry.Application, error)
	SetLogo(ctx context.Context, id string, revision int64, hash string) error
}

// Observer takes in what the documents of known clients say by and by.
type Observer interface {
	Observe(ctx context.Context, id string, revision int64, s registry.Sighting) (registry.Application, []registry.Difference, error)
	ObserveKeys(ctx context.Context, id string, revision int64, k registry.KeySetSighting) (registry.Application, error)
	ObserveKeysFailure(ctx context.Context, id string, revision int64, f registry.KeysFailure) (registry.Application, error)
	ObserveUnchanged(ctx context.Context, id string, revision int64, at, due time.Time, headers map[string]string) error
	ObserveFailure(ctx context.Context, id string, revision int64, f registry.ObservedFailure) (registry.Application, error)
}

// Queue keeps the clients that wait for an operator, and the rules.
type Queue interface {
	Enqueue(ctx context.Context, w registry.Waiting, userID string) (registry.Waiting, error)
	WaitingClient(ctx context.Context, id string) (registry.Waiting, error)
	RefuseWaiting(ctx context.Context, actor audit.Actor, id string) error
	CreateAdmissionRule(ctx context.Context, actor audit.Actor, pattern string, e registry.RuleEffect, note string) (registry.AdmissionRule, error)
}

// Writer is the one writer of all that. registry.Registry is one.
type Writer interface {
	Registrar
	Observer
	Queue
}

// Directory reads what is registered from memory. registry.Directory is one.
type Directory interface {
	Find(ctx context.Context, id oauth.ClientID) (*registry.Application, error)
	ByID(ctx context.Context, id string) (*registry.Application, error)
	APIByAudience(ctx context.Context, audience string) (*registry.API, error)
	Rules(ctx context.Context) ([]registry.AdmissionRule, error)
}

// Store is what the service asks of the store itself.
type Store interface {
	Application(ctx context.Context, id string) (registry.Application, error)
	Document(ctx context.Context, id string, version int64) (registry.DocumentVersion, error)
	KeySet(ctx context.Context, id string, version int64) (registry.KeySetVersion, error)
	DueImports(ctx context.Context, by registry.Importer, now time.Time, limit int) ([]string, error)
	AnyImported(ctx context.Context) (bool, error)
	CountUnfinished(ctx context.Context, now time.Time) (int, error)
}

// Way is the way out. outbound.Client is one.
type Way interface {
	Get(ctx context.Context, r outbound.Request) (*outbound.Response, error)
}

// Service is what the doors ask about clients that are known by a URL. All fields are needed, except Logos and Log.
type Service struct {
	Registry  Writer
	Directory Directory
	Store     Store
	Outbound  Way
	Policy    func() Policy
	Admission func() registry.AdmissionMode
	Issuer    string // ends in a slash; no client may have a URL at or below it
	Traces    audit.Tracer
	Uses      audit.Recorder
	Log       *slog.Logger
	Now       func() time.Time
	Logo      func(ctx context.Context, url string) (hash string, err error) // nil = logos are not fetched

	once    sync.Once
	flights singleflight.Group // fetches under way, by what they are for
	limits  *limits
	seen    recent[string, sight]   // strangers' valid documents, for as long as they are fresh at least
	tries   recent[string, attempt] // when a key set or a logo may be asked for again, by what it is for
	wanted  wanted                  // applications whose document is due and that somebody asked for, of operators
	logos   wanted                  // applications whose logo is to be fetched

	wantedStrangers wanted       // as wanted, of those that nobody approved
	any             atomic.Int64 // whether there is an imported application; see Advertised

	life   context.Context //nolint:containedctx // ends the flights when the server does
	end    context.CancelFunc
	flying sync.WaitGroup
}

// The bounds of what the service remembers.
const (
	maxSeen   = 256
	maxTries  = 4096
	maxWanted = 1024
)

// flightTime is how long a flight may take: a document and a key set, with the writes.
const flightTime = 15 * time.Second

func (s *Service) start() {
	s.once.Do(func() {
		s.limits = newLimits()
		s.seen.limit, s.tries.limit = maxSeen, maxTries
		s.life, s.end = context.WithCancel(context.Background())
		if s.Log == nil {
			s.Log = slog.New(slog.DiscardHandler)
		}
	})
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// fly does work once for all who ask for the same at the same time. It does not end with the one who happened to be first, and
// leaves nothing behind: who comes after it has ended begins anew.
func fly[T any](ctx context.Context, s *Service, key string, work func(context.Context) (T, error)) (result T, err error) {
	s.flying.Add(1)
	done := s.flights.DoChan(key, func() (_ any, err error) {
		// A panic here is in nobody's request: it would end the server, at the word of whoever wrote the document.
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("a panic while looking at a client: %v", cause)
				s.Log.ErrorContext(ctx, "a flight panicked", slog.Any("panic", cause), slog.String("stack", string(debug.Stack())))
			}
		}()
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), flightTime)
		defer cancel()
		defer context.AfterFunc(s.life, cancel)()
		return work(bounded)
	})
	select {
	case r := <-done:
		s.flying.Done()
		result, _ = r.Val.(T)
		return result, r.Err
	case <-ctx.Done():
		go func() {
			<-done
			s.flying.Done()
		}()
		return result, ctx.Err()
	}
}

// Close ends what is under way and waits for that. Nothing may be asked of the service after it.
func (s *Service) Close() {
	s.start()
	s.end()
	s.flying.Wait()
}

// wanted is a bounded set of things to do later.
type wanted struct {
	mu  sync.Mutex
	ids map[string]bool
}

// add takes id, or drops it if there are too many: it will be asked for again.
func (w *wanted) add(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ids == nil {
		w.ids = make(map[string]bool)
	}
	if len(w.ids) < maxWanted {
		w.ids[id] = true
	}
}

// take empties the set.
func (w *wanted) take() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	ids := w.ids
	w.ids = nil
	return ids
}
