package store

import (
	"context"
	"strings"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// An application's entry repeats what lists filter and sort by. Two verbs write it with the application; its last used day is
// written with application_usage, and whether it is risky with the counts of findings.

func insertEntry(ctx context.Context, c *sqldb.Conn, a *registry.Application, place int64) error {
	return exec(ctx, c, `INSERT INTO application_entries (place, id, name_key, type, ownership, origin, enabled, created_at, last_used, risky)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, FALSE)`,
		place, a.ID, nameKey(a.Name), string(a.Type), string(a.Ownership), string(a.Origin), a.Enabled, sqldb.Time(a.CreatedAt))
}

// updateEntry writes what a change of an application may touch.
func updateEntry(ctx context.Context, c *sqldb.Conn, a *registry.Application, place int64) error {
	return exec(ctx, c, `UPDATE application_entries SET name_key = $2, type = $3, enabled = $4
		WHERE place = $1 AND (name_key <> $2 OR type <> $3 OR enabled <> $4)`, place, nameKey(a.Name), string(a.Type), a.Enabled)
}

// nameKey is what names are sorted by: letters of both cases alike.
func nameKey(name string) string { return strings.ToLower(name) }
