package cli

import (
	"context"
	"strings"

	"clientele/internal/management"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// AppsCmd is the verbs for applications.
type AppsCmd struct {
	Create       AppsCreateCmd       `cmd:"" help:"Create an application; prints its client ID and, once, its secret."`
	Import       AppsImportCmd       `cmd:"" help:"Import an application from the URL of its metadata document."`
	Refresh      AppsRefreshCmd      `cmd:"" help:"Bring an imported application to what its document says now."`
	Follow       AppsFollowCmd       `cmd:"" help:"Say what changes of an imported application's document do."`
	List         AppsListCmd         `cmd:"" help:"List applications, newest first."`
	Show         AppsShowCmd         `cmd:"" help:"Show an application."`
	Check        AppsCheckCmd        `cmd:"" help:"Check applications for security risks."`
	Update       AppsUpdateCmd       `cmd:"" help:"Change an application."`
	Enable       AppsEnableCmd       `cmd:"" help:"Switch an application on."`
	Disable      AppsDisableCmd      `cmd:"" help:"Switch an application off: it can do nothing at all until it is enabled."`
	RotateSecret AppsRotateSecretCmd `cmd:"" help:"Replace the secret: the older ones stop working at once."`
	AddSecret    AppsAddSecretCmd    `cmd:"" help:"Add a secret; the older ones live on for a while."`
	RevokeSecret AppsRevokeSecretCmd `cmd:"" help:"End one secret at once."`
	AddKey       AppsAddKeyCmd       `cmd:"" help:"Add a public key that the application authenticates with."`
	RemoveKey    AppsRemoveKeyCmd    `cmd:"" help:"Remove a key at once."`
	Delete       AppsDeleteCmd       `cmd:"" help:"Delete an application and everything it was granted."`
}

// typeWords are the words of the command line for the types of application.
var typeWords = map[string]registry.Type{
	"native": registry.Native, "spa": registry.SinglePage, "web": registry.RegularWeb, "m2m": registry.MachineToMachine, "generic": registry.Generic,
}

func typeWord(t registry.Type) string {
	for word, known := range typeWords {
		if known == t {
			return word
		}
	}
	return string(t)
}

// authWords are the words of the command line for sets of authentication methods.
var authWords = map[string][]oauth.AuthMethod{
	"none": {oauth.AuthNone}, "basic": {oauth.AuthClientSecretBasic}, "post": {oauth.AuthClientSecretPost},
	"secret": {oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost},
}

// findApp finds an application by its internal id or its client ID.
func findApp(ctx context.Context, r *registry.Registry, id string) (registry.Application, error) {
	app, err := r.Application(ctx, id)
	if missing(err) {
		app, err = r.ApplicationByClientID(ctx, oauth.ClientID(id))
	}
	return app, absent("application", id, err)
}

// AppsListCmd lists applications.
type AppsListCmd struct {
	Search     string   `help:"Words, each of which begins a word of the name, an id, a tag or the host of a callback URL." placeholder:"WORDS"`
	Type       []string `help:"Only these types: native, spa, web, m2m." placeholder:"TYPE"`
	ThirdParty bool     `help:"Only third-party applications." xor:"party"`
	FirstParty bool     `help:"Only first-party applications." xor:"party"`
	Limit      int      `help:"How many at most; 0 for all." default:"100"`
	JSONFlag
}

// Help is the long help.
func (c *AppsListCmd) Help() string {
	return `Examples:
  clientele apps list --search "orders web"
  clientele apps list --type m2m --json | jq -r '.[].client_id'`
}

// Run prints a table.
func (c *AppsListCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	q := registry.Query{Search: c.Search, Limit: registry.MaxPageSize}
	for _, word := range list(c.Type) {
		t, ok := typeWords[word]
		if !ok || t == registry.Generic {
			return Usagef("--type %s: there are native, spa, web and m2m", word)
		}
		q.Types = append(q.Types, t)
	}
	if c.ThirdParty {
		q.Ownership = registry.ThirdParty
	}
	if c.FirstParty {
		q.Ownership = registry.FirstParty
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	apps, err := collect(c.Limit, func(after string) (registry.Page[registry.Application], error) {
		q.After = after
		return o.Registry.Applications(ctx, q)
	})
	if err != nil {
		return err
	}
	if c.JSON {
		all := make([]management.Client, len(apps))
		for i := range apps {
			all[i] = management.ClientJSON(&apps[i], secret.Secret{})
		}
		return out.printJSON(all)
	}
	rows := make([][]string, len(apps))
	for i, a := range apps {
		rows[i] = []string{string(a.ClientID()), a.Name, typeWord(a.Type), ownership(&a), onOff(a.Enabled), day(a.LastUsed)}
	}
	return out.table("client id|name|type|owner|state|last used", rows)
}

// collect reads pages until there are limit things, or no more; 0 is no limit.
func collect[T any](limit int, read func(after string) (registry.Page[T], error)) ([]T, error) {
	all := []T{}
	for after := ""; ; {
		page, err := read(after)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if limit > 0 && len(all) >= limit {
			return all[:limit], nil
		}
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}

func ownership(a *registry.Application) string {
	if a.Ownership == registry.ThirdParty {
		return "third party"
	}
	return "first party"
}

func onOff(enabled bool) string {
	if enabled {
		return "on"
	}
	return "off"
}

// AppsShowCmd shows an application.
type AppsShowCmd struct {
	ID string `arg:"" help:"Client ID."`
	JSONFlag
}

// Run prints its settings.
func (c *AppsShowCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	app, err := findApp(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return out.printJSON(management.ClientJSON(&app, secret.Secret{}))
	}
	return showApp(out, &app)
}

func showApp(out *Output, a *registry.Application) error {
	var secrets []string
	for _, s := range a.Secrets {
		line := s.ID + "  …" + s.LastFour + "  " + s.Name + "  created " + day(s.CreatedAt) + ", last used " + day(s.LastUsed)
		switch {
		case !s.RetiredAt.IsZero():
			line += ", retired " + moment(s.RetiredAt)
		case !s.ExpiresAt.IsZero():
			line += ", ends " + moment(s.ExpiresAt)
		}
		secrets = append(secrets, line)
	}
	return out.facts(
		fact("client ID", string(a.ClientID())), fact("name", a.Name), fact("description", a.Description),
		fact("type", typeWord(a.Type)), fact("owner", ownership(a)), fact("state", onOff(a.Enabled)),
		fact("tags", strings.Join(a.Tags, ", ")),
		fact("callback URLs", registry.Values(a.RedirectURIs)...), fact("logout URLs", registry.Values(a.LogoutURIs)...),
		fact("web origins", registry.Values(a.WebOrigins)...), fact("CORS origins", registry.Values(a.CORSOrigins)...),
		fact("login URL", a.InitiateLoginURI),
		fact("grant types", joined(a.GrantTypes)), fact("authentication", joined(a.AuthMethods)), fact("PKCE required", yesNo(a.RequirePKCE)),
		fact("ID tokens", a.IDToken.Algorithm+", "+span(a.IDToken.Lifetime)), fact("refresh tokens", refreshWords(a.Refresh)),
		fact("secrets", secrets...),
		fact("created", moment(a.CreatedAt)+" by "+a.CreatedBy), fact("updated", moment(a.UpdatedAt)), fact("last used", day(a.LastUsed)),
	)
}

func joined[T ~string](set []T) string {
	all := make([]string, len(set))
	for i, v := range set {
		all[i] = string(v)
	}
	return strings.Join(all, ", ")
}

func refreshWords(p registry.RefreshPolicy) string {
	words := "do not rotate"
	if p.Rotating {
		words = "rotate, " + span(p.Leeway) + " leeway"
	}
	if p.Lifetime > 0 {
		words += ", end after " + span(p.Lifetime)
	}
	if p.IdleLifetime > 0 {
		words += ", or " + span(p.IdleLifetime) + " unused"
	}
	return words
}

// AppsEnableCmd switches an application on.
type AppsEnableCmd struct {
	ID string `arg:"" help:"Client ID."`
}

// Run switches it on.
func (c *AppsEnableCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	return setEnabled(ctx, g, out, c.ID, true)
}

// AppsDisableCmd switches an application off.
type AppsDisableCmd struct {
	ID string `arg:"" help:"Client ID."`
}

// Run switches it off.
func (c *AppsDisableCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	return setEnabled(ctx, g, out, c.ID, false)
}

func setEnabled(ctx context.Context, g *Globals, out *Output, id string, enabled bool) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	app, err := findApp(ctx, o.Registry, id)
	if err != nil {
		return err
	}
	app, err = o.Registry.SetEnabled(ctx, o.Actor, app.ID, enabled)
	if err == nil {
		out.Notef("%s is %s.\n", oneLine(app.Name), onOff(app.Enabled))
	}
	return err
}

// AppsDeleteCmd deletes an application.
type AppsDeleteCmd struct {
	ID  string `arg:"" help:"Client ID."`
	Yes bool   `help:"Do it. There is no undo."`
}

// Run deletes it.
func (c *AppsDeleteCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	app, err := findApp(ctx, o.Registry, c.ID)
	if err != nil {
		return err
	}
	if err := confirmed(c.Yes, "deletes the application "+oneLine(app.Name)+", ends its tokens and grants,"); err != nil {
		return err
	}
	if err := o.Registry.Delete(ctx, o.Actor, app.ID); err != nil {
		return err
	}
	out.Notef("Deleted %s.\n", oneLine(app.Name))
	return nil
}
