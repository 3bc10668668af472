package tools

import (
	"context"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/dashboard/frame"
	"clientele/internal/signing"
)

// Linter says what would be said of a metadata document, and keeps nothing. cimd.Service is one.
type Linter interface {
	Lint(ctx context.Context, actor audit.Actor, url string) (cimd.Report, error)
	LintBytes(ctx context.Context, url string, body []byte) (cimd.Report, error)
}

// Pages is the room. All fields must be set.
type Pages struct {
	*frame.Base
	Signing  *signing.Keeper
	Linter   Linter
	Metadata MetadataReader
	Trials   Trials
}
