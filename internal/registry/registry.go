package registry

import (
	"context"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/secret"
)

// ApplicationStore keeps applications. Every method is one transaction; a write carries its audit event.
type ApplicationStore interface {
	CreateApplication(ctx context.Context, a Application, e audit.Event) error
	SaveApplication(ctx context.Context, a Application, was int64, e audit.Event) error
	DeleteApplication(ctx context.Context, id string, now time.Time, e audit.Event) error
	Application(ctx context.Context, id string) (Application, error)
	ApplicationByClientID(ctx context.Context, id oauth.ClientID) (Application, error)
	Applications(ctx context.Context, q Query) (Page[Application], error)
}

// APIStore keeps APIs. Every method is one transaction; a write carries its audit event.
type APIStore interface {
	CreateAPI(ctx context.Context, a API, e audit.Event) error
	SaveAPI(ctx context.Context, a API, was int64, e audit.Event) error
	DeleteAPI(ctx context.Context, id string, e audit.Event) error
	API(ctx context.Context, id string) (API, error)
	APIByAudience(ctx context.Context, canonical string) (API, error)
	APIs(ctx context.Context, q APIQuery) (Page[API], error)
}

// ClientGrantStore keeps client grants. Every method is one transaction; a write carries its audit event.
type ClientGrantStore interface {
	CreateClientGrant(ctx context.Context, g ClientGrant, e audit.Event) error
	SaveClientGrant(ctx context.Context, g ClientGrant, was int64, e audit.Event) error
	DeleteClientGrant(ctx context.Context, id string, e audit.Event) error
	ClientGrant(ctx context.Context, id string) (ClientGrant, error)
	ClientGrants(ctx context.Context, q ClientGrantQuery) (Page[ClientGrant], error)
}

// Store is all that the registry needs kept.
type Store interface {
	ApplicationStore
	APIStore
	ClientGrantStore
	CIMDStore
}

// Policy is what the operator of the instance allows; the roof makes it from the settings.
type Policy struct {
	WildcardRedirects bool // first-party web applications may register https://*.example.com/…
	LocalhostPort     bool // the port of http://localhost does not count either, as with loopback addresses

	Lifetimes Lifetimes
}

// Lifetimes are what new APIs and applications begin with. A zero one is the default of this package.
type Lifetimes struct {
	APIToken    time.Duration // access tokens of an API
	IDToken     time.Duration // of first-party applications; third-party ones have an hour at most
	Refresh     time.Duration
	RefreshIdle time.Duration
}

// Registry is the one writer. Its refusals are *Invalid, ErrNotFound, ErrConflict and ErrStale; any other error is the
// store's trouble.
type Registry struct {
	Store   Store
	Keys    *secret.Keyring
	Now     func() time.Time
	Policy  func() Policy
	Changed func(kind, id string) // called after every committed write; may be nil
	Issuer  string                // ends in a slash; no API may take an identifier below it

	TrustedIssuers []string // whose tokens are accepted here; none may be a client ID
}

// The kinds of target in audit events and change notices.
const (
	KindApplication = "application"
	KindAPI         = "api"
	KindClientGrant = "client_grant"

	KindAdmissionRule = "admission_rule"
	KindWaiting       = "waiting_client"
)

func (r *Registry) now() time.Time { return r.Now().UTC().Truncate(time.Microsecond) }

func (r *Registry) policy() Policy {
	if r.Policy == nil {
		return Policy{}
	}
	return r.Policy()
}

// committed tells the caches of this process; those of others hear of it through the store's notices.
func (r *Registry) committed(kind, id string) {
	if r.Changed != nil {
		r.Changed(kind, id)
	}
}

func (r *Registry) event(actor audit.Actor, now time.Time, kind, target, id, name string, c Change) audit.Event {
	return audit.Event{At: now, Kind: kind, Actor: actor, TargetKind: target, TargetID: id, TargetName: name, Changes: c.Fields}
}
