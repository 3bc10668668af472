package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// SaveFindings keeps how many findings applications have, and when they are checked next. An application that is gone is left out.
func (s *Store) SaveFindings(ctx context.Context, counts map[string]registry.FindingCounts, next time.Time) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		for _, id := range slices.Sorted(maps.Keys(counts)) {
			n := counts[id]
			if err := exec(ctx, c, `INSERT INTO application_findings (application_id, high, moderate, low, info, checked_at, due_at)
				SELECT id, $2, $3, $4, $5, $6, $7 FROM applications WHERE id = $1
				ON CONFLICT (application_id) DO UPDATE SET high = excluded.high, moderate = excluded.moderate, low = excluded.low,
					info = excluded.info, checked_at = excluded.checked_at, due_at = excluded.due_at`,
				id, n.High, n.Moderate, n.Low, n.Info, n.CheckedAt.UnixMicro(), next.UnixMicro()); err != nil {
				return err
			}
			if err := markRisky(ctx, c, id, n.High > 0); err != nil {
				return err
			}
		}
		return nil
	})
}

// loadFindings fills in how many findings applications have.
func loadFindings(ctx context.Context, c *sqldb.Conn, apps []registry.Application, byID map[string]*registry.Application) error {
	if len(apps) == 0 {
		return nil
	}
	ids := make([]string, len(apps))
	for i := range apps {
		ids[i] = apps[i].ID
	}
	var f filter
	text := `SELECT application_id, high, moderate, low, info, checked_at FROM application_findings WHERE application_id IN ` + in(&f, ids)
	return c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
		var id string
		var n registry.FindingCounts
		err := row.Scan(&id, &n.High, &n.Moderate, &n.Low, &n.Info, sqldb.ScanTime(&n.CheckedAt))
		if a := byID[id]; a != nil {
			a.Findings = n
		}
		return err
	})
}

const dueFindings = `SELECT application_id FROM application_findings WHERE due_at <= $1 ORDER BY due_at LIMIT $2`

// TakeFindings returns applications that are to be checked, those that wait longest first, at most limit of them, and puts them off
// until again: one that cannot be checked then does not keep the others waiting, and two processes never take the same. It may return fewer than there are.
func (s *Store) TakeFindings(ctx context.Context, now, again time.Time, limit int) (ids []string, err error) {
	err = s.db.Update(ctx, func(c *sqldb.Conn) error {
		ids, err = sqldb.All(ctx, c, scanText, `UPDATE application_findings SET due_at = $3 WHERE due_at <= $1 AND application_id IN (`+dueFindings+`)
			RETURNING application_id`, now.UnixMicro(), pageSize(limit), again.UnixMicro())
		return err
	})
	return ids, err
}

func scanText(row sqldb.Scanner) (text string, err error) { return text, row.Scan(&text) }

// affected says which applications a change of a thing is about, by the kind of the notice.
var affected = map[string]string{
	registry.KindApplication: `SELECT id FROM applications WHERE id IN `,
	registry.KindClientGrant: `SELECT application_id FROM client_grants WHERE application_id IS NOT NULL AND id IN `,
	registry.KindAPI:         `SELECT DISTINCT application_id FROM client_grants WHERE application_id IS NOT NULL AND api_id IN `,
}

// checkAfter makes the applications be checked at once that lose client grants, before they do: afterwards nobody knows whose they
// were. column is id or api_id.
func checkAfter(ctx context.Context, c *sqldb.Conn, column, id string) error {
	return exec(ctx, c, `UPDATE application_findings SET due_at = 0 WHERE application_id IN
		(SELECT application_id FROM client_grants WHERE application_id IS NOT NULL AND `+column+` = $1)`, id)
}

// FindingsChanged makes the applications that are affected by changes of things be checked at once. Kinds that affect none are
// ignored, and so is what is gone.
func (s *Store) FindingsChanged(ctx context.Context, kind string, ids []string) error {
	which, known := affected[kind]
	if !known || len(ids) == 0 {
		return nil
	}
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		for some := range slices.Chunk(ids, 500) {
			var f filter
			text := `INSERT INTO application_findings (application_id, high, moderate, low, info, due_at)
				SELECT a.id, 0, 0, 0, 0, 0 FROM applications a WHERE a.id IN (` + which + in(&f, some) + `)
				ON CONFLICT (application_id) DO UPDATE SET due_at = 0`
			if err := exec(ctx, c, text, f.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// SeedFindings makes applications be checked at once that never were, or that changed after they were: while no server followed.
func (s *Store) SeedFindings(ctx context.Context) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if err := exec(ctx, c, `INSERT INTO application_findings (application_id, high, moderate, low, info, due_at)
			SELECT a.id, 0, 0, 0, 0, 0 FROM applications a
			WHERE NOT EXISTS (SELECT 1 FROM application_findings f WHERE f.application_id = a.id)
			ON CONFLICT (application_id) DO NOTHING`); err != nil {
			return err
		}
		return exec(ctx, c, `UPDATE application_findings SET due_at = 0 WHERE due_at > 0
			AND EXISTS (SELECT 1 FROM applications a WHERE a.id = application_findings.application_id AND a.updated_at > application_findings.checked_at)`)
	})
}

const countRisky = `SELECT COUNT(*) FROM application_findings f JOIN applications a ON a.id = f.application_id WHERE f.high > 0 AND a.enabled`

// RiskyApplications is how many applications that are switched on had a finding of high severity when they were last checked.
func (s *Store) RiskyApplications(ctx context.Context) (n int, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error { return c.QueryRow(ctx, countRisky).Scan(&n) })
	return n, err
}

// WatchHosts notes that applications have these hosts in their redirect URIs. One that is new is looked up at once.
func (s *Store) WatchHosts(ctx context.Context, hosts []string, now time.Time) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		for _, host := range hosts {
			if err := exec(ctx, c, `INSERT INTO redirect_hosts (host, seen_at, due_at) VALUES ($1, $2, $2)
				ON CONFLICT (host) DO UPDATE SET seen_at = excluded.seen_at`, host, now.UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
}

const dueHosts = `SELECT host, due_at, failed_at, dead_at FROM redirect_hosts WHERE due_at <= $1 ORDER BY due_at LIMIT $2`

// HostsDue returns the hosts that are to be looked up, at most limit of them.
func (s *Store) HostsDue(ctx context.Context, now time.Time, limit int) (hosts []registry.WatchedHost, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		hosts, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (h registry.WatchedHost, err error) {
			return h, row.Scan(&h.Host, sqldb.ScanTime(&h.DueAt), sqldb.ScanTime(&h.FailedAt), sqldb.ScanTime(&h.DeadAt))
		}, dueHosts, now.UnixMicro(), pageSize(limit))
		return err
	})
	return hosts, err
}

// SaveHost keeps what a look-up found. A host that nobody has any more is left out.
func (s *Store) SaveHost(ctx context.Context, h registry.WatchedHost) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		return exec(ctx, c, `UPDATE redirect_hosts SET due_at = $2, failed_at = $3, dead_at = $4 WHERE host = $1`,
			h.Host, sqldb.Time(h.DueAt), sqldb.Time(h.FailedAt), sqldb.Time(h.DeadAt))
	})
}
