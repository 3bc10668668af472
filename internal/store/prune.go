package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"clientele/internal/registry"
	"clientele/internal/settings"
	"clientele/internal/sqldb"
)

// How long things are kept after their end. A used code is needed to recognise its replay, an ended session to answer who
// it was, a grant for as long as a token that points to it may live (30 days at most).
const (
	keepShort  = 24 * time.Hour
	keepGrants = 40 * 24 * time.Hour
	keepTrials = time.Hour
	keepHosts  = 7 * 24 * time.Hour // an application that has it is checked daily

	keepStrangers = 30 * 24 * time.Hour // after the last use by anybody
)

// Which strangers are over at $1: those that nobody finished an authorization with, and those that nobody uses any more, or could
// without beginning anew. Where an operator said something of one, by switching it off or by a permission, it stays, and so does
// one that an operator has to look at.
const (
	unfinishedStrangers = `a.expires_at <= $1`
	idleStrangers       = `a.expires_at IS NULL AND a.enabled AND a.created_at <= $1
		AND EXISTS (SELECT 1 FROM imports i WHERE i.application_id = a.id AND i.imported_by = 'client' AND i.suspended_why <> 'auth_downgrade')
		AND NOT EXISTS (SELECT 1 FROM application_usage u WHERE u.application_id = a.id AND u.last_used > $1)
		AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.application_id = a.id AND g.created_at > $1)
		AND NOT EXISTS (SELECT 1 FROM refresh_families f WHERE f.application_id = a.id AND (f.revoked_at IS NULL OR f.revoked_at > $1)
			AND (f.expires_at IS NULL OR f.expires_at > $1) AND (f.idle_expires_at IS NULL OR f.idle_expires_at > $1))
		AND NOT EXISTS (SELECT 1 FROM client_grants c WHERE c.application_id = a.id)`
)

// pruneBatch is how many rows one transaction removes, so that no writer waits long.
const pruneBatch = 500

// sweep is one kind of row that ends: which rows are over, given the time in $1.
type sweep struct {
	table, key, over string
	keep             time.Duration
}

var sweeps = []sweep{
	{"codes", "hash", "expires_at < $1", keepShort},
	{"requests", "hash", "expires_at < $1", keepShort},
	{"trials", "id", "expires_at < $1", keepTrials},
	{"sessions", "id", "expires_at < $1 OR idle_expires_at < $1 OR ended_at < $1", keepShort},
	{"throttles", "key", "COALESCE(until, 0) < $1 AND COALESCE(since, 0) < $1", keepShort},
	{"changes", "seq", "at < $1", keepShort},
	{"import_queue", "id", "expires_at < $1", 0},
	{"import_queue_people", "waiting_id", "at < $1", registry.WaitingLifetime}, // what they waited for has left by then
	{"traces", "reference", "at < $1", keepTraces},
	{"redirect_hosts", "host", "seen_at < $1", keepHosts},
	{"logos", "hash", `taken_at < $1 AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.logo_hash = logos.hash AND i.logo_hash <> '')
		AND NOT EXISTS (SELECT 1 FROM settings n WHERE n.name = 'logo_url' AND n.value = '/logos/' || logos.hash)`, keepShort},
	{"refresh_families", "id", "revoked_at < $1 OR expires_at < $1 OR idle_expires_at < $1", keepGrants},
	{"grants", "id", `created_at < $1 AND NOT EXISTS (SELECT 1 FROM refresh_families f WHERE f.grant_id = grants.id)
		AND NOT EXISTS (SELECT 1 FROM codes c WHERE c.grant_id = grants.id)`, keepGrants},
}

// Prune removes what is over: expired codes, requests, sessions and counters, strangers that did not finish or that nobody uses any more, what waited too
// long for an operator, old traces, grants that no token can point to any more, and the record as far as its retention says. It works in small steps; what it has not done when ctx ends waits for the
// next time.
func (s *Store) Prune(ctx context.Context, now time.Time, set settings.Settings) error {
	all := append([]sweep{{"used_once", "hash", "expires_at < $1", 0}}, sweeps...)
	if set.UseRetention > 0 {
		all = append(all, sweep{"audit_uses", "id", "at < $1", set.UseRetention})
	}
	for _, w := range all {
		if err := s.sweep(ctx, w, now); err != nil {
			return fmt.Errorf("prune %s: %w", w.table, err)
		}
	}
	if set.UseRetention > 0 {
		if err := s.pruneTallies(ctx, now.Add(-set.UseRetention)); err != nil {
			return fmt.Errorf("prune use_tallies: %w", err)
		}
	}
	for _, over := range []struct {
		which string
		at    time.Time
	}{{unfinishedStrangers, now}, {idleStrangers, now.Add(-keepStrangers)}} {
		if err := s.pruneStrangers(ctx, over.which, over.at, now); err != nil {
			return fmt.Errorf("prune applications: %w", err)
		}
	}
	if set.ChangeRetention <= 0 {
		return nil
	}
	for {
		removed, err := s.pruneChanges(ctx, now.Add(-set.ChangeRetention))
		if err != nil {
			return fmt.Errorf("prune audit_changes: %w", err)
		}
		if removed < pruneBatch {
			return nil
		}
	}
}

