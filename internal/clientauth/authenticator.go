package clientauth

import (
	"context"
	"errors"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// Clients finds applications by the id they have on the wire. It fails with registry.ErrNotFound.
type Clients interface {
	Find(ctx context.Context, id oauth.ClientID) (*registry.Application, error)
}

// Once remembers what was used until it expires, and says whether it was the first time. Of concurrent calls one is the first.
type Once interface {
	UseOnce(ctx context.Context, kind string, hash secret.Hash, now, expires time.Time) (first bool, err error)
}

// Authenticator verifies clients' credentials.
type Authenticator struct {
	Issuer  string // the one aud that assertions may have; ends in a slash
	Clients Clients
	Keys    *secret.Keyring
	Once    Once
	Fetcher KeyFetcher // may be nil: nothing is fetched
	Now     func() time.Time
	Uses    audit.Recorder
	Traces  audit.Tracer // of refused clients that are known by a URL; may be nil
}

// Caller is a client that proved who it is, as far as its method proves anything.
type Caller struct {
	Application   *registry.Application // shared: read only
	Method        oauth.AuthMethod
	SecretID      string // of the secret that was presented; empty for other methods
	KeyID         string // of the key that signed the assertion; empty for other methods
	KeyThumbprint string // of the same key. RFC 7638
}

// CredentialID is the id of what was presented, secret or key; empty for none.
func (c Caller) CredentialID() string {
	if c.KeyID != "" {
		return c.KeyID
	}
	return c.SecretID
}

// Methods are the authentication methods that are offered. RFC 8414 §2.
func Methods() []oauth.AuthMethod {
	return []oauth.AuthMethod{oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost, oauth.AuthNone, oauth.AuthPrivateKeyJWT}
}

// Authenticate says who is calling. A client that cannot be found and one that cannot prove itself get the same answer
// after the same work; the reason goes into the record. RFC 6749 §2.3, §3.2.1, §5.2.
func (a *Authenticator) Authenticate(ctx context.Context, c Credentials) (Caller, *oauth.Error) {
	claim, refused := c.read()
	if refused != nil {
		return Caller{}, refused
	}
	v := visit{Credentials: c, claim: claim, now: a.Now()}
	app, err := a.Clients.Find(ctx, claim.client)
	if err == nil && !app.ExpiresAt.IsZero() && !v.now.Before(app.ExpiresAt) {
		err = registry.ErrNotFound // a stranger that did not come back in time
	}
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return Caller{}, trouble(err)
	}
	if err != nil {
		return Caller{}, a.unknown(ctx, v)
	}
	v.caller = Caller{Application: app, Method: claim.method}
	why, err := a.proof(ctx, &v)
	if err != nil {
		return Caller{}, trouble(err)
	}
	switch {
	case why != nil:
		return Caller{}, a.refuse(ctx, v, why)
	case !app.Enabled:
		return Caller{}, a.refuse(ctx, v, reasonDisabled)
	case !app.Accepts(claim.method):
		return Caller{}, a.refuse(ctx, v, methodReason(claim.method, app))
	}
	if claim.method == oauth.AuthPrivateKeyJWT {
		return a.spend(ctx, v)
	}
	return v.caller, nil
}

// trouble is what is not the client's fault: clients throw away what they hold on invalid_client.
func trouble(err error) *oauth.Error {
	if e, ok := errors.AsType[*oauth.Error](err); ok {
		return e
	}
	return oauth.Refuse(oauth.CodeServerError, "").Because(err)
}

// visit is one attempt to authenticate.
type visit struct {
	Credentials
	claim
	caller Caller
	now    time.Time
}

// proof holds the credential against the application and notes in v what proved it. It returns why it proves nothing, or an
// error if that cannot be said now.
func (a *Authenticator) proof(ctx context.Context, v *visit) (*reason, error) {
	switch v.method {
	case oauth.AuthNone:
		return nil, nil
	case oauth.AuthPrivateKeyJWT:
		return a.proofByKey(ctx, v)
	}
	held, state := v.caller.Application.VerifySecret(a.Keys, v.secret, v.now)
	v.caller.SecretID = held.ID
	return unusable[state], nil
}

// unusable says why a secret in that state authenticates nobody; nothing for one that does.
var unusable = map[registry.SecretState]*reason{
	registry.SecretUnknown: reasonWrong,
	registry.SecretRetired: reasonRetired,
	registry.SecretExpired: reasonExpired,
}

// unknown refuses a client that is not registered, after the work that a registered one would have cost.
func (a *Authenticator) unknown(ctx context.Context, v visit) *oauth.Error {
	switch v.method {
	case oauth.AuthPrivateKeyJWT:
		if v.flaw == nil && v.assertion.check(v.client, a.audiences(v), v.now) == nil {
			v.assertion.pretend()
		}
	default:
		a.Keys.Hash(secret.ForClientSecret, v.secret)
	}
	return publicly(v.method, a.trace(ctx, v, reasonUnknown)).Because(registry.ErrNotFound)
}

// refuse records why and refuses without telling.
func (a *Authenticator) refuse(ctx context.Context, v visit, why *reason) *oauth.Error {
	kind := why.kind
	if kind == "" {
		kind = "client.refused"
	}
	reference := a.trace(ctx, v, why)
	a.Uses.Record(ctx, audit.Use{
		At: v.now, Kind: kind, ApplicationID: v.caller.Application.ID, SecretID: v.caller.CredentialID(), Address: v.Address, Reason: why.message,
		Reference: reference, Detail: map[string]string{"method": string(v.method)},
	})
	if why.rule == reasonMethod.rule && v.method != oauth.AuthNone { // the credential was right: its holder may know
		return oauth.InvalidClient("the application is not registered for %s", v.method).Because(why)
	}
	return publicly(v.method, reference).Because(why)
}

// publicly is the same for every client that did not prove itself in the same way.
func publicly(method oauth.AuthMethod, reference string) *oauth.Error {
	words := "the client is unknown, or its secret is wrong"
	switch method {
	case oauth.AuthNone:
		words = "the client is unknown, or it has to authenticate and did not"
	case oauth.AuthPrivateKeyJWT:
		words = "the client is unknown, or its assertion does not prove it"
	}
	if reference != "" {
		words += "; the operator finds the reason under " + reference
	}
	return oauth.InvalidClient("%s", words)
}
