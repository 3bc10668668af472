package store

import (
	"context"
	"strings"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// An application's entry repeats what lists filter and sort by. Two verbs write it with the application; its last used day is
// written with application_usage, and whether it is risky with the counts of findings.

// facetOf is the expression of a facet, from those of the columns that it is made of. Migration 00009 has the same.
func facetOf(kind, ownership, origin, enabled, risky, unfinished string) string {
	return kind + ` || ' ' || ` + ownership + ` || ' ' || ` + origin + ` || CASE WHEN ` + enabled + ` THEN ' on' ELSE ' off' END
		|| CASE WHEN ` + risky + ` THEN ' risky' ELSE '' END || CASE WHEN ` + unfinished + ` THEN ' unfinished' ELSE '' END`
}

func insertEntry(ctx context.Context, c *sqldb.Conn, a *registry.Application, place int64) error {
	return exec(ctx, c, `INSERT INTO application_entries (place, id, name_key, type, ownership, origin, enabled, unfinished, created_at,
			risky, last_used, active_at, facet)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, FALSE, 0, $9, `+facetOf("$4", "$5", "$6", "$7", "FALSE", "$8")+`)`,
		place, a.ID, nameKey(a.Name), string(a.Type), string(a.Ownership), string(a.Origin), a.Enabled, !a.ExpiresAt.IsZero(),
		sqldb.Time(a.CreatedAt))
}

// updateEntry writes what a change of an application may touch. Who has finished an authorization has.
func updateEntry(ctx context.Context, c *sqldb.Conn, a *registry.Application, place int64) error {
	return exec(ctx, c, `UPDATE application_entries SET name_key = $2, type = $3, enabled = $4, unfinished = (unfinished AND $5),
			facet = `+facetOf("$3", "ownership", "origin", "$4", "risky", "unfinished AND $5")+`
		WHERE place = $1 AND (name_key <> $2 OR type <> $3 OR enabled <> $4 OR unfinished AND NOT $5)`,
		place, nameKey(a.Name), string(a.Type), a.Enabled, !a.ExpiresAt.IsZero())
}

// markRisky writes whether an application has a finding of high severity.
func markRisky(ctx context.Context, c *sqldb.Conn, id string, risky bool) error {
	return exec(ctx, c, `UPDATE application_entries SET risky = $2, facet = `+facetOf("type", "ownership", "origin", "enabled", "$2", "unfinished")+`
		WHERE id = $1 AND risky <> $2`, id, risky)
}

// markUsed writes the day that applications were last used on, in microseconds.
func markUsed(ctx context.Context, c *sqldb.Conn, ids []string, day int64) error {
	var f filter
	at := f.arg(day)
	text := `UPDATE application_entries SET last_used = ` + at + `, active_at = CASE WHEN active_at < ` + at + ` THEN ` + at + ` ELSE active_at END
		WHERE last_used < ` + at + ` AND id IN ` + in(&f, ids)
	return exec(ctx, c, text, f.args...)
}

// nameKey is what names are sorted by: letters of both cases alike.
func nameKey(name string) string { return strings.ToLower(name) }
