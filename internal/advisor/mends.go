package advisor

import (
	"context"
	"errors"
	"slices"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/registry"
)

// The one-click changes that mend everything a check found.
const (
	mendPKCE       = "require_pkce"
	mendMachine    = "remove_user_settings"
	mendRotation   = "rotate_refresh_tokens"
	mendRefreshEnd = "end_refresh_tokens"
	mendLeeway     = "shorten_leeway"
	mendIDToken    = "shorten_id_tokens"
	mendSwitchOff  = "switch_off"
)

// mendOf are the one-click changes of one thing, whose id follows.
type mendOf string

const (
	mendRemoveURI    mendOf = "remove_uri"    // of a list: remove_uri redirect_uris https://…
	mendRevokeSecret mendOf = "revoke_secret" //nolint:gosec // a verb
	mendDeleteKey    mendOf = "delete_key"
	mendNameScopes   mendOf = "name_scopes" // of a client grant of all permissions
	mendDropScopes   mendOf = "drop_scopes"
	mendDeleteGrant  mendOf = "delete_client_grant"
)

func (m mendOf) of(parts ...string) string { return string(m) + " " + strings.Join(parts, " ") }

// Mend is a one-click change: what its button says and whether it touches secrets, keys or grants, which need a fresh sign-in.
type Mend struct {
	Verb      string // of the id: its first word
	Label     string
	Effect    string // what happens then
	Sensitive bool
	apply     func(ctx context.Context, s *Service, actor audit.Actor, m mending) error
}

// mending is a change that is being made.
type mending struct {
	id      string // of the application
	seen    int64  // its revision
	what    []string
	subject *Subject
}

// Mends is every one-click change.
var Mends = []Mend{
	{mendPKCE, "Require PKCE", "Requests without code_challenge are refused.", false, edit(func(a *registry.Application, _ mending) { a.RequirePKCE = true })},
	{mendMachine, "Remove them", "Callback URLs, origins and the login URL are removed.", false, edit(withoutPeople)},
	{mendRotation, "Switch rotation on", "Each refresh token is good once, with 30 seconds of leeway.", false, edit(rotate)},
	{mendRefreshEnd, "Set 30 days, 15 without use", "Refresh tokens that are made from now on end after that.", false, edit(endRefresh)},
	{mendLeeway, "Set 30 seconds", "An older refresh token works for 30 seconds after the newer one was used.", false, edit(func(a *registry.Application, _ mending) {
		a.Refresh.Leeway = registry.DefaultRefreshLeeway
	})},
	{mendIDToken, "Set 10 hours", "ID tokens that are made from now on end after 10 hours.", false, edit(func(a *registry.Application, _ mending) {
		a.IDToken.Lifetime = registry.DefaultIDTokenLifetime
	})},
	{mendSwitchOff, "Switch it off", "Nobody can sign in with it and it gets no new tokens, until it is switched on again.", false, switchOff},
	{string(mendRemoveURI), "Remove", "Requests that name it are refused.", false, edit(removeURI)},
	{string(mendRevokeSecret), "Revoke", "The secret stops working at once.", true, func(ctx context.Context, s *Service, actor audit.Actor, m mending) error {
		_, err := s.Registry.RevokeSecretAt(ctx, actor, m.id, m.seen, m.what[0])
		return err
	}},
	{string(mendDeleteKey), "Delete", "The key stops working at once.", true, func(ctx context.Context, s *Service, actor audit.Actor, m mending) error {
		_, err := s.Registry.DeleteKeyAt(ctx, actor, m.id, m.seen, m.what[0])
		return err
	}},
	{string(mendNameScopes), "Name the permissions it has now", "It keeps what it has and gets nothing that is added later.", true, nameScopes},
	{string(mendDropScopes), "Take them back", "Tokens that are made from now on are without these permissions.", true, dropScopes},
	{string(mendDeleteGrant), "Take the permission back", "The application gets no new tokens of this API by it.", true, func(ctx context.Context, s *Service, actor audit.Actor, m mending) error {
		return s.Registry.DeleteClientGrant(ctx, actor, m.what[0])
	}},
}

// MendFor returns the one-click change that an id names, and false if there is none.
func MendFor(id string) (Mend, bool) {
	verb, _, _ := strings.Cut(id, " ")
	i := slices.IndexFunc(Mends, func(m Mend) bool { return m.Verb == verb })
	if i < 0 {
		return Mend{}, false
	}
	return Mends[i], true
}

