package cli

import (
	"context"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/registry"
	"clientele/internal/server"
)

// openDocuments is openStore for verbs that fetch metadata documents. The guard and its exceptions are those of serve.
func (g *Globals) openDocuments(ctx context.Context) (*opened, *cimd.Service, error) {
	away, err := g.wayOut()
	if err != nil {
		return nil, nil, err
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return nil, nil, err
	}
	directory := &registry.Directory{Store: o.Store, Issuer: o.Issuer}
	o.Registry.Changed = directory.Forget
	return o, server.Documents{
		Issuer: o.Issuer, Store: o.Store, Registry: o.Registry, Directory: directory, Settings: o.Settings.Current,
		Outbound: server.WayOut(away, o.Issuer), Traces: untraced{}, Uses: audit.Discard{}, Now: time.Now,
	}.Service(), nil
}

// untraced drops traces: whoever runs a command reads why it was refused.
type untraced struct{}

// Trace drops t.
func (untraced) Trace(context.Context, audit.Trace) string { return "" }
