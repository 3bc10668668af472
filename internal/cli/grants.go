package cli

import (
	"context"

	"clientele/internal/management"
	"clientele/internal/registry"
)

// GrantsCmd is the verbs for client grants.
type GrantsCmd struct {
	Create GrantsCreateCmd `cmd:"" help:"Let an application get tokens of an API."`
	List   GrantsListCmd   `cmd:"" help:"List client grants, newest first."`
	Show   GrantsShowCmd   `cmd:"" help:"Show a client grant."`
	Update GrantsUpdateCmd `cmd:"" help:"Change the scopes of a client grant."`
	Delete GrantsDeleteCmd `cmd:"" help:"Take a client grant back."`
}

// GrantsCreateCmd creates a client grant.
type GrantsCreateCmd struct {
	App          string   `help:"Client ID of the application." placeholder:"ID" xor:"whom"`
	ThirdParties bool     `help:"The default for every third-party application." xor:"whom"`
	Strangers    bool     `help:"The default for every application that came by itself and nobody approved." xor:"whom"`
	API          string   `name:"api" help:"ID or identifier of the API." required:"" placeholder:"ID"`
	Scopes       []string `help:"Which scopes of the API." placeholder:"SCOPE" xor:"scopes"`
	AllScopes    bool     `help:"All scopes of the API, also those it gets later." xor:"scopes"`
	For          string   `help:"Acting for itself (client) or for a person (user)." enum:"client,user" default:"client"`
	JSONFlag
}

// Help is the long help.
func (c *GrantsCreateCmd) Help() string {
	return `Examples:
  clientele grants create --app tXOb… --api https://api.example.com/ --scopes read:orders,write:orders
  clientele grants create --third-parties --api https://api.example.com/ --scopes read:orders --for user
  clientele grants create --strangers --api https://api.example.com/ --scopes read:orders --for user`
}

