package settings

import (
	"context"

	"clientele/internal/cimd"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/signing"
)

// Decider says what the admission rules would do with a client URL. cimd.Service is one.
type Decider interface {
	Decide(ctx context.Context, url string) (registry.Decision, *cimd.Failure, error)
}

// Pages is the room. All fields must be set.
type Pages struct {
	*frame.Base
	Signing   *signing.Keeper
	Logos     *Logos
	Admission Decider
}
