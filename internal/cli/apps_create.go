package cli

import (
	"context"
	"fmt"

	"clientele/internal/management"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// AppSettings are the flags that create and update share.
type AppSettings struct {
	Description *string           `help:"Free text, at most 140 characters." placeholder:"TEXT"`
	Logo        *string           `help:"Address of the logo." placeholder:"URL"`
	RedirectURI []string          `name:"redirect-uri" help:"Callback URL; may be given several times." sep:"none" placeholder:"URI"`
	LogoutURI   []string          `name:"logout-uri" help:"Where people may go after sign-out; may be given several times." sep:"none" placeholder:"URI"`
	WebOrigin   []string          `help:"Origin that may call the token endpoint from a browser; may be given several times." sep:"none" placeholder:"ORIGIN"`
	CORSOrigin  []string          `name:"cors-origin" help:"Further origin that may call from a browser; may be given several times." sep:"none" placeholder:"ORIGIN"`
	LoginURI    *string           `name:"login-uri" help:"Where a sign-in is started." placeholder:"URL"`
	GrantType   []string          `help:"authorization_code, refresh_token, client_credentials. Default: those of the type." placeholder:"GRANT"`
	Auth        string            `help:"How it authenticates: none, basic, post, or secret for basic and post. Default: that of the type." enum:",none,basic,post,secret" default:"" placeholder:"METHOD"`
	PKCE        *bool             `name:"pkce" negatable:"" help:"Require PKCE. On unless switched off."`
	Tag         []string          `help:"Tag; may be given several times." placeholder:"TAG"`
	Metadata    map[string]string `help:"Pair of your own; may be given several times." placeholder:"KEY=VALUE" mapsep:"none"`
}

// AppsCreateCmd creates an application.
type AppsCreateCmd struct {
	Name       string `help:"Name, as people read it." required:""`
	Type       string `help:"What it is: native, spa, web, m2m or generic." enum:"native,spa,web,m2m,generic" default:"generic"`
	ThirdParty bool   `help:"Somebody else's: always asks for consent, and cannot be changed later."`
	AppSettings
	Management bool     `help:"Let it call the Management API (type m2m)."`
	Scopes     []string `help:"With --management: only these scopes. Default: all of them." placeholder:"SCOPE"`
	ReadOnly   bool     `help:"With --management: only the scopes that change nothing."`
	JSONFlag
}

// Help is the long help.
func (c *AppsCreateCmd) Help() string {
	return `Examples:
  clientele apps create --name "Orders web" --type web --redirect-uri https://orders.example.com/callback
  clientele apps create --name "Orders app" --type native --redirect-uri http://127.0.0.1/callback
  clientele apps create --name "Nightly job" --type m2m
  clientele apps create --name "Terraform" --type m2m --management
  clientele apps create --name "Inventory" --type m2m --management --read-only --json

The secret is printed once and kept as a hash: store it now. With --json it is client_secret.`
}

// Run creates the application and, with --management, its client grant.
func (c *AppsCreateCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	scopes, err := c.managementScopes()
	if err != nil {
		return err
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Management {
		if err := o.Registry.EnsureManagementAPI(ctx, management.Scopes()); err != nil {
			return err
		}
	}
	app, minted, err := o.Registry.Create(ctx, o.Actor, c.draft())
	if err != nil {
		return err
	}
	if c.Management {
		grant := registry.ClientGrant{ApplicationID: app.ID, APIID: registry.ManagementAPIID, SubjectType: registry.ForClient, Scopes: scopes}
		if _, err := o.Registry.CreateClientGrant(ctx, o.Actor, grant); err != nil {
			_ = o.Registry.Delete(ctx, o.Actor, app.ID) // half an application helps nobody; the first error says why
			return err
		}
	}
	var value secret.Secret
	if len(minted) > 0 {
		value = minted[0].Value
	}
	if c.JSON {
		return out.printJSON(management.ClientJSON(&app, value))
	}
	return c.print(out, o.Issuer, &app, value)
}

func (c *AppsCreateCmd) managementScopes() (oauth.Scopes, error) {
	switch {
	case !c.Management && (c.ReadOnly || len(c.Scopes) > 0):
		return nil, Usagef("--scopes and --read-only go with --management; for another API use `clientele grants create`")
	case c.Management && c.Type != "m2m":
		return nil, Usagef("--management is for applications that act for themselves: add --type m2m")
	case c.ReadOnly && len(c.Scopes) > 0:
		return nil, Usagef("--read-only chooses the scopes; leave --scopes out, or name them all")
	case c.ReadOnly:
		return management.ReadOnlyScopes(), nil
	case len(c.Scopes) > 0:
		return list(c.Scopes), nil
	}
	api := registry.API{Scopes: management.Scopes()}
	return api.ScopeValues(), nil
}

func (c *AppsCreateCmd) draft() registry.Draft {
	d := registry.Draft{
		Name: c.Name, Type: typeWords[c.Type], AuthMethods: authWords[c.Auth], RequirePKCE: c.PKCE, Tags: c.Tag, Metadata: c.Metadata,
		RedirectURIs: c.RedirectURI, LogoutURIs: c.LogoutURI, WebOrigins: c.WebOrigin, CORSOrigins: c.CORSOrigin, GrantTypes: grants(c.GrantType),
	}
	if c.ThirdParty {
		d.Ownership = registry.ThirdParty
	}
	set(&d.Description, c.Description)
	set(&d.LogoURI, c.Logo)
	set(&d.InitiateLoginURI, c.LoginURI)
	return d
}

func (c *AppsCreateCmd) print(out *Output, issuer string, app *registry.Application, value secret.Secret) error {
	if err := out.facts(
		fact("name", app.Name), fact("type", typeWord(app.Type)), fact("client ID", string(app.ClientID())), fact("client secret", value.Reveal()),
	); err != nil {
		return err
	}
	if !value.IsZero() {
		out.Notef("\nThe secret is shown this once. Store it now.\n")
	}
	if !app.Allows(oauth.ClientCredentials) || value.IsZero() {
		out.Notef("\nDiscovery: %s.well-known/openid-configuration\n", issuer)
		return nil
	}
	audience := "https://api.example.com/"
	if c.Management {
		audience = registry.ManagementAudience(issuer)
	}
	out.Printf("\nGet a token:\n%s\n", tokenCommand(issuer, string(app.ClientID()), value, audience))
	if c.Management {
		out.Printf("\nUse it:\n  curl -s %sclients -H \"Authorization: Bearer $TOKEN\"\n", audience)
		return nil
	}
	out.Notef("\nIt needs a client grant first:\n  clientele grants create --app %s --api %s --scopes SCOPE,…\n", app.ID, audience)
	return nil
}

// tokenCommand is a line that gets a token, ready to be pasted.
func tokenCommand(issuer, id string, value secret.Secret, audience string) string {
	return fmt.Sprintf("  TOKEN=$(curl -s %soauth/token \\\n    -u '%s:%s' \\\n    -d grant_type=client_credentials \\\n    -d audience=%s | jq -r .access_token)",
		issuer, id, value.Reveal(), audience)
}
