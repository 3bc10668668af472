package access

import (
	"strconv"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// access is what an application gets in the end, as a badge, and why in one line.
type access struct {
	ui.Badge
	Why string

	Settled bool // the API or the kind of application decides; a permission of its own would change nothing
}

var noAccess = ui.Badge{Text: "no access"}

// forPeople says what the application may do for people.
func (x APIAccess) forPeople(a *registry.Application) access {
	switch {
	case x.API.System:
		return access{noAccess, "Programs call this server's own API, and only for themselves.", true}
	case x.API.UserPolicy == registry.DenyAll:
		return access{noAccess, x.API.Name + " lets no application act for people.", true}
	case x.ByPolicy(a):
		return access{ui.Badge{Kind: ui.Good, Text: "all permissions"}, x.API.Name + " lets every first-party application act for people.", true}
	case x.People == nil && x.CommonPeople != nil:
		return access{GrantBadge(x.CommonPeople), "As every third party. Permissions of its own would take the place of these.", false}
	case x.People == nil:
		return access{noAccess, "It needs a permission of its own here.", false}
	}
	return access{GrantBadge(x.People), "Its own permissions, and never more than the person may do.", false}
}

// forItself says what the application may do for itself.
func (x APIAccess) forItself(a *registry.Application) access {
	switch {
	case x.API.System && a.Ownership == registry.ThirdParty:
		return access{noAccess, "Third parties cannot call this server's own API.", true}
	case x.API.ClientPolicy == registry.DenyAll:
		return access{noAccess, x.API.Name + " lets no application act for itself.", true}
	case x.Itself == nil && x.CommonItself != nil:
		return access{GrantBadge(x.CommonItself), "As every third party.", false}
	case x.Itself == nil:
		return access{noAccess, "It needs a permission of its own here.", false}
	}
	return access{GrantBadge(x.Itself), "", false}
}

// editable reports whether anything about the API can be chosen for the application.
func (x APIAccess) editable(a *registry.Application) bool {
	return frame.SignsPeopleIn(a) && !x.forPeople(a).Settled || a.Allows(oauth.ClientCredentials) && !x.forItself(a).Settled
}

// GrantBadge says what a permission of its own gives an application; nil is none.
func GrantBadge(g *registry.ClientGrant) ui.Badge {
	switch {
	case g == nil:
		return ui.Badge{Text: "none"}
	case g.AllScopes:
		return ui.Badge{Kind: ui.Good, Text: "all permissions"}
	case len(g.Scopes) == 0:
		return ui.Badge{Kind: ui.Good, Text: "tokens without permissions"}
	case len(g.Scopes) <= 3:
		return ui.Badge{Kind: ui.Good, Text: strings.Join(g.Scopes, ", ")}
	}
	return ui.Badge{Kind: ui.Good, Text: strconv.Itoa(len(g.Scopes)) + " permissions"}
}

// tabWords say in one sentence what the tab is about, and why one of the two ways is not on it.
func tabWords(a *registry.Application) string {
	people, itself := frame.SignsPeopleIn(a), a.Allows(oauth.ClientCredentials)
	switch {
	case people && itself:
		return "What " + a.Name + " may do for the people who sign in with it, and for itself."
	case people:
		return "What " + a.Name + " may do for the people who sign in with it. For itself it gets no tokens: client_credentials is off."
	case itself:
		return "What " + a.Name + " may do for itself. It signs nobody in: authorization_code is off."
	}
	return a.Name + " gets no tokens for any API: authorization_code and client_credentials are both off."
}

// settledWords say of what the API decides where that is changed; empty where nobody can.
func (x APIAccess) settledWords() string {
	if x.API.System {
		return ""
	}
	return "Change it under " + x.API.Name + ", Settings"
}

// kept says what becomes of a permission of its own that counts for nothing today.
func kept(own *registry.ClientGrant) string {
	if own == nil {
		return ""
	}
	return "It has a permission of its own here, " + GrantBadge(own).Text + ", which counts again when that changes."
}

func settledTitle(is access) string {
	if is.Kind == ui.Good {
		return "All permissions"
	}
	return "No access"
}
