package registry

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"clientele/internal/audit"
)

// ManagementAudience is the identifier of the system API of an instance.
func ManagementAudience(issuer string) string { return issuer + "api/v2/" }

// isManagementAudience is identifier == ManagementAudience(issuer), but for one trailing slash, without making a string.
func isManagementAudience(issuer, identifier string) bool {
	rest, found := strings.CutPrefix(identifier, issuer)
	return found && issuer != "" && CanonicalAudience(rest) == "api/v2"
}

// CreateAPI makes an API. What is left zero gets its default: RS256, an hour, the RFC 9068 profile, every first-party
// application for people, a client grant for machines. It fails with *Invalid, and with ErrConflict if there is an API with
// that identifier, one trailing slash apart.
func (r *Registry) CreateAPI(ctx context.Context, actor audit.Actor, a API) (API, error) {
	now := r.now()
	if a.TokenLifetime == 0 {
		a.TokenLifetime = r.policy().Lifetimes.APIToken
	}
	a = a.withDefaults()
	a.System = false
	a.tidy()
	found := inspectAPI(&a, r.Issuer)
	if len(found) == 0 {
		var err error
		if found, err = r.checkNoClient(ctx, a.Identifier); err != nil {
			return API{}, err
		}
	}
	if len(found) > 0 {
		return API{}, &Invalid{Violations: found}
	}
	a.ID, a.CreatedAt, a.UpdatedAt, a.Revision = mintAPIID(), now, now, 1
	if err := r.Store.CreateAPI(ctx, a, r.event(actor, now, "api.created", KindAPI, a.ID, a.Name, changedAPI(&API{}, &a))); err != nil {
		return API{}, err
	}
	r.committed(KindAPI, a.ID)
	return a, nil
}

// UpdateAPI changes an API. change edits a copy; then every rule runs. revision is the one the caller saw, 0 if any will do.
// It fails with *Invalid, ErrNotFound, ErrStale, or the error of change; the system API cannot be changed.
func (r *Registry) UpdateAPI(ctx context.Context, actor audit.Actor, id string, revision int64, change func(*API) error) (API, Change, error) {
	for attempt := 1; ; attempt++ {
		was, err := r.API(ctx, id)
		if err != nil {
			return API{}, Change{}, err
		}
		if revision != 0 && was.Revision != revision {
			return API{}, Change{}, ErrStale
		}
		a, c, err := r.editAPI(was, change)
		if err != nil || c.Empty() {
			return a, c, err
		}
		a.UpdatedAt = r.now()
		err = r.Store.SaveAPI(ctx, a, was.Revision, r.event(actor, a.UpdatedAt, "api.updated", KindAPI, a.ID, a.Name, c))
		if errors.Is(err, ErrStale) && revision == 0 && attempt < maxAttempts {
			continue
		}
		if err != nil {
			return API{}, Change{}, err
		}
		r.committed(KindAPI, a.ID)
		a.Revision = was.Revision + 1
		return a, c, nil
	}
}

func (r *Registry) editAPI(was API, change func(*API) error) (API, Change, error) {
	if was.System {
		return API{}, Change{}, refusal("id", "api_system", "is the API of this server itself, which cannot be changed")
	}
	a := was
	a.Scopes, a.Extras = slices.Clone(was.Scopes), slices.Clone(was.Extras)
	if err := change(&a); err != nil {
		return API{}, Change{}, err
	}
	a.tidy()
	found := inspectAPI(&a, r.Issuer)
	if a.ID != was.ID || a.System != was.System || !a.CreatedAt.Equal(was.CreatedAt) {
		found = append(found, Violation{"id", "immutable", "cannot be changed", Unusable})
	}
	if a.Identifier != was.Identifier {
		found = append(found, Violation{"identifier", "immutable", "cannot be changed, because tokens and programs name it; create another API instead", Unusable})
	}
	if len(found) > 0 {
		return API{}, Change{}, &Invalid{Violations: found}
	}
	return a, changedAPI(&was, &a), nil
}

