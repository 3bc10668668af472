package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/management"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// AppsImportCmd imports an application from its metadata URL.
type AppsImportCmd struct {
	URL     string   `arg:"" help:"URL of the metadata document, which is the client ID."`
	Preview bool     `help:"Only show what would be registered; nothing is stored."`
	Mode    string   `help:"When the document changes: review lets an operator approve additions, follow applies them, frozen keeps them out. Default: review for a new application, as it is for one that is registered already." enum:",review,follow,frozen" default:"" placeholder:"MODE"`
	API     []string `name:"api" help:"Let it call this API for people; may be given several times. Without it the default grants for third parties count." sep:"none" placeholder:"ID"`
	Scopes  []string `help:"With --api: which scopes. Default: all that the API has today." placeholder:"SCOPE"`
	JSONFlag
}

// Help is the long help.
func (c *AppsImportCmd) Help() string {
	return `The document is fetched, read and judged; then the application is created, or brought to what its document says now if the
URL is registered already.

Examples:
  clientele apps import https://claude.ai/oauth/claude-code-client-metadata --preview
  clientele apps import https://agent.example.com/client.json --api https://mcp.example.com/mcp`
}

// Run imports the application.
func (c *AppsImportCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	if len(c.Scopes) > 0 && len(c.API) == 0 {
		return Usagef("--scopes goes with --api; without an API there is nothing to have scopes of")
	}
	o, documents, err := g.openDocuments(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Preview {
		return printPreview(ctx, out, o.Actor, documents, c.URL, c.JSON)
	}
	apis, err := findAPIs(ctx, o, c.API)
	if err != nil {
		return err
	}
	done, err := documents.Register(ctx, o.Actor, c.URL, cimd.RegisterOptions{Mode: registry.FollowMode(c.Mode)})
	if err != nil {
		return c.declined(out, err)
	}
	if err := grantUserAccess(ctx, o, &done.Application, apis, list(c.Scopes)); err != nil {
		return err
	}
	if c.JSON {
		return out.printJSON(management.ClientJSON(&done.Application, secret.Secret{}))
	}
	return printRegistered(ctx, out, o, &done, len(apis) > 0)
}

func (c *AppsImportCmd) declined(out *Output, err error) error {
	if refused, ok := errors.AsType[*cimd.Declined](err); ok {
		if c.JSON {
			_ = out.printJSON(management.CIMDPreviewJSON(&refused.Preview))
		} else {
			previewText(out, &refused.Preview)
		}
	}
	return err
}

// AppsRefreshCmd brings an imported application to what its document says now.
type AppsRefreshCmd struct {
	ID      string `arg:"" help:"Client ID: the URL, or the internal id."`
	Preview bool   `help:"Only show the difference."`
	JSONFlag
}

// Run fetches the document, shows what differs, and approves it.
func (c *AppsRefreshCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, documents, err := g.openDocuments(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	app, err := findApp(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	if app.ExternalID == "" {
		return Usagef("%s was not imported from a URL, so there is no document to refresh it from", oneLine(app.Name))
	}
	if c.Preview {
		return printPreview(ctx, out, o.Actor, documents, app.ExternalID, c.JSON)
	}
	done, err := documents.Refresh(ctx, o.Actor, app.ID, "", "")
	if err != nil {
		return (&AppsImportCmd{JSONFlag: c.JSONFlag}).declined(out, err)
	}
	if c.JSON {
		return out.printJSON(management.CIMDRegisteredJSON(&done))
	}
	if !done.Changed {
		out.Notef("Nothing changed.\n")
		return nil
	}
	differences(out, done.Preview.Differences)
	return nil
}

// AppsFollowCmd says what changes of the document do.
type AppsFollowCmd struct {
	ID   string `arg:"" help:"Client ID: the URL, or the internal id."`
	Mode string `arg:"" help:"review, follow or frozen." enum:"review,follow,frozen"`
}

// Run changes the mode.
func (c *AppsFollowCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	app, err := findApp(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	if _, err := o.Registry.SetFollow(ctx, o.Actor, app.ID, registry.FollowMode(c.Mode)); err != nil {
		return err
	}
	out.Notef("Changes of the document of %s: %s.\n", oneLine(app.Name), c.Mode)
	return nil
}

func printPreview(ctx context.Context, out *Output, actor audit.Actor, documents *cimd.Service, url string, asJSON bool) error {
	p, err := documents.Preview(ctx, actor, url)
	if err != nil {
		return err
	}
	if asJSON {
		if err := out.printJSON(management.CIMDPreviewJSON(&p)); err != nil {
			return err
		}
	} else {
		previewText(out, &p)
	}
	if !p.Usable() {
		return &cimd.Declined{Preview: p}
	}
	return nil
}

// previewText shows how the document came, what becomes of each member, and what would change.
func previewText(out *Output, p *cimd.Preview) {
	if f := p.Fetched; f != nil {
		out.Printf("Reached in %d ms: %d bytes, %s, fresh for %s, controlled by %s\n\n", f.Took.Milliseconds(), f.Bytes, oneLine(f.ContentType), span(f.FreshFor.Round(time.Second)), p.Host)
	}
	if p.Reading != nil {
		var rows [][]string
		for _, row := range p.Reading.Rows {
			name := row.Member
			for _, v := range row.Values {
				rows = append(rows, []string{name, v.Text, v.Becomes, string(v.Verdict), v.Why})
				name = ""
			}
		}
		_ = out.table("member|value|becomes|verdict|", rows)
	}
	for _, k := range p.Keys {
		out.Printf("key  %s  %s  %s\n", oneLine(k.KID), k.Algorithm, k.Thumbprint)
	}
	if p.Reading != nil {
		findings(out, "warning", p.Reading.Warnings)
		findings(out, "refused", p.Reading.Violations)
	}
	if f := p.KeysFailure; f != nil {
		out.Printf("\nwarning: jwks_uri: %s\n  %s\n", f.Message, f.Mend)
	}
	if f := p.Failure; f != nil {
		out.Printf("\n%s: %s\n", f.Kind, f.Message)
		if f.Mend != "" {
			out.Printf("  %s\n", f.Mend)
		}
		if f.Spec != "" {
			out.Printf("  %s\n", f.Spec)
		}
	}
	if p.ApplicationID == "" {
		return
	}
	out.Printf("\nRegistered already as %s.", p.ApplicationID)
	if len(p.Differences) == 0 {
		out.Printf(" Nothing would change.\n")
		return
	}
	out.Printf(" This would change:\n")
	differences(out, p.Differences)
}

func findings(out *Output, kind string, list []cimd.Finding) {
	for _, f := range list {
		out.Printf("\n%s: %s %s\n", kind, f.Field, f.Message)
		if f.Mend != "" {
			out.Printf("  %s\n", f.Mend)
		}
		if f.Spec != "" {
			out.Printf("  %s\n", f.Spec)
		}
	}
}

func differences(out *Output, list []registry.Difference) {
	for _, d := range list {
		note := ""
		if !d.Applies {
			note = "  (waits for approval)"
		}
		out.Printf("%s  %s%s\n", d.Field, strings.ReplaceAll(string(d.Class), "_", " "), note)
		for _, v := range d.Removed {
			out.Printf("  - %s\n", oneLine(v))
		}
		for _, v := range d.Added {
			out.Printf("  + %s\n", oneLine(v))
		}
	}
}

// printRegistered tells what was registered, and says so if it may call nothing yet.
func printRegistered(ctx context.Context, out *Output, o *opened, done *cimd.Registered, granted bool) error {
	app := &done.Application
	if err := out.facts(
		fact("name", app.Name), fact("type", typeWord(app.Type)), fact("client ID", app.ExternalID), fact("internal id", app.ID),
		fact("when it changes", string(app.Import.Mode)),
	); err != nil {
		return err
	}
	if !done.Created && len(done.Preview.Differences) > 0 {
		differences(out, done.Preview.Differences)
	}
	if granted {
		return nil
	}
	defaults, err := o.Registry.ClientGrants(ctx, registry.ClientGrantQuery{ThirdParties: true, SubjectType: registry.ForUser, Limit: 1})
	if err != nil {
		return err
	}
	if len(defaults.Items) == 0 {
		out.Notef("\nIt may call no API yet:\n  clientele grants create --app %s --api API --scopes SCOPE,… --for user\n", app.ID)
	}
	return nil
}

func findAPIs(ctx context.Context, o *opened, names []string) ([]registry.API, error) {
	var apis []registry.API
	for _, name := range names {
		api, err := findAPI(ctx, o.Registry, name)
		if err != nil {
			return nil, err
		}
		apis = append(apis, api)
	}
	return apis, nil
}

// grantUserAccess lets the application call the APIs for people. One that it may call already stays as it is.
func grantUserAccess(ctx context.Context, o *opened, app *registry.Application, apis []registry.API, scopes []string) error {
	for i := range apis {
		grant := registry.ClientGrant{ApplicationID: app.ID, APIID: apis[i].ID, SubjectType: registry.ForUser, Scopes: scopes}
		if len(scopes) == 0 {
			grant.Scopes = apis[i].ScopeValues()
		}
		_, err := o.Registry.CreateClientGrant(ctx, o.Actor, grant)
		if err != nil && !errors.Is(err, registry.ErrConflict) {
			return fmt.Errorf("%s was registered, but it may not call %s yet: %w", app.ID, apis[i].Identifier, err)
		}
	}
	return nil
}
