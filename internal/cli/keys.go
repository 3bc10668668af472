package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"text/tabwriter"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
	"clientele/internal/signing"
)

// KeysCmd is the verbs for signing keys and the master key.
type KeysCmd struct {
	List   KeysListCmd   `cmd:"" help:"List the signing keys: current, next, previous and revoked."`
	Rotate KeysRotateCmd `cmd:"" help:"Make the next signing key the current one; the old one stays published to verify what it signed."`
	Revoke KeysRevokeCmd `cmd:"" help:"Stop publishing a next or previous key; tokens it signed end at once."`
	Rewrap KeysRewrapCmd `cmd:"" help:"Replace the master key and seal everything under the new one."`
}

// KeysListCmd lists the signing keys.
type KeysListCmd struct {
	JSON bool `help:"Print JSON."`
}

// keyLine is a signing key without its private part.
type keyLine struct {
	ID        string          `json:"kid"`
	Algorithm string          `json:"alg"`
	State     string          `json:"state"`
	Created   time.Time       `json:"created_at"`
	Public    json.RawMessage `json:"public_key"`
}

// Run prints the keys.
func (c *KeysListCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	lines := []keyLine{}
	for _, k := range o.Signing.List() {
		lines = append(lines, keyLine{k.ID, string(k.Algorithm), string(k.State), k.CreatedAt.UTC(), json.RawMessage(k.PublicJWK)})
	}
	if c.JSON {
		enc := json.NewEncoder(out.Out)
		enc.SetIndent("", "  ")
		return enc.Encode(lines)
	}
	w := tabwriter.NewWriter(out.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY ID\tALGORITHM\tSTATE\tCREATED")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.ID, l.Algorithm, l.State, l.Created.Format(time.DateTime))
	}
	return w.Flush()
}

// KeysRotateCmd rotates signing keys.
type KeysRotateCmd struct {
	Algorithm []string `help:"Only keys of this algorithm (RS256, ES256, PS256, EdDSA); may be given several times. Default: all." placeholder:"ALG"`
}

// Run rotates the key of each algorithm asked for.
func (c *KeysRotateCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	algorithms := o.Signing.KeyAlgorithms()
	if len(c.Algorithm) > 0 {
		algorithms = nil
		for _, name := range c.Algorithm {
			algorithms = append(algorithms, signing.Algorithm(name))
		}
	}
	var done []string
	for _, alg := range algorithms {
		key, err := o.Signing.Rotate(ctx, o.Actor, alg)
		if err != nil {
			return fmt.Errorf("rotating %s: %w", alg, err)
		}
		if slices.Contains(done, key.ID) {
			continue
		}
		done = append(done, key.ID)
		out.Printf("%s signs with %s now\n", key.Algorithm, key.ID)
	}
	return nil
}

// KeysRevokeCmd revokes a signing key.
type KeysRevokeCmd struct {
	ID string `arg:"" name:"kid" help:"Key id, as keys list prints it."`
}

// Run revokes the key.
func (c *KeysRevokeCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	switch err := o.Signing.Revoke(ctx, o.Actor, c.ID); {
	case errors.Is(err, signing.ErrCurrent):
		return fmt.Errorf("%s signs tokens at this moment: run `clientele keys rotate` first", c.ID)
	case errors.Is(err, signing.ErrNotFound):
		return fmt.Errorf("there is no signing key %s: `clientele keys list` shows them", c.ID)
	case err != nil:
		return err
	}
	out.Printf("%s is revoked: it is not published any more\n", c.ID)
	return nil
}

// KeysRewrapCmd replaces the master key.
type KeysRewrapCmd struct{}

// Run makes a new master key, seals every key of the database under it in one transaction and replaces the file.
func (c *KeysRewrapCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	path := g.masterKey()
	err = secret.RewriteMaster(path, func(from, to *secret.Master) error { return o.rewrap(ctx, from, to) })
	if err != nil {
		return fmt.Errorf("replacing the master key: %w", err)
	}
	out.Printf("everything is sealed under the new master key in %s. Back it up; older backups of the database need the old one\n", path)
	return nil
}

func (o *opened) rewrap(ctx context.Context, from, to *secret.Master) error {
	data, err := o.Store.DataKeys(ctx)
	if err != nil {
		return err
	}
	for i := range data {
		if data[i], err = data[i].Rewrap(from, to); err != nil {
			return err
		}
	}
	keys, err := o.Store.SigningKeys(ctx)
	if err != nil {
		return err
	}
	for i := range keys {
		if keys[i], err = keys[i].Rewrap(from, to); err != nil {
			return err
		}
	}
	return o.Store.Rewrap(ctx, data, keys, audit.Event{
		At: time.Now().UTC(), Kind: "master_key.replaced", Actor: o.Actor, TargetKind: "signing_key", TargetID: to.ID(), TargetName: "master key",
		Changes: []audit.FieldChange{{Field: "master_key", Before: from.ID(), After: to.ID()}},
	})
}

// finishRewrap completes a replacement of the master key that was interrupted between the database and the file.
func finishRewrap(path string, data []secret.DataKey) error {
	if len(data) == 0 {
		return nil
	}
	_, err := secret.FinishRewrite(path, data[0].Sealed)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
