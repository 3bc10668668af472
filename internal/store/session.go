package store

import (
	"context"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/secret"
	"clientele/internal/sqldb"
)

// StartSession writes a new session under the hash of its token, and ends the one it replaces, if any. It fails with
// account.ErrNotFound if the user is gone.
func (s *Store) StartSession(ctx context.Context, n account.Session, hash secret.Hash, replaces string) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		err := exec(ctx, c, `INSERT INTO sessions (id, hash, kind, user_id, auth_time, amr, created_at, seen_at, idle_expires_at,
				expires_at, user_agent, address, ended_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			n.ID, string(hash), string(n.Kind), n.UserID, sqldb.Time(n.AuthTime), sqldb.Words(n.AMR), sqldb.Time(n.CreatedAt),
			sqldb.Time(n.SeenAt), sqldb.Time(n.IdleExpires), sqldb.Time(n.Expires), n.UserAgent, n.Address, sqldb.Time(n.EndedAt))
		if sqldb.IsOrphan(err) {
			return account.ErrNotFound
		}
		if err != nil || replaces == "" {
			return err
		}
		return endSession(ctx, c, replaces, n.CreatedAt)
	})
}

func endSession(ctx context.Context, c *sqldb.Conn, id string, now time.Time) error {
	return exec(ctx, c, `UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL`, id, now.UnixMicro())
}

const sessionSelect = `SELECT id, kind, user_id, auth_time, amr, created_at, seen_at, idle_expires_at, expires_at, user_agent, address,
	ended_at FROM sessions`

func scanSession(row sqldb.Scanner) (n account.Session, err error) {
	err = row.Scan(&n.ID, &n.Kind, &n.UserID, sqldb.ScanTime(&n.AuthTime), sqldb.ScanWords(&n.AMR), sqldb.ScanTime(&n.CreatedAt),
		sqldb.ScanTime(&n.SeenAt), sqldb.ScanTime(&n.IdleExpires), sqldb.ScanTime(&n.Expires), &n.UserAgent, &n.Address,
		sqldb.ScanTime(&n.EndedAt))
	return n, err
}

// Session returns the session whose token has one of the hashes, alive or not. It fails with account.ErrNotFound.
func (s *Store) Session(ctx context.Context, hashes []secret.Hash) (n account.Session, err error) {
	var f filter
	text := sessionSelect + " WHERE hash IN " + in(&f, texts(hashes))
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		n, err = scanSession(c.QueryRow(ctx, text, f.args...))
		return absent(err, account.ErrNotFound)
	})
	return n, err
}

// TouchSession keeps that a session was seen. One that has ended stays ended, and an older sight changes nothing.
func (s *Store) TouchSession(ctx context.Context, id string, seen, idleExpires time.Time) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		return exec(ctx, c, `UPDATE sessions SET seen_at = $2, idle_expires_at = $3 WHERE id = $1 AND ended_at IS NULL AND seen_at < $2`,
			id, seen.UnixMicro(), idleExpires.UnixMicro())
	})
}

// EndSession ends a session. It is no error if it has ended before.
func (s *Store) EndSession(ctx context.Context, id string, now time.Time) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error { return endSession(ctx, c, id, now) })
}

// EndUserSessions ends all that a user is signed in with: sessions of both kinds, grants and refresh families.
func (s *Store) EndUserSessions(ctx context.Context, userID string, now time.Time, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if err := exec(ctx, c, `UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL`, userID, now.UnixMicro()); err != nil {
			return err
		}
		if err := exec(ctx, c, `UPDATE grants SET revoked_at = $2, revoked_why = $3 WHERE user_id = $1 AND revoked_at IS NULL`,
			userID, now.UnixMicro(), e.Kind); err != nil {
			return err
		}
		if err := exec(ctx, c, `UPDATE refresh_families SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL`, userID, now.UnixMicro()); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

// UserSessions returns the sessions of a user that have not ended or expired long ago, newest first.
func (s *Store) UserSessions(ctx context.Context, userID string) (sessions []account.Session, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		sessions, err = sqldb.All(ctx, c, scanSession, sessionSelect+` WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1000`, userID)
		return err
	})
	return sessions, err
}

// EndOneSession ends one session of a user and records it; of concurrent calls one does. It fails with account.ErrNotFound if the
// session is somebody else's, or has ended.
func (s *Store) EndOneSession(ctx context.Context, userID, id string, now time.Time, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `UPDATE sessions SET ended_at = $3 WHERE id = $1 AND user_id = $2 AND ended_at IS NULL`, id, userID, now.UnixMicro())
		if err := mustHit(changed, err, account.ErrNotFound); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

// EndOtherSessions ends the sessions of a user but one, of both kinds. What applications were granted stays.
func (s *Store) EndOtherSessions(ctx context.Context, userID, keep string, now time.Time, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if err := exec(ctx, c, `UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id <> $2 AND ended_at IS NULL`, userID, keep, now.UnixMicro()); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}
