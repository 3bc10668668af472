package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"clientele/internal/audit"
	"clientele/internal/secret"
	"clientele/internal/signing"
	"clientele/internal/sqldb"
)

// DataKeys returns the sealed data keys, oldest first.
func (s *Store) DataKeys(ctx context.Context) (keys []secret.DataKey, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		keys, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (k secret.DataKey, err error) {
			return k, row.Scan(&k.ID, &k.Sealed, sqldb.ScanTime(&k.CreatedAt))
		}, `SELECT id, sealed, created_at FROM data_keys ORDER BY created_at, id`)
		return err
	})
	return keys, err
}

// AddDataKey writes a data key, with onlyIfNone only if there is none yet, and says whether it did. Of servers that start
// at once on an empty database one adds its key, and the others use it.
func (s *Store) AddDataKey(ctx context.Context, k secret.DataKey, onlyIfNone bool) (added bool, err error) {
	err = s.db.Update(ctx, func(c *sqldb.Conn) error {
		added = false
		var notice int64
		if err := c.QueryRow(ctx, `UPDATE audit_head SET notice = notice + 1 WHERE id = 1 RETURNING notice`).Scan(&notice); err != nil {
			return err // the head's row makes concurrent callers take turns
		}
		var has bool
		if err := c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM data_keys)`).Scan(&has); err != nil {
			return err
		}
		if added = !has || !onlyIfNone; !added {
			return nil
		}
		if err := exec(ctx, c, `INSERT INTO data_keys (id, sealed, created_at) VALUES ($1, $2, $3)`, k.ID, k.Sealed, k.CreatedAt.UnixMicro()); err != nil {
			return err
		}
		return notify(ctx, c, notice, "data_key", k.ID, k.CreatedAt)
	})
	return added && err == nil, err
}

// SigningKeys returns all signing keys, oldest first.
func (s *Store) SigningKeys(ctx context.Context) (keys []signing.StoredKey, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		keys, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (k signing.StoredKey, err error) {
			err = row.Scan(&k.ID, &k.Algorithm, &k.State, &k.Sealed, &k.PublicJWK, sqldb.ScanTime(&k.CreatedAt),
				sqldb.ScanTime(&k.CurrentAt), sqldb.ScanTime(&k.PreviousAt), sqldb.ScanTime(&k.RevokedAt))
			return k, err
		}, `SELECT id, algorithm, state, sealed, public_jwk, created_at, current_at, previous_at, revoked_at FROM signing_keys
			ORDER BY created_at, id`)
		return err
	})
	return keys, err
}

// SaveSigningKeys writes keys, new ones and new states, with their event. It fails with signing.ErrConflict if an algorithm
// had two current or two next keys afterwards, which means that somebody else rotated in between.
func (s *Store) SaveSigningKeys(ctx context.Context, keys []signing.StoredKey, e audit.Event) error {
	order := map[signing.State]int{signing.Revoked: 0, signing.Previous: 1, signing.Current: 2, signing.Next: 3}
	keys = slices.Clone(keys)
	// A key leaves its place before another takes it: the unique index looks after every statement.
	slices.SortStableFunc(keys, func(a, b signing.StoredKey) int { return cmp.Compare(order[a.State], order[b.State]) })
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		for _, k := range keys {
			if err := exec(ctx, c, `INSERT INTO signing_keys (id, algorithm, state, sealed, public_jwk, created_at, current_at, previous_at, revoked_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
				ON CONFLICT (id) DO UPDATE SET state = excluded.state,
					sealed = CASE WHEN excluded.sealed = '' THEN '' ELSE signing_keys.sealed END, current_at = excluded.current_at,
					previous_at = excluded.previous_at, revoked_at = excluded.revoked_at`,
				k.ID, string(k.Algorithm), string(k.State), k.Sealed, k.PublicJWK, sqldb.Time(k.CreatedAt), sqldb.Time(k.CurrentAt),
				sqldb.Time(k.PreviousAt), sqldb.Time(k.RevokedAt)); err != nil {
				return taken(err, signing.ErrConflict)
			}
		}
		return record(ctx, c, e)
	})
}

// Rewrap replaces the sealed form of every data key and signing key, all or nothing, with its event. It fails with
// signing.ErrConflict if a key is there that was not given: it would stay sealed under the old master key.
func (s *Store) Rewrap(ctx context.Context, data []secret.DataKey, keys []signing.StoredKey, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		for _, k := range data {
			changed, err := c.Exec(ctx, `UPDATE data_keys SET sealed = $2 WHERE id = $1`, k.ID, k.Sealed)
			if err := mustHit(changed, err, signing.ErrConflict); err != nil {
				return fmt.Errorf("data key %s: %w", k.ID, err)
			}
		}
		for _, k := range keys {
			changed, err := c.Exec(ctx, `UPDATE signing_keys SET sealed = $2 WHERE id = $1`, k.ID, k.Sealed)
			if err := mustHit(changed, err, signing.ErrConflict); err != nil {
				return fmt.Errorf("signing key %s: %w", k.ID, err)
			}
		}
		if err := record(ctx, c, e); err != nil {
			return err
		}
		// Whoever adds a key holds the head's row, as we do now: from here to the commit the count cannot change.
		var dataKeys, signingKeys int
		if err := c.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM data_keys), (SELECT COUNT(*) FROM signing_keys)`).Scan(&dataKeys, &signingKeys); err != nil {
			return err
		}
		if dataKeys != len(data) || signingKeys != len(keys) {
			return fmt.Errorf("another key was added in the meantime: %w", signing.ErrConflict)
		}
		return nil
	})
}
