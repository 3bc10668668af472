package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/server"
	"clientele/internal/settings"
	"clientele/internal/signing"
	"clientele/internal/store"
)

// opened is what a verb works with: the store and the services over it, in the name of whoever runs it.
type opened struct {
	Store    *store.Store
	Master   *secret.Master
	Keys     *secret.Keyring
	Settings *settings.Keeper
	Signing  *signing.Keeper
	Registry *registry.Registry
	Accounts *account.Accounts
	Actor    audit.Actor
	Issuer   string
}

// Close closes the store.
func (o *opened) Close() { _ = o.Store.Close() }

// openStore opens what serve keeps, for a verb that runs beside it: never as another user than the owner, never with another
// schema, and without migrating. Close it after use.
func (g *Globals) openStore(ctx context.Context) (*opened, error) {
	if err := g.checkOwner(); err != nil {
		return nil, err
	}
	master, err := secret.LoadMaster(g.masterKey())
	if err != nil {
		return nil, fmt.Errorf("the master key: %w", err)
	}
	dsn, _ := g.database()
	kept, err := store.Open(ctx, dsn, store.WithoutMigrating())
	if err != nil {
		return nil, g.explain(err)
	}
	o := &opened{Store: kept, Master: master, Actor: osUser()}
	if err := errors.Join(o.name(ctx, g), o.wire(ctx)); err != nil {
		_ = kept.Close()
		return nil, err
	}
	return o, nil
}

// checkOwner looks at the database file, or, if the database is a server elsewhere, at the master key.
func (g *Globals) checkOwner() error {
	dsn, file := g.database()
	if !file {
		return checkOwner(g.masterKey())
	}
	return checkOwner(dsn)
}

// explain says what to do about a database that cannot be opened.
func (g *Globals) explain(err error) error {
	switch {
	case errors.Is(err, store.ErrNewerSchema):
		return fmt.Errorf("%s was written by a newer clientele than this one. Run the newer program, or restore the backup that was made before the upgrade: %w", g.describe(), err)
	case errors.Is(err, store.ErrOlderSchema):
		return fmt.Errorf("%s has the schema of an older clientele. Stop the server, back it up and run `clientele migrate`: %w", g.describe(), err)
	}
	return fmt.Errorf("opening %s: %w", g.describe(), err)
}

// name finds under which name the server is known: as the flags say, or as it was started last. Where both say something else the
// flags win, and that is said.
func (o *opened) name(ctx context.Context, g *Globals) error {
	o.Settings = &settings.Keeper{Store: o.Store, Now: time.Now}
	served, err := o.Settings.Served(ctx)
	if err != nil {
		return err
	}
	if o.Issuer = served; served != "" && g.PublicURL == "" {
		return nil
	}
	if o.Issuer, err = g.issuer(); err == nil && served != "" && served != o.Issuer && g.warnings != nil {
		fmt.Fprintf(g.warnings, "clientele: --public-url says %s, but the server was started as %s. Leave it out, and what the server was started with counts.\n", o.Issuer, served)
	}
	return err
}

func (o *opened) wire(ctx context.Context) error {
	var err error
	if o.Keys, err = server.EnsureKeyring(ctx, o.Store, o.Master, time.Now()); err != nil {
		return err
	}
	if err := o.Settings.Reload(ctx); err != nil {
		if _, wrong := errors.AsType[*settings.InvalidValue](err); !wrong { // a wrong one keeps its default and can be set right
			return err
		}
	}
	if o.Signing, err = signing.Open(ctx, o.Store, o.Master, time.Now); err != nil {
		return err
	}
	o.Registry = &registry.Registry{
		Store: o.Store, Keys: o.Keys, Now: time.Now, Issuer: o.Issuer,
		Policy: func() registry.Policy {
			return server.RegistryPolicy(o.Settings.Current())
		},
	}
	o.Accounts = &account.Accounts{
		Store: o.Store, Keys: o.Keys, Passwords: account.NewPasswords(), Now: time.Now, Uses: audit.Discard{},
		Policy: func() account.Policy { return server.AccountPolicy(o.Settings.Current()) },
	}
	return nil
}

// osUser is whoever runs the program, for the record.
func osUser() audit.Actor {
	name := fmt.Sprintf("uid %d", os.Geteuid())
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return audit.Actor{Kind: audit.ActorOSUser, ID: name, Name: name, Door: "cli"}
}

// makeDirectory makes the data directory for its owner alone.
func (g *Globals) makeDirectory() error {
	if err := os.MkdirAll(g.Data, 0o700); err != nil {
		return fmt.Errorf("making the data directory: %w", err)
	}
	if dsn, file := g.database(); file {
		if scheme, _, found := strings.Cut(dsn, "://"); found {
			return fmt.Errorf("--database %s://… is of no kind that is known: give the path of a SQLite file or a postgres:// URL", scheme)
		}
		if err := os.MkdirAll(filepath.Dir(dsn), 0o700); err != nil {
			return fmt.Errorf("making the directory of the database: %w", err)
		}
	}
	return nil
}