// mend makes a change only while a finding proposes it, so that nothing else can be done by this way. The change is of the revision
// that was checked: if somebody else was faster, what they left is checked again. So of two presses at once one makes the change,
// and the other finds nothing to mend.
func (s *Service) mend(ctx context.Context, actor audit.Actor, id, mend string) error {
	change, known := MendFor(mend)
	if !known {
		return registry.ErrNotFound
	}
	for attempt := 1; ; attempt++ {
		err := s.mendAsSeen(ctx, actor, change, id, mend)
		if !errors.Is(err, registry.ErrStale) || attempt == maxMends {
			return err
		}
	}
}

// maxMends is how often a change is tried when others write in between.
const maxMends = 10

func (s *Service) mendAsSeen(ctx context.Context, actor audit.Actor, change Mend, id, mend string) error {
	a, err := s.Registry.Application(ctx, id)
	if err != nil {
		return err
	}
	subjects, err := s.subjects(ctx, []registry.Application{a})
	if err != nil {
		return err
	}
	if !proposed(Check(&subjects[0]), mend) {
		return registry.ErrNotFound
	}
	return change.apply(ctx, s, actor, mending{id: id, seen: a.Revision, what: strings.Split(mend, " ")[1:], subject: &subjects[0]})
}

func proposed(list []Finding, mend string) bool {
	return slices.ContainsFunc(list, func(f Finding) bool {
		return f.Mend == mend || slices.ContainsFunc(f.Evidence, func(e Evidence) bool { return e.Mend == mend })
	})
}

// edit makes a change of the application itself.
func edit(change func(*registry.Application, mending)) func(context.Context, *Service, audit.Actor, mending) error {
	return func(ctx context.Context, s *Service, actor audit.Actor, m mending) error {
		_, _, err := s.Registry.Update(ctx, actor, m.id, m.seen, func(a *registry.Application) error {
			change(a, m)
			return nil
		})
		return err
	}
}

func withoutPeople(a *registry.Application, _ mending) {
	a.RedirectURIs, a.LogoutURIs, a.WebOrigins, a.CORSOrigins, a.InitiateLoginURI = nil, nil, nil, nil, ""
}

// rotate gives the tokens an end too if they have none: rotating ones must have one.
func rotate(a *registry.Application, m mending) {
	a.Refresh.Rotating = true
	if a.Refresh.Leeway == 0 {
		a.Refresh.Leeway = registry.DefaultRefreshLeeway
	}
	if !a.Refresh.Expires() {
		endRefresh(a, m)
	}
}

func endRefresh(a *registry.Application, _ mending) {
	a.Refresh.Lifetime, a.Refresh.IdleLifetime = registry.DefaultRefreshLifetime, registry.DefaultRefreshIdleLifetime
}

func removeURI(a *registry.Application, m mending) {
	lists := map[string]*[]registry.URI{
		"redirect_uris": &a.RedirectURIs, "logout_uris": &a.LogoutURIs, "web_origins": &a.WebOrigins, "cors_origins": &a.CORSOrigins,
	}
	list, value := lists[m.what[0]], strings.Join(m.what[1:], " ")
	*list = slices.DeleteFunc(*list, func(u registry.URI) bool { return u.Value == value })
}

func switchOff(ctx context.Context, s *Service, actor audit.Actor, m mending) error {
	_, err := s.Registry.SetEnabledAt(ctx, actor, m.id, m.seen, false)
	return err
}

func nameScopes(ctx context.Context, s *Service, actor audit.Actor, m mending) error {
	return s.editGrant(ctx, actor, m, func(g *registry.ClientGrant) {
		api := m.subject.APIs[g.APIID]
		g.AllScopes, g.Scopes = false, api.ScopeValues()
	})
}

func dropScopes(ctx context.Context, s *Service, actor audit.Actor, m mending) error {
	return s.editGrant(ctx, actor, m, func(g *registry.ClientGrant) {
		used, _ := carried(m.subject, g)
		g.Scopes = slices.Clone(g.Scopes).And(used)
	})
}

// editGrant changes a permission as it was checked.
func (s *Service) editGrant(ctx context.Context, actor audit.Actor, m mending, change func(*registry.ClientGrant)) error {
	at := slices.IndexFunc(m.subject.Grants, func(g registry.ClientGrant) bool { return g.ID == m.what[0] })
	if at < 0 {
		return registry.ErrNotFound
	}
	_, _, err := s.Registry.UpdateClientGrant(ctx, actor, m.what[0], m.subject.Grants[at].Revision, func(g *registry.ClientGrant) error {
		change(g)
		return nil
	})
	return err
}
