package registry

import (
	"slices"
	"strings"

	"clientele/internal/oauth"
)

func checkMethodsKnown(i *inspection) {
	if len(i.app.AuthMethods) == 0 {
		i.refuse("auth_methods", "is empty; choose none for a public application, or client_secret_basic, client_secret_post")
	}
	for n, m := range i.app.AuthMethods {
		switch m {
		case oauth.AuthNone, oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost:
		default:
			i.refuse(element("auth_methods", n), "is no authentication method of this server; choose none, client_secret_basic or client_secret_post")
		}
	}
}

// An application that may come without its secret has a secret that protects nothing.
func checkNoneAlone(i *inspection) {
	if i.app.Accepts(oauth.AuthNone) && len(i.app.AuthMethods) > 1 {
		i.refuse("auth_methods", "has none beside a method with a credential; a public application has none alone")
	}
}

// Whoever opens the page has every secret in it. OAuth 2.0 for Browser-Based Applications §6.3.1.
func checkBrowserPublic(i *inspection) {
	if !i.app.Public() {
		i.refuse("auth_methods", "must be none: a single page application runs in the browser and cannot keep a secret; for one with a back end choose the type regular_web")
	}
}

// What is often asked for and does not exist here, with the reason.
var absentGrants = map[oauth.GrantType]string{
	"implicit": "does not exist here: it puts tokens into URLs; use authorization_code with PKCE",
	"password": "does not exist here: it hands the person's password to the application; use authorization_code with PKCE",
	"http://auth0.com/oauth/grant-type/password-realm": "does not exist here: it hands the person's password to the application; use authorization_code with PKCE",
}

// OAuth 2.0's implicit and password grants are gone. RFC 9700 §2.1.2, §2.4.
func checkGrantsKnown(i *inspection) {
	for n, g := range i.app.GrantTypes {
		switch reason := absentGrants[g]; {
		case reason != "":
			i.refuse(element("grant_types", n), "%s %s", g, reason)
		case g != oauth.AuthorizationCode && g != oauth.RefreshToken && g != oauth.ClientCredentials:
			i.refuse(element("grant_types", n), "is no grant type of this server; choose among authorization_code, refresh_token and client_credentials")
		}
	}
}

// grantsOf says which grants a type may have.
var grantsOf = map[Type][]oauth.GrantType{
	Native:           {oauth.AuthorizationCode, oauth.RefreshToken},
	SinglePage:       {oauth.AuthorizationCode, oauth.RefreshToken},
	RegularWeb:       {oauth.AuthorizationCode, oauth.RefreshToken, oauth.ClientCredentials},
	Generic:          {oauth.AuthorizationCode, oauth.RefreshToken, oauth.ClientCredentials},
	MachineToMachine: {oauth.ClientCredentials},
}

func checkGrantsForType(i *inspection) {
	allowed, known := grantsOf[i.app.Type]
	if !known {
		return
	}
	every := grantsOf[Generic]
	for n, g := range i.app.GrantTypes {
		if slices.Contains(every, g) && !slices.Contains(allowed, g) {
			i.refuse(element("grant_types", n), "%s is not for the type %s, which may have %s; choose the type regular_web for a server that does both",
				g, i.app.Type, strings.ReplaceAll(lines(allowed), "\n", " and "))
		}
	}
	if i.app.Allows(oauth.RefreshToken) && !i.app.Allows(oauth.AuthorizationCode) {
		i.refuse("grant_types", "has refresh_token without authorization_code, which is what gives refresh tokens")
	}
}

// The client credentials grant is for those who have credentials. RFC 6749 §4.4.
func checkPublicCredentials(i *inspection) {
	if i.app.Allows(oauth.ClientCredentials) {
		i.refuse("grant_types", "has client_credentials, but the application authenticates with none; choose client_secret_basic or client_secret_post, or drop the grant")
	}
}

// Nothing but PKCE ties a public client's code to the one who asked. RFC 9700 §2.1.1.
func checkPKCE(i *inspection) {
	if i.app.RequirePKCE || !i.app.Allows(oauth.AuthorizationCode) {
		return
	}
	who := "an application that authenticates with none"
	if i.rule == "require_pkce_third_party" {
		if isPublic(i.app) {
			return // said already
		}
		who = "a third-party application"
	}
	i.refuse("require_pkce", "cannot be switched off for %s", who)
}
