package cimd

import (
	"context"
	"errors"

	"clientele/internal/audit"
	"clientele/internal/registry"
)

// RegisterOptions is how an operator registers a URL.
type RegisterOptions struct {
	Mode       registry.FollowMode // empty = Review for a new application, as it is for one that is there
	Hash       string              // of the previewed document; empty = whatever is there now
	KeySetHash string              // of the previewed key set; not looked at without Hash
}

// Registered is what an import, a refresh or an approval came to.
type Registered struct {
	Application registry.Application
	Created     bool
	Changed     bool
	Preview     Preview // of what was registered, with the differences from what was there before
}

// Declined is why an operator's import, refresh or approval did not happen. Preview tells what is there and what is wrong with
// it; Moved is set if nothing is wrong but it is no longer what the operator looked at.
type Declined struct {
	Preview Preview
	Moved   bool
}

func (e *Declined) Error() string {
	switch {
	case e.Moved:
		return "the document has changed since it was looked at"
	case e.Preview.Failure != nil:
		return e.Preview.Failure.Message
	}
	return "the document cannot be accepted"
}

// Register imports the application at the URL, or approves what its document says now if it is there already. It fails with
// *Declined, with *outbound.Busy, and with *registry.Invalid for what the registry has against it.
func (s *Service) Register(ctx context.Context, actor audit.Actor, url string, o RegisterOptions) (Registered, error) {
	s.start()
	if err := s.limits.actorMayLook(actor, s.now()); err != nil {
		return Registered{}, err
	}
	return s.register(ctx, actor, url, o, "")
}

// Refresh approves what the document of the application with the internal id says now. It fails as Register does, and with
// registry.ErrNotFound for an application that was not imported.
func (s *Service) Refresh(ctx context.Context, actor audit.Actor, id, hash, keySetHash string) (Registered, error) {
	s.start()
	app, err := s.Store.Application(ctx, id)
	switch {
	case err != nil:
		return Registered{}, err
	case app.Import == nil:
		return Registered{}, registry.ErrNotFound
	}
	asked := s.now()
	done, err := s.register(ctx, actor, app.ExternalID, RegisterOptions{Hash: hash, KeySetHash: keySetHash}, "")
	if why, ok := errors.AsType[*Declined](err); ok && !why.Moved && why.Preview.Failure != nil {
		if _, err := s.observeFailure(ctx, &app, why.Preview.Failure, asked); err != nil && !errors.Is(err, registry.ErrStale) {
			return Registered{}, err
		}
	}
	return done, err
}

// register looks at the URL and takes what is there, if it is what the operator saw. waitingID is the entry of the queue that
// this settles, or nothing. If somebody else wrote between the look and the import, it looks once more.
func (s *Service) register(ctx context.Context, actor audit.Actor, url string, o RegisterOptions, waitingID string) (Registered, error) {
	done, err := s.registerOnce(ctx, actor, url, o, waitingID)
	if errors.Is(err, registry.ErrStale) {
		return s.registerOnce(ctx, actor, url, o, waitingID)
	}
	return done, err
}

func (s *Service) registerOnce(ctx context.Context, actor audit.Actor, url string, o RegisterOptions, waitingID string) (Registered, error) {
	seen, err := s.preview(ctx, url)
	if err != nil {
		return Registered{}, err
	}
	if !seen.Usable() {
		return Registered{}, s.decline(ctx, actor, seen)
	}
	if o.Hash != "" && (o.Hash != seen.Hash || o.KeySetHash != seen.KeySetHash) {
		return Registered{Preview: seen.Preview}, &Declined{Preview: seen.Preview, Moved: true}
	}
	draft := registry.ImportDraft{Sighting: *seen.sighting, By: registry.ByOperator, Mode: o.Mode, WaitingID: waitingID, Revision: seen.revision}
	app, outcome, err := s.Registry.Import(ctx, actor, draft)
	if err != nil {
		return Registered{}, err
	}
	s.logos.add(app.ID)
	seen.ApplicationID, seen.Differences = app.ID, outcome.Differences
	done := Registered{Application: app, Created: outcome.Created, Changed: outcome.Changed, Preview: seen.Preview}
	if outcome.Created || waitingID != "" {
		return s.exceptAudience(ctx, actor, done)
	}
	return done, nil
}

// decline leaves a trace of an operator's refused import.
func (s *Service) decline(ctx context.Context, actor audit.Actor, seen sight) error {
	if seen.Failure != nil {
		_ = s.refuse(ctx, Arrival{URL: seen.URL, Address: actor.Address, Door: "import"}, nil, seen.Failure, Invalid)
	}
	return &Declined{Preview: seen.Preview}
}
