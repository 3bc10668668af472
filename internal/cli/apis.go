package cli

import (
	"context"
	"strings"
	"time"

	"clientele/internal/management"
	"clientele/internal/registry"
)

// APIsCmd is the verbs for APIs.
type APIsCmd struct {
	Create APIsCreateCmd `cmd:"" help:"Create an API that accepts tokens of this server."`
	List   APIsListCmd   `cmd:"" help:"List APIs, by name."`
	Show   APIsShowCmd   `cmd:"" help:"Show an API."`
	Update APIsUpdateCmd `cmd:"" help:"Change an API."`
	Delete APIsDeleteCmd `cmd:"" help:"Delete an API and the client grants for it."`
}

// APISettings are the flags that create and update share.
type APISettings struct {
	Scope        []string       `help:"Permission, as in read:orders or read:orders=Read your orders; may be given several times." sep:"none" placeholder:"SCOPE"`
	DefaultScope []string       `help:"Of the permissions, those that a request without scope gets." placeholder:"SCOPE"`
	Algorithm    *string        `help:"RS256, ES256, PS256, EdDSA or Ed25519." placeholder:"ALG"`
	Lifetime     *time.Duration `help:"How long access tokens are good, as in 1h." placeholder:"DURATION"`
	Profile      *string        `help:"Shape of access tokens: rfc9068_profile, or access_token for libraries that want Auth0's." placeholder:"PROFILE"`
	Offline      *bool          `name:"offline-access" negatable:"" help:"Allow refresh tokens."`
	SkipConsent  *bool          `negatable:"" help:"Do not ask people of first-party applications on verifiable redirects."`
	Users        *string        `help:"Which applications may act for a person: allow_all, require_client_grant, deny_all." placeholder:"POLICY"`
	Machines     *string        `help:"Which applications may act for themselves: require_client_grant, deny_all." placeholder:"POLICY"`
}

func (s *APISettings) apply(a *registry.API) {
	set(&a.SigningAlgorithm, s.Algorithm)
	set(&a.TokenLifetime, s.Lifetime)
	set(&a.AllowOfflineAccess, s.Offline)
	set(&a.SkipConsent, s.SkipConsent)
	set((*string)(&a.TokenProfile), s.Profile)
	set((*string)(&a.UserPolicy), s.Users)
	set((*string)(&a.ClientPolicy), s.Machines)
	if s.Scope != nil {
		a.Scopes = nil
		for _, text := range given(s.Scope) {
			value, description, _ := strings.Cut(text, "=")
			a.Scopes = append(a.Scopes, registry.APIScope{Value: value, Description: description})
		}
	}
	if s.DefaultScope == nil {
		return
	}
	for i := range a.Scopes {
		a.Scopes[i].Default = false
		for _, value := range list(s.DefaultScope) {
			a.Scopes[i].Default = a.Scopes[i].Default || a.Scopes[i].Value == value
		}
	}
}

// findAPI finds an API by its id or its identifier.
func findAPI(ctx context.Context, r *registry.Registry, id string) (registry.API, error) {
	api, err := management.FindAPI(ctx, r, id)
	return api, absent("API", id, err)
}

// APIsCreateCmd creates an API.
type APIsCreateCmd struct {
	Identifier string `help:"The audience of its tokens, as a rule its URL. It cannot be changed." required:"" placeholder:"URI"`
	Name       string `help:"Name, as people read it. Default: the identifier." placeholder:"TEXT"`
	APISettings
	JSONFlag
}

// Help is the long help.
func (c *APIsCreateCmd) Help() string {
	return `Examples:
  clientele apis create --identifier https://api.example.com/ --name Orders \
      --scope "read:orders=Read your orders" --scope "write:orders=Change your orders" --offline-access`
}

// Run creates the API.
func (c *APIsCreateCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	draft := registry.API{Identifier: c.Identifier, Name: c.Name}
	if draft.Name == "" {
		draft.Name = c.Identifier
	}
	c.apply(&draft)
	api, err := o.Registry.CreateAPI(ctx, o.Actor, draft)
	if err != nil {
		return err
	}
	return printAPI(out, c.JSON, &api)
}

