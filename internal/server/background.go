package server

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"clientele/internal/registry"
	"clientele/internal/settings"
	"clientele/internal/signing"
)

// How often the background jobs run.
const (
	followEvery    = 250 * time.Millisecond
	documentsEvery = 5 * time.Second
	findingsEvery  = 5 * time.Second
	hostsEvery     = 15 * time.Second
	pruneEvery     = 10 * time.Minute
	keysEvery      = time.Hour
	noticesBatch   = 500
	flushTime      = 5 * time.Second // for the last things to write
)

// background runs the jobs until ctx ends and all of them have returned.
func (s *Server) background(ctx context.Context) {
	var jobs sync.WaitGroup
	jobs.Go(func() { s.uses.Run(ctx) })
	jobs.Go(func() { s.traces.Run(ctx) })
	jobs.Go(func() { every(ctx, followEvery, s.Follow) })
	jobs.Go(func() { every(ctx, documentsEvery, s.documents.RefreshKnown) })
	jobs.Go(func() { every(ctx, documentsEvery, s.documents.RefreshStrangers) })
	jobs.Go(func() { every(ctx, findingsEvery, s.findings.Round) })
	jobs.Go(func() { every(ctx, hostsEvery, s.findings.LookUp) })
	jobs.Go(func() { every(ctx, pruneEvery, s.prune) })
	jobs.Go(func() {
		s.ensureKeys(ctx)
		every(ctx, keysEvery, s.ensureKeys)
	})
	jobs.Wait()
	s.documents.Close()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	s.traces.Flush(last) // of what was under way
	s.uses.Flush(last)
}

// every calls job each period until ctx ends.
func every(ctx context.Context, period time.Duration, job func(context.Context)) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			job(ctx)
		}
	}
}

// Follow reads what was written since the last time, by this process or another one, and makes the caches forget it. If the
// store does not answer, the next round begins at the same place.
func (s *Server) Follow(ctx context.Context) {
	s.following.Lock()
	defer s.following.Unlock()
	for {
		notices, err := s.store.NoticesAfter(ctx, s.followed, noticesBatch)
		if err != nil {
			if ctx.Err() == nil {
				s.log.WarnContext(ctx, "changes could not be read", slog.Any("error", err))
			}
			return
		}
		for _, n := range notices {
			if err := s.notice(ctx, n.Kind, n.ID); err != nil {
				s.log.WarnContext(ctx, "a change could not be followed", slog.String("kind", n.Kind), slog.Any("error", err))
				return
			}
			s.followed = n.Sequence
		}
		if len(notices) < noticesBatch {
			return
		}
	}
}

func (s *Server) notice(ctx context.Context, kind, id string) error {
	switch kind {
	case settings.Kind:
		return s.reloadSettings(ctx)
	case "signing_key":
		return s.signing.Reload(ctx)
	}
	s.changed(kind, id)
	s.findings.Changed(kind, id)
	return s.ensureChosen(ctx, kind, id)
}

// ensureChosen makes the keys of an algorithm that somebody has chosen for an API or an application, so that verifiers can
// know them before the first token is signed. If that fails, the first token makes them.
func (s *Server) ensureChosen(ctx context.Context, kind, id string) error {
	algorithm, err := s.chosenAlgorithm(ctx, kind, id)
	if errors.Is(err, registry.ErrNotFound) {
		return nil
	}
	if err != nil || algorithm == "" || slices.Contains(s.signing.Algorithms(), algorithm) {
		return err
	}
	if err := s.signing.Ensure(ctx, algorithm); err != nil {
		s.log.WarnContext(ctx, "the keys of a chosen algorithm could not be made", slog.String("algorithm", string(algorithm)), slog.Any("error", err))
	}
	return nil
}

func (s *Server) chosenAlgorithm(ctx context.Context, kind, id string) (signing.Algorithm, error) {
	switch kind {
	case registry.KindAPI:
		api, err := s.store.API(ctx, id)
		return signing.Algorithm(api.SigningAlgorithm), err
	case registry.KindApplication:
		app, err := s.store.Application(ctx, id)
		return signing.Algorithm(app.IDToken.Algorithm), err
	}
	return "", nil
}

func (s *Server) prune(ctx context.Context) {
	if err := s.store.Prune(ctx, s.now(), s.settings.Current()); err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "old rows could not be removed", slog.Any("error", err))
	}
}

func (s *Server) ensureKeys(ctx context.Context) {
	if err := s.signing.EnsureNext(ctx); err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "the next signing keys could not be made", slog.Any("error", err))
	}
}
