package store

import (
	"context"
	"time"

	"clientele/internal/grant"
	"clientele/internal/secret"
	"clientele/internal/sqldb"
)

// AddTrial writes a run of Try it. It fails with grant.ErrNotFound if its application or operator is gone.
func (s *Store) AddTrial(ctx context.Context, t grant.Trial) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		err := exec(ctx, c, `INSERT INTO trials (id, hash, application_id, operator_id, session_id, as_client, parameters, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			t.ID, string(t.Hash), t.ApplicationID, t.OperatorID, t.SessionID, t.AsClient, sqldb.JSON(t.Parameters),
			t.CreatedAt.UnixMicro(), t.ExpiresAt.UnixMicro())
		if sqldb.IsOrphan(err) {
			return grant.ErrNotFound
		}
		return err
	})
}

const trialColumns = `id, hash, application_id, operator_id, session_id, as_client, parameters, grant_id, created_at, expires_at,
	redeemed_at, ended_at, outcome`

func scanTrial(row sqldb.Scanner) (t grant.Trial, err error) {
	return t, row.Scan(&t.ID, &t.Hash, &t.ApplicationID, &t.OperatorID, &t.SessionID, &t.AsClient, sqldb.ScanJSON(&t.Parameters), &t.GrantID,
		sqldb.ScanTime(&t.CreatedAt), sqldb.ScanTime(&t.ExpiresAt), sqldb.ScanTime(&t.RedeemedAt), sqldb.ScanTime(&t.EndedAt),
		sqldb.ScanJSON(&t.Outcome))
}

// Trial returns a run by its id, ended or not. It fails with grant.ErrNotFound.
func (s *Store) Trial(ctx context.Context, id string) (t grant.Trial, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		t, err = scanTrial(c.QueryRow(ctx, `SELECT `+trialColumns+` FROM trials WHERE id = $1`, id))
		return absent(err, grant.ErrNotFound)
	})
	return t, err
}

// TrialByHandle returns the run whose handle has one of the hashes, ended or not. It fails with grant.ErrNotFound.
func (s *Store) TrialByHandle(ctx context.Context, hashes []secret.Hash) (t grant.Trial, err error) {
	var f filter
	text := `SELECT ` + trialColumns + ` FROM trials WHERE hash IN ` + in(&f, texts(hashes))
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		t, err = scanTrial(c.QueryRow(ctx, text, f.args...))
		return absent(err, grant.ErrNotFound)
	})
	return t, err
}

// TakeTrial uses up a run. Of concurrent calls one wins; one that has ended or expired is not won.
func (s *Store) TakeTrial(ctx context.Context, id string, now time.Time) (won bool, err error) {
	err = s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `UPDATE trials SET redeemed_at = $2 WHERE id = $1 AND redeemed_at IS NULL AND ended_at IS NULL AND expires_at > $2`,
			id, now.UnixMicro())
		won = changed > 0
		return err
	})
	return won && err == nil, err
}

// EndTrial writes what became of a run and ends the grant it made, if there is one. A run ends once.
func (s *Store) EndTrial(ctx context.Context, id string, o grant.TrialOutcome, now time.Time) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `UPDATE trials SET ended_at = $2, outcome = $3 WHERE id = $1 AND ended_at IS NULL`, id, now.UnixMicro(), sqldb.JSON(o))
		if err := mustHit(changed, err, grant.ErrNotFound); err != nil {
			return err
		}
		var grantID string
		if err := c.QueryRow(ctx, `SELECT grant_id FROM trials WHERE id = $1`, id).Scan(&grantID); err != nil || grantID == "" {
			return err
		}
		return revokeGrant(ctx, c, grantID, "the run of Try it is over", now)
	})
}

// grantTrial notes which grant the code of a run belongs to. A run has one code: it fails with grant.ErrNotFound for a second,
// and for a run that was taken, has ended or expired.
func grantTrial(ctx context.Context, c *sqldb.Conn, g *grant.Grant, now time.Time) error {
	changed, err := c.Exec(ctx, `UPDATE trials SET grant_id = $2
		WHERE id = $1 AND application_id = $3 AND grant_id = '' AND redeemed_at IS NULL AND ended_at IS NULL AND expires_at > $4`,
		g.TrialID, g.ID, g.ApplicationID, now.UnixMicro())
	return mustHit(changed, err, grant.ErrNotFound)
}
