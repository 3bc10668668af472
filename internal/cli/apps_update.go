package cli

import (
	"context"
	"maps"

	"clientele/internal/management"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// AppsUpdateCmd changes an application.
type AppsUpdateCmd struct {
	ID   string  `arg:"" help:"Client ID."`
	Name *string `help:"Name, as people read it." placeholder:"TEXT"`
	Type string  `help:"native, spa, web, m2m or generic." enum:",native,spa,web,m2m,generic" default:"" placeholder:"TYPE"`
	AppSettings
	AddRedirectURI    []string `name:"add-redirect-uri" help:"Callback URL to add." sep:"none" placeholder:"URI"`
	RemoveRedirectURI []string `name:"remove-redirect-uri" help:"Callback URL to remove." sep:"none" placeholder:"URI"`
	JSONFlag
}

// Help is the long help.
func (c *AppsUpdateCmd) Help() string {
	return `A list that is given replaces the whole list; an empty value empties it. Metadata is merged; an empty value removes a key.

Examples:
  clientele apps update tXOb… --name "Orders"
  clientele apps update tXOb… --add-redirect-uri https://orders.example.com/callback
  clientele apps update tXOb… --logout-uri ""
  clientele apps update tXOb… --no-pkce --metadata team=orders`
}

// Run changes the application.
func (c *AppsUpdateCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	app, err := findApp(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	app, change, err := o.Registry.Update(ctx, o.Actor, app.ID, 0, func(a *registry.Application) error {
		c.apply(a)
		return nil
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return out.printJSON(management.ClientJSON(&app, secret.Secret{}))
	}
	if change.Empty() {
		out.Notef("Nothing changed.\n")
		return nil
	}
	for _, f := range change.Fields {
		out.Printf("%s: %s → %s\n", f.Field, shown(f.Before), shown(f.After))
	}
	return nil
}

func shown(value string) string {
	if value == "" {
		return "(empty)"
	}
	return oneLine(value)
}

func (c *AppsUpdateCmd) apply(a *registry.Application) {
	set(&a.Name, c.Name)
	set(&a.Description, c.Description)
	set(&a.LogoURI, c.Logo)
	set(&a.InitiateLoginURI, c.LoginURI)
	set(&a.RequirePKCE, c.PKCE)
	if c.Type != "" {
		a.Type = typeWords[c.Type]
	}
	if c.Auth != "" {
		a.AuthMethods = authWords[c.Auth]
	}
	if c.GrantType != nil {
		a.GrantTypes = grants(c.GrantType)
	}
	if c.Tag != nil {
		a.Tags = given(c.Tag)
	}
	replace(&a.RedirectURIs, c.RedirectURI)
	replace(&a.LogoutURIs, c.LogoutURI)
	replace(&a.WebOrigins, c.WebOrigin)
	replace(&a.CORSOrigins, c.CORSOrigin)
	a.RedirectURIs = append(a.RedirectURIs, registry.URIs(c.AddRedirectURI...)...)
	for _, gone := range c.RemoveRedirectURI {
		a.RedirectURIs = without(a.RedirectURIs, gone)
	}
	a.Metadata = maps.Clone(a.Metadata)
	for key, value := range c.Metadata {
		if value == "" {
			delete(a.Metadata, key)
			continue
		}
		if a.Metadata == nil {
			a.Metadata = map[string]string{}
		}
		a.Metadata[key] = value
	}
}

func set[T any](target, value *T) {
	if value != nil {
		*target = *value
	}
}

// given drops empty values, which is how a list is emptied.
func given(values []string) []string {
	kept := []string{}
	for _, v := range values {
		if v != "" {
			kept = append(kept, v)
		}
	}
	return kept
}

func replace(target *[]registry.URI, values []string) {
	if values != nil {
		*target = registry.URIs(given(values)...)
	}
}

func without(uris []registry.URI, gone string) []registry.URI {
	kept := uris[:0:0]
	for _, u := range uris {
		if u.Value != gone {
			kept = append(kept, u)
		}
	}
	return kept
}

func grants(words []string) []oauth.GrantType {
	if words == nil {
		return nil
	}
	all := []oauth.GrantType{}
	for _, w := range list(words) {
		all = append(all, oauth.GrantType(w))
	}
	return all
}
