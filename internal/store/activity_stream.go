package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/sqldb"
)

// stream is a way into one of the records that some index has newest first.
type stream struct {
	rank int
	of   filter
}

// tables are the records with their keys, by rank.
var tables = [...]struct{ name, key string }{{"audit_changes", "sequence"}, {"audit_uses", "id"}, {"traces", "reference"}}

// statement asks for the places of the newest lines of the stream.
func (st *stream) statement(q *audit.ActivityQuery, most int) (text string, args []any) {
	table := tables[st.rank]
	f := st.of.clone()
	f.between(q.Since, q.Until)
	f.behind(parsePosition(q.After), st.rank, table.key)
	text = "SELECT at, " + table.key + " FROM " + table.name + f.where() + " ORDER BY at DESC, " + table.key + " DESC LIMIT " + f.arg(most)
	return text, f.args
}

func (f *filter) between(since, until time.Time) {
	if !since.IsZero() {
		f.add("at >= ?", since.UnixMicro())
	}
	if !until.IsZero() {
		f.add("at < ?", until.UnixMicro())
	}
}

// behind adds that a line of a record comes after a place in the log.
func (f *filter) behind(p *position, rank int, key string) {
	switch {
	case p == nil:
	case p.rank < rank:
		f.add("at <= ?", p.at)
	case p.rank > rank:
		f.add("at < ?", p.at)
	case rank == rankTrace:
		f.add("(at, "+key+") < (?, ?)", p.at, p.ref)
	default:
		f.add("(at, "+key+") < (?, ?)", p.at, p.id)
	}
}

// beginning adds that a kind begins with a prefix.
func (f *filter) beginning(column, prefix string) {
	if prefix != "" {
		f.add(column+" >= ?", prefix)
		f.add(column+" < ?", beyond(prefix))
	}
}

// activityStreams are the ways that together lead to every line a query asks for.
func activityStreams(ctx context.Context, c *sqldb.Conn, q *audit.ActivityQuery) (all []stream, err error) {
	asks := func(source audit.Source) bool { return len(q.Sources) == 0 || slices.Contains(q.Sources, source) }
	add := func(rank int, ways []filter) {
		for _, f := range ways {
			all = append(all, stream{rank, f})
		}
	}
	if asks(audit.Changes) && !q.Refused && q.Reference == "" {
		ways, err := changeWays(ctx, c, q)
		if err != nil {
			return nil, err
		}
		add(rankChange, ways)
	}
	if asks(audit.Uses) {
		ways, err := useWays(ctx, c, q)
		if err != nil {
			return nil, err
		}
		add(rankUse, ways)
	}
	if asks(audit.Refusals) {
		add(rankTrace, traceWays(q, asks(audit.Uses)))
	}
	return all, nil
}

// changeWays lead to the changes of a thing and to those that it made. What else is asked takes few of those away.
func changeWays(ctx context.Context, c *sqldb.Conn, q *audit.ActivityQuery) ([]filter, error) {
	var ways []filter
	way := func(add func(f *filter)) {
		var f filter
		add(&f)
		f.beginning("kind || ''", q.Kind) // not by the index of kinds: the way is chosen
		ways = append(ways, f)
	}
	of := func(kind, id string) func(*filter) {
		return func(f *filter) { f.add("target_kind = ? AND target_id = ?", kind, id) }
	}
	by := func(id string) func(*filter) {
		return func(f *filter) { f.add("actor_id = ? AND actor_id <> ''", id) }
	}
	both := func(one, other func(*filter)) func(*filter) { return func(f *filter) { one(f); other(f) } }
	switch {
	case q.ApplicationID != "" && q.UserID != "":
		way(both(of("application", q.ApplicationID), by(q.UserID)))
		way(both(of("user", q.UserID), by(q.ApplicationID)))
	case q.ApplicationID != "":
		way(of("application", q.ApplicationID))
		way(by(q.ApplicationID))
		way(func(f *filter) {
			f.add("target_kind = 'client_grant' AND target_id IN (SELECT id FROM client_grants WHERE application_id = ?)", q.ApplicationID)
		})
	case q.UserID != "":
		way(of("user", q.UserID))
		way(by(q.UserID))
	case q.Kind != "":
		return kindWays(ctx, c, "audit_changes", filter{}, q.Kind)
	default:
		ways = append(ways, filter{})
	}
	return ways, nil
}

// useWays lead to use events. An application may have millions, a person has few.
func useWays(ctx context.Context, c *sqldb.Conn, q *audit.ActivityQuery) ([]filter, error) {
	var f filter
	switch {
	case q.Reference != "":
		f.add("reference = ? AND reference <> ''", q.Reference)
		f.concerning(q.ApplicationID, q.UserID)
	case q.UserID != "":
		f.concerning(q.ApplicationID, q.UserID)
	case q.Refused:
		f.concerning(q.ApplicationID, "")
		f.add("reason <> ''")
		return kindWays(ctx, c, "audit_uses", f, q.Kind, audit.NoRefusals()...)
	case q.ApplicationID != "":
		f.add("application_id = ?", q.ApplicationID)
		return kindWays(ctx, c, "audit_uses", f, q.Kind)
	case q.Kind != "":
		return kindWays(ctx, c, "audit_uses", f, q.Kind)
	}
	if q.Refused {
		f.add("reason <> ''")
		for _, kind := range audit.NoRefusals() {
			f.add("kind || '' <> ?", kind)
		}
	}
	f.beginning("kind || ''", q.Kind) // not by the index of kinds: the way is chosen
	return []filter{f}, nil
}

func (f *filter) concerning(applicationID, userID string) {
	if applicationID != "" {
		f.add("application_id = ? AND application_id <> ''", applicationID)
	}
	if userID != "" {
		f.add("user_id = ? AND user_id <> ''", userID)
	}
}

// kindWays are a way for each kind that occurs and begins with a prefix, but for some. The kinds are few, and the index leads from one to the
// next, so they are found without reading what is between.
func kindWays(ctx context.Context, c *sqldb.Conn, table string, base filter, prefix string, but ...string) (ways []filter, err error) {
	last, comparison := prefix, " >= ?"
	for {
		f := base.clone()
		f.add("kind"+comparison, last)
		f.add("kind < ?", beyond(prefix))
		err := c.QueryRow(ctx, nextKind(table, &f), f.args...).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) {
			return ways, nil
		}
		if err != nil {
			return nil, err
		}
		comparison = " > ?"
		if slices.Contains(but, last) {
			continue
		}
		way := base.clone()
		way.add("kind = ?", last)
		ways = append(ways, way)
	}
}

func nextKind(table string, f *filter) string {
	return "SELECT kind FROM " + table + f.where() + " ORDER BY kind LIMIT 1"
}

// refusalKind is what the kinds of traces begin with in the log; the door stands behind.
const refusalKind = "refusal."

// traceWays lead to traces, of which there are never more than maxTraces. Together with uses, those are left out that a use event
// tells of, too.
func traceWays(q *audit.ActivityQuery, withUses bool) []filter {
	var f filter
	switch {
	case strings.HasPrefix(q.Kind, refusalKind):
		f.beginning("door", strings.TrimPrefix(q.Kind, refusalKind))
	case !strings.HasPrefix(refusalKind, q.Kind):
		return nil
	case withUses:
		f.add("NOT EXISTS (SELECT 1 FROM audit_uses u WHERE u.reference = traces.reference AND u.reference <> '')")
	}
	if q.Reference != "" {
		f.add("reference = ?", q.Reference)
	}
	f.concerning(q.ApplicationID, q.UserID)
	return []filter{f}
}