// APIsListCmd lists APIs.
type APIsListCmd struct {
	Search string `help:"Beginnings of words of the name or the identifier." placeholder:"WORDS"`
	Limit  int    `help:"How many at most; 0 for all." default:"100"`
	JSONFlag
}

// Run prints a table.
func (c *APIsListCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	apis, err := collect(c.Limit, func(after string) (registry.Page[registry.API], error) {
		return o.Registry.APIs(ctx, registry.APIQuery{Search: c.Search, After: after, Limit: registry.MaxPageSize})
	})
	if err != nil {
		return err
	}
	if c.JSON {
		all := make([]management.ResourceServer, len(apis))
		for i := range apis {
			all[i] = management.ResourceServerJSON(&apis[i])
		}
		return out.printJSON(all)
	}
	rows := make([][]string, len(apis))
	for i, a := range apis {
		rows[i] = []string{a.ID, a.Name, a.Identifier, a.SigningAlgorithm, span(a.TokenLifetime), a.ScopeValues().String()}
	}
	return out.table("id|name|identifier|algorithm|lifetime|scopes", rows)
}

// APIsShowCmd shows an API.
type APIsShowCmd struct {
	ID string `arg:"" help:"ID or identifier."`
	JSONFlag
}

// Run prints its settings.
func (c *APIsShowCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	api, err := findAPI(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	return printAPI(out, c.JSON, &api)
}

func printAPI(out *Output, asJSON bool, a *registry.API) error {
	if asJSON {
		return out.printJSON(management.ResourceServerJSON(a))
	}
	var scopes []string
	for _, s := range a.Scopes {
		line := s.Value
		if s.Description != "" {
			line += "  " + s.Description
		}
		if s.Default {
			line += "  (default)"
		}
		scopes = append(scopes, line)
	}
	return out.facts(
		fact("id", a.ID), fact("identifier", a.Identifier), fact("name", a.Name), fact("scopes", scopes...),
		fact("access tokens", a.SigningAlgorithm+", "+span(a.TokenLifetime)+", "+string(a.TokenProfile)),
		fact("refresh tokens", yesNo(a.AllowOfflineAccess)), fact("skips consent", yesNo(a.SkipConsent)),
		fact("for people", string(a.UserPolicy)), fact("for machines", string(a.ClientPolicy)), fact("system", yesNo(a.System)),
	)
}

// APIsUpdateCmd changes an API.
type APIsUpdateCmd struct {
	ID   string  `arg:"" help:"ID or identifier."`
	Name *string `help:"Name, as people read it." placeholder:"TEXT"`
	APISettings
	JSONFlag
}

// Help is the long help.
func (c *APIsUpdateCmd) Help() string { return "Scopes that are given replace the whole list." }

// Run changes the API.
func (c *APIsUpdateCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	api, err := findAPI(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	api, _, err = o.Registry.UpdateAPI(ctx, o.Actor, api.ID, 0, func(a *registry.API) error {
		set(&a.Name, c.Name)
		c.apply(a)
		return nil
	})
	if err != nil {
		return err
	}
	return printAPI(out, c.JSON, &api)
}

// APIsDeleteCmd deletes an API.
type APIsDeleteCmd struct {
	ID  string `arg:"" help:"ID or identifier."`
	Yes bool   `help:"Do it. There is no undo."`
}

// Run deletes it.
func (c *APIsDeleteCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	api, err := findAPI(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	if err := confirmed(c.Yes, "deletes the API "+oneLine(api.Name)+" with the client grants for it"); err != nil {
		return err
	}
	if err := o.Registry.DeleteAPI(ctx, o.Actor, api.ID); err != nil {
		return err
	}
	out.Notef("Deleted %s.\n", oneLine(api.Name))
	return nil
}
