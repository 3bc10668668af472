package registry

import (
	"slices"
	"time"

	"clientele/internal/oauth"
)

// chooseKeys says which of the live keys count, and whether some of them are held back for an operator. A set that shares a
// key with the accepted one is a rotation and passes, and so does the first one; one that shares none is followed only where
// everything is followed. Keys that are gone from the live set never count.
func chooseKeys(mode FollowMode, accepted []string, live []Key) (use []Key, held bool) {
	live = live[:min(len(live), MaxKeys)]
	overlaps := slices.ContainsFunc(live, func(k Key) bool { return slices.Contains(accepted, k.Thumbprint) })
	switch {
	case len(accepted) == 0 || mode == Follow || len(live) == 0 || overlaps && mode == Review:
		return live, false
	case mode == Review:
		return nil, true
	}
	for _, k := range live {
		if slices.Contains(accepted, k.Thumbprint) {
			use = append(use, k)
		}
	}
	return use, len(use) < len(live)
}

// both is what was approved and is in the document now: the configuration that counts. In every mode but Follow what the
// document adds is missing; there nothing is, because the newest document is the approved one.
func both(mode FollowMode, approved, live Mapped) Mapped {
	m := live
	m.Name, m.LogoURI, m.ClientURI = approved.Name, approved.LogoURI, approved.ClientURI
	m.RedirectURIs = common(live.RedirectURIs, approved.RedirectURIs)
	m.GrantTypes = common(live.GrantTypes, approved.GrantTypes)
	m.Scopes = common(live.Scopes, approved.Scopes)
	m.AuthMethods = common(live.AuthMethods, approved.AuthMethods)
	if mode == Frozen {
		m.Type, m.TermsURI, m.PolicyURI, m.Algorithm = approved.Type, approved.TermsURI, approved.PolicyURI, approved.Algorithm
		return m
	}
	if slices.Contains(approved.AuthMethods, oauth.AuthNone) && slices.Contains(live.AuthMethods, oauth.AuthPrivateKeyJWT) {
		m.AuthMethods = common(live.AuthMethods, append(slices.Clone(approved.AuthMethods), oauth.AuthPrivateKeyJWT))
	}
	return m
}

// addedByDocument is who added the URIs of a document.
const addedByDocument = "metadata document"

// act makes the application act on m, within what the operator allows and today's rules.
func (a *Application) act(m Mapped, p Policy, at time.Time) {
	s := a.Import
	a.Name = m.Name
	if a.Name == "" {
		a.Name = hostOf(a.ExternalID)
	}
	if a.LogoURI != m.LogoURI {
		a.LogoURI, s.LogoHash = m.LogoURI, ""
	}
	a.Type = m.Type
	if s.OwnType != "" {
		a.Type = s.OwnType
	}
	a.AuthMethods = slices.Clone(m.AuthMethods)
	a.GrantTypes = a.grantsWithin(m)
	a.RedirectURIs = a.documentURIs(m.RedirectURIs, p, at)
	s.ClientURI, s.TermsURI, s.PolicyURI = m.ClientURI, m.TermsURI, m.PolicyURI
	s.JWKSURI, s.Algorithm, s.Scopes = m.JWKSURI, m.Algorithm, slices.Clone(m.Scopes)
}

// grantsWithin are the grant types of m that the operator allows. The client credentials grant needs the switch, and a key.
func (a *Application) grantsWithin(m Mapped) []oauth.GrantType {
	grants := a.grantsAsked(m)
	if a.Import.Ceiling != nil {
		grants = common(grants, a.Import.Ceiling)
	}
	return grants
}

// grantsAsked is grantsWithin without the operator's ceiling.
func (a *Application) grantsAsked(m Mapped) []oauth.GrantType {
	return slices.DeleteFunc(slices.Clone(m.GrantTypes), func(g oauth.GrantType) bool {
		return g == oauth.ClientCredentials && (!a.Import.ClientCredentials || !slices.Contains(m.AuthMethods, oauth.AuthPrivateKeyJWT))
	})
}

// documentURIs keeps of every redirect URI what was known of it.
func (a *Application) documentURIs(values []string, p Policy, at time.Time) []URI {
	known := make(map[string]URI, len(a.RedirectURIs))
	for _, u := range a.RedirectURIs {
		known[u.Value] = u
	}
	list := make([]URI, 0, len(values))
	for _, v := range values {
		u, ok := known[v]
		if !ok {
			u = URI{Value: v, Source: FromDocument, AddedAt: at, AddedBy: addedByDocument}
		}
		if JudgeRedirectURI(a, p, v).Verdict == OK {
			list = append(list, u)
		}
	}
	return list
}

// documentKeys makes the keys of a document those that count. One that does not any more is retired, not forgotten.
func (a *Application) documentKeys(use []Key, at time.Time) {
	known := make(map[string]Key, len(a.Keys))
	for _, k := range a.Keys {
		known[k.Thumbprint] = k
	}
	list := make([]Key, 0, len(use)+len(a.Keys))
	for _, k := range use {
		k.ID, k.Source, k.Active, k.RetiredAt = k.Thumbprint, FromDocument, true, time.Time{}
		k.CreatedAt, k.CreatedBy = at, addedByDocument
		if old, ok := known[k.Thumbprint]; ok {
			k.CreatedAt, k.LastUsed = old.CreatedAt, old.LastUsed
			delete(known, k.Thumbprint)
		}
		list = append(list, k)
	}
	for _, k := range a.Keys {
		if _, gone := known[k.Thumbprint]; gone {
			list = append(list, retireKeys([]Key{k}, at)...)
		}
	}
	a.Keys = keptKeys(list)
}
