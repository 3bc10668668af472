package cli

import (
	"context"
	"time"

	"clientele/internal/audit"
	"clientele/internal/management"
	"clientele/internal/registry"
)

// AppsRotateSecretCmd replaces the secret of an application.
type AppsRotateSecretCmd struct {
	ID               string `arg:"" help:"Client ID."`
	EndRefreshTokens bool   `help:"End all refresh tokens of the application too: whoever had the secret may have got some."`
	JSONFlag
}

// Help is the long help.
func (c *AppsRotateSecretCmd) Help() string {
	return `For a secret that leaked: every older one stops working at once. To change secrets without an interruption, use add-secret.

Examples:
  clientele apps rotate-secret tXOb…
  clientele apps rotate-secret tXOb… --end-refresh-tokens`
}

// Run replaces the secret and prints the new one.
func (c *AppsRotateSecretCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	return mintSecret(ctx, g, out, c.ID, c.JSON, func(o *opened, id string) (registry.Application, registry.Minted, error) {
		app, minted, err := o.Registry.ReplaceSecret(ctx, o.Actor, id)
		if err != nil || !c.EndRefreshTokens {
			return app, minted, err
		}
		// The secret is shown even if this fails: it exists, and will not be shown again.
		if err := endRefreshTokens(ctx, o, out, &app); err != nil {
			out.Notef("clientele: the refresh tokens live on: %v\n", err)
		}
		return app, minted, nil
	})
}

func endRefreshTokens(ctx context.Context, o *opened, out *Output, app *registry.Application) error {
	now := time.Now()
	n, err := o.Store.RevokeFamilies(ctx, app.ID, now, audit.Event{
		At: now, Kind: "application.connections_ended", Actor: o.Actor, TargetKind: registry.KindApplication, TargetID: app.ID, TargetName: app.Name,
	})
	if err == nil {
		out.Notef("%s ended.\n", counted(n, "refresh token", "refresh tokens"))
	}
	return err
}

// AppsAddSecretCmd adds a secret to an application.
type AppsAddSecretCmd struct {
	ID      string        `arg:"" help:"Client ID."`
	Name    string        `help:"What it is for." placeholder:"TEXT"`
	Overlap time.Duration `help:"How long the older secrets live on, at most 168h." default:"24h"`
	Expires time.Duration `help:"End the new secret after this time. Default: never." placeholder:"DURATION"`
	JSONFlag
}

// Help is the long help.
func (c *AppsAddSecretCmd) Help() string {
	return `Examples:
  clientele apps add-secret tXOb… --name "november"
  clientele apps add-secret tXOb… --overlap 72h --expires 2160h`
}

// Run adds the secret and prints it.
func (c *AppsAddSecretCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	var expires time.Time
	if c.Expires != 0 {
		expires = time.Now().Add(c.Expires)
	}
	return mintSecret(ctx, g, out, c.ID, c.JSON, func(o *opened, id string) (registry.Application, registry.Minted, error) {
		return o.Registry.AddSecret(ctx, o.Actor, id, c.Name, c.Overlap, expires)
	})
}

func mintSecret(ctx context.Context, g *Globals, out *Output, id string, asJSON bool, mint func(*opened, string) (registry.Application, registry.Minted, error)) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	app, err := findApp(ctx, o.Registry, id)
	if err != nil {
		return err
	}
	app, minted, err := mint(o, app.ID)
	if err != nil {
		return err
	}
	if asJSON {
		return out.printJSON(management.ClientJSON(&app, minted.Value))
	}
	if err := out.facts(fact("secret ID", minted.Secret.ID), fact("client secret", minted.Value.Reveal())); err != nil {
		return err
	}
	out.Notef("\nThe secret is shown this once. Store it now.\n")
	return nil
}

// AppsRevokeSecretCmd ends one secret of an application.
type AppsRevokeSecretCmd struct {
	ID       string `arg:"" help:"Client ID."`
	SecretID string `arg:"" help:"ID of the secret, as in sec_…; see apps show."`
}

// Run ends the secret.
func (c *AppsRevokeSecretCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	app, err := findApp(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	if _, err := o.Registry.RevokeSecret(ctx, o.Actor, app.ID, c.SecretID); err != nil {
		return absent("secret", c.SecretID, err)
	}
	out.Notef("%s does not work any more.\n", c.SecretID)
	return nil
}
