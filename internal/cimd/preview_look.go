package cimd

import (
	"context"
	"errors"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/outbound"
	"clientele/internal/registry"
)

// sight is what a look at a URL brought: a preview, and what else the registry wants to know of it.
type sight struct {
	Preview
	unchanged bool  // the document is as it was; then there is no reading
	revision  int64 // of the state that it was compared with; 0 if there was none
	at, due   time.Time
	headers   map[string]string
	until     time.Time             // as long as it may be used for somebody else
	admitted  *registry.Application // that it became
}

// Preview is what Register would do with the URL; nothing of it is kept. What is wrong with the URL or its document is in the
// preview. It fails with *outbound.Busy, also if the actor looked too often, and with our own trouble.
func (s *Service) Preview(ctx context.Context, actor audit.Actor, raw string) (Preview, error) {
	s.start()
	if err := s.limits.actorMayLook(actor, s.now()); err != nil {
		return Preview{}, err
	}
	seen, err := s.preview(ctx, raw)
	return seen.Preview, err
}

func (s *Service) preview(ctx context.Context, raw string) (sight, error) {
	url, wrong, err := s.parse(ctx, raw)
	if err != nil || wrong != nil {
		return sight{Preview: Preview{URL: raw, Host: url.Host(), Failure: wrong}}, err
	}
	decision, err := s.decide(ctx, url)
	if err != nil {
		return sight{}, err
	}
	seen, err := fly(ctx, s, "preview "+raw, func(ctx context.Context) (sight, error) { return s.look(ctx, url, nil, outbound.Known) })
	if err != nil {
		return sight{}, err
	}
	seen.Decision = decision
	return seen, s.compare(ctx, &seen)
}

// compare says what would change of the application that has the URL already, if there is one.
func (s *Service) compare(ctx context.Context, seen *sight) error {
	known, err := s.Directory.Find(ctx, oauth.ClientID(seen.URL))
	var app registry.Application
	if err == nil {
		app, err = s.Store.Application(ctx, known.ID) // as it is now, not as it is remembered
	}
	switch {
	case isNotFound(err):
		return nil
	case err != nil:
		return err
	}
	seen.ApplicationID = app.ID
	if app.Import == nil {
		seen.Failure = &Failure{
			Kind: audit.FailureURL, Rule: "client_id_taken", Value: seen.URL, Side: audit.SideOperator,
			Message: "The client ID belongs to an application that was not imported.", Mend: "Delete that application first.",
		}
		return nil
	}
	if seen.sighting == nil {
		return nil
	}
	seen.revision = app.Import.Revision
	before, err := s.Store.Document(ctx, app.ID, app.Import.Approved.Version)
	if err != nil {
		return err
	}
	approved, after := app.Import.Left(before.Mapped), seen.sighting.Mapped
	approved.Keys = app.Keys
	if seen.KeysFailure != nil && seen.KeysFailure.Transport() {
		after.Keys = app.Keys // nobody knows better
	}
	seen.Differences = registry.Compare(approved, after)
	return s.compareHeld(ctx, seen, &app)
}

// compareHeld tells of keys that wait although nobody can see them right now: whoever approves the document does not approve
// them.
func (s *Service) compareHeld(ctx context.Context, seen *sight, app *registry.Application) error {
	if seen.KeysFailure == nil || seen.sighting.NoKeys || !app.Import.KeysHeld() {
		return nil
	}
	held, err := s.Store.KeySet(ctx, app.ID, app.Import.LiveKeys.Version)
	if err != nil {
		return err
	}
	seen.Differences = append(seen.Differences, registry.Difference{Field: "jwks", Class: registry.ClassKey, Added: held.Thumbprints})
	return nil
}

