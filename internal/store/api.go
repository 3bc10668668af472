package store

import (
	"context"
	"encoding/json"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// CreateAPI writes a new API with its event. It fails with registry.ErrConflict if the id or the identifier is taken; a
// trailing slash makes no other identifier.
func (s *Store) CreateAPI(ctx context.Context, a registry.API, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		err := exec(ctx, c, `INSERT INTO apis (id, identifier, canonical, name, search_text, system, signing_algorithm,
				token_lifetime, token_profile, allow_offline_access, skip_consent, user_policy, client_policy, extras,
				created_at, updated_at, revision)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
			a.ID, a.Identifier, registry.CanonicalAudience(a.Identifier), a.Name, searchText(&a), a.System, a.SigningAlgorithm,
			sqldb.Span(a.TokenLifetime), string(a.TokenProfile), a.AllowOfflineAccess, a.SkipConsent,
			string(a.UserPolicy), string(a.ClientPolicy), string(a.Extras), sqldb.Time(a.CreatedAt), sqldb.Time(a.UpdatedAt), a.Revision)
		if err != nil {
			return taken(err, registry.ErrConflict)
		}
		if err := saveAPIScopes(ctx, c, &a); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

// SaveAPI writes a changed API with its event, if its revision is still was. It fails with registry.ErrStale or
// registry.ErrNotFound. The identifier stays what it is.
func (s *Store) SaveAPI(ctx context.Context, a registry.API, was int64, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `UPDATE apis SET name = $3, search_text = $4, signing_algorithm = $5, token_lifetime = $6,
				token_profile = $7, allow_offline_access = $8, skip_consent = $9, user_policy = $10, client_policy = $11,
				extras = $12, updated_at = $13, revision = revision + 1
			WHERE id = $1 AND revision = $2`,
			a.ID, was, a.Name, searchText(&a), a.SigningAlgorithm, sqldb.Span(a.TokenLifetime), string(a.TokenProfile),
			a.AllowOfflineAccess, a.SkipConsent, string(a.UserPolicy), string(a.ClientPolicy), string(a.Extras), sqldb.Time(a.UpdatedAt))
		if err != nil {
			return err
		}
		if changed == 0 {
			return staleOrGone(ctx, c, `SELECT EXISTS (SELECT 1 FROM apis WHERE id = $1)`, a.ID, registry.ErrStale, registry.ErrNotFound)
		}
		if err := saveAPIScopes(ctx, c, &a); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

func searchText(a *registry.API) string { return strings.ToLower(a.Name + " " + a.Identifier) }

func saveAPIScopes(ctx context.Context, c *sqldb.Conn, a *registry.API) error {
	have := make(map[string]placed[registry.APIScope])
	err := c.Each(ctx, apiScopeSelect+` WHERE api_id = $1`, []any{a.ID}, func(row sqldb.Scanner) error {
		_, p, err := scanAPIScope(row)
		have[p.value.Value] = p
		return err
	})
	if err != nil {
		return err
	}
	return replace(have, a.Scopes, func(s registry.APIScope) string { return s.Value },
		func(a, b registry.APIScope) bool { return a == b },
		func(value string) error {
			return exec(ctx, c, `DELETE FROM api_scopes WHERE api_id = $1 AND value = $2`, a.ID, value)
		},
		func(i int, s registry.APIScope) error {
			return exec(ctx, c, `INSERT INTO api_scopes (api_id, value, position, description, by_default) VALUES ($1, $2, $3, $4, $5)`,
				a.ID, s.Value, i, s.Description, s.Default)
		},
		func(i int, s registry.APIScope) error {
			return exec(ctx, c, `UPDATE api_scopes SET position = $3, description = $4, by_default = $5 WHERE api_id = $1 AND value = $2`,
				a.ID, s.Value, i, s.Description, s.Default)
		})
}

const apiScopeSelect = `SELECT api_id, position, value, description, by_default FROM api_scopes`

func scanAPIScope(row sqldb.Scanner) (api string, p placed[registry.APIScope], err error) {
	err = row.Scan(&api, &p.position, &p.value.Value, &p.value.Description, &p.value.Default)
	return api, p, err
}

// DeleteAPI removes an API with its client grants. It fails with registry.ErrNotFound, also for the system API.
func (s *Store) DeleteAPI(ctx context.Context, id string, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if err := checkAfter(ctx, c, "api_id", id); err != nil {
			return err
		}
		changed, err := c.Exec(ctx, `DELETE FROM apis WHERE id = $1 AND system = FALSE`, id)
		if err := mustHit(changed, err, registry.ErrNotFound); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

// API returns an API by its internal id. It fails with registry.ErrNotFound.
func (s *Store) API(ctx context.Context, id string) (registry.API, error) {
	return s.api(ctx, "id", id)
}

// APIByAudience returns an API by the canonical form of its identifier. It fails with registry.ErrNotFound. The system API
// has no identifier here and is never found.
func (s *Store) APIByAudience(ctx context.Context, canonical string) (registry.API, error) {
	if canonical == "" {
		return registry.API{}, registry.ErrNotFound
	}
	return s.api(ctx, "canonical", canonical)
}

func (s *Store) api(ctx context.Context, column, value string) (registry.API, error) {
	apis := make([]registry.API, 1)
	err := s.db.View(ctx, func(c *sqldb.Conn) (err error) {
		apis[0], err = scanAPI(c.QueryRow(ctx, apiSelect+" WHERE "+column+" = $1", value))
		if err != nil {
			return absent(err, registry.ErrNotFound)
		}
		return loadAPIScopes(ctx, c, apis)
	})
	return apis[0], err
}

const apiSelect = `SELECT id, identifier, name, system, signing_algorithm, token_lifetime, token_profile, allow_offline_access,
	skip_consent, user_policy, client_policy, extras, created_at, updated_at, revision FROM apis`

func scanAPI(row sqldb.Scanner) (a registry.API, err error) {
	var extras string
	err = row.Scan(&a.ID, &a.Identifier, &a.Name, &a.System, &a.SigningAlgorithm, sqldb.ScanSpan(&a.TokenLifetime), &a.TokenProfile,
		&a.AllowOfflineAccess, &a.SkipConsent, &a.UserPolicy, &a.ClientPolicy, &extras, sqldb.ScanTime(&a.CreatedAt),
		sqldb.ScanTime(&a.UpdatedAt), &a.Revision)
	if extras != "" {
		a.Extras = json.RawMessage(extras)
	}
	return a, err
}

func loadAPIScopes(ctx context.Context, c *sqldb.Conn, apis []registry.API) error {
	if len(apis) == 0 {
		return nil
	}
	byID := make(map[string]*registry.API, len(apis))
	ids := make([]string, len(apis))
	for i := range apis {
		byID[apis[i].ID] = &apis[i]
		ids[i] = apis[i].ID
	}
	var f filter
	return c.Each(ctx, apiScopeSelect+" WHERE api_id IN "+in(&f, ids)+" ORDER BY api_id, position", f.args, func(row sqldb.Scanner) error {
		id, p, err := scanAPIScope(row)
		if a := byID[id]; a != nil {
			a.Scopes = append(a.Scopes, p.value)
		}
		return err
	})
}

// APIs returns one page of APIs, sorted by name.
func (s *Store) APIs(ctx context.Context, q registry.APIQuery) (page registry.Page[registry.API], err error) {
	var f filter
	if q.Search != "" {
		f.add(`search_text LIKE ? ESCAPE '\'`, "%"+escapeLike(strings.ToLower(q.Search))+"%")
	}
	if len(q.Identifiers) > 0 {
		f.conditions = append(f.conditions, "identifier IN "+in(&f, q.Identifiers))
	}
	if len(q.IDs) > 0 {
		f.conditions = append(f.conditions, "id IN "+in(&f, q.IDs))
	}
	err = s.db.View(ctx, func(c *sqldb.Conn) error {
		page = registry.Page[registry.API]{}
		if q.Total {
			if err := c.QueryRow(ctx, "SELECT COUNT(*) FROM apis"+f.where(), f.args...).Scan(&page.Total); err != nil {
				return err
			}
		}
		f, limit := f, pageSize(q.Limit)
		if name, id, ok := parseCursor(q.After); ok {
			f.add("(name, id) > (?, ?)", name, id)
		}
		text := apiSelect + f.where() + " ORDER BY name, id LIMIT " + f.arg(limit+1)
		if q.Offset > 0 && q.After == "" {
			text += " OFFSET " + f.arg(q.Offset)
		}
		all, err := sqldb.All(ctx, c, scanAPI, text, f.args...)
		if err != nil {
			return err
		}
		var more bool
		if page.Items, more = cut(all, limit); more {
			page.Next = cursor(page.Items[limit-1].Name, page.Items[limit-1].ID)
		}
		return loadAPIScopes(ctx, c, page.Items)
	})
	return page, err
}

func escapeLike(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}
