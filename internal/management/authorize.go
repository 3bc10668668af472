package management

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/endpoint"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Clients finds who calls. The protocol's Directory satisfies it, so that a call costs no visit to the store.
type Clients interface {
	Find(ctx context.Context, id oauth.ClientID) (*registry.Application, error)
	APIByID(ctx context.Context, id string) (*registry.API, error)
	Access(ctx context.Context, app *registry.Application, api *registry.API, as registry.SubjectType) (registry.Access, error)
}

// Verifier checks our own tokens: signature, key state and typ.
type Verifier interface {
	Verify(token string, typ ...string) (claims []byte, err error)
}

// Caller is the application behind a call and what it may do, now.
type Caller struct {
	Application *registry.Application
	Scopes      oauth.Scopes // of the token, as far as they are still granted
	Address     string
}

// Actor is the caller in the audit record.
func (c *Caller) Actor() audit.Actor {
	return audit.Actor{Kind: audit.ActorClient, ID: string(c.Application.ClientID()), Name: c.Application.Name, Address: c.Address, Door: "management"}
}

func (c *Caller) has(scopes ...string) bool {
	return slices.ContainsFunc(scopes, c.Scopes.Has)
}

// readsClientProperty says which tier of a client's properties the scopes show.
func (c *Caller) readsClientProperty(name string) bool {
	switch {
	case slices.Contains(publicProperties, name):
		return true
	case slices.Contains(secretProperties, name):
		return c.has("read:client_keys", "read:client_credentials")
	}
	return c.has("read:clients", "read:client_keys")
}

type callerKey struct{}

func callerOf(ctx context.Context) *Caller {
	c, _ := ctx.Value(callerKey{}).(*Caller)
	return c
}

// tokenClaims are the claims of an access token that matter here. RFC 9068 §2.2.
type tokenClaims struct {
	Issuer   string   `json:"iss"`
	Audience audience `json:"aud"`
	Subject  string   `json:"sub"`
	ClientID string   `json:"client_id"`
	Azp      string   `json:"azp"`
	Gty      string   `json:"gty"`
	Scope    string   `json:"scope"`
	ID       string   `json:"jti"`
	Expires  int64    `json:"exp"`
	Before   int64    `json:"nbf"`
}

// audience is a string or an array of strings. RFC 7519 §4.1.3.
type audience []string

// UnmarshalJSON reads either form.
func (a *audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// identify finds out who calls: a genuine token for this API, of an application that is still enabled and whose grant
// still lives. What the token may do is what it says and what is granted now, whichever is less.
func (a *API) identify(r *http.Request) (*Caller, error) {
	ctx := r.Context()
	token, err := endpoint.BearerHeader(r)
	if err != nil {
		return nil, missingToken(err)
	}
	claims, err := a.claims(token)
	if err != nil {
		return nil, err
	}
	app, err := a.Clients.Find(ctx, oauth.ClientID(claims.client()))
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return nil, unauthorized("The client of this token does not exist any more.")
	case err != nil:
		return nil, a.failure(ctx, err)
	case !app.Enabled:
		return nil, unauthorized("The client of this token is disabled.")
	}
	api, err := a.Clients.APIByID(ctx, registry.ManagementAPIID)
	if err != nil {
		return nil, a.failure(ctx, err)
	}
	access, err := a.Clients.Access(ctx, app, api, registry.ForClient)
	if err != nil {
		return nil, a.failure(ctx, err)
	}
	grant, _, _ := strings.Cut(claims.ID, ".")
	if !access.Allowed || access.GrantID == "" || access.GrantID != grant {
		return nil, unauthorized("The client grant of this token does not exist any more. Get a new token.")
	}
	scopes, refused := oauth.ParseScope(claims.Scope)
	if refused != nil {
		return nil, unauthorized("Invalid token")
	}
	return &Caller{Application: app, Scopes: scopes.And(access.Scopes), Address: address(r)}, nil
}

// claims verifies a token of ours for this API. Only tokens an application got for itself count: no person manages
// anything with one of his.
func (a *API) claims(token string) (*tokenClaims, error) {
	raw, err := a.Keys.Verify(token, "at+jwt", "JWT")
	if err != nil {
		return nil, unauthorized("Invalid signature received for JSON Web Token validation")
	}
	var c tokenClaims
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, unauthorized("Invalid token")
	}
	now, want := a.Now(), a.Audience()
	switch {
	case c.Issuer != a.Issuer:
		return nil, unauthorized("Invalid token")
	case !slices.Contains(c.Audience, want):
		return nil, unauthorized("Bad audience: " + short(strings.Join(c.Audience, " ")) + ". Ask for a token with audience " + want)
	case !now.Before(time.Unix(c.Expires, 0)):
		return nil, unauthorized("Expired token received for JSON Web Token validation")
	case now.Before(time.Unix(c.Before, 0)):
		return nil, unauthorized("Invalid token")
	case c.client() == "" || c.Gty != "client-credentials" || c.Subject != oauth.ClientSubject(oauth.ClientID(c.client())):
		return nil, unauthorized("Client is not global. Use a token of the client_credentials grant.")
	}
	return &c, nil
}

func (c *tokenClaims) client() string {
	if c.ClientID != "" {
		return c.ClientID
	}
	return c.Azp
}

func missingToken(err error) *Error {
	if errors.Is(err, endpoint.ErrNoToken) {
		e := refuse(http.StatusUnauthorized, "", "Missing authentication: send an access token in the Authorization header, as Bearer.")
		e.challenge = `Bearer realm="clientele"`
		return e
	}
	e := refuse(http.StatusBadRequest, "invalid_request", endpoint.Printable(err.Error()))
	e.challenge = `Bearer realm="clientele", error="invalid_request"`
	return e
}

func unauthorized(message string) *Error {
	e := refuse(http.StatusUnauthorized, "", message)
	e.challenge = `Bearer realm="clientele", error="invalid_token"`
	return e
}

// insufficientScope names what would have been enough. RFC 6750 §3.1.
func insufficientScope(any []string) *Error {
	e := refuse(http.StatusForbidden, "insufficient_scope", "Insufficient scope, expected any of: "+strings.Join(any, ","))
	e.challenge = `Bearer realm="clientele", error="insufficient_scope", scope="` + strings.Join(any, " ") + `"`
	return e
}

// address is where the request came from, without the port. The roof has put the address behind a trusted proxy there.
func address(r *http.Request) string {
	if i := strings.LastIndexByte(r.RemoteAddr, ':'); i > 0 {
		return strings.Trim(r.RemoteAddr[:i], "[]")
	}
	return r.RemoteAddr
}
