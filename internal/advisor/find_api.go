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

// apiOpen: where an API is open to everybody, the permissions of one application do not limit it.
func apiOpen(s *Subject) []Evidence {
	var found []Evidence
	for _, api := range apis(s) {
		if more := beyond(s, &api); openTo(s, &api) && more != "" {
			found = append(found, Evidence{Label: more, Value: apiWord(&api), APIID: api.ID})
		}
	}
	return found
}

// beyond says what an open API gives the application beside what it was given, or nothing.
func beyond(s *Subject, api *registry.API) string {
	var given oauth.Scopes
	at := slices.IndexFunc(s.Grants, func(g registry.ClientGrant) bool { return g.APIID == api.ID && g.SubjectType == registry.ForUser })
	if at >= 0 {
		if s.Grants[at].AllScopes {
			return ""
		}
		given = s.Grants[at].Scopes
	}
	more := len(api.ScopeValues().Without(given))
	switch {
	case more > 0:
		return "Open to every first-party application, with " + plural(more, "permission") + " it was not given"
	case at < 0:
		return "Open to every first-party application"
	}
	return ""
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

// forWhom tells the two permissions apart that an application may have for one API.
func forWhom(g *registry.ClientGrant) string {
	if g.SubjectType == registry.ForUser {
		return "For people"
	}
	return "For itself"
}

func grantAllScopes(s *Subject) []Evidence {
	var found []Evidence
	for _, g := range own(s) {
		if api, ok := s.APIs[g.APIID]; g.AllScopes && ok {
			e := grantEvidence(s, &g, forWhom(&g)+", all permissions; now "+plural(len(api.Scopes), "permission"))
			e.Mend = mendNameScopes.of(g.ID)
			found = append(found, e)
		}
	}
	return found
}

// knownFor is how long has to be known what tokens carried before a permission counts as unused.
const knownFor = 30 * day

// scopesUnused looks at an application that is used, and at each permission from when on it could have been used as it is now.
func scopesUnused(s *Subject) []Evidence {
	if unusedSince(s, s.Application.LastUsed) {
		return nil
	}
	var found []Evidence
	for _, g := range own(s) {
		used, from := carried(s, &g)
		if g.AllScopes || sense(s, &g) != "" || from.IsZero() || s.Now.Sub(from) < knownFor {
			continue
		}
		if unused := slices.Compact(slices.Sorted(slices.Values(g.Scopes.Without(used)))); len(unused) > 0 {
			e := grantEvidence(s, &g, forWhom(&g)+", in no token: "+strings.Join(unused, " ")+", since")
			e.At = from
			e.Mend = mendDropScopes.of(g.ID)
			found = append(found, e)
		}
	}
	return found
}

// carried are the scopes of an API that were in tokens by a permission, and since when that is known; zero if it is not.
func carried(s *Subject, g *registry.ClientGrant) (oauth.Scopes, time.Time) {
	api := s.APIs[g.APIID]
	use, name := s.Facts.ForPeople, api.ID
	if g.SubjectType == registry.ForClient {
		use, name = s.Facts.ForItself, api.Identifier
	}
	from := use.Since
	if from.IsZero() {
		return nil, from
	}
	for _, changed := range []time.Time{g.CreatedAt, g.UpdatedAt} {
		if changed.After(from) {
			from = changed
		}
	}
	return use.Scopes[name], from
}

// sense says why a client grant opens nothing, or nothing if it does. RFC 6749 §4.4.
func sense(s *Subject, g *registry.ClientGrant) string {
	api, known := s.APIs[g.APIID]
	switch {
	case !known:
		return "The API is gone"
	case g.SubjectType == registry.ForClient && !s.Application.Allows(oauth.ClientCredentials):
		return "For itself, but the grant type client_credentials is off"
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
		e := grantEvidence(s, &g, forWhom(&g))
		e.Mend = mendDeleteGrant.of(g.ID)
		found = append(found, e)
	}
	return found
}

// managementBySecret looks for permissions that write.
func managementBySecret(s *Subject) []Evidence {
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
