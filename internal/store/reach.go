package store

import (
	"context"
	"time"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// Reach counts what stops when an application stops, each up to registry.MaxReach. One that is not there reaches nobody.
func (s *Store) Reach(ctx context.Context, applicationID string, now time.Time) (reach registry.Reach, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		return c.QueryRow(ctx, `SELECT
			(SELECT COUNT(DISTINCT user_id) FROM (SELECT user_id FROM grants
				WHERE application_id = $1 AND revoked_at IS NULL AND user_id IS NOT NULL AND trial_id = '' LIMIT $3) AS people),
			(SELECT COUNT(*) FROM (SELECT 1 AS one FROM refresh_families
				WHERE application_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
				AND (idle_expires_at IS NULL OR idle_expires_at > $2) LIMIT $3) AS families),
			(SELECT COUNT(*) FROM (SELECT 1 AS one FROM client_grants WHERE application_id = $1 LIMIT $3) AS permissions)`,
			applicationID, now.UnixMicro(), registry.MaxReach).Scan(&reach.People, &reach.RefreshTokens, &reach.ClientGrants)
	})
	return reach, err
}
