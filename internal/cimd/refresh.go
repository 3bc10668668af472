package cimd

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"clientele/internal/audit"
	"clientele/internal/outbound"
	"clientele/internal/registry"
)

// How the background refreshes. What nobody approved has a lane of its own, so that it never delays what somebody did.
const (
	dueBatch  = 64
	knownJobs = 4
	otherJobs = 2
	maxOthers = 16 // strangers that are due in one round
)

// The pauses after a failure.
const (
	firstPause = time.Minute
	lastPause  = time.Hour
	gonePause  = 10 * time.Minute // after which the second of two counts
)

// RefreshDue is one round of both lanes, which wait for nothing of each other.
func (s *Service) RefreshDue(ctx context.Context) {
	var rounds sync.WaitGroup
	rounds.Go(func() { s.RefreshKnown(ctx) })
	rounds.Go(func() { s.RefreshStrangers(ctx) })
	rounds.Wait()
}

// RefreshKnown fetches the documents, key sets and logos that are due, of clients in use that operators let in. It is called
// every few seconds. CIMD-02 §5.2.
func (s *Service) RefreshKnown(ctx context.Context) {
	s.start()
	s.refreshAll(ctx, s.dueOf(ctx, registry.ByOperator, &s.wanted, dueBatch), knownJobs)
	s.takeLogos(ctx)
}

// RefreshStrangers does the same for clients that nobody approved, in rounds of their own: however slow their hosts are and
// however many they are, they hold up nobody else. CIMD-02 §5.2.
func (s *Service) RefreshStrangers(ctx context.Context) {
	s.start()
	s.refreshAll(ctx, s.dueOf(ctx, registry.ByClient, &s.wantedStrangers, maxOthers), otherJobs)
}

// dueOf are the applications of one lane that are due, and up to as many that somebody asked for.
func (s *Service) dueOf(ctx context.Context, by registry.Importer, asked *wanted, most int) (apps []*registry.Application) {
	ids, err := s.Store.DueImports(ctx, by, s.now(), most)
	if err != nil {
		s.trouble(ctx, "due metadata documents could not be listed", err)
		return nil
	}
	also := asked.take()
	for _, id := range ids {
		delete(also, id)
	}
	for _, id := range slices.AppendSeq(ids, maps.Keys(also)) {
		app, err := s.Directory.ByID(ctx, id)
		if err == nil && app.Import != nil && app.Import.By == by && len(apps) < 2*most {
			apps = append(apps, app)
		}
	}
	return apps
}

func (s *Service) refreshAll(ctx context.Context, apps []*registry.Application, atOnce int) {
	var jobs errgroup.Group
	jobs.SetLimit(atOnce)
	for _, app := range apps {
		jobs.Go(func() error {
			s.refreshQuietly(ctx, app)
			return nil
		})
	}
	_ = jobs.Wait()
}

// refreshQuietly refreshes in the background: what goes wrong is in the state of the client, or tried again.
func (s *Service) refreshQuietly(ctx context.Context, app *registry.Application) {
	_, err := s.refresh(ctx, app)
	if _, busy := errors.AsType[*outbound.Busy](err); err != nil && !busy && !isNotFound(err) {
		s.trouble(ctx, "a metadata document could not be refreshed", err)
	}
}

func (s *Service) trouble(ctx context.Context, message string, err error) {
	if ctx.Err() == nil {
		s.Log.WarnContext(ctx, message, slog.Any("error", err)) //nolint:sloglint // the callers have constants
	}
}

// refreshed is what a refresh came to: the application as it is now, and what went wrong with its document.
type refreshed struct {
	app     *registry.Application
	failure *Failure
}

// refresh fetches what is due of a known client, once for all who ask at the same time. It fails with *outbound.Busy,
// registry.ErrNotFound, and with our own trouble.
func (s *Service) refresh(ctx context.Context, app *registry.Application) (refreshed, error) {
	return fly(ctx, s, "refresh "+app.ID, func(ctx context.Context) (refreshed, error) {
		for range 3 {
			done, err := s.refreshOnce(ctx, app.ID)
			if !errors.Is(err, registry.ErrStale) {
				return done, err
			}
		}
		now, err := s.Store.Application(ctx, app.ID) // others were faster each time: theirs is as good
		return refreshed{app: &now}, err
	})
}

func (s *Service) refreshOnce(ctx context.Context, id string) (refreshed, error) {
	app, err := s.Store.Application(ctx, id)
	if err != nil {
		return refreshed{}, err
	}
	now := s.now()
	switch {
	case app.Import == nil:
		return refreshed{app: &app}, nil
	case !now.Before(app.Import.DueAt) || recoverable(&app, now):
		return s.refreshDocument(ctx, &app)
	case keysDue(&app, now):
		return s.refreshKeys(ctx, &app)
	}
	return refreshed{app: &app}, nil // somebody else did it since
}

