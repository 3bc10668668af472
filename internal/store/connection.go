package store

import (
	"context"
	"time"

	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/sqldb"
)

// GrantsOfUser returns one page of what a person's applications have access by, newest first: the grants that were redeemed,
// were not ended, and have a refresh token that is good or are younger than grant.AfterGrant.
func (s *Store) GrantsOfUser(ctx context.Context, q grant.ConnectionQuery) (page grant.ConnectionPage, err error) {
	var f filter
	at := f.arg(q.Now.UnixMicro())
	living := `(SELECT COUNT(*) FROM refresh_families f WHERE f.grant_id = g.id AND f.revoked_at IS NULL
		AND (f.expires_at IS NULL OR f.expires_at > ` + at + `) AND (f.idle_expires_at IS NULL OR f.idle_expires_at > ` + at + `))`
	f.add("g.user_id = ?", q.UserID)
	f.add("g.revoked_at IS NULL AND g.trial_id = '' AND g.auth_method <> ''")
	if q.ApplicationID != "" {
		f.add("g.application_id = ?", q.ApplicationID)
	}
	f.add("("+living+" > 0 OR g.created_at > ? AND NOT EXISTS (SELECT 1 FROM refresh_families f WHERE f.grant_id = g.id))", q.Now.Add(-grant.AfterGrant).UnixMicro())
	f.older("g.", q.After)
	limit := pageSize(q.Limit)
	text := `SELECT ` + grantColumns + `, ` + living + `,
			(SELECT MAX(COALESCE(f.used_at, f.created_at)) FROM refresh_families f WHERE f.grant_id = g.id),
			(SELECT MAX(f.expires_at) FROM refresh_families f WHERE f.grant_id = g.id)
		FROM grants g` + f.where() + ` ORDER BY g.created_at DESC, g.id DESC LIMIT ` + f.arg(limit+1)
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		page = grant.ConnectionPage{}
		all, err := sqldb.All(ctx, c, scanConnection, text, f.args...)
		var more bool
		if page.Connections, more = cut(all, limit); more {
			last := page.Connections[limit-1]
			page.Next = newestCursor(last.CreatedAt, last.ID)
		}
		return err
	})
	return page, err
}

func scanConnection(row sqldb.Scanner) (n grant.Connection, err error) {
	var families int64
	err = row.Scan(append(grantFields(&n.Grant), &families, sqldb.ScanTime(&n.LastUsed), sqldb.ScanTime(&n.Expires))...)
	n.Stays = families > 0
	if n.LastUsed.IsZero() {
		n.LastUsed = n.CreatedAt
	}
	return n, err
}

// EndGrant ends one grant of a person with its refresh families, and no other, and records it. Of concurrent calls one does. It
// fails with grant.ErrNotFound if the grant is somebody else's, is gone or has ended.
func (s *Store) EndGrant(ctx context.Context, userID, id string, now time.Time, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `UPDATE grants SET revoked_at = $3, revoked_why = $4 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL`,
			id, userID, now.UnixMicro(), e.Kind)
		if err := mustHit(changed, err, grant.ErrNotFound); err != nil {
			return err
		}
		if err := revokeGrant(ctx, c, id, e.Kind, now); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

// EndGrants ends every grant of a person to one application, with the consents they rest on, and records it.
func (s *Store) EndGrants(ctx context.Context, userID, applicationID string, now time.Time, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if err := exec(ctx, c, `DELETE FROM consents WHERE user_id = $1 AND application_id = $2`, userID, applicationID); err != nil {
			return err
		}
		if err := endGrants(ctx, c, userID, applicationID, e.Kind, now); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

// endGrants ends the grants of a person to one application. Like everybody it takes the grants before their families.
func endGrants(ctx context.Context, c *sqldb.Conn, userID, applicationID, why string, now time.Time) error {
	if err := exec(ctx, c, `UPDATE grants SET revoked_at = $3, revoked_why = $4 WHERE user_id = $1 AND application_id = $2 AND revoked_at IS NULL`,
		userID, applicationID, now.UnixMicro(), why); err != nil {
		return err
	}
	return exec(ctx, c, `UPDATE refresh_families SET revoked_at = $3 WHERE user_id = $1 AND application_id = $2 AND revoked_at IS NULL`,
		userID, applicationID, now.UnixMicro())
}
