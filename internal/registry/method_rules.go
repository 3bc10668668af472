package registry

import (
	"slices"
	"strings"

	"clientele/internal/oauth"
)

func checkMethodsKnown(i *inspection) {
	if len(i.app.AuthMethods) == 0 && i.app.Origin != Imported {
		i.refuse("auth_methods", "is empty; choose none for a public application, or client_secret_basic, client_secret_post, private_key_jwt")
	}
	for n, m := range i.app.AuthMethods {
		switch m {
		case oauth.AuthNone, oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost, oauth.AuthPrivateKeyJWT:
		default:
			i.refuse(element("auth_methods", n), "is no authentication method of this server; choose none, client_secret_basic, client_secret_post or private_key_jwt")
		}
	}
}

// A document that everybody can read has no place for a shared secret. CIMD-02 §4.1, CIMD-03 §6.
func checkImportedMethods(i *inspection) {
	for n, m := range i.app.AuthMethods {
		if m != oauth.AuthNone && m != oauth.AuthPrivateKeyJWT {
			i.refuse(element("auth_methods", n), "must be none or private_key_jwt: an application with a metadata document has no shared secret")
		}
	}
	if len(i.app.Secrets) > 0 {
		i.refuse("secrets", "cannot be: an application with a metadata document has no shared secret")
	}
	if i.app.Ownership != ThirdParty {
		i.refuse("ownership", "must be third_party: an application with a metadata document is somebody else's")
	}
}

// What a metadata document owns changes with the document and by no other door.
func checkDocumentOwned(i *inspection) {
	if i.before == nil {
		return
	}
	for _, f := range applicationFields {
		if f.owner != FromDocument || f.name == "type" || f.name == "grant_types" { // those have been judged by limit
			continue
		}
		if f.show(i.app) != f.show(i.before) {
			i.refuse(f.name, documentOwned, i.app.ExternalID)
		}
	}
}

const documentOwned = "comes from the metadata document at %s; change it there"

// An application that may come without its secret has a secret that protects nothing. Only a document may offer none beside a
// key: there each grant keeps the method it was made with.
func checkNoneAlone(i *inspection) {
	if i.app.Accepts(oauth.AuthNone) && len(i.app.AuthMethods) > 1 {
		i.refuse("auth_methods", "has none beside a method with a credential; a public application has none alone")
	}
}

// A method without a credential locks the application out. Once it is chosen the verbs of keys see to that.
func checkMethodHasKey(i *inspection) {
	chosen := i.before == nil || !i.before.Accepts(oauth.AuthPrivateKeyJWT)
	usable := func(k Key) bool { return k.Usable(i.app.UpdatedAt) }
	if chosen && i.app.Accepts(oauth.AuthPrivateKeyJWT) && !slices.ContainsFunc(i.app.Keys, usable) {
		i.refuse("auth_methods", "has private_key_jwt, but the application has no active key; add its public key first")
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
	if i.app.Allows(oauth.ClientCredentials) && i.app.Public() {
		i.refuse("grant_types", "has client_credentials, but the application authenticates with none; choose private_key_jwt, client_secret_basic or client_secret_post, or drop the grant")
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

// GrantsFor are the grant types that an application of a type may have, in their order.
func GrantsFor(t Type) []oauth.GrantType { return slices.Clone(grantsOf[t]) }