// DeleteAPI removes an API with its client grants. It fails with ErrNotFound, and with *Invalid for the system API.
func (r *Registry) DeleteAPI(ctx context.Context, actor audit.Actor, id string) error {
	a, err := r.API(ctx, id)
	if err != nil {
		return err
	}
	if a.System {
		return refusal("id", "api_system", "is the API of this server itself, which cannot be deleted")
	}
	now := r.now()
	if err := r.Store.DeleteAPI(ctx, id, r.event(actor, now, "api.deleted", KindAPI, a.ID, a.Name, changedAPI(&a, &API{}))); err != nil {
		return err
	}
	r.committed(KindAPI, id)
	return nil
}

// EnsureManagementAPI makes the system API if it is missing, and gives it the scopes that this version of the server knows.
// The server calls it when it starts. Its identifier is never stored.
func (r *Registry) EnsureManagementAPI(ctx context.Context, scopes []APIScope) error {
	system := audit.Actor{Kind: audit.ActorSystem, Name: "Clientele", Door: "system"}
	now := r.now()
	was, err := r.Store.API(ctx, ManagementAPIID)
	if errors.Is(err, ErrNotFound) {
		a := API{Name: "Management API", Scopes: scopes}.withDefaults()
		a.ID, a.System, a.UserPolicy, a.CreatedAt, a.UpdatedAt, a.Revision = ManagementAPIID, true, DenyAll, now, now, 1
		err = r.Store.CreateAPI(ctx, a, r.event(system, now, "api.created", KindAPI, a.ID, a.Name, Change{}))
		if errors.Is(err, ErrConflict) {
			return nil // another process was faster
		}
		return err
	}
	if err != nil {
		return err
	}
	a := was
	a.System, a.Scopes, a.UserPolicy, a.ClientPolicy, a.UpdatedAt = true, scopes, DenyAll, RequireGrant, now
	c := changedAPI(&was, &a)
	if c.Empty() {
		return nil
	}
	err = r.Store.SaveAPI(ctx, a, was.Revision, r.event(system, now, "api.updated", KindAPI, a.ID, a.Name, c))
	if errors.Is(err, ErrStale) {
		return nil
	}
	return err
}

func (a API) withDefaults() API {
	if a.SigningAlgorithm == "" {
		a.SigningAlgorithm = DefaultAlgorithm
	}
	if a.TokenLifetime == 0 {
		a.TokenLifetime = DefaultAPITokenLifetime
	}
	if a.TokenProfile == "" {
		a.TokenProfile = RFC9068
	}
	if a.UserPolicy == "" {
		a.UserPolicy = AllowAll
	}
	if a.ClientPolicy == "" {
		a.ClientPolicy = RequireGrant
	}
	return a
}

func (a *API) tidy() {
	a.Identifier, a.Name = strings.TrimSpace(a.Identifier), strings.TrimSpace(a.Name)
	for i := range a.Scopes {
		a.Scopes[i].Description = strings.TrimSpace(a.Scopes[i].Description)
	}
}

var apiFields = []struct {
	name string
	show func(*API) string
}{
	{"identifier", func(a *API) string { return a.Identifier }},
	{"name", func(a *API) string { return a.Name }},
	{"scopes", func(a *API) string { return scopeList(a.Scopes) }},
	{"signing_algorithm", func(a *API) string { return a.SigningAlgorithm }},
	{"token_lifetime", func(a *API) string { return duration(a.TokenLifetime) }},
	{"token_profile", func(a *API) string { return string(a.TokenProfile) }},
	{"allow_offline_access", func(a *API) string { return strconv.FormatBool(a.AllowOfflineAccess) }},
	{"skip_consent", func(a *API) string { return strconv.FormatBool(a.SkipConsent) }},
	{"user_policy", func(a *API) string { return string(a.UserPolicy) }},
	{"client_policy", func(a *API) string { return string(a.ClientPolicy) }},
	{"extras", func(a *API) string { return fingerprint(a.Extras) }},
}

func changedAPI(before, after *API) Change {
	var c Change
	for _, f := range apiFields {
		c.add(f.name, f.show(before), f.show(after))
	}
	return c
}

func scopeList(scopes []APIScope) string {
	list := make([]string, len(scopes))
	for i, s := range scopes {
		list[i] = s.Value
		if s.Default {
			list[i] += " (default)"
		}
		if s.Description != "" {
			list[i] += ": " + s.Description
		}
	}
	return lines(list)
}
