package advisor

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// apis are the APIs of a subject in the order of their names.
func apis(s *Subject) []registry.API {
	return slices.SortedFunc(maps.Values(s.APIs), func(a, b registry.API) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// reached reports whether the application gets tokens of the API as things are.
func reached(s *Subject, api *registry.API) bool {
	if openTo(s, api) {
		return true
	}
	return slices.ContainsFunc(s.Grants, func(g registry.ClientGrant) bool { return g.APIID == api.ID && sense(s, &g) == "" })
}

// openTo reports whether the API asks for no client grant of a first-party application that acts for people.
func openTo(s *Subject, api *registry.API) bool {
	return api.UserPolicy == registry.AllowAll && !api.System && s.Application.Ownership == registry.FirstParty && person(&s.Application)
}

// eachAPI is one piece of evidence for each API that the application gets tokens of and that is bad.
func eachAPI(s *Subject, bad func(*registry.API) bool, label func(*registry.API) string) []Evidence {
	var found []Evidence
	for _, api := range apis(s) {
		if reached(s, &api) && bad(&api) {
			found = append(found, Evidence{Label: label(&api), Value: apiWord(&api), APIID: api.ID})
		}
	}
	return found
}

func apiWord(api *registry.API) string {
	if api.Identifier == "" {
		return api.Name
	}
	return api.Name + " (" + api.Identifier + ")"
}

func apiTokenLong(from, to time.Duration) func(*Subject) []Evidence {
	return func(s *Subject) []Evidence {
		return eachAPI(s, func(a *registry.API) bool { return a.TokenLifetime >= from && (to == 0 || a.TokenLifetime < to) },
			func(a *registry.API) string { return "Good for " + spanWords(a.TokenLifetime) })
	}
}

func apiSymmetric(s *Subject) []Evidence {
	return eachAPI(s, func(a *registry.API) bool { return symmetric(a.SigningAlgorithm) },
		func(a *registry.API) string { return "Signed with " + a.SigningAlgorithm })
}

// apiOpen counts an API that has a client grant as granted.
func apiOpen(s *Subject) []Evidence {
	granted := func(api *registry.API) bool {
		return slices.ContainsFunc(s.Grants, func(g registry.ClientGrant) bool { return g.APIID == api.ID && g.SubjectType == registry.ForUser })
	}
	return eachAPI(s, func(a *registry.API) bool { return openTo(s, a) && !granted(a) },
		func(a *registry.API) string { return "Open, with " + plural(len(a.Scopes), "permission") })
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

// own are the client grants that were made for this application alone.
func own(s *Subject) []registry.ClientGrant {
	var list []registry.ClientGrant
	for _, g := range s.Grants {
		if g.ApplicationID != "" {
			list = append(list, g)
		}
	}
	return list
}

func grantEvidence(s *Subject, g *registry.ClientGrant, label string) Evidence {
	value := g.APIID
	if api, ok := s.APIs[g.APIID]; ok {
		value = apiWord(&api)
	}
	return Evidence{Label: label, Value: value, APIID: g.APIID}
}

func grantAllScopes(s *Subject) []Evidence {
	var found []Evidence
	for _, g := range own(s) {
		if api, ok := s.APIs[g.APIID]; g.AllScopes && ok {
			e := grantEvidence(s, &g, "All "+plural(len(api.Scopes), "permission"))
			e.Mend = mendNameScopes.of(g.ID)
			found = append(found, e)
		}
	}
	return found
}

// scopesUnused looks at an application that is used, and at grants that are older than what is looked back at.
func scopesUnused(s *Subject) []Evidence {
	if s.Facts.Since.IsZero() || unusedSince(s, s.Application.LastUsed) {
		return nil
	}
	var found []Evidence
	for _, g := range own(s) {
		if g.CreatedAt.After(s.Facts.Since) || g.UpdatedAt.After(s.Facts.Since) || g.AllScopes {
			continue
		}
		used := s.Facts.Scopes[g.APIID]
		var unused []string
		for _, scope := range g.Scopes {
			if !used.Has(scope) && !slices.Contains(unused, scope) {
				unused = append(unused, scope)
			}
		}
		if len(unused) > 0 {
			e := grantEvidence(s, &g, "Not asked for: "+strings.Join(unused, " ")+", since")
			e.At = s.Facts.Since
			e.Mend = mendDropScopes.of(g.ID)
			found = append(found, e)
		}
	}
	return found
}

// sense says why a client grant opens nothing, or nothing if it does. RFC 6749 §4.4.
func sense(s *Subject, g *registry.ClientGrant) string {
	api, known := s.APIs[g.APIID]
	switch {
	case !known:
		return "The API is gone"
	case g.SubjectType == registry.ForClient && !s.Application.Allows(oauth.ClientCredentials):
		return "For itself, but it has no client_credentials grant"
	case g.SubjectType == registry.ForUser && !person(&s.Application):
		return "For people, but nobody signs in to it"
	case g.SubjectType == registry.ForUser && api.UserPolicy == registry.DenyAll:
		return "The API denies everybody who acts for people"
	case g.SubjectType == registry.ForClient && api.ClientPolicy == registry.DenyAll:
		return "The API denies everybody who acts for itself"
	case !g.AllScopes && len(g.Scopes) > 0 && len(api.ScopeValues().And(g.Scopes)) == 0:
		return "The API no longer has any of its permissions"
	}
	return ""
}

func grantsSenseless(s *Subject) []Evidence {
	var found []Evidence
	for _, g := range own(s) {
		if why := sense(s, &g); why != "" {
			e := grantEvidence(s, &g, why)
			e.Mend = mendDeleteGrant.of(g.ID)
			found = append(found, e)
		}
	}
	return found
}

func disabled(s *Subject) bool { return !s.Application.Enabled }

func enabled(s *Subject) bool { return s.Application.Enabled }

func grantsOfDisabled(s *Subject) []Evidence {
	var found []Evidence
	for _, g := range own(s) {
		e := grantEvidence(s, &g, "Client grant")
		e.Mend = mendDeleteGrant.of(g.ID)
		found = append(found, e)
	}
	return found
}

// managementBySecret looks for permissions that write.
func managementBySecret(s *Subject) []Evidence {
	if s.Application.Accepts(oauth.AuthPrivateKeyJWT) && !forSecret(s) {
		return nil
	}
	var found []Evidence
	for _, g := range own(s) {
		if g.APIID != registry.ManagementAPIID || sense(s, &g) != "" {
			continue
		}
		writes := 0
		for _, scope := range g.Scopes {
			if !strings.HasPrefix(scope, "read:") {
				writes++
			}
		}
		if writes > 0 {
			found = append(found, grantEvidence(s, &g, plural(writes, "permission")+" to change something"))
		}
	}
	return found
}
