package cimd

import (
	"slices"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// asked, not granted: what documents ask for that this server does not offer to them.
var grantsElsewhere = map[string]string{
	"implicit": "puts tokens into URLs; it does not exist here",
	"password": "hands the person's password to the client; it does not exist here",
	"urn:ietf:params:oauth:grant-type:device_code": "asked, not granted: there is no device flow here",
	"device_code": "asked, not granted: there is no device flow here",
	"urn:ietf:params:oauth:grant-type:jwt-bearer":     "asked, not granted: there is no assertion grant here",
	"urn:ietf:params:oauth:grant-type:token-exchange": "asked, not granted: there is no token exchange here",
	"urn:openid:params:grant-type:ciba":               "asked, not granted: there is no backchannel authentication here",
}

// grants keeps the grant types that this server has for documents. RFC 7591 §2: without the member, authorization_code.
func (r *reader) grants() {
	const name = "grant_types"
	if !r.has(name) {
		if r.raw[name] == nil || string(r.raw[name]) == "null" {
			r.Mapped.GrantTypes = []oauth.GrantType{oauth.AuthorizationCode}
			r.note(name, "", string(oauth.AuthorizationCode), "absent; this is the default")
		}
		r.responses()
		return
	}
	code := slices.Contains(r.meta.GrantTypes, string(oauth.AuthorizationCode))
	for _, text := range r.meta.GrantTypes {
		r.grant(text, code)
	}
	if len(r.Mapped.GrantTypes) == 0 {
		r.refuse("grant_types_none", name, "", "has nothing that this server offers", "ask for authorization_code, and for refresh_token if you use it")
	}
	r.responses()
}

func (r *reader) grant(text string, code bool) {
	const name = "grant_types"
	const mend = "nothing need be changed; the entry has no effect here"
	switch g := oauth.GrantType(text); {
	case r.asks(g):
		r.note(name, text, "", "is there already")
	case g == oauth.AuthorizationCode, g == oauth.RefreshToken && code:
		r.Mapped.GrantTypes = append(r.Mapped.GrantTypes, g)
		r.take(name, text, text)
	case g == oauth.RefreshToken:
		r.drop("grant_type_unsupported", name, text, "comes without authorization_code, which is what gives refresh tokens", "ask for authorization_code too")
	case g == oauth.ClientCredentials && !r.accepts(oauth.AuthPrivateKeyJWT):
		r.drop("grant_type_unsupported", name, text, "asked, not granted: the client has no key to prove itself with", "publish keys and say private_key_jwt")
	case g == oauth.ClientCredentials:
		r.Mapped.GrantTypes = append(r.Mapped.GrantTypes, g)
		r.note(name, text, text, "only after an operator switches it on for the application")
	default:
		why := grantsElsewhere[text]
		if why == "" {
			why = "asked, not granted: this server does not know it"
		}
		r.drop("grant_type_unsupported", name, text, why, mend)
	}
}

// nativeGrants takes client_credentials from an application that turned out to run on people's devices.
func (r *reader) nativeGrants() {
	const name = "grant_types"
	if r.Mapped.Type != registry.Native || !r.asks(oauth.ClientCredentials) {
		return
	}
	const why = "asked, not granted: an application on people's devices does not act for itself"
	r.Mapped.GrantTypes = slices.DeleteFunc(r.Mapped.GrantTypes, func(g oauth.GrantType) bool { return g == oauth.ClientCredentials })
	for i, v := range r.rows[name].Values {
		if v.Text == string(oauth.ClientCredentials) {
			r.rows[name].Values[i] = Value{Text: v.Text, Verdict: Dropped, Why: why}
		}
	}
	r.warn("grant_type_unsupported", name, string(oauth.ClientCredentials), why, "publish a second document, of type web, for what acts for itself")
	if len(r.Mapped.GrantTypes) == 0 {
		r.refuse("grant_types_none", name, "", "has nothing that this server offers to a native application", "ask for authorization_code")
	}
}

// responses: code is the only response type. RFC 9700 §2.1.2.
func (r *reader) responses() {
	const name = "response_types"
	if !r.has(name) {
		return
	}
	for _, text := range r.meta.ResponseTypes {
		if text == oauth.ResponseTypeCode {
			r.take(name, text, text)
			continue
		}
		r.drop("response_type_unsupported", name, text, "asked, not granted: answers of this server carry a code and nothing else", "nothing need be changed; the entry has no effect here")
	}
	if r.asks(oauth.AuthorizationCode) && !slices.Contains(r.meta.ResponseTypes, oauth.ResponseTypeCode) {
		r.refuse("response_types_none", name, "", "does not have code, which the grant authorization_code needs", "list code, or leave the member out")
	}
}
