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

// Authenticator verifies clients' credentials.
type Authenticator struct {
	Clients Clients
	Keys    *secret.Keyring
	Now     func() time.Time
	Uses    audit.Recorder
}

// Caller is a client that proved who it is, as far as its method proves anything.
type Caller struct {
	Application *registry.Application // shared: read only
	Method      oauth.AuthMethod
	SecretID    string // of the secret that was presented; empty for none
}

// Methods are the authentication methods that are offered. RFC 8414 §2.
func Methods() []oauth.AuthMethod {
	return []oauth.AuthMethod{oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost, oauth.AuthNone}
}

// Authenticate says who is calling. A client that cannot be found and one that cannot prove itself get the same answer
// after the same work; the reason goes into the record. RFC 6749 §2.3, §3.2.1, §5.2.
func (a *Authenticator) Authenticate(ctx context.Context, c Credentials) (Caller, *oauth.Error) {
	claim, refused := c.read()
	if refused != nil {
		return Caller{}, refused
	}
	app, err := a.Clients.Find(ctx, claim.client)
	if errors.Is(err, registry.ErrNotFound) {
		a.Keys.Hash(secret.ForClientSecret, claim.secret) // an unknown client costs what a known one does
		return Caller{}, refuse(claim).Because(err)
	}
	if err != nil {
		return Caller{}, oauth.Refuse(oauth.CodeServerError, "").Because(err)
	}
	caller := Caller{Application: app, Method: claim.method}
	if claim.method != oauth.AuthNone {
		held, state := app.VerifySecret(a.Keys, claim.secret, a.Now())
		caller.SecretID = held.ID
		if reason := unusable[state]; reason != "" {
			return Caller{}, a.fail(ctx, c, claim, caller, reason)
		}
	}
	switch {
	case !app.Enabled:
		return Caller{}, a.fail(ctx, c, claim, caller, reasonDisabled)
	case !app.Accepts(claim.method):
		return Caller{}, a.fail(ctx, c, claim, caller, reasonMethod)
	}
	return caller, nil
}

// Why a credential was refused, for operators.
const (
	reasonWrong    = "the client secret is wrong"
	reasonRetired  = "the client secret was retired"
	reasonExpired  = "the client secret has expired"
	reasonDisabled = "the application is disabled"
	reasonMethod   = "the application is not registered for this authentication method"
)

// unusable says why a secret in that state authenticates nobody; nothing for one that does.
var unusable = map[registry.SecretState]string{
	registry.SecretUnknown: reasonWrong,
	registry.SecretRetired: reasonRetired,
	registry.SecretExpired: reasonExpired,
}

// fail records why and refuses without telling.
func (a *Authenticator) fail(ctx context.Context, c Credentials, claim claim, caller Caller, reason string) *oauth.Error {
	kind := "client.refused"
	switch reason {
	case reasonRetired:
		kind = "secret.retired_used"
	case reasonExpired:
		kind = "secret.expired_used"
	}
	a.Uses.Record(ctx, audit.Use{
		At: a.Now(), Kind: kind, ApplicationID: caller.Application.ID, SecretID: caller.SecretID, Address: c.Address, Reason: reason,
		Detail: map[string]string{"method": string(claim.method)},
	})
	if reason == reasonMethod && claim.method != oauth.AuthNone { // the secret was right: its holder may know
		return oauth.InvalidClient("the application is not registered for %s", claim.method).Because(errors.New(reason))
	}
	return refuse(claim).Because(errors.New(reason))
}

// refuse is the same for every client that did not prove itself in the same way.
func refuse(claim claim) *oauth.Error {
	if claim.method == oauth.AuthNone {
		return oauth.InvalidClient("the client is unknown, or it has to authenticate and did not")
	}
	return oauth.InvalidClient("the client is unknown, or its secret is wrong")
}
