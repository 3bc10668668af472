package store

import (
	"context"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// What default_for says in the default grants.
const (
	thirdParties = "third_parties"
	strangers    = "strangers" // applications that came by themselves and nobody approved
)

// CreateClientGrant writes a new client grant with its event. It fails with registry.ErrConflict if there is one for the
// same application (or the same default), API and subject type, and with registry.ErrNotFound if the application or the API
// is not there.
func (s *Store) CreateClientGrant(ctx context.Context, g registry.ClientGrant, e audit.Event) error {
	var defaultFor string
	switch {
	case g.ThirdParties:
		defaultFor = thirdParties
	case g.Strangers:
		defaultFor = strangers
	}
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		err := exec(ctx, c, `INSERT INTO client_grants (id, application_id, default_for, api_id, subject_type, all_scopes,
				created_at, updated_at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			g.ID, sqldb.Text(g.ApplicationID), sqldb.Text(defaultFor), g.APIID, string(g.SubjectType), g.AllScopes,
			sqldb.Time(g.CreatedAt), sqldb.Time(g.UpdatedAt), g.Revision)
		if sqldb.IsOrphan(err) {
			return registry.ErrNotFound
		}
		if err != nil {
			return taken(err, registry.ErrConflict)
		}
		if err := saveClientGrantScopes(ctx, c, &g); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

// SaveClientGrant writes a client grant's scopes with its event, if its revision is still was. It fails with
// registry.ErrStale or registry.ErrNotFound. Whose it is, and for which API and subject, stays.
func (s *Store) SaveClientGrant(ctx context.Context, g registry.ClientGrant, was int64, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `UPDATE client_grants SET all_scopes = $3, updated_at = $4, revision = revision + 1
			WHERE id = $1 AND revision = $2`, g.ID, was, g.AllScopes, sqldb.Time(g.UpdatedAt))
		if err != nil {
			return err
		}
		if changed == 0 {
			return staleOrGone(ctx, c, `SELECT EXISTS (SELECT 1 FROM client_grants WHERE id = $1)`, g.ID, registry.ErrStale, registry.ErrNotFound)
		}
		if err := saveClientGrantScopes(ctx, c, &g); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

func saveClientGrantScopes(ctx context.Context, c *sqldb.Conn, g *registry.ClientGrant) error {
	have := make(map[string]placed[string])
	err := c.Each(ctx, `SELECT value, position FROM client_grant_scopes WHERE client_grant_id = $1`, []any{g.ID}, func(row sqldb.Scanner) error {
		var p placed[string]
		err := row.Scan(&p.value, &p.position)
		have[p.value] = p
		return err
	})
	if err != nil {
		return err
	}
	return replace(have, g.Scopes, func(value string) string { return value }, func(a, b string) bool { return a == b },
		func(value string) error {
			return exec(ctx, c, `DELETE FROM client_grant_scopes WHERE client_grant_id = $1 AND value = $2`, g.ID, value)
		},
		func(i int, value string) error {
			return exec(ctx, c, `INSERT INTO client_grant_scopes (client_grant_id, value, position) VALUES ($1, $2, $3)`, g.ID, value, i)
		},
		func(i int, value string) error {
			return exec(ctx, c, `UPDATE client_grant_scopes SET position = $3 WHERE client_grant_id = $1 AND value = $2`, g.ID, value, i)
		})
}

// DeleteClientGrant removes a client grant. It fails with registry.ErrNotFound.
func (s *Store) DeleteClientGrant(ctx context.Context, id string, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if err := checkAfter(ctx, c, "id", id); err != nil {
			return err
		}
		changed, err := c.Exec(ctx, `DELETE FROM client_grants WHERE id = $1`, id)
		if err := mustHit(changed, err, registry.ErrNotFound); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

const clientGrantSelect = `SELECT id, application_id, default_for, api_id, subject_type, all_scopes, created_at, updated_at, revision
	FROM client_grants`

func scanClientGrant(row sqldb.Scanner) (g registry.ClientGrant, err error) {
	var defaultFor string
	err = row.Scan(&g.ID, sqldb.ScanText(&g.ApplicationID), sqldb.ScanText(&defaultFor), &g.APIID, &g.SubjectType, &g.AllScopes,
		sqldb.ScanTime(&g.CreatedAt), sqldb.ScanTime(&g.UpdatedAt), &g.Revision)
	g.ThirdParties, g.Strangers = defaultFor == thirdParties, defaultFor == strangers
	return g, err
}

func loadClientGrantScopes(ctx context.Context, c *sqldb.Conn, grants []registry.ClientGrant) error {
	if len(grants) == 0 {
		return nil
	}
	scopes := make(map[string]oauth.Scopes, len(grants))
	ids := make([]string, len(grants))
	for i := range grants {
		ids[i] = grants[i].ID
	}
	var f filter
	err := c.Each(ctx, `SELECT client_grant_id, value FROM client_grant_scopes WHERE client_grant_id IN `+in(&f, ids)+`
		ORDER BY client_grant_id, position`, f.args, func(row sqldb.Scanner) error {
		var id, value string
		err := row.Scan(&id, &value)
		scopes[id] = append(scopes[id], value)
		return err
	})
	for i := range grants {
		grants[i].Scopes = scopes[grants[i].ID]
	}
	return err
}

// ClientGrant returns a client grant. It fails with registry.ErrNotFound.
func (s *Store) ClientGrant(ctx context.Context, id string) (registry.ClientGrant, error) {
	grants := make([]registry.ClientGrant, 1)
	err := s.db.View(ctx, func(c *sqldb.Conn) (err error) {
		grants[0], err = scanClientGrant(c.QueryRow(ctx, clientGrantSelect+` WHERE id = $1`, id))
		if err != nil {
			return absent(err, registry.ErrNotFound)
		}
		return loadClientGrantScopes(ctx, c, grants)
	})
	return grants[0], err
}

// ClientGrants returns one page of client grants, newest first.
func (s *Store) ClientGrants(ctx context.Context, q registry.ClientGrantQuery) (page registry.Page[registry.ClientGrant], err error) {
	var f filter
	if q.ApplicationID != "" {
		f.add("application_id = ?", q.ApplicationID)
	}
	if q.APIID != "" {
		f.add("api_id = ?", q.APIID)
	}
	if len(q.APIIDs) > 0 {
		f.conditions = append(f.conditions, "api_id IN "+in(&f, q.APIIDs))
	}
	if q.ThirdParties {
		f.add("default_for = ?", thirdParties)
	}
	if q.Strangers {
		f.add("default_for = ?", strangers)
	}
	if q.SubjectType != "" {
		f.add("subject_type = ?", string(q.SubjectType))
	}
	err = s.db.View(ctx, func(c *sqldb.Conn) error {
		page = registry.Page[registry.ClientGrant]{}
		if q.Total {
			if err := c.QueryRow(ctx, "SELECT COUNT(*) FROM client_grants"+f.where(), f.args...).Scan(&page.Total); err != nil {
				return err
			}
		}
		f, limit := f, pageSize(q.Limit)
		f.older("", q.After)
		text := clientGrantSelect + f.where() + " ORDER BY created_at DESC, id DESC LIMIT " + f.arg(limit+1)
		if q.Offset > 0 && q.After == "" {
			text += " OFFSET " + f.arg(q.Offset)
		}
		all, err := sqldb.All(ctx, c, scanClientGrant, text, f.args...)
		if err != nil {
			return err
		}
		var more bool
		if page.Items, more = cut(all, limit); more {
			page.Next = newestCursor(page.Items[limit-1].CreatedAt, page.Items[limit-1].ID)
		}
		return loadClientGrantScopes(ctx, c, page.Items)
	})
	return page, err
}