// Run creates the client grant.
func (c *GrantsCreateCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	if c.App == "" && !c.ThirdParties && !c.Strangers {
		return Usagef("say for whom: --app ID, --third-parties or --strangers")
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	draft := registry.ClientGrant{ThirdParties: c.ThirdParties, Strangers: c.Strangers, SubjectType: registry.SubjectType(c.For), Scopes: list(c.Scopes), AllScopes: c.AllScopes}
	if c.App != "" {
		app, err := findApp(ctx, o.Registry, c.App)
		if err != nil {
			return err
		}
		draft.ApplicationID = app.ID
	}
	api, err := findAPI(ctx, o.Registry, c.API)
	if err != nil {
		return err
	}
	draft.APIID = api.ID
	grant, err := o.Registry.CreateClientGrant(ctx, o.Actor, draft)
	if err != nil {
		return err
	}
	return printGrant(out, c.JSON, &grant, api.Identifier)
}

func printGrant(out *Output, asJSON bool, g *registry.ClientGrant, audience string) error {
	if asJSON {
		return out.printJSON(management.ClientGrantJSON(g, audience))
	}
	return out.facts(
		fact("id", g.ID), fact("application", grantee(g)), fact("API", audience), fact("acting for", string(g.SubjectType)), fact("scopes", granted(g)),
		fact("created", moment(g.CreatedAt)),
	)
}

func grantee(g *registry.ClientGrant) string {
	switch {
	case g.ThirdParties:
		return "every third party"
	case g.Strangers:
		return "whoever nobody approved"
	}
	return g.ApplicationID
}

func granted(g *registry.ClientGrant) string {
	if g.AllScopes {
		return "(all)"
	}
	return g.Scopes.String()
}

// GrantsListCmd lists client grants.
type GrantsListCmd struct {
	App   string `help:"Only of this application." placeholder:"ID"`
	API   string `name:"api" help:"Only for this API." placeholder:"ID"`
	Limit int    `help:"How many at most; 0 for all." default:"100"`
	JSONFlag
}

// Run prints a table.
func (c *GrantsListCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	q, err := c.query(ctx, o)
	if err != nil {
		return err
	}
	grants, err := collect(c.Limit, func(after string) (registry.Page[registry.ClientGrant], error) {
		q.After = after
		return o.Registry.ClientGrants(ctx, q)
	})
	if err != nil {
		return err
	}
	audiences, err := audiencesOf(ctx, o, grants)
	if err != nil {
		return err
	}
	if c.JSON {
		all := make([]management.ClientGrant, len(grants))
		for i := range grants {
			all[i] = management.ClientGrantJSON(&grants[i], audiences[grants[i].APIID])
		}
		return out.printJSON(all)
	}
	rows := make([][]string, len(grants))
	for i := range grants {
		rows[i] = []string{grants[i].ID, grantee(&grants[i]), audiences[grants[i].APIID], string(grants[i].SubjectType), granted(&grants[i])}
	}
	return out.table("id|application|api|for|scopes", rows)
}

func (c *GrantsListCmd) query(ctx context.Context, o *opened) (registry.ClientGrantQuery, error) {
	q := registry.ClientGrantQuery{Limit: registry.MaxPageSize}
	if c.App != "" {
		app, err := findApp(ctx, o.Registry, c.App)
		if err != nil {
			return q, err
		}
		q.ApplicationID = app.ID
	}
	if c.API != "" {
		api, err := findAPI(ctx, o.Registry, c.API)
		if err != nil {
			return q, err
		}
		q.APIID = api.ID
	}
	return q, nil
}

// audiencesOf maps the ids of the grants' APIs to their identifiers.
func audiencesOf(ctx context.Context, o *opened, grants []registry.ClientGrant) (map[string]string, error) {
	all := map[string]string{}
	for _, g := range grants {
		if _, known := all[g.APIID]; known {
			continue
		}
		api, err := o.Registry.API(ctx, g.APIID)
		if err != nil && !missing(err) {
			return nil, err
		}
		all[g.APIID] = api.Identifier
	}
	return all, nil
}

// GrantsShowCmd shows a client grant.
type GrantsShowCmd struct {
	ID string `arg:"" help:"ID of the client grant, as in cgr_…"`
	JSONFlag
}

// Run prints it.
func (c *GrantsShowCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	grant, err := o.Registry.ClientGrant(ctx, c.ID)
	if err != nil {
		return absent("client grant", c.ID, err)
	}
	return o.printGrant(ctx, out, c.JSON, grant)
}

func (o *opened) printGrant(ctx context.Context, out *Output, asJSON bool, g registry.ClientGrant) error {
	audiences, err := audiencesOf(ctx, o, []registry.ClientGrant{g})
	if err != nil {
		return err
	}
	return printGrant(out, asJSON, &g, audiences[g.APIID])
}

// GrantsUpdateCmd changes a client grant.
type GrantsUpdateCmd struct {
	ID        string   `arg:"" help:"ID of the client grant, as in cgr_…"`
	Scopes    []string `help:"Which scopes of the API; replaces the whole list." placeholder:"SCOPE" xor:"scopes"`
	AllScopes bool     `help:"All scopes of the API, also those it gets later." xor:"scopes"`
	JSONFlag
}

// Run changes the scopes.
func (c *GrantsUpdateCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	if c.Scopes == nil && !c.AllScopes {
		return Usagef("say what to change: --scopes or --all-scopes")
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	grant, _, err := o.Registry.UpdateClientGrant(ctx, o.Actor, c.ID, 0, func(g *registry.ClientGrant) error {
		g.Scopes, g.AllScopes = list(c.Scopes), c.AllScopes
		return nil
	})
	if err != nil {
		return absent("client grant", c.ID, err)
	}
	return o.printGrant(ctx, out, c.JSON, grant)
}

// GrantsDeleteCmd deletes a client grant.
type GrantsDeleteCmd struct {
	ID  string `arg:"" help:"ID of the client grant, as in cgr_…"`
	Yes bool   `help:"Do it. There is no undo."`
}

// Run deletes it.
func (c *GrantsDeleteCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	if err := confirmed(c.Yes, "takes the permission back"); err != nil {
		return err
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Registry.DeleteClientGrant(ctx, o.Actor, c.ID); err != nil {
		return absent("client grant", c.ID, err)
	}
	out.Notef("Deleted %s.\n", c.ID)
	return nil
}
