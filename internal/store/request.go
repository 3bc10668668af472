package store

import (
	"context"

	"clientele/internal/grant"
	"clientele/internal/secret"
	"clientele/internal/sqldb"
)

// SaveRequest writes an authorization request, new or again, while it is open; with FinishedAt it ends here. It fails with
// grant.ErrNotFound if it is finished already or its application is gone. Whose it is and when it ends stays what it was at
// first; one whose client was not known yet gets its application once.
func (s *Store) SaveRequest(ctx context.Context, r grant.Request) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `INSERT INTO requests (hash, application_id, session_id, user_id, parameters, auth_time, ask,
				consented_at, denied_at, document_hash, created_at, expires_at, finished_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
			ON CONFLICT (hash) DO UPDATE SET application_id = excluded.application_id, session_id = excluded.session_id, user_id = excluded.user_id,
				parameters = excluded.parameters, auth_time = excluded.auth_time, ask = excluded.ask,
				consented_at = excluded.consented_at, denied_at = excluded.denied_at, document_hash = excluded.document_hash,
				finished_at = excluded.finished_at
			WHERE requests.finished_at IS NULL AND (requests.application_id IS NULL OR requests.application_id = excluded.application_id)`,
			string(r.Hash), sqldb.Text(r.ApplicationID), r.SessionID, r.UserID, sqldb.JSON(r.Parameters), sqldb.Time(r.AuthTime), sqldb.JSON(r.Ask),
			sqldb.Time(r.ConsentedAt), sqldb.Time(r.DeniedAt), r.DocumentHash, sqldb.Time(r.CreatedAt), sqldb.Time(r.ExpiresAt),
			sqldb.Time(r.FinishedAt))
		if sqldb.IsOrphan(err) {
			return grant.ErrNotFound
		}
		return mustHit(changed, err, grant.ErrNotFound)
	})
}

// Request returns the request whose handle has one of the hashes, open or not. It fails with grant.ErrNotFound.
func (s *Store) Request(ctx context.Context, hashes []secret.Hash) (r grant.Request, err error) {
	var f filter
	text := `SELECT hash, application_id, session_id, user_id, parameters, auth_time, ask, consented_at, denied_at, document_hash,
		created_at, expires_at, finished_at FROM requests WHERE hash IN ` + in(&f, texts(hashes))
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		r = grant.Request{}
		err := c.QueryRow(ctx, text, f.args...).Scan(&r.Hash, sqldb.ScanText(&r.ApplicationID), &r.SessionID, &r.UserID, sqldb.ScanJSON(&r.Parameters),
			sqldb.ScanTime(&r.AuthTime), sqldb.ScanJSON(&r.Ask), sqldb.ScanTime(&r.ConsentedAt), sqldb.ScanTime(&r.DeniedAt),
			&r.DocumentHash, sqldb.ScanTime(&r.CreatedAt), sqldb.ScanTime(&r.ExpiresAt), sqldb.ScanTime(&r.FinishedAt))
		return absent(err, grant.ErrNotFound)
	})
	return r, err
}
