package registry

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"clientele/internal/oauth"
)

// DirectoryStore is what the directory reads. The store satisfies it.
type DirectoryStore interface {
	Application(ctx context.Context, id string) (Application, error)
	ApplicationByClientID(ctx context.Context, id oauth.ClientID) (Application, error)
	API(ctx context.Context, id string) (API, error)
	APIByAudience(ctx context.Context, canonical string) (API, error)
	ClientGrants(ctx context.Context, q ClientGrantQuery) (Page[ClientGrant], error)
	AdmissionRules(ctx context.Context) ([]AdmissionRule, error)
}

// directoryLimit is how many things of each kind a directory keeps in memory.
const directoryLimit = 10_000

// Directory answers the protocol's questions about what is registered from memory. What it returns is shared, read only, and
// without the settings that are only remembered (Extras), which nobody acts on.
// Whoever hears of a change calls Forget; what does not exist is asked for again after at most a second.
//
// Now may be nil, for the clock.
type Directory struct {
	Store  DirectoryStore
	Issuer string // ends in a slash
	Now    func() time.Time

	ready        sync.Once
	applications cache[string, *Application]    // by internal id
	wireIDs      cache[oauth.ClientID, string]  // URL → internal id
	apis         cache[string, *API]            // by internal id
	audiences    cache[string, string]          // canonical audience → internal id
	grants       cache[string, []ClientGrant]   // by internal id of the application, or toThirdParties, toStrangers
	access       cache[accessKey, *knownAccess] // what Access computed
	rules        cache[string, []AdmissionRule] // all of them, under the empty key
}

