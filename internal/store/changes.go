package store

import (
	"context"

	"clientele/internal/audit"
	"clientele/internal/sqldb"
)

// NoticesAfter returns at most limit notices whose sequence is above sequence, in commit order.
func (s *Store) NoticesAfter(ctx context.Context, sequence int64, limit int) (notices []audit.Notice, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		notices, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (n audit.Notice, err error) {
			return n, row.Scan(&n.Sequence, &n.Kind, &n.ID)
		}, `SELECT seq, kind, id FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2`, sequence, pageSize(limit))
		return err
	})
	return notices, err
}

// LastNotice is the sequence of the newest notice, 0 before the first.
func (s *Store) LastNotice(ctx context.Context) (sequence int64, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		return c.QueryRow(ctx, `SELECT notice FROM audit_head WHERE id = 1`).Scan(&sequence)
	})
	return sequence, err
}
