package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/sqldb"
)

// tallied are the kinds of use events that are counted by day.
var tallied = map[string]bool{"token.issued": true, "token.refused": true, "signin.succeeded": true, "signin.failed": true}

// Tallies returns how often tokens were issued or refused and people signed in or failed to, by day, oldest day first, from the
// day of since on: for one application, or with an empty id for the whole instance. Days on which nothing happened are left out.
func (s *Store) Tallies(ctx context.Context, applicationID string, since time.Time) (tallies []audit.Tally, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		tallies, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (t audit.Tally, err error) {
			return t, row.Scan(sqldb.ScanTime(&t.Day), &t.Kind, &t.Count)
		}, selectTallies, applicationID, dayOf(since))
		return err
	})
	return tallies, err
}

const selectTallies = `SELECT day, kind, count FROM use_tallies WHERE application_id = $1 AND day >= $2 ORDER BY day, kind`

// dayOf is the midnight before t in UTC.
func dayOf(t time.Time) int64 { return t.UTC().Truncate(24 * time.Hour).UnixMicro() }

// tally names one number: of an application, or of the instance if that is empty, on a day.
type tally struct {
	application string
	day         int64
	kind        string
}

// raiseTallies counts a batch. Like the used days, the rows are taken in one order by concurrent batches.
func raiseTallies(ctx context.Context, c *sqldb.Conn, uses []audit.Use) error {
	sums := make(map[tally]int64)
	for i := range uses {
		u := &uses[i]
		if !tallied[u.Kind] {
			continue
		}
		sums[tally{"", dayOf(u.At), u.Kind}]++
		if u.ApplicationID != "" {
			sums[tally{u.ApplicationID, dayOf(u.At), u.Kind}]++
		}
	}
	rows := slices.SortedFunc(maps.Keys(sums), func(a, b tally) int {
		return cmp.Or(cmp.Compare(a.application, b.application), cmp.Compare(a.day, b.day), cmp.Compare(a.kind, b.kind))
	})
	return inSteps(rows, func(few []tally) error { return raiseTallyRows(ctx, c, few, sums) })
}

func raiseTallyRows(ctx context.Context, c *sqldb.Conn, rows []tally, sums map[tally]int64) error {
	var f filter
	values := make([]string, len(rows))
	for i, row := range rows {
		values[i] = fmt.Sprintf("(%s, %s, %s, %s)", f.arg(row.application), f.arg(row.day), f.arg(row.kind), f.arg(sums[row]))
	}
	return exec(ctx, c, `INSERT INTO use_tallies (application_id, day, kind, count) VALUES `+strings.Join(values, ", ")+`
		ON CONFLICT (application_id, day, kind) DO UPDATE SET count = use_tallies.count + excluded.count`, f.args...)
}

// pruneTallies removes the days that lie wholly before a time, in small steps.
func (s *Store) pruneTallies(ctx context.Context, before time.Time) error {
	for {
		var removed int64
		err := s.db.Update(ctx, func(c *sqldb.Conn) (err error) {
			removed, err = c.Exec(ctx, `DELETE FROM use_tallies WHERE (application_id, day, kind) IN
				(SELECT application_id, day, kind FROM use_tallies WHERE day < $1 ORDER BY day LIMIT $2)`, dayOf(before), pruneBatch)
			return err
		})
		if err != nil || removed < pruneBatch {
			return err
		}
	}
}