func (d *Directory) now() time.Time {
	d.ready.Do(func() {
		d.applications.limit, d.wireIDs.limit, d.apis.limit = directoryLimit, directoryLimit, directoryLimit
		d.audiences.limit, d.grants.limit, d.access.limit = directoryLimit, directoryLimit, directoryLimit
		d.rules.limit = 1
	})
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

// Find returns the application with the wire id. It fails with ErrNotFound. The internal id of an imported application is
// not its wire id and finds nothing.
func (d *Directory) Find(ctx context.Context, id oauth.ClientID) (*Application, error) {
	if strings.HasPrefix(string(id), "https://") {
		return d.findURL(ctx, id)
	}
	a, err := d.ByID(ctx, string(id))
	if err != nil {
		return nil, err
	}
	if a.ExternalID != "" {
		return nil, ErrNotFound
	}
	return a, nil
}

// findURL goes through the internal id, so that a change needs to be told once. The id behind a URL changes only if the
// application was deleted and imported again, or was a stranger that ended and came again.
func (d *Directory) findURL(ctx context.Context, id oauth.ClientID) (*Application, error) {
	if !plausible(string(id)) {
		return nil, ErrNotFound
	}
	for range 2 {
		now := d.now()
		internal, known, err := d.wireIDs.peek(id, now)
		if !known {
			internal, err = d.wireIDs.load(ctx, id, now, func(ctx context.Context) (string, error) {
				a, err := d.Store.ApplicationByClientID(ctx, id)
				return a.ID, err
			})
		}
		if err != nil {
			return nil, err
		}
		a, err := d.ByID(ctx, internal)
		if err == nil && a.ClientID() == id && !a.Expired(now) {
			return a, nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		d.wireIDs.forget(id)
	}
	return nil, ErrNotFound
}

// ByID returns the application with the internal id. It fails with ErrNotFound.
func (d *Directory) ByID(ctx context.Context, id string) (*Application, error) {
	now := d.now()
	if a, known, err := d.applications.peek(id, now); known {
		return a, err
	}
	if !plausible(id) {
		return nil, ErrNotFound
	}
	return d.applications.load(ctx, id, now, func(ctx context.Context) (*Application, error) {
		a, err := d.Store.Application(ctx, id)
		if err != nil {
			return nil, err
		}
		a.Extras = nil
		return &a, nil
	})
}

// APIByAudience returns the API with the identifier; one trailing slash does not count. It fails with ErrNotFound.
func (d *Directory) APIByAudience(ctx context.Context, audience string) (*API, error) {
	if isManagementAudience(d.Issuer, audience) {
		return d.APIByID(ctx, ManagementAPIID)
	}
	canonical := CanonicalAudience(audience)
	now := d.now()
	id, known, err := d.audiences.peek(canonical, now)
	if !known {
		if len(audience) > maxIdentifier || !printable(audience) {
			return nil, ErrNotFound
		}
		id, err = d.audiences.load(ctx, canonical, now, func(ctx context.Context) (string, error) {
			a, err := d.Store.APIByAudience(ctx, canonical)
			if err == nil && a.System {
				return "", ErrNotFound // it goes by the name computed from the issuer only
			}
			return a.ID, err
		})
	}
	if err != nil {
		return nil, err
	}
	a, err := d.APIByID(ctx, id)
	if errors.Is(err, ErrNotFound) {
		d.audiences.forget(canonical) // deleted; the next one may get another id
	}
	return a, err
}

// APIByID returns the API with the internal id. It fails with ErrNotFound.
func (d *Directory) APIByID(ctx context.Context, id string) (*API, error) {
	now := d.now()
	if a, known, err := d.apis.peek(id, now); known {
		return a, err
	}
	if !plausible(id) {
		return nil, ErrNotFound
	}
	return d.apis.load(ctx, id, now, func(ctx context.Context) (*API, error) {
		a, err := d.Store.API(ctx, id)
		if err != nil {
			return nil, err
		}
		if a.System {
			a.Identifier = ManagementAudience(d.Issuer)
		}
		a.Extras = nil
		return &a, nil
	})
}

// Whose the default grants are, where else an application's id stands.
const (
	toThirdParties = ""
	toStrangers    = "*"
)

// grantsOf returns the client grants of an application, or those of toThirdParties or toStrangers.
func (d *Directory) grantsOf(ctx context.Context, application string) ([]ClientGrant, error) {
	now := d.now()
	if list, known, err := d.grants.peek(application, now); known {
		return list, err
	}
	return d.grants.load(ctx, application, now, func(ctx context.Context) ([]ClientGrant, error) {
		// Never nil: the identity of the list tells one reading from the next.
		list := make([]ClientGrant, 0, 1)
		q := ClientGrantQuery{Limit: MaxPageSize}
		switch application {
		case toThirdParties:
			q.ThirdParties = true
		case toStrangers:
			q.Strangers = true
		default:
			q.ApplicationID = application
		}
		for {
			page, err := d.Store.ClientGrants(ctx, q)
			if err != nil {
				return nil, err
			}
			list = append(list, page.Items...)
			if page.Next == "" || len(list) >= directoryLimit {
				return list, nil
			}
			q.After = page.Next
		}
	})
}

// Rules returns every admission rule. What it returns is shared and read only.
func (d *Directory) Rules(ctx context.Context) ([]AdmissionRule, error) {
	now := d.now()
	if rules, known, err := d.rules.peek("", now); known {
		return rules, err
	}
	return d.rules.load(ctx, "", now, d.Store.AdmissionRules)
}

// Forget drops what is known about a thing that was written. kind and id are those of a notice; other kinds are ignored.
func (d *Directory) Forget(kind, id string) {
	switch kind {
	case KindApplication:
		d.applications.forget(id)
		d.wireIDs.forgetUnknown()
		d.grants.forget(id)
	case KindAPI:
		d.apis.forget(id)
		d.audiences.forgetUnknown()
		d.grants.forgetAll() // those of a deleted API went with it
	case KindClientGrant:
		d.grants.forgetAll()
	case KindAdmissionRule:
		d.rules.forgetAll()
	}
}

// ForgetAll drops everything: after a gap in the notices nobody knows what changed.
func (d *Directory) ForgetAll() {
	d.applications.forgetAll()
	d.wireIDs.forgetAll()
	d.apis.forgetAll()
	d.audiences.forgetAll()
	d.grants.forgetAll()
	d.access.forgetAll()
	d.rules.forgetAll()
}
