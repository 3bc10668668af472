package frame

import (
	"context"
	"log/slog"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/settings"
	"clientele/internal/ui"
)

// Store is what every page may need of it: that a form works once, and who changed something last.
type Store interface {
	UseOnce(ctx context.Context, kind string, hash secret.Hash, now, expires time.Time) (first bool, err error)
	Events(ctx context.Context, q audit.Query) ([]audit.Event, error)
}

// Base is what all rooms of the dashboard stand on. All fields must be set.
type Base struct {
	Issuer   string // ends in a slash
	Site     func() ui.Site
	Registry *registry.Registry
	Accounts *account.Accounts
	Settings *settings.Keeper
	Keys     *secret.Keyring
	Store    Store
	Now      func() time.Time
	Log      *slog.Logger
}
