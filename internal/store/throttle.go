package store

import (
	"context"
	"time"

	"clientele/internal/account"
	"clientele/internal/secret"
	"clientele/internal/sqldb"
)

// Throttle returns the lanes that have failures among keys.
func (s *Store) Throttle(ctx context.Context, keys []secret.Hash) (lanes []account.Throttle, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var f filter
	text := `SELECT key, failures, since, until FROM throttles WHERE key IN ` + in(&f, texts(keys))
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		lanes, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (t account.Throttle, err error) {
			return t, row.Scan(&t.Key, &t.Failures, sqldb.ScanTime(&t.Since), sqldb.ScanTime(&t.Until))
		}, text, f.args...)
		return err
	})
	return lanes, err
}

// SaveThrottle writes how a lane stands. Two that count at once would both write the same count; so a count within one
// stretch never falls, and one that would not rise rises by one.
func (s *Store) SaveThrottle(ctx context.Context, t account.Throttle) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		return exec(ctx, c, `INSERT INTO throttles (key, failures, since, until) VALUES ($1, $2, $3, $4)
			ON CONFLICT (key) DO UPDATE SET since = excluded.since,
				failures = CASE WHEN throttles.since = excluded.since AND throttles.failures >= excluded.failures
					THEN throttles.failures + 1 ELSE excluded.failures END,
				until = CASE WHEN throttles.since = excluded.since AND throttles.until > COALESCE(excluded.until, 0)
					THEN throttles.until ELSE excluded.until END`,
			string(t.Key), t.Failures, sqldb.Time(t.Since), sqldb.Time(t.Until))
	})
}

// ClearThrottle forgets the failures of a lane.
func (s *Store) ClearThrottle(ctx context.Context, key secret.Hash) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error { return exec(ctx, c, `DELETE FROM throttles WHERE key = $1`, string(key)) })
}

// UseOnce marks something as used and reports whether this was the first time before it expires. Of concurrent calls one is
// the first.
func (s *Store) UseOnce(ctx context.Context, kind string, hash secret.Hash, now, expires time.Time) (first bool, err error) {
	err = s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `INSERT INTO used_once (kind, hash, expires_at) VALUES ($1, $2, $3)
			ON CONFLICT (kind, hash) DO UPDATE SET expires_at = excluded.expires_at WHERE used_once.expires_at <= $4`,
			kind, string(hash), expires.UnixMicro(), now.UnixMicro())
		first = changed > 0
		return err
	})
	return first && err == nil, err
}
