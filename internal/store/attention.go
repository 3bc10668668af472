package store

import (
	"context"
	"fmt"
	"time"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

const (
	secretConcerns = `SELECT a.id, a.name, s.name, s.expires_at FROM application_secrets s JOIN applications a ON a.id = s.application_id`
	noOtherSecret  = `NOT EXISTS (SELECT 1 FROM application_secrets o WHERE o.application_id = s.application_id AND o.id <> s.id
		AND o.retired_at IS NULL AND (o.expires_at IS NULL OR o.expires_at > s.expires_at))`
)

// selectConcerns asks for the applications that one concern is about, what of each, and since or until when. Each way is short
// because an index has nothing else in it.
func selectConcerns(kind registry.ConcernKind, now time.Time, limit int) (text string, args []any, err error) {
	var f filter
	f.add("a.enabled")
	of := func(at, detail string, conditions ...string) string {
		f.conditions = append(f.conditions, conditions...)
		return `SELECT a.id, a.name, ` + detail + `, i.` + at + ` FROM imports i JOIN applications a ON a.id = i.application_id` +
			f.where() + ` ORDER BY i.` + at + ` DESC`
	}
	switch kind {
	case registry.SecretsExpiring:
		f.add("s.retired_at IS NULL AND s.expires_at > ? AND s.expires_at <= ?", now.UnixMicro(), now.Add(registry.ExpiresSoon).UnixMicro())
		f.add(noOtherSecret)
		text = secretConcerns + f.where() + ` ORDER BY s.expires_at`
	case registry.SecretsExpired:
		f.add("s.retired_at IS NULL AND s.expires_at <= ?", now.UnixMicro())
		f.add(noOtherSecret)
		text = secretConcerns + f.where() + ` ORDER BY s.expires_at DESC`
	case registry.DocumentsFailing:
		text = of("failed_at", "i.failure", "i.failures > 0", "i.suspended_at IS NULL")
	case registry.KeysWaiting:
		text = of("keys_at", "''", "i.live_keys_version <> 0", "i.live_keys_version <> i.key_set_version", "i.mode <> 'frozen'")
	case registry.Suspended:
		text = of("suspended_at", "i.suspended_why", "i.suspended_at IS NOT NULL")
	default:
		return "", nil, fmt.Errorf("%q is no concern", kind)
	}
	return text + " LIMIT " + f.arg(pageSize(limit)), f.args, nil
}

// Concerns returns what needs an operator's attention for one reason, the most urgent first; at most limit of them. What is
// switched off concerns nobody, nor does a secret beside which a newer one stands.
func (s *Store) Concerns(ctx context.Context, kind registry.ConcernKind, now time.Time, limit int) (all []registry.Concern, err error) {
	text, args, err := selectConcerns(kind, now, limit)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		all, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (one registry.Concern, err error) {
			return one, row.Scan(&one.ApplicationID, &one.Name, &one.Detail, sqldb.ScanTime(&one.At))
		}, text, args...)
		return err
	})
	return all, err
}
