package store

import (
	"context"
	"database/sql"
	"errors"

	"clientele/internal/grant"
	"clientele/internal/sqldb"
)

func insertFamily(ctx context.Context, c *sqldb.Conn, f *grant.Family) error {
	return exec(ctx, c, `INSERT INTO refresh_families (id, grant_id, application_id, user_id, key_id, generation, rotating, created_at,
			rotated_at, used_at, expires_at, idle_expires_at, revoked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		f.ID, f.GrantID, f.ApplicationID, f.UserID, f.KeyID, f.Generation, f.Rotating, sqldb.Time(f.CreatedAt),
		sqldb.Time(f.RotatedAt), sqldb.Time(f.UsedAt), sqldb.Time(f.ExpiresAt), sqldb.Time(f.IdleExpiresAt), sqldb.Time(f.RevokedAt))
}

const familyColumns = `refresh_families.id, grant_id, refresh_families.application_id, refresh_families.user_id, key_id, generation,
	rotating, refresh_families.created_at, rotated_at, used_at, expires_at, idle_expires_at, refresh_families.revoked_at`

func familyFields(f *grant.Family) []any {
	return []any{
		&f.ID, &f.GrantID, &f.ApplicationID, &f.UserID, &f.KeyID, &f.Generation, &f.Rotating, sqldb.ScanTime(&f.CreatedAt),
		sqldb.ScanTime(&f.RotatedAt), sqldb.ScanTime(&f.UsedAt), sqldb.ScanTime(&f.ExpiresAt), sqldb.ScanTime(&f.IdleExpiresAt),
		sqldb.ScanTime(&f.RevokedAt),
	}
}

// Family returns a refresh family, alive or not, with its grant. It fails with grant.ErrNotFound.
func (s *Store) Family(ctx context.Context, id string) (f grant.Family, g grant.Grant, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		f, g = grant.Family{}, grant.Grant{}
		return absent(c.QueryRow(ctx, `SELECT `+familyColumns+`, `+grantColumns+` FROM refresh_families JOIN grants g ON g.id = grant_id
			WHERE refresh_families.id = $1`, id).Scan(append(familyFields(&f), grantFields(&g)...)...), grant.ErrNotFound)
	})
	return f, g, err
}

// Rotate presents a refresh token by family and generation, and returns the family as it is afterwards. Only the current
// generation of a living family moves on, and of concurrent calls one moves it. The one before is answered again within the
// leeway, because its successor, being current, was not used. Anything older was used before: the family and its grant end,
// and that is committed when Rotate returns. RFC 9700 §4.14.2.
func (s *Store) Rotate(ctx context.Context, r grant.Rotation) (outcome grant.RotateOutcome, f grant.Family, err error) {
	err = s.db.Update(ctx, func(c *sqldb.Conn) error {
		outcome, f, err = rotate(ctx, c, r)
		return err
	})
	if err != nil {
		return grant.RotateRefused, grant.Family{}, err
	}
	return outcome, f, nil
}

func rotate(ctx context.Context, c *sqldb.Conn, r grant.Rotation) (grant.RotateOutcome, grant.Family, error) {
	f, err := advance(ctx, c, r)
	if !errors.Is(err, sql.ErrNoRows) {
		return grant.Rotated, f, err
	}
	// The row was not moved. It is read by another statement, which sees whatever kept the first from moving it.
	err = c.QueryRow(ctx, `SELECT `+familyColumns+` FROM refresh_families WHERE id = $1`, r.FamilyID).Scan(familyFields(&f)...)
	if errors.Is(err, sql.ErrNoRows) {
		return grant.RotateRefused, grant.Family{}, nil
	}
	if err != nil {
		return grant.RotateRefused, f, err
	}
	switch {
	case r.Generation >= f.Generation || r.Generation < 1 || !f.RevokedAt.IsZero() || ended(&f, r):
		return grant.RotateRefused, f, nil
	case r.Generation == f.Generation-1 && r.Leeway > 0 && !r.Now.After(f.RotatedAt.Add(r.Leeway)):
		return grant.RotateRetried, f, nil
	}
	if err := revokeGrant(ctx, c, f.GrantID, "a refresh token was used again", r.Now); err != nil {
		return grant.RotateRefused, f, err
	}
	f.RevokedAt = r.Now
	return grant.RotateReused, f, nil
}

func ended(f *grant.Family, r grant.Rotation) bool {
	return !f.ExpiresAt.IsZero() && !r.Now.Before(f.ExpiresAt) || !f.IdleExpiresAt.IsZero() && !r.Now.Before(f.IdleExpiresAt)
}

// advance moves the family on, if the generation is the current one and the family lives. A family that does not rotate
// stays at its generation; that it was used is kept.
func advance(ctx context.Context, c *sqldb.Conn, r grant.Rotation) (f grant.Family, err error) {
	var step int64
	var rotatedAt any
	if r.Rotating {
		step, rotatedAt = 1, r.Now.UnixMicro()
	}
	var idle any
	if r.IdleLifetime > 0 {
		idle = r.Now.Add(r.IdleLifetime).UnixMicro()
	}
	err = c.QueryRow(ctx, `UPDATE refresh_families SET generation = generation + $4, rotating = $5,
			rotated_at = COALESCE($6, rotated_at), used_at = $3, idle_expires_at = $7
		WHERE id = $1 AND generation = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
			AND (idle_expires_at IS NULL OR idle_expires_at > $3)
		RETURNING `+familyColumns, r.FamilyID, r.Generation, r.Now.UnixMicro(), step, r.Rotating, rotatedAt, idle).Scan(familyFields(&f)...)
	return f, err
}
