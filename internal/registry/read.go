package registry

import (
	"context"
	"strings"
	"unicode"

	"clientele/internal/oauth"
)

// Limits of a query, whoever asks.
const (
	MaxPageSize     = 100
	DefaultPageSize = 50
	maxSearch       = 200       // characters of a search
	maxSearchWords  = 8         // words that are looked at
	maxOffset       = 1_000_000 // rows to skip; there is nothing behind, deeper pages go by cursor
	maxCursor       = 4096      // bytes of a cursor
)

// Application returns the application with the internal id. It fails with ErrNotFound.
func (r *Registry) Application(ctx context.Context, id string) (Application, error) {
	if !plausible(id) {
		return Application{}, ErrNotFound
	}
	return r.Store.Application(ctx, id)
}

// ApplicationByClientID returns the application with the wire id. It fails with ErrNotFound.
func (r *Registry) ApplicationByClientID(ctx context.Context, id oauth.ClientID) (Application, error) {
	if !plausible(string(id)) {
		return Application{}, ErrNotFound
	}
	return r.Store.ApplicationByClientID(ctx, id)
}

// Applications returns a page of applications, newest first unless the query asks for another order.
func (r *Registry) Applications(ctx context.Context, q Query) (Page[Application], error) {
	if !cursorOrNone(q.After) || !cursorOrNone(q.Before) || len(q.IDs) > MaxPageSize || q.Offset > maxOffset {
		return Page[Application]{}, nil
	}
	q.Search, q.Limit, q.Offset = boundedSearch(q.Search), boundedLimit(q.Limit), max(q.Offset, 0)
	return r.Store.Applications(ctx, q)
}

// API returns the API with the internal id. It fails with ErrNotFound.
func (r *Registry) API(ctx context.Context, id string) (API, error) {
	if !plausible(id) {
		return API{}, ErrNotFound
	}
	a, err := r.Store.API(ctx, id)
	return r.named(a), err
}

// APIByIdentifier returns the API with the identifier; one trailing slash does not count. It fails with ErrNotFound.
func (r *Registry) APIByIdentifier(ctx context.Context, identifier string) (API, error) {
	if isManagementAudience(r.Issuer, identifier) {
		return r.API(ctx, ManagementAPIID)
	}
	if len(identifier) > maxIdentifier || !printable(identifier) {
		return API{}, ErrNotFound
	}
	a, err := r.Store.APIByAudience(ctx, CanonicalAudience(identifier))
	if err == nil && a.System { // it goes by the name computed from the issuer only
		return API{}, ErrNotFound
	}
	return a, err
}

// APIs returns a page of APIs, by name.
func (r *Registry) APIs(ctx context.Context, q APIQuery) (Page[API], error) {
	asked := len(q.Identifiers)
	q.Identifiers = r.storedIdentifiers(q.Identifiers)
	if !cursorOrNone(q.After) || q.Offset > maxOffset || len(q.IDs) > MaxPageSize || asked > 0 && len(q.Identifiers) == 0 {
		return Page[API]{}, nil
	}
	q.Search, q.Limit, q.Offset = boundedSearch(q.Search), boundedLimit(q.Limit), max(q.Offset, 0)
	page, err := r.Store.APIs(ctx, q)
	for i := range page.Items {
		page.Items[i] = r.named(page.Items[i])
	}
	return page, err
}

// ClientGrant returns the client grant with the id. It fails with ErrNotFound.
func (r *Registry) ClientGrant(ctx context.Context, id string) (ClientGrant, error) {
	if !plausible(id) {
		return ClientGrant{}, ErrNotFound
	}
	return r.Store.ClientGrant(ctx, id)
}

// ClientGrants returns a page of client grants, newest first.
func (r *Registry) ClientGrants(ctx context.Context, q ClientGrantQuery) (Page[ClientGrant], error) {
	if q.ApplicationID != "" && !plausible(q.ApplicationID) || q.APIID != "" && !plausible(q.APIID) || !cursorOrNone(q.After) || q.Offset > maxOffset {
		return Page[ClientGrant]{}, nil
	}
	q.Limit, q.Offset = boundedLimit(q.Limit), max(q.Offset, 0)
	return r.Store.ClientGrants(ctx, q)
}

// named gives the system API the identifier that is computed from the issuer.
func (r *Registry) named(a API) API {
	if a.System {
		a.Identifier = ManagementAudience(r.Issuer)
	}
	return a
}

// storedIdentifiers leaves what an API may be called by, in the store's words: there the system API has no identifier.
func (r *Registry) storedIdentifiers(identifiers []string) []string {
	var list []string
	for _, id := range identifiers[:min(len(identifiers), MaxPageSize)] {
		switch {
		case isManagementAudience(r.Issuer, id):
			list = append(list, "")
		case len(id) <= maxIdentifier && printable(id):
			list = append(list, id)
		}
	}
	return list
}

// cursorOrNone reports whether s may be the cursor of a page before, or none.
func cursorOrNone(s string) bool { return s == "" || len(s) <= maxCursor && printable(s) }

func boundedLimit(n int) int {
	if n <= 0 {
		return DefaultPageSize
	}
	return min(n, MaxPageSize)
}

// boundedSearch keeps the first words of a search and nothing that an engine could stumble over.
func boundedSearch(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	if runes := []rune(s); len(runes) > maxSearch {
		s = string(runes[:maxSearch])
	}
	words := strings.Fields(s)
	return strings.Join(words[:min(len(words), maxSearchWords)], " ")
}
