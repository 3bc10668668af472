package protocol

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
)

// key NAME
func (p *player) key(words []string) error {
	p.keys[words[0]] = p.server.NewClientKey()
	p.kept[words[0]+".kid"] = p.keys[words[0]].Public.KID
	return nil
}

// addkey APP KEY
func (p *player) addKey(words []string) error {
	raw, err := json.Marshal(p.keys[words[1]].Public.Public)
	if err != nil {
		return err
	}
	_, _, err = p.server.Registry.AddKey(p.ctx, servertest.Actor, p.apps[words[0]], registry.KeyDraft{Name: words[1], JWK: raw, Active: true})
	return err
}

// endkey APP KEY
func (p *player) endKey(words []string) error {
	app, err := p.server.Registry.Application(p.ctx, p.apps[words[0]])
	if err != nil {
		return err
	}
	for _, k := range app.Keys {
		if k.Thumbprint == p.keys[words[1]].Public.Thumbprint {
			_, err = p.server.Registry.DeleteKey(p.ctx, servertest.Actor, app.ID, k.ID)
			return err
		}
	}
	return fmt.Errorf("%s does not have the key %s", words[0], words[1])
}

// imported APP URL
func (p *player) imported(words []string) error {
	named, plain := options(words)
	if len(plain) != 2 {
		return fmt.Errorf("imported needs a name and a URL")
	}
	var err error
	a := p.server.PutImported(plain[1], func(a *registry.Application) { err = p.describe(a, named) })
	p.apps[plain[0]] = a.ID
	p.kept[plain[0]], p.kept[plain[0]+".id"] = a.ExternalID, a.ID
	return err
}

// document APP OPTION=VALUE…
func (p *player) document(words []string) error {
	named, plain := options(words)
	if len(plain) != 1 {
		return fmt.Errorf("document needs the name of an application")
	}
	var err error
	p.server.ChangeImported(p.apps[plain[0]], func(a *registry.Application) { err = p.describe(a, named) })
	return err
}

// describe makes of an imported application what its document, or an operator, says.
func (p *player) describe(a *registry.Application, named map[string]string) error {
	now := p.server.Clock.Now()
	for name, value := range named {
		switch name {
		case "redirect":
			a.RedirectURIs = nil
			for _, uri := range list(value) {
				a.RedirectURIs = append(a.RedirectURIs, registry.URI{Value: uri, Source: registry.FromDocument, AddedAt: now})
			}
		case "auth":
			a.AuthMethods = nil
			for _, m := range list(value) {
				a.AuthMethods = append(a.AuthMethods, oauth.AuthMethod(m))
			}
		case "keys":
			a.Keys = nil
			for _, k := range list(value) {
				a.Keys = append(a.Keys, p.keys[k].Public)
			}
		case "machines":
			a.GrantTypes = append(a.GrantTypes, oauth.ClientCredentials)
			a.Import.ClientCredentials = value == "on"
		case "aud":
			d, err := time.ParseDuration(value)
			if err != nil {
				return err
			}
			a.Import.AudienceUntil = now.Add(d)
		case "state":
			return state(a.Import, value, now)
		default:
			return fmt.Errorf("a document has no %s", name)
		}
	}
	return nil
}

func state(i *registry.Import, value string, now time.Time) error {
	switch value {
	case "gone":
		i.SuspendedAt, i.SuspendedWhy = now, registry.SuspendedGone
	case "downgraded":
		i.SuspendedAt, i.SuspendedWhy = now, registry.SuspendedDowngrade
	case "withdrawn":
		i.WithdrawnAt = now
	default:
		return fmt.Errorf("a document is gone, downgraded or withdrawn, not %s", value)
	}
	return nil
}

// assert NAME KEY CLIENT CLAIM=VALUE…
func (p *player) assert(words []string) error {
	key, ok := p.keys[words[1]]
	if !ok {
		return fmt.Errorf("there is no key %s", words[1])
	}
	now := p.server.Clock.Now()
	header := map[string]any{"alg": "ES256", "typ": "client-authentication+jwt", "kid": key.Public.KID}
	claims := map[string]any{
		"iss": words[2], "sub": words[2], "aud": p.server.Issuer(), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "jti": secret.ID(22),
	}
	for _, word := range words[3:] {
		name, text, _ := strings.Cut(word, "=")
		into := claims
		if inHeader, ok := strings.CutPrefix(name, "@"); ok {
			name, into = inHeader, header
		}
		value, err := jsonValue(text, now)
		if err != nil {
			return err
		}
		into[name] = value
		if text == "" {
			delete(into, name)
		}
	}
	p.kept[words[0]] = key.Sign(header, claims)
	return nil
}

// jsonValue is +DURATION from now in seconds, a number, a list, or text.
func jsonValue(text string, now time.Time) (any, error) {
	if ahead, ok := strings.CutPrefix(text, "+"); ok {
		d, err := time.ParseDuration(ahead)
		return now.Add(d).Unix(), err
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	if strings.HasPrefix(text, "[") {
		var l []string
		err := json.Unmarshal([]byte(text), &l)
		return l, err
	}
	return text, nil
}
