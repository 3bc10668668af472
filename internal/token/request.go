package token

import (
	"net"
	"net/http"
	"time"

	"clientele/internal/audit"
	"clientele/internal/clientauth"
	"clientele/internal/endpoint"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// parameters are what the token endpoint knows.
var parameters = endpoint.Known("grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type",
	"code", "redirect_uri", "code_verifier", "refresh_token", "scope", "audience").AndMany("resource")

// request is a token request, read once. Empty is absent.
type request struct {
	grantType    oauth.GrantType
	credentials  clientauth.Credentials
	code         string
	redirectURI  string
	verifier     string
	refreshToken string
	scopes       oauth.Scopes // empty if scope was not sent
	target       string       // the API asked for, by resource or audience
	byResource   bool         // it was asked for by resource
	origin       string       // of the page that sent the request; empty outside a browser
	address      string
}

// parseRequest reads a token request. RFC 6749 §3.2.
func parseRequest(r *http.Request) (request, *oauth.Error) {
	form, refused := endpoint.ReadBody(r, parameters)
	if refused != nil {
		return request{}, refused
	}
	req := request{
		grantType:    oauth.GrantType(form.Get("grant_type")),
		credentials:  credentialsOf(r, form),
		code:         form.Get("code"),
		redirectURI:  form.Get("redirect_uri"),
		verifier:     form.Get("code_verifier"),
		refreshToken: form.Get("refresh_token"),
		origin:       r.Header.Get("Origin"),
	}
	req.address, req.credentials.Door = req.credentials.Address, "token"
	switch req.grantType {
	case oauth.AuthorizationCode, oauth.RefreshToken, oauth.ClientCredentials:
	case "":
		return request{}, oauth.InvalidRequest("grant_type is missing")
	default:
		return request{}, oauth.Refuse(oauth.CodeUnsupportedGrantType, "grant_type must be authorization_code, refresh_token or client_credentials")
	}
	if req.scopes, refused = oauth.ParseScope(form.Get("scope")); refused != nil {
		return request{}, refused
	}
	req.target, req.byResource, refused = targetOf(form)
	return req, refused
}

// credentialsOf is what the request says about its client.
func credentialsOf(r *http.Request, form endpoint.Form) clientauth.Credentials {
	return clientauth.Credentials{
		Authorization: r.Header["Authorization"],
		ClientID:      form.Get("client_id"),
		ClientSecret:  form.Get("client_secret"),
		AssertionType: form.Get("client_assertion_type"),
		Assertion:     form.Get("client_assertion"),
		Address:       addressOf(r),
	}
}

// targetOf reads which API the token is for. A token is for one API, so one resource can be named; audience names an API
// too, and need not be a URL. RFC 8707 §2.
func targetOf(form endpoint.Form) (target string, byResource bool, refused *oauth.Error) {
	audience, resources := form.Get("audience"), form.All("resource")
	if len(resources) == 0 {
		return audience, false, nil
	}
	resource := resources[0]
	for _, other := range resources[1:] {
		if other != resource {
			return "", false, oauth.Refuse(oauth.CodeInvalidTarget, "a token is for one API: name one resource")
		}
	}
	if _, refused := oauth.ParseResource(resource); refused != nil {
		return "", false, refused
	}
	if audience != "" && registry.CanonicalAudience(audience) != registry.CanonicalAudience(resource) {
		return "", false, oauth.Refuse(oauth.CodeInvalidTarget, "resource and audience name two APIs; a token is for one")
	}
	return resource, true, nil
}

// addressOf is the address the request came from. The roof has put the real one there if proxies stand in front.
func addressOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// visit is one request of an authenticated client.
type visit struct {
	request
	app    *registry.Application // shared: read only
	method oauth.AuthMethod
	key    string // thumbprint of the key that the client authenticated with; empty for other methods
	now    time.Time
	use    audit.Use // what the record will say

	otherKey bool   // the grant was made with another key of the client
	trial    string // the run of Try it that asks; empty for all that came to the endpoint
}

func (h *Handler) visit(req request, caller clientauth.Caller) *visit {
	now := h.Now()
	return &visit{
		request: req, app: caller.Application, method: caller.Method, key: caller.KeyThumbprint, now: now,
		use: audit.Use{At: now, ApplicationID: caller.Application.ID, SecretID: caller.CredentialID(), Address: req.address},
	}
}

// mayNameTokenEndpoint reports whether an assertion that comes with the request may have the token endpoint as its aud, if an
// operator allowed that for the client: only where something else binds the request to the client too.
func (req request) mayNameTokenEndpoint() bool {
	return req.grantType == oauth.AuthorizationCode && req.verifier != "" || req.grantType == oauth.RefreshToken
}

// checkOrigin keeps a single-page application's codes and refresh tokens to the pages it is served from. Cross-origin
// requests are open to everybody else, whose secret no page has. RFC 9700 §2.6.
func (v *visit) checkOrigin() *oauth.Error {
	if v.origin == "" || v.app.Type != registry.SinglePage {
		return nil
	}
	for _, allowed := range v.app.WebOrigins {
		if allowed.Value == v.origin {
			return nil
		}
	}
	return oauth.InvalidRequest("the page's origin is not among the application's allowed web origins: %s", v.origin)
}