// sweep looks for what is over without holding up any writer, and then removes it in small steps. What came back to life in
// between stays.
func (s *Store) sweep(ctx context.Context, w sweep, now time.Time) error {
	before := now.Add(-w.keep).UnixMicro()
	for {
		var keys []any
		err := s.db.Read(ctx, func(c *sqldb.Conn) (err error) {
			keys, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (key any, err error) { return key, row.Scan(&key) },
				fmt.Sprintf("SELECT %s FROM %s WHERE %s LIMIT %d", w.key, w.table, w.over, 20*pruneBatch), before)
			return err
		})
		if err != nil {
			return err
		}
		for batch := range slices.Chunk(keys, pruneBatch) {
			f := filter{args: []any{before}}
			text := fmt.Sprintf("DELETE FROM %s WHERE %s IN %s AND (%s)", w.table, w.key, in(&f, batch), w.over)
			if err := s.db.Update(ctx, func(c *sqldb.Conn) error { return exec(ctx, c, text, f.args...) }); err != nil {
				return err
			}
		}
		if len(keys) < 20*pruneBatch {
			return nil
		}
	}
}

// pruneStrangers removes the strangers that have come to their end, without a trace of their ids, and tells the caches. One
// that finishes at the same moment stays.
func (s *Store) pruneStrangers(ctx context.Context, which string, at, now time.Time) error {
	for {
		var over bool
		err := s.db.Read(ctx, func(c *sqldb.Conn) error {
			return c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM applications a WHERE `+which+`)`, at.UnixMicro()).Scan(&over)
		})
		if err != nil || !over {
			return err
		}
		if err := s.db.Update(ctx, func(c *sqldb.Conn) error {
			removed, err := sqldb.All(ctx, c, func(row sqldb.Scanner) (id string, err error) { return id, row.Scan(&id) },
				`DELETE FROM applications AS a WHERE a.id IN (SELECT a.id FROM applications a WHERE `+which+` LIMIT $2) AND `+which+`
				RETURNING id`, at.UnixMicro(), pruneBatch)
			if err != nil || len(removed) == 0 {
				return err
			}
			var f filter
			these := in(&f, removed)
			for _, table := range []string{"application_usage", "use_tallies"} {
				if err := exec(ctx, c, `DELETE FROM `+table+` WHERE application_id IN `+these, f.args...); err != nil {
					return err
				}
			}
			return tell(ctx, c, registry.KindApplication, now, removed...)
		}); err != nil {
			return err
		}
	}
}

// pruneChanges removes events from the old end of the record, and keeps in the head where the chain begins from then on.
func (s *Store) pruneChanges(ctx context.Context, before time.Time) (removed int64, err error) {
	err = s.db.Update(ctx, func(c *sqldb.Conn) error {
		removed = 0
		var from int64
		if err := c.QueryRow(ctx, `UPDATE audit_head SET id = id WHERE id = 1 RETURNING pruned_sequence`).Scan(&from); err != nil {
			return err
		}
		// The chain is in commit order and times may be out of it by a little: the first event that stays ends the removal.
		var sequence int64
		var hash string
		err := c.QueryRow(ctx, `SELECT sequence, hash FROM audit_changes WHERE sequence > $1 AND sequence <= $2 AND sequence <
				COALESCE((SELECT MIN(sequence) FROM audit_changes WHERE sequence > $1 AND at >= $3), $2 + 1)
			ORDER BY sequence DESC LIMIT 1`, from, from+pruneBatch, before.UnixMicro()).Scan(&sequence, &hash)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := exec(ctx, c, `UPDATE audit_head SET pruned_sequence = $1, pruned_hash = $2 WHERE id = 1`, sequence, hash); err != nil {
			return err
		}
		removed, err = c.Exec(ctx, `DELETE FROM audit_changes WHERE sequence <= $1`, sequence)
		return err
	})
	return removed, err
}
