package registry

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"clientele/internal/audit"
	"clientele/internal/oauth"
)

// CreateClientGrant lets an application, every third-party application, or every one that nobody approved, get tokens of an API. The subject type is
// ForClient unless said otherwise. It fails with *Invalid, and with ErrConflict if there is a grant for the same
// application, API and subject type.
func (r *Registry) CreateClientGrant(ctx context.Context, actor audit.Actor, g ClientGrant) (ClientGrant, error) {
	if g.SubjectType == "" {
		g.SubjectType = ForClient
	}
	g.tidy()
	parties, err := r.inspectGrant(ctx, &g)
	if err != nil {
		return ClientGrant{}, err
	}
	now := r.now()
	g.ID, g.CreatedAt, g.UpdatedAt, g.Revision = mintClientGrantID(), now, now, 1
	e := r.event(actor, now, "client_grant.created", KindClientGrant, g.ID, parties.title(&g), parties.changed(&ClientGrant{}, &g))
	if err := r.Store.CreateClientGrant(ctx, g, e); err != nil {
		return ClientGrant{}, err
	}
	r.committed(KindClientGrant, g.ID)
	return g, nil
}

// UpdateClientGrant changes the scopes of a client grant; whom it is for, which API and which subject type stay. revision is
// the one the caller saw, 0 if any will do. It fails with *Invalid, ErrNotFound, ErrStale, or the error of change.
func (r *Registry) UpdateClientGrant(ctx context.Context, actor audit.Actor, id string, revision int64, change func(*ClientGrant) error) (ClientGrant, Change, error) {
	for attempt := 1; ; attempt++ {
		was, err := r.ClientGrant(ctx, id)
		if err != nil {
			return ClientGrant{}, Change{}, err
		}
		if revision != 0 && was.Revision != revision {
			return ClientGrant{}, Change{}, ErrStale
		}
		g, parties, err := r.editGrant(ctx, was, change)
		if err != nil {
			return ClientGrant{}, Change{}, err
		}
		c := parties.changed(&was, &g)
		if c.Empty() {
			return g, c, nil
		}
		g.UpdatedAt = r.now()
		err = r.Store.SaveClientGrant(ctx, g, was.Revision, r.event(actor, g.UpdatedAt, "client_grant.updated", KindClientGrant, g.ID, parties.title(&g), c))
		if errors.Is(err, ErrStale) && revision == 0 && attempt < maxAttempts {
			continue
		}
		if err != nil {
			return ClientGrant{}, Change{}, err
		}
		r.committed(KindClientGrant, g.ID)
		g.Revision = was.Revision + 1
		return g, c, nil
	}
}

func (r *Registry) editGrant(ctx context.Context, was ClientGrant, change func(*ClientGrant) error) (ClientGrant, grantParties, error) {
	g := was
	g.Scopes = slices.Clone(was.Scopes)
	if err := change(&g); err != nil {
		return ClientGrant{}, grantParties{}, err
	}
	g.tidy()
	if g.ID != was.ID || g.ApplicationID != was.ApplicationID || g.ThirdParties != was.ThirdParties || g.Strangers != was.Strangers || g.APIID != was.APIID || g.SubjectType != was.SubjectType || !g.CreatedAt.Equal(was.CreatedAt) {
		return ClientGrant{}, grantParties{}, refusal("id", "immutable", "names who may call which API for whom, which cannot be changed; create another grant instead")
	}
	parties, err := r.inspectGrant(ctx, &g)
	return g, parties, err
}

// DeleteClientGrant takes the permission back. Tokens that were issued live out their lifetime. It fails with ErrNotFound.
func (r *Registry) DeleteClientGrant(ctx context.Context, actor audit.Actor, id string) error {
	g, err := r.ClientGrant(ctx, id)
	if err != nil {
		return err
	}
	parties, err := r.partiesOf(ctx, &g)
	if err != nil {
		return err
	}
	if err := r.Store.DeleteClientGrant(ctx, id, r.event(actor, r.now(), "client_grant.deleted", KindClientGrant, g.ID, parties.title(&g), parties.changed(&g, &ClientGrant{}))); err != nil {
		return err
	}
	r.committed(KindClientGrant, id)
	return nil
}

// inspectGrant runs the rules of a client grant, and returns between whom it is.
func (r *Registry) inspectGrant(ctx context.Context, g *ClientGrant) (grantParties, error) {
	i := &inspection{rule: "client_grant_party"}
	if g.SubjectType != ForUser && g.SubjectType != ForClient {
		i.add("subject_type", Judgement{Unusable, "client_grant_subject", "must be user or client"})
	}
	parties, err := r.partiesOf(ctx, g)
	if err != nil {
		return parties, err
	}
	checkGrantee(i, g, parties.application)
	if parties.api == nil {
		i.add("api", Judgement{Unusable, "client_grant_api", "does not exist; create the API first"})
	} else {
		checkGrantScopes(i, g, parties.api, g.common() || parties.application != nil && parties.application.Ownership == ThirdParty)
	}
	if len(i.found) > 0 {
		return parties, &Invalid{Violations: i.found}
	}
	return parties, nil
}

// checkGrantee: a grant is for one application, for all third parties or for all strangers, never for two of them and never for
// nobody.
func checkGrantee(i *inspection, g *ClientGrant, a *Application) {
	switch {
	case g.common() && g.ApplicationID != "":
		i.refuse("application", "must be left out of a default grant")
	case g.ThirdParties && g.Strangers:
		i.refuse("application", "is one default or the other; third parties and applications nobody approved have a grant each")
	case g.ApplicationID == "" && !g.common():
		i.refuse("application", "is missing; name an application, or make it the default grant for third parties or for applications nobody approved")
	case g.ApplicationID != "" && a == nil:
		i.refuse("application", "does not exist")
	}
}

// common reports whether it is a default grant.
func (g *ClientGrant) common() bool { return g.ThirdParties || g.Strangers }

func checkGrantScopes(i *inspection, g *ClientGrant, api *API, thirdParty bool) {
	if api.System {
		switch {
		case thirdParty:
			i.add("api", Judgement{Unusable, "client_grant_system_third_party", "is the API of this server itself, which third-party applications cannot be granted"})
		case g.AllScopes:
			i.add("all_scopes", Judgement{Unusable, "client_grant_system_all", "cannot be granted for the API of this server itself, or a later version would widen the grant; name the scopes"})
		case g.SubjectType == ForUser:
			i.add("subject_type", Judgement{Unusable, "client_grant_system_user", "must be client for the API of this server itself"})
		}
	}
	if g.AllScopes {
		if len(g.Scopes) > 0 {
			i.add("scopes", Judgement{Unusable, "client_grant_scopes", "must be left out together with all scopes"})
		}
		return
	}
	if len(g.Scopes) > MaxAPIScopes {
		i.add("scopes", Judgement{Unusable, "client_grant_scopes", "are more than " + strconv.Itoa(MaxAPIScopes)})
		return
	}
	have := api.ScopeValues()
	for n, s := range g.Scopes {
		if !have.Has(s) {
			i.add(element("scopes", n), Judgement{Unusable, "client_grant_scopes", "is no scope of the API; add it there first"})
		}
	}
}

func (g *ClientGrant) tidy() { g.Scopes = oauth.Scopes(distinct(g.Scopes)) }
