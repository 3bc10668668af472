package cli

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"clientele/internal/management"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// maxKeyFile bounds what is read of a key file, in bytes.
const maxKeyFile = 64 << 10

// AppsAddKeyCmd adds a public key to an application.
type AppsAddKeyCmd struct {
	ID      string        `arg:"" help:"Client ID."`
	File    string        `arg:"" help:"Public key or certificate as PEM, or a JWK; - reads standard input."`
	Name    string        `help:"What it is for." placeholder:"TEXT"`
	KID     string        `name:"kid" help:"Key ID that the application's assertions name. Default: the key's own, else its thumbprint." placeholder:"ID"`
	Alg     string        `help:"The only algorithm to accept. Default: any that fits the key." placeholder:"ALG"`
	Expires time.Duration `help:"End the key after this time. Default: with its certificate, else never." placeholder:"DURATION"`
	Keep    bool          `help:"Only keep it: it authenticates nobody until it is switched on."`
	Switch  bool          `name:"only-keys" help:"From now on authenticate with keys only: private_key_jwt instead of a secret."`
	JSONFlag
}

// Help is the long help.
func (c *AppsAddKeyCmd) Help() string {
	return `Examples:
  clientele apps add-key tXOb… orders.pub.pem --only-keys
  clientele apps add-key tXOb… next.pub.pem --name november`
}

// Run adds the key.
func (c *AppsAddKeyCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	text, err := readKey(c.File, out.In)
	if err != nil {
		return err
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	app, err := findApp(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	app, key, err := o.Registry.AddKey(ctx, o.Actor, app.ID, c.draft(text))
	if err != nil {
		return err
	}
	if c.Switch {
		if _, _, err := o.Registry.Update(ctx, o.Actor, app.ID, 0, func(a *registry.Application) error {
			a.AuthMethods = []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}
			return nil
		}); err != nil {
			return err
		}
	}
	if c.JSON {
		return out.printJSON(management.ClientCredentialJSON(&key))
	}
	return out.facts(fact("key ID", key.ID), fact("kid", key.KID), fact("thumbprint", key.Thumbprint), fact("algorithm", key.Algorithm), fact("ends", moment(key.ExpiresAt)))
}

func (c *AppsAddKeyCmd) draft(text string) registry.KeyDraft {
	d := registry.KeyDraft{Name: c.Name, KID: c.KID, Algorithm: c.Alg, Active: !c.Keep}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		d.JWK = []byte(text)
	} else {
		d.PEM = text
		d.ExpiryFromCertificate = strings.Contains(text, "BEGIN CERTIFICATE") && c.Expires == 0
	}
	if c.Expires != 0 {
		d.ExpiresAt = time.Now().Add(c.Expires)
	}
	return d
}

func readKey(file string, stdin io.Reader) (string, error) {
	in := stdin
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer opened.Close()
		in = opened
	}
	text, err := io.ReadAll(io.LimitReader(in, maxKeyFile))
	return string(text), err
}

// AppsRemoveKeyCmd removes a key from an application.
type AppsRemoveKeyCmd struct {
	ID    string `arg:"" help:"Client ID."`
	KeyID string `arg:"" help:"ID of the key, as in cred_…; see apps show."`
}

// Run removes the key.
func (c *AppsRemoveKeyCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	app, err := findApp(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	if _, err := o.Registry.DeleteKey(ctx, o.Actor, app.ID, c.KeyID); err != nil {
		return absent("key", c.KeyID, err)
	}
	out.Notef("%s does not work any more.\n", c.KeyID)
	return nil
}
