package store

import (
	"context"
	"time"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// SaveLogo keeps a picture under its hash. One that is there already is as good as new: it is not removed before somebody
// can point to it.
func (s *Store) SaveLogo(ctx context.Context, hash string, png []byte, now time.Time) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		return exec(ctx, c, `INSERT INTO logos (hash, png, taken_at) VALUES ($1, $2, $3)
			ON CONFLICT (hash) DO UPDATE SET taken_at = excluded.taken_at`, hash, bytesOf(png), now.UnixMicro())
	})
}

// Logo returns the picture with a hash. It fails with registry.ErrNotFound.
func (s *Store) Logo(ctx context.Context, hash string) (png []byte, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		return absent(c.QueryRow(ctx, `SELECT png FROM logos WHERE hash = $1`, hash).Scan(&png), registry.ErrNotFound)
	})
	return png, err
}
