package store

import (
	"context"
	"fmt"
	"time"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// concernText selects what one concern is about: the application, what of it, and since or until when. $1 is now and $2 the end
// of what counts as soon. Each is short by an index that has nothing else in it.
var concernText = map[registry.ConcernKind]string{
	registry.SecretsExpiring: secretConcern + ` s.expires_at > $1 AND s.expires_at <= $2` + noOtherSecret,
	registry.SecretsExpired:  secretConcern + ` s.expires_at <= $1 AND $2 > 0` + noOtherSecret,
	registry.DocumentsFailing: importConcern("failed_at", "i.failure") + ` i.failures > 0 AND $1 > 0 AND $2 > 0
		AND a.enabled AND i.suspended_at IS NULL ORDER BY i.failed_at DESC`,
	registry.KeysWaiting: importConcern("keys_at", "''") + ` i.live_keys_version <> 0 AND i.live_keys_version <> i.key_set_version AND i.mode <> 'frozen'
		AND $1 > 0 AND $2 > 0 AND a.enabled ORDER BY i.keys_at DESC`,
	registry.Suspended: importConcern("suspended_at", "i.suspended_why") + ` i.suspended_at IS NOT NULL AND $1 > 0 AND $2 > 0 AND a.enabled
		ORDER BY i.suspended_at DESC`,
}

const (
	secretConcern = `SELECT a.id, a.name, s.name, s.expires_at FROM application_secrets s JOIN applications a ON a.id = s.application_id
		WHERE s.expires_at IS NOT NULL AND s.retired_at IS NULL AND a.enabled AND`
	noOtherSecret = ` AND NOT EXISTS (SELECT 1 FROM application_secrets o WHERE o.application_id = s.application_id AND o.id <> s.id
			AND o.retired_at IS NULL AND (o.expires_at IS NULL OR o.expires_at > s.expires_at))
		ORDER BY s.expires_at`
)

func importConcern(at, detail string) string {
	return `SELECT a.id, a.name, ` + detail + `, i.` + at + ` FROM imports i JOIN applications a ON a.id = i.application_id WHERE`
}

// Concerns returns what needs an operator's attention for one reason, the most urgent first; at most limit of them. What is
// switched off concerns nobody, nor does a secret beside which a newer one stands.
func (s *Store) Concerns(ctx context.Context, kind registry.ConcernKind, now time.Time, limit int) (all []registry.Concern, err error) {
	text := concernText[kind]
	if text == "" {
		return nil, fmt.Errorf("%q is no concern", kind)
	}
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		all, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (one registry.Concern, err error) {
			return one, row.Scan(&one.ApplicationID, &one.Name, &one.Detail, sqldb.ScanTime(&one.At))
		}, text+` LIMIT $3`, now.UnixMicro(), now.Add(registry.ExpiresSoon).UnixMicro(), pageSize(limit))
		return err
	})
	return all, err
}
