package store

import (
	"context"
	"time"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// inUseFor is how long after its last use an application counts as in use.
const inUseFor = 30 * 24 * time.Hour

// DueImports returns the internal ids of applications imported by one kind of importer whose document or key set is to be fetched again: enabled ones
// that are in use, whoever waits longest first. In use is what was used in the last 30 days or has refresh tokens that live.
func (s *Store) DueImports(ctx context.Context, by registry.Importer, now time.Time, limit int) (ids []string, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		ids, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (id string, err error) { return id, row.Scan(&id) },
			dueImports, now.UnixMicro(), now.Add(-inUseFor).UnixMicro(), pageSize(limit), string(by))
		return err
	})
	return ids, err
}

const dueImports = `SELECT i.application_id FROM imports i JOIN applications a ON a.id = i.application_id
	WHERE i.next_at <= $1 AND i.imported_by = $4 AND a.enabled AND (a.expires_at IS NULL OR a.expires_at > $1)
		AND (EXISTS (SELECT 1 FROM application_usage u WHERE u.application_id = i.application_id AND u.last_used >= $2)
			OR EXISTS (SELECT 1 FROM refresh_families f WHERE f.application_id = i.application_id AND f.revoked_at IS NULL
				AND (f.expires_at IS NULL OR f.expires_at > $1) AND (f.idle_expires_at IS NULL OR f.idle_expires_at > $1)))
	ORDER BY i.next_at LIMIT $3`

// AnyImported reports whether there is an imported application that is enabled and stays.
func (s *Store) AnyImported(ctx context.Context) (any bool, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		return c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM imports i JOIN applications a ON a.id = i.application_id
			WHERE a.enabled AND a.expires_at IS NULL)`).Scan(&any)
	})
	return any, err
}

// CountUnfinished counts the strangers that have not finished an authorization and still may. Those that ended and wait for their
// removal do not count.
func (s *Store) CountUnfinished(ctx context.Context, now time.Time) (n int, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		return c.QueryRow(ctx, `SELECT COUNT(*) FROM applications WHERE expires_at > $1`, now.UnixMicro()).Scan(&n)
	})
	return n, err
}
