package authorize

import (
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Request is one authorization request on its way through the checks. The first ones see only what was sent; each fills in
// what it proves.
type Request struct {
	Parameters

	trial    *grant.Trial          // the run of Try it that it belongs to; nil for all that applications send
	settled  *registry.Application // the client after a look at its metadata document; nil before
	doubtful bool                  // the client is not in good standing, and a look at its document can change that

	// Proven by the checks that can only answer with a page.
	app  *registry.Application
	url  oauth.ClientURL // the client ID, while it is a URL that nobody here knows
	to   Destination
	used string // the registered redirect URI that matched, which may have a wildcard

	// Proven by the checks after them.
	challenge oauth.Challenge
	nonce     string
	prompt    prompt
	maxAge    time.Duration // -1 = not asked
	hinted    string        // subject of id_token_hint; empty = none
	asked     oauth.Scopes
	anyScope  bool // the request has a scope parameter
	apis      []*registry.API
	resources bool // the APIs were named by resource
	scopes    oauth.Scopes
	targets   []grant.Target

	denied bool // the person did not allow it
}

// prompt is the parsed prompt parameter. OpenID Connect Core 1.0 §3.1.2.1.
type prompt struct{ none, login, consent, selectAccount bool }

// ask is what the person would be asked to allow for the request.
func (q *Request) ask() grant.Ask {
	ask := grant.Ask{
		Scopes:        q.scopes.And(identityScopes),
		Targets:       q.targets,
		RedirectURI:   q.to.uri.String(),
		RedirectClass: q.to.uri.Class(),
		Identity:      q.identity(),
	}
	if ask.RedirectClass == oauth.RedirectHTTPS {
		ask.RedirectHost = q.to.uri.Host()
	}
	return ask
}

// identityScopes are the scopes that belong to no API.
var identityScopes = oauth.Scopes{oauth.ScopeOpenID, oauth.ScopeProfile, oauth.ScopeEmail, oauth.ScopeOfflineAccess}