// look fetches the document, reads it, and fetches the keys it points to. kept is what is known of it already, or nil. It fails
// with *outbound.Busy, and if ctx ends; all else that can go wrong is in the sight. Nothing is stored.
func (s *Service) look(ctx context.Context, url oauth.ClientURL, kept *registry.Import, lane outbound.Lane) (sight, error) {
	seen := sight{Preview: Preview{URL: url.String(), Host: url.Host()}}
	got, err := s.fetcher().document(ctx, url, kept, lane)
	if failure, ok := errors.AsType[*Failure](err); ok {
		seen.Failure = failure.complete()
		return seen, nil
	}
	if err != nil {
		return sight{}, err
	}
	seen.at, seen.due, seen.headers, seen.Fetched = got.At, dueAt(got), got.Headers, &got.Fetched
	seen.until = got.At.Add(leastFresh)
	if got.NotModified {
		seen.unchanged = true
		return seen, nil
	}
	s.read(url, got, &seen)
	if seen.Reading == nil {
		return seen, nil
	}
	if err := s.lookKeys(ctx, &seen, lane); err != nil {
		return sight{}, err
	}
	return seen, nil
}

// dueAt is when an answer is to be fetched again, a little early, so that what was fetched together is not fetched together
// for ever.
func dueAt(got fetched) time.Time {
	fresh := got.DueAt.Sub(got.At)
	return got.At.Add(max(leastFresh, fresh-jitter(fresh/10)))
}

// read makes a reading and a sighting of what was fetched.
func (s *Service) read(url oauth.ClientURL, got fetched, seen *sight) {
	seen.Hash = got.Hash
	policy := s.Policy()
	policy.Now = got.At
	reading, err := ReadDocument(url, got.Body, policy)
	if err != nil {
		seen.Failure = asFailure(err)
		seen.Failure.Detail = got.Fetched.detail()
		return
	}
	seen.Reading, seen.Keys = reading, reading.Mapped.Keys
	if seen.Failure = reading.Failure(); seen.Failure != nil {
		seen.Failure.Rule = reading.Violations[0].Rule
		seen.Failure.ends(reading)
		seen.Failure.Detail = got.Fetched.detail()
		seen.Failure = seen.Failure.complete()
	}
	seen.AudienceUntil = audienceUntil(url, reading.Mapped, got.At)
	seen.sighting = &registry.Sighting{
		URL: url.String(), Body: got.Body, Hash: got.Hash, At: got.At, DueAt: seen.due, Address: got.Address, Headers: got.Headers,
		Mapped: reading.Mapped,
	}
}

// ends notes what a document says although it is refused: that it is over, or that its keys are.
func (f *Failure) ends(r *Reading) {
	if f.Kind == audit.FailureMismatch {
		return // it is somebody else's
	}
	for _, v := range r.Violations {
		switch v.Rule {
		case "client_expired":
			f.expired = true
		case "keys_unusable", "keys_missing", "private_key":
			f.noKeys = true
		}
	}
}

// lookKeys fetches the keys of a document's jwks_uri, or names those that stand in it. A key set that cannot be had leaves the
// document standing: its client cannot prove itself yet.
func (s *Service) lookKeys(ctx context.Context, seen *sight, lane outbound.Lane) error {
	uri := seen.sighting.Mapped.JWKSURI
	if uri == "" {
		seen.inlineKeys()
		return nil
	}
	set, err := s.fetcher().keys(ctx, uri, lane)
	seen.BadKeys = append(seen.BadKeys, set.Bad...)
	if failure, ok := errors.AsType[*Failure](err); ok {
		seen.KeysFailure = failure.complete()
		seen.sighting.NoKeys = !failure.Transport()
		return nil
	}
	if err != nil {
		return err
	}
	seen.Keys, seen.KeySetHash = set.Keys, set.Hash
	seen.sighting.Mapped.Keys, seen.sighting.KeySet = set.Keys, &set.KeySetSighting
	return nil
}

// inlineKeys makes a key set of the keys that stand in the document.
func (p *sight) inlineKeys() {
	if len(p.Keys) == 0 {
		return
	}
	members, failure := splitDocument(p.sighting.Body)
	if failure != nil {
		return
	}
	for _, m := range members {
		if m.name == "jwks" {
			p.KeySetHash = hashOf(m.raw)
			p.sighting.KeySet = &registry.KeySetSighting{Body: m.raw, Hash: p.KeySetHash, At: p.at, Keys: p.Keys}
		}
	}
}

func (s *Service) fetcher() Fetcher { return Fetcher{Get: s.Outbound.Get, Now: s.now} }
