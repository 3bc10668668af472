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
	if err := r.inspectGrant(ctx, &g); err != nil {
		return ClientGrant{}, err
	}
	now := r.now()
	g.ID, g.CreatedAt, g.UpdatedAt, g.Revision = mintClientGrantID(), now, now, 1
	e := r.event(actor, now, "client_grant.created", KindClientGrant, g.ID, g.title(), changedGrant(&ClientGrant{}, &g))
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
		g, c, err := r.editGrant(ctx, was, change)
		if err != nil || c.Empty() {
			return g, c, err
		}
		g.UpdatedAt = r.now()
		err = r.Store.SaveClientGrant(ctx, g, was.Revision, r.event(actor, g.UpdatedAt, "client_grant.updated", KindClientGrant, g.ID, g.title(), c))
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

func (r *Registry) editGrant(ctx context.Context, was ClientGrant, change func(*ClientGrant) error) (ClientGrant, Change, error) {
	g := was
	g.Scopes = slices.Clone(was.Scopes)
	if err := change(&g); err != nil {
		return ClientGrant{}, Change{}, err
	}
	g.tidy()
	if g.ID != was.ID || g.ApplicationID != was.ApplicationID || g.ThirdParties != was.ThirdParties || g.Strangers != was.Strangers || g.APIID != was.APIID || g.SubjectType != was.SubjectType || !g.CreatedAt.Equal(was.CreatedAt) {
		return ClientGrant{}, Change{}, refusal("id", "immutable", "names who may call which API for whom, which cannot be changed; create another grant instead")
	}
	if err := r.inspectGrant(ctx, &g); err != nil {
		return ClientGrant{}, Change{}, err
	}
	return g, changedGrant(&was, &g), nil
}

// DeleteClientGrant takes the permission back. Tokens that were issued live out their lifetime. It fails with ErrNotFound.
func (r *Registry) DeleteClientGrant(ctx context.Context, actor audit.Actor, id string) error {
	g, err := r.ClientGrant(ctx, id)
	if err != nil {
		return err
	}
	if err := r.Store.DeleteClientGrant(ctx, id, r.event(actor, r.now(), "client_grant.deleted", KindClientGrant, g.ID, g.title(), changedGrant(&g, &ClientGrant{}))); err != nil {
		return err
	}
	r.committed(KindClientGrant, id)
	return nil
}

// inspectGrant runs the rules of a client grant.
func (r *Registry) inspectGrant(ctx context.Context, g *ClientGrant) error {
	i := &inspection{rule: "client_grant_party"}
	if g.SubjectType != ForUser && g.SubjectType != ForClient {
		i.add("subject_type", Judgement{Unusable, "client_grant_subject", "must be user or client"})
	}
	thirdParty, err := r.checkGrantee(ctx, i, g)
	if err != nil {
		return err
	}
	api, err := r.API(ctx, g.APIID)
	switch {
	case errors.Is(err, ErrNotFound):
		i.add("api", Judgement{Unusable, "client_grant_api", "does not exist; create the API first"})
	case err != nil:
		return err
	default:
		checkGrantScopes(i, g, &api, thirdParty)
	}
	if len(i.found) > 0 {
		return &Invalid{Violations: i.found}
	}
	return nil
}

// checkGrantee: a grant is for one application, for all third parties or for all strangers, never for two of them and never for
// nobody.
func (r *Registry) checkGrantee(ctx context.Context, i *inspection, g *ClientGrant) (thirdParty bool, err error) {
	switch {
	case g.common() && g.ApplicationID != "":
		i.refuse("application", "must be left out of a default grant")
	case g.ThirdParties && g.Strangers:
		i.refuse("application", "is one default or the other; third parties and applications nobody approved have a grant each")
	case g.ApplicationID == "" && !g.common():
		i.refuse("application", "is missing; name an application, or make it the default grant for third parties or for applications nobody approved")
	case g.ApplicationID != "":
		a, err := r.Application(ctx, g.ApplicationID)
		if errors.Is(err, ErrNotFound) {
			i.refuse("application", "does not exist")
			return false, nil
		}
		return a.Ownership == ThirdParty, err
	}
	return g.common(), nil
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

// title is what an audit event calls the grant.
func (g *ClientGrant) title() string {
	switch {
	case g.ThirdParties:
		return "third-party applications → " + g.APIID
	case g.Strangers:
		return "applications nobody approved → " + g.APIID
	}
	return g.ApplicationID + " → " + g.APIID
}

func changedGrant(before, after *ClientGrant) Change {
	var c Change
	c.add("application", before.ApplicationID, after.ApplicationID)
	c.add("third_parties", strconv.FormatBool(before.ThirdParties), strconv.FormatBool(after.ThirdParties))
	c.add("strangers", strconv.FormatBool(before.Strangers), strconv.FormatBool(after.Strangers))
	c.add("api", before.APIID, after.APIID)
	c.add("subject_type", string(before.SubjectType), string(after.SubjectType))
	c.add("scopes", lines(before.Scopes), lines(after.Scopes))
	c.add("all_scopes", strconv.FormatBool(before.AllScopes), strconv.FormatBool(after.AllScopes))
	return c
}
