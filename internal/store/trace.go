package store

import (
	"context"
	"slices"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// How many traces are kept, and for how long.
const (
	maxTraces    = 10_000
	maxAnonymous = 2000 // of whoever knocked and is not known
	keepTraces   = 30 * 24 * time.Hour
)

// SaveTraces writes traces, or how often those that are there were repeated. Beyond 10 000 the oldest go,
// and beyond 2 000 of those that are about nobody who is known the oldest of them: anybody may leave such a one.
func (s *Store) SaveTraces(ctx context.Context, traces []audit.Trace) error {
	if len(traces) == 0 {
		return nil
	}
	anonymous := slices.ContainsFunc(traces, func(t audit.Trace) bool { return t.Anonymous() })
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		for i := range traces {
			if err := saveTrace(ctx, c, &traces[i]); err != nil {
				return err
			}
		}
		if err := dropTraces(ctx, c, "TRUE", maxTraces); err != nil || !anonymous {
			return err
		}
		return dropTraces(ctx, c, "user_id = '' AND application_id = '' AND door <> 'import'", maxAnonymous)
	})
}

// dropTraces removes the oldest of those that a condition selects, beyond most.
func dropTraces(ctx context.Context, c *sqldb.Conn, which string, most int) error {
	return exec(ctx, c, `DELETE FROM traces WHERE at < (SELECT at FROM traces WHERE `+which+`
		ORDER BY at DESC, reference DESC LIMIT 1 OFFSET $1) AND `+which, most-1)
}

func saveTrace(ctx context.Context, c *sqldb.Conn, t *audit.Trace) error {
	detail := ""
	if len(t.Detail) > 0 {
		detail = sqldb.JSON(t.Detail)
	}
	return exec(ctx, c, `INSERT INTO traces (reference, at, door, client_id, application_id, user_id, address, kind, rule, value, message,
			mend, side, spec, detail, repeats) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (reference) DO UPDATE SET repeats = excluded.repeats WHERE traces.repeats < excluded.repeats`,
		t.Reference, t.At.UnixMicro(), t.Door, t.ClientID, t.ApplicationID, t.UserID, t.Address, string(t.Kind), t.Rule, t.Value,
		t.Message, t.Mend, string(t.Side), t.Spec, detail, t.Repeats)
}

// Traces returns one page of traces, newest first.
func (s *Store) Traces(ctx context.Context, q registry.TraceQuery) (page registry.Page[audit.Trace], err error) {
	text, args, limit := selectTraces(q)
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		page = registry.Page[audit.Trace]{}
		all, err := sqldb.All(ctx, c, scanTrace, text, args...)
		var more bool
		if page.Items, more = cut(all, limit); more {
			page.Next = newestCursor(page.Items[limit-1].At, page.Items[limit-1].Reference)
		}
		return err
	})
	return page, err
}

func selectTraces(q registry.TraceQuery) (text string, args []any, limit int) {
	limit = pageSize(q.Limit)
	var f filter
	if q.Reference != "" {
		f.add("reference = ?", q.Reference)
	}
	if q.ClientID != "" {
		f.add("client_id = ?", q.ClientID)
	}
	if q.ApplicationID != "" {
		f.add("application_id = ? AND application_id <> ''", q.ApplicationID)
	}
	if q.Kind != "" {
		f.add("kind = ?", string(q.Kind))
	}
	f.olderThan("at", "reference", q.After)
	text = `SELECT ` + traceColumns + ` FROM traces` + f.where() + " ORDER BY at DESC, reference DESC LIMIT " + f.arg(limit+1)
	return text, f.args, limit
}

const traceColumns = `reference, at, door, client_id, application_id, user_id, address, kind, rule, value, message, mend, side, spec, detail,
	repeats`

func scanTrace(row sqldb.Scanner) (t audit.Trace, err error) {
	err = row.Scan(&t.Reference, sqldb.ScanTime(&t.At), &t.Door, &t.ClientID, &t.ApplicationID, &t.UserID, &t.Address, &t.Kind, &t.Rule,
		&t.Value, &t.Message, &t.Mend, &t.Side, &t.Spec, sqldb.ScanJSON(&t.Detail), &t.Repeats)
	return t, err
}
