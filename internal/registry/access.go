package registry

import (
	"context"
	"errors"
	"fmt"

	"clientele/internal/oauth"
)

// Access is whether an application may get tokens of an API, and with which scopes at most.
type Access struct {
	Allowed bool
	Scopes  oauth.Scopes // the ceiling: what the API or the grant allows, in the API's order. Shared: read only
	GrantID string       // the client grant that allows it; empty if the API's policy does
	Why     string       // why not, in words for operators
}

type accessKey struct {
	application, api string
	subject          SubjectType
}

// knownAccess is an answer with everything it was computed from; it holds as long as those are the same.
type knownAccess struct {
	application *Application
	api         *API
	own, common []ClientGrant
	access      Access
}

// Access says whether the application may get tokens of the API, acting for a person or for itself.
//
// For a person: first-party applications by the API's policy (all of them, those with a client grant, none). Third-party
// applications need a client grant whatever the policy, or the default grant for third parties, or the one for strangers if they
// are some; a grant of their own beats the default, and the two are not merged. For itself: always by client grant, unless the policy denies it. The API of this
// server itself is for applications acting for themselves only, never for third parties and never by a grant of all scopes.
//
// A refusal is no error. The error is the store's trouble.
func (d *Directory) Access(ctx context.Context, a *Application, api *API, subject SubjectType) (Access, error) {
	own, common, err := d.grantsFor(ctx, a)
	if err != nil {
		return Access{}, err
	}
	key := accessKey{a.ID, api.ID, subject}
	if before, known, _ := d.access.peek(key, d.now()); known && before.from(a, api, own, common) {
		return before.access, nil
	}
	access := decideAccess(a, api, subject, own, common)
	d.access.put(key, &knownAccess{application: a, api: api, own: own, common: common, access: access})
	return access, nil
}

func (k *knownAccess) from(a *Application, api *API, own, common []ClientGrant) bool {
	return k.application == a && k.api == api && sameList(k.own, own) && sameList(k.common, common)
}

// sameList reports whether two lists are one reading: the same memory.
func sameList(a, b []ClientGrant) bool {
	if cap(a) == 0 || cap(b) == 0 {
		return cap(a) == cap(b)
	}
	return len(a) == len(b) && &a[:1][0] == &b[:1][0]
}

// grantsFor returns the application's own grants, and the default ones for its like: for strangers if it came by itself and
// nobody approved it, else for third parties if it is one.
func (d *Directory) grantsFor(ctx context.Context, a *Application) (own, common []ClientGrant, err error) {
	own, err = d.grantsOf(ctx, a.ID)
	if err != nil || a.Ownership != ThirdParty {
		return own, nil, err
	}
	if a.Import != nil && a.Import.By != ByOperator {
		common, err = d.grantsOf(ctx, toStrangers)
	} else {
		common, err = d.grantsOf(ctx, toThirdParties)
	}
	return own, common, err
}

func decideAccess(a *Application, api *API, subject SubjectType, own, common []ClientGrant) Access {
	policy := api.ClientPolicy
	if subject == ForUser {
		policy = api.UserPolicy
	}
	switch {
	case subject != ForUser && subject != ForClient:
		return refused("the subject type %q is unknown", subject)
	case api.System && a.Ownership == ThirdParty:
		return refused("the API %s is this server's own, which third-party applications cannot call", api.Identifier)
	case api.System && subject == ForUser:
		return refused("the API %s is this server's own, which applications call for themselves only", api.Identifier)
	case policy == DenyAll:
		return refused("the API %s denies every application acting %s", api.Identifier, acting(subject))
	case policy == AllowAll && subject == ForUser && a.Ownership == FirstParty:
		return Access{Allowed: true, Scopes: api.ScopeValues()}
	}
	g := grantTo(own, api, subject)
	if g == nil {
		g = grantTo(common, api, subject)
	}
	switch {
	case g == nil:
		return refused("the application %s has no client grant for the API %s acting %s", a.Name, api.Identifier, acting(subject))
	case api.System && (g.AllScopes || g.common()):
		return refused("the API %s is this server's own, which a grant of all scopes does not open", api.Identifier)
	case g.AllScopes:
		return Access{Allowed: true, Scopes: api.ScopeValues(), GrantID: g.ID}
	}
	return Access{Allowed: true, Scopes: api.ScopeValues().And(g.Scopes), GrantID: g.ID}
}

func refused(format string, args ...any) Access { return Access{Why: fmt.Sprintf(format, args...)} }

func acting(s SubjectType) string {
	if s == ForUser {
		return "for a person"
	}
	return "for itself"
}

func grantTo(list []ClientGrant, api *API, subject SubjectType) *ClientGrant {
	for i := range list {
		if list[i].APIID == api.ID && list[i].SubjectType == subject {
			return &list[i]
		}
	}
	return nil
}

// OnlyAPI returns the API a request without audience and resource is for: the only one the application has a client grant
// for that opens. It returns nil if there is none or several. The API of this server itself counts, but must be named.
func (d *Directory) OnlyAPI(ctx context.Context, a *Application, subject SubjectType) (*API, error) {
	own, common, err := d.grantsFor(ctx, a)
	if err != nil {
		return nil, err
	}
	var only *API
	for _, list := range [][]ClientGrant{own, common} {
		for i := range list {
			g := &list[i]
			if g.SubjectType != subject || only != nil && only.ID == g.APIID {
				continue
			}
			api, err := d.opened(ctx, a, g)
			if err != nil {
				return nil, err
			}
			if api != nil && only != nil {
				return nil, nil
			}
			if api != nil {
				only = api
			}
		}
	}
	if only != nil && only.System {
		return nil, nil
	}
	return only, nil
}

// opened returns the API of a grant if the application may get its tokens, else nil.
func (d *Directory) opened(ctx context.Context, a *Application, g *ClientGrant) (*API, error) {
	api, err := d.APIByID(ctx, g.APIID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	access, err := d.Access(ctx, a, api, g.SubjectType)
	if err != nil || !access.Allowed {
		return nil, err
	}
	return api, nil
}
