package cimd

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"clientele/internal/outbound"
	"clientele/internal/registry"
)

// keyPause is how long a key set is left alone after it was asked for, whoever asks and whatever came of it.
const keyPause = 30 * time.Second

// keysDue reports whether the key set of an application's jwks_uri is to be fetched again.
func keysDue(app *registry.Application, now time.Time) bool {
	return app.Import.JWKSURI != "" && !now.Before(app.Import.KeysDueAt)
}

// Keys are the keys of the application after looking for the one with the key ID, of which those in app did not prove anything.
// The set is fetched again at most every thirty seconds, and never for an application without jwks_uri: then they are those
// that are known; nor if it was since app was read, and has the key. It
// fails with an error that is Temporary if the set could not be had for reasons that pass, so that nobody takes the client for
// a wrong one. OpenID Connect Core 1.0 §10.1.1.
func (s *Service) Keys(ctx context.Context, app *registry.Application, kid string) ([]registry.Key, error) {
	s.start()
	if app.Import == nil || app.Import.JWKSURI == "" {
		return app.Keys, nil
	}
	done, err := fly(ctx, s, "keys "+app.ID, func(ctx context.Context) (refreshed, error) {
		known, err := s.Store.Application(ctx, app.ID)
		if err != nil || known.Import == nil || fresher(&known, app, s.now()) && hasKey(known.Keys, kid) {
			return refreshed{app: &known}, err
		}
		done, err := s.refreshKeys(ctx, &known)
		if errors.Is(err, registry.ErrStale) { // somebody else wrote: theirs is as good
			now, err := s.Store.Application(ctx, app.ID)
			return refreshed{app: &now}, err
		}
		return done, err
	})
	switch {
	case err != nil:
		return app.Keys, err
	case done.failure != nil && done.failure.Temporary():
		return done.app.Keys, done.failure
	case done.app.KeysStale(s.now()): // somebody else is asking
		return done.app.Keys, &Failure{Rule: "keys_stale", Message: "The key set is being fetched.", Retry: time.Second, load: true}
	}
	return done.app.Keys, nil
}

// fresher reports whether somebody fetched the key set since app was read.
func fresher(known, app *registry.Application, now time.Time) bool {
	return app.Import != nil && known.Import.KeysAt.After(app.Import.KeysAt) && !known.KeysStale(now)
}

func hasKey(keys []registry.Key, kid string) bool {
	for _, k := range keys {
		if k.RetiredAt.IsZero() && (kid == "" || k.KID == kid) {
			return true
		}
	}
	return false
}

// refreshKeys fetches the key set of a jwks_uri. What goes wrong with it is the operator's to know.
func (s *Service) refreshKeys(ctx context.Context, app *registry.Application) (refreshed, error) {
	what := "keys " + app.ID + " " + app.Import.JWKSURI
	if earlier, wait := s.pausing(what); wait {
		return refreshed{app: app, failure: earlier}, nil
	}
	s.pause(what, keyPause, nil)
	asked := s.now()
	set, err := s.fetcher().keys(ctx, app.Import.JWKSURI, laneOf(app))
	if full, busy := errors.AsType[*outbound.Busy](err); busy {
		f := &Failure{Rule: "flood_outbound", Message: "Too many key sets are being fetched.", Retry: full.Retry, load: true}
		s.pause(what, full.Retry, f)
		return refreshed{app: app, failure: f}, nil
	}
	if failure, ok := errors.AsType[*Failure](err); ok {
		s.pause(what, keyPause, failure.complete())
		return s.keysFailed(ctx, app, failure, asked)
	}
	if err != nil {
		return refreshed{app: app}, err
	}
	after, err := s.Registry.ObserveKeys(ctx, app.ID, app.Import.Revision, set.KeySetSighting)
	if err != nil {
		return refreshed{app: app}, err
	}
	return refreshed{app: &after}, nil
}

// keysFailed asks again later, so that key sets that are broken for good do not crowd out what else is due. Trouble on the way
// leaves the keys as they are; every other answer is that they are gone.
func (s *Service) keysFailed(ctx context.Context, app *registry.Application, f *Failure, asked time.Time) (refreshed, error) {
	_ = s.refuse(ctx, Arrival{URL: app.ExternalID, Door: "refresh"}, app, f, f.reason())
	if app.Import.By == registry.ByOperator {
		s.event(ctx, app, "cimd.keys_failing", f.Message, f.details(), string(f.Kind))
	}
	after, err := s.Registry.ObserveKeysFailure(ctx, app.ID, app.Import.Revision, registry.KeysFailure{
		Transport: f.Transport(), At: asked, RetryAt: retryAt(s.now(), 2, f),
	})
	switch {
	case err == nil:
		app = &after
	case errors.Is(err, registry.ErrStale) && f.Transport(): // somebody was faster, and will do it again
	default:
		return refreshed{app: app, failure: f}, err
	}
	return refreshed{app: app, failure: f}, nil
}

// attempt is that something was asked for, what came of it, and until when it is left alone.
type attempt struct {
	until   time.Time
	failure *Failure
}

// pausing reports whether something is to be left alone, and what went wrong with it the last time.
func (s *Service) pausing(what string) (*Failure, bool) {
	last, ok := s.tries.find(what)
	return last.failure, ok && s.now().Before(last.until)
}

func (s *Service) pause(what string, most time.Duration, f *Failure) {
	s.tries.set(what, attempt{s.now().Add(most), f})
}

// takeLogos fetches the logos of clients that were let in or changed theirs. A logo is never worth a failure.
func (s *Service) takeLogos(ctx context.Context) {
	for id := range s.logos.take() {
		app, err := s.Directory.ByID(ctx, id)
		if err != nil || app.Import == nil || app.Import.By != registry.ByOperator {
			continue
		}
		what := "logo " + id + " " + app.LogoURI
		if _, wait := s.pausing(what); wait {
			continue
		}
		s.pause(what, lastPause, nil)
		hash := ""
		if app.LogoURI != "" && s.Logo != nil {
			if hash, err = s.Logo(ctx, app.LogoURI); err != nil {
				s.Log.DebugContext(ctx, "a logo could not be taken", slog.String("application", id), slog.Any("error", err))
				continue
			}
		}
		if hash == app.Import.LogoHash {
			continue
		}
		if err := s.Registry.SetLogo(ctx, id, app.Import.Revision, hash); err != nil {
			s.trouble(ctx, "a logo could not be set", err)
		}
	}
}
