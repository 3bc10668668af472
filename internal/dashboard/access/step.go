package access

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// PermissionSet is one API in the step that says what an application from a URL may call. It is prefilled with what every
// third party may do there, so leaving it alone changes nothing.
type PermissionSet struct {
	API     registry.API
	Default *registry.ClientGrant // for all third parties; nil = none
	Own     *registry.ClientGrant // of this application; nil = none yet
	Ticked  []string
}

// bare is the value of the box that permits tokens without any permission.
const bare = "-"

func (s PermissionSet) box(scope string) string { return s.API.ID + " " + scope }

func (s PermissionSet) ticked(scope string) bool { return slices.Contains(s.Ticked, scope) }

// scopesOf are the scopes of a grant as boxes to tick.
func (s PermissionSet) scopesOf(g *registry.ClientGrant) []string {
	switch {
	case g == nil:
		return nil
	case g.AllScopes && len(s.API.Scopes) > 0:
		return s.API.ScopeValues()
	case len(g.Scopes) == 0:
		return []string{bare}
	}
	return g.Scopes
}

// PermissionStep is the step for an application; id is empty for one that is not there yet. form is what was chosen, nil at
// first sight.
func (d *Pages) PermissionStep(ctx context.Context, id string, form url.Values) ([]PermissionSet, error) {
	apis, err := d.Registry.APIs(ctx, registry.APIQuery{Limit: registry.MaxPageSize})
	if err != nil {
		return nil, err
	}
	common, err := d.Registry.ClientGrants(ctx, registry.ClientGrantQuery{ThirdParties: true, SubjectType: registry.ForUser, Limit: registry.MaxPageSize})
	if err != nil {
		return nil, err
	}
	var own registry.Page[registry.ClientGrant]
	if id != "" {
		if own, err = d.Registry.ClientGrants(ctx, registry.ClientGrantQuery{ApplicationID: id, SubjectType: registry.ForUser, Limit: registry.MaxPageSize}); err != nil {
			return nil, err
		}
	}
	var list []PermissionSet
	for _, api := range apis.Items {
		if api.System || api.UserPolicy == registry.DenyAll {
			continue
		}
		s := PermissionSet{API: api, Default: grantFor(common.Items, api.ID), Own: grantFor(own.Items, api.ID)}
		if form.Has("permissions") {
			s.Ticked = tickedOf(form["scope"], api.ID)
		} else if s.Ticked = s.scopesOf(s.Own); s.Own == nil {
			s.Ticked = s.scopesOf(s.Default)
		}
		list = append(list, s)
	}
	return list, nil
}

func grantFor(list []registry.ClientGrant, api string) *registry.ClientGrant {
	for i := range list {
		if list[i].APIID == api {
			return &list[i]
		}
	}
	return nil
}

func tickedOf(boxes []string, api string) []string {
	var list []string
	for _, b := range boxes {
		if id, scope, ok := strings.Cut(b, " "); ok && id == api {
			list = append(list, scope)
		}
	}
	return list
}

// SavePermissions makes the application's grants what the step says. A set that is what every third party has anyway gets no
// grant of its own, so that it follows the default later, too.
func (d *Pages) SavePermissions(ctx context.Context, v *frame.Visit, id string, list []PermissionSet) error {
	for _, s := range list {
		if sameScopes(s.Ticked, s.scopesOf(s.Own)) || s.Own == nil && sameScopes(s.Ticked, s.scopesOf(s.Default)) {
			continue
		}
		scopes := oauth.Scopes(slices.DeleteFunc(slices.Clone(s.Ticked), func(x string) bool { return x == bare }))
		var err error
		switch {
		case s.Own == nil:
			_, err = d.Registry.CreateClientGrant(ctx, v.Actor(), registry.ClientGrant{ApplicationID: id, APIID: s.API.ID, SubjectType: registry.ForUser, Scopes: scopes})
		case len(s.Ticked) == 0:
			err = d.Registry.DeleteClientGrant(ctx, v.Actor(), s.Own.ID)
		default:
			_, _, err = d.Registry.UpdateClientGrant(ctx, v.Actor(), s.Own.ID, 0, func(g *registry.ClientGrant) error {
				g.Scopes, g.AllScopes = scopes, false
				return nil
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func sameScopes(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// noDefault reports whether third parties may call none of the APIs by default.
func noDefault(list []PermissionSet) bool {
	return !slices.ContainsFunc(list, func(s PermissionSet) bool { return s.Default != nil })
}
