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

// AppendUses writes a batch of use events and raises the used days of what they used: the application, the secret or
// key, the redirect URI, and the scopes that a program got for itself, and the tallies of the day. An event with a reason was refused and used nothing. Things that are gone meanwhile are left out.
func (s *Store) AppendUses(ctx context.Context, uses []audit.Use) error {
	if len(uses) == 0 {
		return nil
	}
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if err := inSteps(uses, func(few []audit.Use) error { return insertUses(ctx, c, few) }); err != nil {
			return err
		}
		if err := raiseDays(ctx, c, uses); err != nil {
			return err
		}
		if err := noteOwnScopes(ctx, c, uses); err != nil {
			return err
		}
		return raiseTallies(ctx, c, uses)
	})
}

// usesAtOnce is how many use events one statement writes.
const usesAtOnce = 20

// daysAtOnce is of how many applications one statement raises the day.
const daysAtOnce = 100

func insertUses(ctx context.Context, c *sqldb.Conn, uses []audit.Use) error {
	var f filter
	rows := make([]string, len(uses))
	for i, u := range uses {
		detail := ""
		if len(u.Detail) > 0 {
			detail = sqldb.JSON(u.Detail)
		}
		row := []any{u.At.UnixMicro(), u.Kind, u.ApplicationID, u.UserID, u.GrantID, u.SecretID, u.URI, u.Address, u.Reference, u.Reason, detail}
		for j, value := range row {
			row[j] = f.arg(value)
		}
		rows[i] = fmt.Sprintf("(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", row...)
	}
	return exec(ctx, c, `INSERT INTO audit_uses (at, kind, application_id, user_id, grant_id, secret_id, uri, address, reference, reason, detail)
		VALUES `+strings.Join(rows, ", "), f.args...)
}

// used is a thing that a batch used: an application, one of its secrets or keys, or one of its redirect URIs.
type used struct{ application, secret, uri string }

type usage struct {
	count int64
	day   time.Time
}

func raiseDays(ctx context.Context, c *sqldb.Conn, uses []audit.Use) error {
	sums := make(map[used]usage)
	for i := range uses {
		u := &uses[i]
		if u.ApplicationID == "" || u.Reason != "" || strings.HasPrefix(u.Kind, "trial.") { // what operators try is no use
			continue
		}
		day := u.At.UTC().Truncate(24 * time.Hour)
		raise(sums, used{application: u.ApplicationID}, day)
		if u.SecretID != "" {
			raise(sums, used{u.ApplicationID, u.SecretID, ""}, day)
		}
		if u.URI != "" {
			raise(sums, used{u.ApplicationID, "", u.URI}, day)
		}
	}
	things := slices.SortedFunc(maps.Keys(sums), func(a, b used) int { // concurrent batches take the rows in the same order
		return cmp.Or(cmp.Compare(a.application, b.application), cmp.Compare(a.secret, b.secret), cmp.Compare(a.uri, b.uri))
	})
	var whole []used
	for _, thing := range things {
		if thing.secret == "" && thing.uri == "" {
			whole = append(whole, thing)
		} else if err := raiseDay(ctx, c, thing, sums[thing].day.UnixMicro()); err != nil {
			return err
		}
	}
	return raiseApplications(ctx, c, whole, sums)
}

func raise(sums map[used]usage, thing used, day time.Time) {
	sum := sums[thing]
	sum.count++
	if day.After(sum.day) {
		sum.day = day
	}
	sums[thing] = sum
}

// raiseDay raises the day of a part of an application.
func raiseDay(ctx context.Context, c *sqldb.Conn, thing used, day int64) error {
	if thing.uri != "" {
		return exec(ctx, c, `UPDATE application_uris SET last_used = $3
			WHERE application_id = $1 AND kind = 'redirect' AND value = $2 AND (last_used IS NULL OR last_used < $3)`,
			thing.application, thing.uri, day)
	}
	for _, table := range []string{"application_secrets", "application_keys"} { // the id is in one of them
		if err := exec(ctx, c, `UPDATE `+table+` SET last_used = $3
			WHERE application_id = $1 AND id = $2 AND (last_used IS NULL OR last_used < $3)`, thing.application, thing.secret, day); err != nil {
			return err
		}
	}
	return nil
}

// raiseApplications raises the days of whole applications, and how often they were used: many with a statement.
func raiseApplications(ctx context.Context, c *sqldb.Conn, things []used, sums map[used]usage) error {
	byDay := make(map[int64][]string)
	for _, thing := range things {
		day := sums[thing].day.UnixMicro()
		byDay[day] = append(byDay[day], thing.application)
	}
	for _, day := range slices.Sorted(maps.Keys(byDay)) {
		for some := range slices.Chunk(byDay[day], daysAtOnce) {
			if err := markUsed(ctx, c, some, day); err != nil {
				return err
			}
		}
	}
	return inSteps(things, func(few []used) error {
		var f filter
		rows := make([]string, len(few))
		for i, thing := range few {
			rows[i] = fmt.Sprintf("(%s, %s, %s)", f.arg(thing.application), f.arg(sums[thing].count), f.arg(sums[thing].day.UnixMicro()))
		}
		return exec(ctx, c, `INSERT INTO application_usage (application_id, uses, last_used) VALUES `+strings.Join(rows, ", ")+`
			ON CONFLICT (application_id) DO UPDATE SET uses = application_usage.uses + excluded.uses,
				last_used = CASE WHEN application_usage.last_used > excluded.last_used THEN application_usage.last_used ELSE excluded.last_used END`, f.args...)
	})
}

// inSteps calls write with as many rows as one statement writes, and with what is left one by one: so there are two texts and not twenty.
func inSteps[T any](rows []T, write func(few []T) error) error {
	for some := range slices.Chunk(rows, usesAtOnce) {
		step := len(some)
		if step < usesAtOnce {
			step = 1
		}
		for few := range slices.Chunk(some, step) {
			if err := write(few); err != nil {
				return err
			}
		}
	}
	return nil
}
