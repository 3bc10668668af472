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
// key, and the redirect URI, and the tallies of the day. An event with a reason was refused and used nothing. Things that are gone meanwhile are left out.
func (s *Store) AppendUses(ctx context.Context, uses []audit.Use) error {
	if len(uses) == 0 {
		return nil
	}
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		for some := range slices.Chunk(uses, usesAtOnce) {
			if err := insertUses(ctx, c, some); err != nil {
				return err
			}
		}
		if err := raiseDays(ctx, c, uses); err != nil {
			return err
		}
		return raiseTallies(ctx, c, uses)
	})
}

// usesAtOnce is how many use events one statement writes.
const usesAtOnce = 20

func insertUses(ctx context.Context, c *sqldb.Conn, uses []audit.Use) error {
	if len(uses) < usesAtOnce && len(uses) > 1 { // one by one, so that there are two texts and not twenty
		for i := range uses {
			if err := insertUses(ctx, c, uses[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
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
	for _, thing := range things {
		if err := raiseDay(ctx, c, thing, sums[thing]); err != nil {
			return err
		}
	}
	return nil
}

func raise(sums map[used]usage, thing used, day time.Time) {
	sum := sums[thing]
	sum.count++
	if day.After(sum.day) {
		sum.day = day
	}
	sums[thing] = sum
}

func raiseDay(ctx context.Context, c *sqldb.Conn, thing used, sum usage) error {
	day := sum.day.UnixMicro()
	switch {
	case thing.secret != "":
		for _, table := range []string{"application_secrets", "application_keys"} { // the id is in one of them
			if err := exec(ctx, c, `UPDATE `+table+` SET last_used = $3
				WHERE application_id = $1 AND id = $2 AND (last_used IS NULL OR last_used < $3)`, thing.application, thing.secret, day); err != nil {
				return err
			}
		}
		return nil
	case thing.uri != "":
		return exec(ctx, c, `UPDATE application_uris SET last_used = $3
			WHERE application_id = $1 AND kind = 'redirect' AND value = $2 AND (last_used IS NULL OR last_used < $3)`,
			thing.application, thing.uri, day)
	}
	if err := exec(ctx, c, `UPDATE application_entries SET last_used = $2 WHERE id = $1 AND last_used < $2`, thing.application, day); err != nil {
		return err
	}
	return exec(ctx, c, `INSERT INTO application_usage (application_id, uses, last_used) VALUES ($1, $2, $3)
		ON CONFLICT (application_id) DO UPDATE SET uses = application_usage.uses + excluded.uses,
			last_used = CASE WHEN application_usage.last_used > excluded.last_used THEN application_usage.last_used ELSE excluded.last_used END`,
		thing.application, sum.count, day)
}