// recoverable reports whether a look at the document now, before it is due, can make a client good again that is not. A failure
// is not remembered against a person who tries again. CIMD-02 §5.2.
func recoverable(app *registry.Application, now time.Time) bool {
	standing, _ := app.Standing(now)
	switch standing {
	case registry.StandingStale:
		return true
	case registry.StandingSuspended:
		return !app.Import.GoneAt.IsZero() || app.Import.SuspendedWhy == registry.SuspendedGone || app.Import.SuspendedWhy == registry.SuspendedInvalid
	}
	return false
}

// refreshDocument fetches the document, and its keys with it.
func (s *Service) refreshDocument(ctx context.Context, app *registry.Application) (refreshed, error) {
	url, wrong, err := s.parse(ctx, app.ExternalID)
	if err != nil {
		return refreshed{}, err
	}
	asked := s.now()
	seen := sight{Preview: Preview{URL: app.ExternalID, Failure: wrong}}
	if wrong == nil {
		if seen, err = s.look(ctx, url, app.Import, laneOf(app)); err != nil {
			return refreshed{}, err
		}
		if seen.unchanged {
			if err = s.rejudge(ctx, url, app, &seen); err != nil {
				return refreshed{}, err
			}
		}
	}
	if seen.Failure != nil && seen.Failure.Transport() {
		if seen.Failure, err = s.expired(ctx, url, app, seen.Failure); err != nil {
			return refreshed{}, err
		}
	}
	if seen.Failure != nil {
		after, err := s.observeFailure(ctx, app, seen.Failure, asked)
		return refreshed{app: after, failure: seen.Failure}, err
	}
	after, err := s.observe(ctx, app, seen)
	if bad, ok := errors.AsType[*registry.Invalid](err); ok {
		seen.Failure = invalidDraft(bad)
		after, err = s.observeFailure(ctx, app, seen.Failure, asked)
	}
	return refreshed{app: after, failure: seen.Failure}, err
}

// observe tells the registry of a document that is there.
func (s *Service) observe(ctx context.Context, app *registry.Application, seen sight) (*registry.Application, error) {
	if seen.unchanged {
		if err := s.Registry.ObserveUnchanged(ctx, app.ID, app.Import.Revision, seen.at, seen.due, seen.headers); err != nil {
			return app, err
		}
		after, err := s.Store.Application(ctx, app.ID)
		if err != nil {
			return app, err
		}
		s.recovered(ctx, app)
		if keysDue(&after, s.now()) {
			done, err := s.refreshKeys(ctx, &after)
			return done.app, err
		}
		return &after, nil
	}
	after, differences, err := s.Registry.Observe(ctx, app.ID, app.Import.Revision, *seen.sighting)
	if err != nil {
		return app, err
	}
	s.recovered(ctx, app)
	if len(differences) > 0 {
		s.changed(ctx, &after, differences)
	}
	if after.LogoURI != app.LogoURI || after.LogoURI != "" && after.Import.LogoHash == "" {
		s.logos.add(after.ID)
	}
	return &after, nil
}

// observeFailure tells the registry that the document could not be had or used, and the operator if it matters.
// asked is when it was asked for.
func (s *Service) observeFailure(ctx context.Context, app *registry.Application, f *Failure, asked time.Time) (*registry.Application, error) {
	after, err := s.Registry.ObserveFailure(ctx, app.ID, app.Import.Revision, registry.ObservedFailure{
		Kind: f.Kind, Transport: f.Transport(), Gone: f.Gone(), Mismatch: f.Kind == audit.FailureMismatch,
		Expired: f.expired, NoKeys: f.noKeys, At: asked, RetryAt: retryAt(s.now(), app.Import.Failures, f),
	})
	if err != nil {
		return app, err
	}
	_ = s.refuse(ctx, Arrival{URL: app.ExternalID, Door: "refresh"}, app, f, f.reason())
	s.alert(ctx, app, &after, f)
	return &after, nil
}

// retryAt is when to look again: later each time, as the other side asks, and not all at once.
func retryAt(now time.Time, failures int, f *Failure) time.Time {
	pause := min(firstPause<<min(max(failures, 0), 10), lastPause)
	if f.Gone() || f.Kind == audit.FailureMismatch {
		pause = max(pause, gonePause)
	}
	pause = max(pause, min(f.Retry, lastPause))
	return now.Add(pause + jitter(pause/10))
}

// jitter is up to most, at random.
func jitter(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return time.Duration(binary.LittleEndian.Uint64(b[:]) % uint64(most))
}

func laneOf(app *registry.Application) outbound.Lane {
	if app.Import.By == registry.ByOperator {
		return outbound.Known
	}
	return outbound.Strangers
}
