package cimd

import (
	"context"

	"clientele/internal/registry"
)

// Decide is what admission would say of a client URL on first sight. Nothing is fetched. The failure says why it is no client
// URL here; then there is no decision.
func (s *Service) Decide(ctx context.Context, url string) (registry.Decision, *Failure, error) {
	parsed, wrong, err := s.parse(ctx, url)
	if err != nil || wrong != nil {
		return registry.Decision{}, wrong, err
	}
	decision, err := s.decide(ctx, parsed)
	return decision, nil, err
}
