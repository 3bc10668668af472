package cli

import (
	"context"
	"time"

	"clientele/internal/server"
)

// MigrateCmd brings the database up to date.
type MigrateCmd struct{}

// Run makes what is missing: directory, database, master key, schema. Beside a running server it refuses.
func (c *MigrateCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	k, err := g.keep(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	if _, err := server.EnsureKeyring(ctx, k.Store, k.Master, time.Now()); err != nil {
		return err
	}
	out.Printf("%s is up to date\n", g.describe())
	return nil
}
