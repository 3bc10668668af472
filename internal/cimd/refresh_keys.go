package cimd

import (
	"clientele/internal/outbound"
	"clientele/internal/registry"
	"context"
	"errors"
	"log/slog"
	"time"
)

// keyPause is how long a key set is left alone after it was asked for, whoever asks and whatever came of it.
const keyPause = 30 * time.Second

// keysDue reports whether the key set of an application's jwks_uri is to be fetched again.
func keysDue(app *registry.Application, now time.Time) bool {
	return app.Import.JWKSURI != "" && !now.Before(app.Import.KeysDueAt)
}

// Keys are the keys of the application after looking for the one with the key ID, which the kept set lacks. The set is fetched
// again at most every thirty seconds, and never for an application without jwks_uri: then they are those that are known.
// It fails only with our own trouble and if ctx ends. OpenID Connect Core 1.0 §10.1.1.
func (s *Service) Keys(ctx context.Context, app *registry.Application, kid string) ([]registry.Key, error) {
	s.start()
	if app.Import == nil || app.Import.JWKSURI == "" {
		return app.Keys, nil
	}
	done, err := fly(ctx, s, "keys "+app.ID, func(ctx context.Context) (refreshed, error) {
		known, err := s.Store.Application(ctx, app.ID)
		if err != nil || known.Import == nil || hasKey(known.Keys, kid) {
			return refreshed{app: &known}, err
		}
		return s.refreshKeys(ctx, &known)
	})
	if err != nil {
		return app.Keys, err
	}
	return done.app.Keys, nil
}

func hasKey(keys []registry.Key, kid string) bool {
	for _, k := range keys {
		if kid != "" && k.KID == kid {
			return true
		}
	}
	return false
}

// refreshKeys fetches the key set of a jwks_uri. What goes wrong with it is the operator's to know; the keys that are kept go
// on.
func (s *Service) refreshKeys(ctx context.Context, app *registry.Application) (refreshed, error) {
	if !s.mayTry("keys "+app.ID, keyPause) {
		return refreshed{app: app}, nil
	}
	set, err := s.fetcher().keys(ctx, app.Import.JWKSURI, laneOf(app))
	if _, busy := errors.AsType[*outbound.Busy](err); busy {
		return refreshed{app: app}, nil
	}
	if failure, ok := errors.AsType[*Failure](err); ok {
		return s.keysFailed(ctx, app, failure.complete())
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

// keysFailed leaves the keys as they are and asks again later, so that key sets that are broken for good do not crowd out what
// else is due.
func (s *Service) keysFailed(ctx context.Context, app *registry.Application, f *Failure) (refreshed, error) {
	s.refuse(ctx, Arrival{URL: app.ExternalID, Door: "refresh"}, app, f, f.reason())
	if app.Import.By == registry.ByOperator {
		s.event(ctx, app, "cimd.keys_failing", f.Message, f.details(), string(f.Kind))
	}
	state := *app.Import
	state.KeysDueAt = retryAt(s.now(), 2, f)
	if err := s.Store.SaveImportState(ctx, app.ID, state.Revision, state); err != nil && !errors.Is(err, registry.ErrStale) {
		return refreshed{app: app, failure: f}, err
	}
	return refreshed{app: app, failure: f}, nil
}

// mayTry reports whether something may be asked for now, and if so keeps others from it for the pause.
func (s *Service) mayTry(what string, pause time.Duration) bool {
	now := s.now()
	if until, ok := s.tries.find(what); ok && now.Before(until) {
		return false
	}
	s.tries.set(what, now.Add(pause))
	return true
}

// takeLogos fetches the logos of clients that were let in or changed theirs. A logo is never worth a failure.
func (s *Service) takeLogos(ctx context.Context) {
	for id := range s.logos.take() {
		app, err := s.Directory.ByID(ctx, id)
		if err != nil || app.Import == nil || app.Import.By != registry.ByOperator || !s.mayTry("logo "+id+" "+app.LogoURI, lastPause) {
			continue
		}
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
