package protocol

import (
	"fmt"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// api NAME IDENTIFIER SCOPE…
func (p *player) api(words []string) error {
	named, plain := options(words)
	if len(plain) < 2 {
		return fmt.Errorf("api needs a name and an identifier")
	}
	a := registry.API{Name: plain[0], Identifier: plain[1], AllowOfflineAccess: named["offline"] != "no"}
	defaults := oauth.Scopes(list(named["default"]))
	for _, scope := range plain[2:] {
		a.Scopes = append(a.Scopes, registry.APIScope{Value: scope, Description: "May " + scope, Default: defaults.Has(scope)})
	}
	a.SigningAlgorithm = named["alg"]
	a.TokenProfile = registry.TokenProfile(named["profile"])
	var err error
	if a.TokenLifetime, err = duration(named, "lifetime", 0); err != nil {
		return err
	}
	made, err := p.server.Registry.CreateAPI(p.ctx, servertest.Actor, a)
	p.apis[plain[0]] = made
	p.kept[plain[0]] = made.Identifier
	return err
}

// app NAME TYPE
func (p *player) app(words []string) error {
	named, plain := options(words)
	if len(plain) != 2 {
		return fmt.Errorf("app needs a name and a type")
	}
	d := registry.Draft{Name: plain[0], Type: registry.Type(plain[1]), RedirectURIs: list(named["redirect"]), WebOrigins: list(named["origin"])}
	d.Ownership = registry.Ownership(named["owner"])
	d.IDToken.Algorithm = named["idalg"]
	if v, ok := named["auth"]; ok {
		for _, m := range list(v) {
			d.AuthMethods = append(d.AuthMethods, oauth.AuthMethod(m))
		}
	}
	made, minted, err := p.server.Registry.Create(p.ctx, servertest.Actor, d)
	if err != nil {
		return err
	}
	p.apps[plain[0]] = made.ID
	p.kept[plain[0]] = string(made.ClientID())
	if len(minted) > 0 {
		p.kept[plain[0]+".secret"] = minted[0].Value.Reveal()
	}
	return p.change(plain[0], named)
}

// update APP OPTION=VALUE…
func (p *player) update(words []string) error {
	named, plain := options(words)
	if len(plain) != 1 {
		return fmt.Errorf("update needs the name of an application")
	}
	return p.change(plain[0], named)
}

// change sets what a draft cannot, or what is to change later.
func (p *player) change(app string, named map[string]string) error {
	_, _, err := p.server.Registry.Update(p.ctx, servertest.Actor, p.apps[app], 0, func(a *registry.Application) error {
		if v, ok := named["grants"]; ok {
			a.GrantTypes = nil
			for _, g := range list(v) {
				a.GrantTypes = append(a.GrantTypes, oauth.GrantType(g))
			}
		}
		if v, ok := named["pkce"]; ok {
			a.RequirePKCE = v != "off"
		}
		if v, ok := named["rotating"]; ok {
			a.Refresh.Rotating = v != "no"
		}
		if v, ok := named["enabled"]; ok {
			a.Enabled = v != "no"
		}
		if v, ok := named["auth"]; ok {
			a.AuthMethods = nil
			for _, m := range list(v) {
				a.AuthMethods = append(a.AuthMethods, oauth.AuthMethod(m))
			}
		}
		var err error
		for name, field := range map[string]*time.Duration{"leeway": &a.Refresh.Leeway, "lifetime": &a.Refresh.Lifetime, "idle": &a.Refresh.IdleLifetime} {
			if *field, err = duration(named, name, *field); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

func duration(named map[string]string, name string, otherwise time.Duration) (time.Duration, error) {
	text, ok := named[name]
	if !ok {
		return otherwise, nil
	}
	return time.ParseDuration(text)
}

// change API OPTION=VALUE…
func (p *player) changeAPI(words []string) error {
	named, plain := options(words)
	if len(plain) != 1 {
		return fmt.Errorf("change needs the name of an API")
	}
	_, _, err := p.server.Registry.UpdateAPI(p.ctx, servertest.Actor, p.apis[plain[0]].ID, 0, func(a *registry.API) error {
		if v, ok := named["offline"]; ok {
			a.AllowOfflineAccess = v != "no"
		}
		if v, ok := named["user"]; ok {
			a.UserPolicy = registry.AccessPolicy(v)
		}
		return nil
	})
	return err
}

// permit APP API [for=user] SCOPE…
func (p *player) permit(words []string) error {
	named, plain := options(words)
	if len(plain) < 2 {
		return fmt.Errorf("permit needs an application and an API")
	}
	g := registry.ClientGrant{ApplicationID: p.apps[plain[0]], APIID: p.apis[plain[1]].ID, SubjectType: registry.ForClient, Scopes: plain[2:]}
	if plain[1] == "management" {
		g.APIID = registry.ManagementAPIID
	}
	if named["for"] == "user" {
		g.SubjectType = registry.ForUser
	}
	g.AllScopes = len(g.Scopes) == 0
	_, err := p.server.Registry.CreateClientGrant(p.ctx, servertest.Actor, g)
	return err
}

// forbid APP API
func (p *player) forbid(words []string) error {
	page, err := p.server.Registry.ClientGrants(p.ctx, registry.ClientGrantQuery{ApplicationID: p.apps[words[0]], APIID: p.apis[words[1]].ID})
	if err != nil {
		return err
	}
	for _, g := range page.Items {
		if err := p.server.Registry.DeleteClientGrant(p.ctx, servertest.Actor, g.ID); err != nil {
			return err
		}
	}
	return nil
}

// secret APP NAME
func (p *player) secret(words []string) error {
	_, minted, err := p.server.Registry.AddSecret(p.ctx, servertest.Actor, p.apps[words[0]], "another", time.Hour, time.Time{})
	if err != nil {
		return err
	}
	p.kept[words[1]] = minted.Value.Reveal()
	return nil
}

// replace APP NAME
func (p *player) replace(words []string) error {
	_, minted, err := p.server.Registry.ReplaceSecret(p.ctx, servertest.Actor, p.apps[words[0]])
	if err != nil {
		return err
	}
	p.kept[words[1]] = minted.Value.Reveal()
	return nil
}

// user EMAIL
func (p *player) user(words []string) error {
	u := p.server.CreateUser(words[0], "")
	if p.email == "" {
		p.email = words[0]
	}
	p.users[words[0]] = u.ID
	p.kept["sub"] = u.ID
	return nil
}

// block EMAIL
func (p *player) block(words []string) error {
	u, err := p.server.Store.User(p.ctx, p.users[words[0]])
	if err != nil {
		return err
	}
	was := u.Revision
	u.Blocked = true
	return p.server.Store.SaveUser(p.ctx, u, was, audit.Event{At: p.server.Clock.Now(), Kind: "user.blocked", Actor: servertest.Actor, TargetKind: "user", TargetID: u.ID})
}
