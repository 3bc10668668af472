package server

import (
	"log/slog"

	"clientele/internal/advisor"
	"clientele/internal/registry"
	"clientele/internal/settings"
	"clientele/internal/store"
)

// Advisor makes the security check for whoever asks: a server, or the command line. log may be nil.
func Advisor(r *registry.Registry, s *store.Store, now func() settings.Settings, log *slog.Logger) *advisor.Service {
	return &advisor.Service{
		Registry: r, Store: s, Issuer: r.Issuer, DefaultAPI: func() string { return now().DefaultAPI }, Now: r.Now, Log: log,
	}
}
