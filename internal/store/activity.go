package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/sqldb"
)

// The three records that the log is made of. At the same moment a change stands before a use and a use before a refusal.
const (
	rankChange = iota
	rankUse
	rankTrace
)

// position is where a line stands in the log. Only traces have a reference for a key.
type position struct {
	at   int64
	rank int
	id   int64
	ref  string
}

// compare sorts the newest first.
func (p position) compare(other position) int {
	return cmp.Or(cmp.Compare(other.at, p.at), cmp.Compare(p.rank, other.rank), cmp.Compare(other.id, p.id), cmp.Compare(other.ref, p.ref))
}

func (p position) cursor() string {
	key := strconv.FormatInt(p.at, 36) + "." + strconv.Itoa(p.rank)
	if p.rank == rankTrace {
		return cursor(key, p.ref)
	}
	return cursor(key, strconv.FormatInt(p.id, 36))
}

// parsePosition reads a cursor. What is none is the beginning, nil.
func parsePosition(after string) *position {
	key, id, ok := parseCursor(after)
	at, rank, found := strings.Cut(key, ".")
	if !ok || !found {
		return nil
	}
	var p position
	var err error
	if p.at, err = strconv.ParseInt(at, 36, 64); err != nil {
		return nil
	}
	if p.rank, err = strconv.Atoi(rank); err != nil {
		return nil
	}
	if p.rank == rankTrace {
		p.ref = id
		return &p
	}
	if p.id, err = strconv.ParseInt(id, 36, 64); err != nil {
		return nil
	}
	return &p
}

// Activity returns one page of the log, newest first: what was changed, what happened, and who was refused. A refusal that is
// both a use event and a trace is the use event alone, whose reference leads to the trace. A limit of 0 means 50; more than 1000
// are never returned.
//
// Every record is asked for the places of its newest lines by an index that has them in order; only the lines of the page are read.
func (s *Store) Activity(ctx context.Context, q audit.ActivityQuery) (page audit.ActivityPage, err error) {
	limit := pageSize(q.Limit)
	err = s.db.View(ctx, func(c *sqldb.Conn) error {
		page = audit.ActivityPage{}
		places, err := activityPlaces(ctx, c, &q, limit+1)
		if err != nil {
			return err
		}
		places, more := cut(places, limit)
		if more {
			page.Next = places[limit-1].cursor()
		}
		page.Entries, err = activityEntries(ctx, c, places)
		return err
	})
	return page, err
}

func activityPlaces(ctx context.Context, c *sqldb.Conn, q *audit.ActivityQuery, most int) ([]position, error) {
	streams, err := activityStreams(ctx, c, q)
	if err != nil {
		return nil, err
	}
	var places []position
	for _, st := range streams {
		text, args := st.statement(q, most)
		some, err := sqldb.All(ctx, c, func(row sqldb.Scanner) (position, error) {
			p := position{rank: st.rank}
			if st.rank == rankTrace {
				return p, row.Scan(&p.at, &p.ref)
			}
			return p, row.Scan(&p.at, &p.id)
		}, text, args...)
		if err != nil {
			return nil, err
		}
		places = append(places, some...)
	}
	slices.SortFunc(places, position.compare)
	places = slices.Compact(places) // an application that changed itself is found twice
	some, _ := cut(places, most)
	return some, nil
}

// activityEntries reads the lines that stand at the places. One that is gone meanwhile is left out.
func activityEntries(ctx context.Context, c *sqldb.Conn, places []position) ([]audit.Entry, error) {
	events, err := changesAt(ctx, c, places)
	if err != nil {
		return nil, err
	}
	uses, err := usesAt(ctx, c, places)
	if err != nil {
		return nil, err
	}
	traces, err := tracesAt(ctx, c, places)
	if err != nil {
		return nil, err
	}
	entries := make([]audit.Entry, 0, len(places))
	for _, p := range places {
		e := audit.Entry{At: time.UnixMicro(p.at).UTC()}
		switch p.rank {
		case rankChange:
			e.Event = events[p.id]
		case rankUse:
			e.Use = uses[p.id]
		default:
			e.Trace = traces[p.ref]
		}
		if e.Event != nil || e.Use != nil || e.Trace != nil {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// idsOf are the keys of the places in one of the records that count their rows.
func idsOf(places []position, rank int) (ids []int64) {
	for _, p := range places {
		if p.rank == rank {
			ids = append(ids, p.id)
		}
	}
	return ids
}

func changesAt(ctx context.Context, c *sqldb.Conn, places []position) (map[int64]*audit.Event, error) {
	ids := idsOf(places, rankChange)
	found := make(map[int64]*audit.Event, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var f filter
	text := `SELECT ` + changeColumns + ` FROM audit_changes WHERE sequence IN ` + in(&f, ids)
	return found, c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
		l, _, err := scanChange(row)
		if err != nil {
			return err
		}
		found[l.sequence] = &l.event
		return sqldb.ParseJSON(l.changes, &l.event.Changes)
	})
}

func usesAt(ctx context.Context, c *sqldb.Conn, places []position) (map[int64]*audit.Use, error) {
	ids := idsOf(places, rankUse)
	found := make(map[int64]*audit.Use, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var f filter
	text := `SELECT id, at, kind, application_id, user_id, grant_id, secret_id, uri, address, reference, reason, detail
		FROM audit_uses WHERE id IN ` + in(&f, ids)
	return found, c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
		var id int64
		u := new(audit.Use)
		if err := row.Scan(&id, sqldb.ScanTime(&u.At), &u.Kind, &u.ApplicationID, &u.UserID, &u.GrantID, &u.SecretID, &u.URI,
			&u.Address, &u.Reference, &u.Reason, sqldb.ScanJSON(&u.Detail)); err != nil {
			return err
		}
		found[id] = u
		return nil
	})
}

func tracesAt(ctx context.Context, c *sqldb.Conn, places []position) (map[string]*audit.Trace, error) {
	var references []string
	for _, p := range places {
		if p.rank == rankTrace {
			references = append(references, p.ref)
		}
	}
	found := make(map[string]*audit.Trace, len(references))
	if len(references) == 0 {
		return found, nil
	}
	var f filter
	text := `SELECT ` + traceColumns + ` FROM traces WHERE reference IN ` + in(&f, references)
	return found, c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
		t, err := scanTrace(row)
		found[t.Reference] = &t
		return err
	})
}
