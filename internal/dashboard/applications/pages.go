package applications

import (
	"context"
	"time"

	"clientele/internal/advisor"
	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/signing"
)

// Store ends what an application has, and counts it.
type Store interface {
	RevokeFamilies(ctx context.Context, applicationID string, now time.Time, e audit.Event) (int, error)
	Reach(ctx context.Context, applicationID string, now time.Time) (registry.Reach, error)
}

// Pages is the room. All fields must be set.
type Pages struct {
	*frame.Base
	Tokens  Store
	Advisor *advisor.Service
	Signing *signing.Keeper
}
