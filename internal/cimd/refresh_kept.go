package cimd

import (
	"context"
	"maps"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// rejudge reads the kept document again: what was accepted once may be against the rules of today, or come to something else
// under them. Then it is seen as a new one.
func (s *Service) rejudge(ctx context.Context, url oauth.ClientURL, app *registry.Application, seen *sight) error {
	kept, err := s.Store.Document(ctx, app.ID, app.Import.Live.Version)
	if err != nil {
		return err
	}
	again := sight{Preview: Preview{URL: seen.URL, Host: seen.Host, Fetched: seen.Fetched}, at: seen.at, due: seen.due}
	again.headers = maps.Clone(kept.Headers)
	if again.headers == nil {
		again.headers = map[string]string{}
	}
	again.headers["etag"], again.headers["last-modified"] = app.Import.ETag, app.Import.LastModified
	maps.Copy(again.headers, seen.headers)
	maps.DeleteFunc(again.headers, func(_, value string) bool { return value == "" })
	s.read(url, fetched{Body: kept.Body, Hash: kept.Hash, At: seen.at, Address: kept.Address, Headers: again.headers}, &again)
	if seen.Failure = again.Failure; seen.Failure != nil {
		return nil //nolint:nilerr // it is in what was seen
	}
	before, after := kept.Mapped, again.sighting.Mapped
	before.Keys, after.Keys = nil, nil
	if len(registry.Differences(registry.Follow, before, after)) == 0 {
		return nil
	}
	*seen = again
	return s.lookKeys(ctx, seen, laneOf(app))
}

// expired is f, or that the kept document says that it is over by now: no trouble on the way makes that last longer.
func (s *Service) expired(ctx context.Context, url oauth.ClientURL, app *registry.Application, f *Failure) (*Failure, error) {
	kept, err := s.Store.Document(ctx, app.ID, app.Import.Live.Version)
	if err != nil {
		return nil, err
	}
	var again sight
	s.read(url, fetched{Body: kept.Body, Hash: kept.Hash, At: s.now()}, &again)
	if again.Failure != nil && again.Failure.expired {
		return again.Failure, nil
	}
	return f, nil
}
