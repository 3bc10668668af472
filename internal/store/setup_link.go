package store

import (
	"context"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/secret"
	"clientele/internal/sqldb"
)

// SaveSetupLink keeps the only set-up link there is; an earlier one is void from now on.
func (s *Store) SaveSetupLink(ctx context.Context, hash secret.Hash, expires time.Time) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		return exec(ctx, c, `INSERT INTO setup_links (id, hash, expires_at) VALUES (1, $1, $2)
			ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at`, string(hash), expires.UnixMicro())
	})
}

// RedeemSetupLink uses up the set-up link and creates the first operator. Of concurrent calls one wins. It fails with
// account.ErrNotFound unless the link is open and there is no operator yet, and with account.ErrConflict, the link still
// open, if the e-mail address is taken.
func (s *Store) RedeemSetupLink(ctx context.Context, hashes []secret.Hash, now time.Time, operator account.User, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		f := filter{args: []any{now.UnixMicro()}}
		changed, err := c.Exec(ctx, `DELETE FROM setup_links WHERE expires_at > $1 AND hash IN `+in(&f, texts(hashes)), f.args...)
		if err := mustHit(changed, err, account.ErrNotFound); err != nil {
			return err
		}
		has, err := hasOperator(ctx, c)
		if err != nil {
			return err
		}
		if has {
			return account.ErrNotFound
		}
		if err := insertUser(ctx, c, &operator); err != nil {
			return taken(err, account.ErrConflict)
		}
		return record(ctx, c, e)
	})
}
