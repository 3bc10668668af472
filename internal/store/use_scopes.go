package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/sqldb"
)

// ownScope is a scope of an API that a program got for itself.
type ownScope struct{ application, audience, scope string }

// noteOwnScopes keeps the day on which scopes were in a token that a program got for itself: of those nothing else is kept, unlike
// of what people granted. The first token of the day writes; the others find it written. RFC 6749 §4.4.
func noteOwnScopes(ctx context.Context, c *sqldb.Conn, uses []audit.Use) error {
	days := make(map[ownScope]int64)
	for i := range uses {
		u := &uses[i]
		if u.Kind != "token.issued" || u.Reason != "" || u.ApplicationID == "" || u.Detail["grant_type"] != string(oauth.ClientCredentials) {
			continue
		}
		for _, scope := range strings.Fields(u.Detail["scope"]) {
			key := ownScope{u.ApplicationID, u.Detail["audience"], scope}
			days[key] = max(days[key], dayOf(u.At))
		}
	}
	if err := dropNoted(ctx, c, days); err != nil {
		return err
	}
	all := slices.SortedFunc(maps.Keys(days), func(a, b ownScope) int { // concurrent batches take the rows in the same order
		return cmp.Or(cmp.Compare(a.application, b.application), cmp.Compare(a.audience, b.audience), cmp.Compare(a.scope, b.scope))
	})
	for _, one := range all {
		err := exec(ctx, c, `INSERT INTO granted_scopes (application_id, api_id, scope, last_at)
			SELECT id, $2, $3, $4 FROM applications WHERE id = $1
			ON CONFLICT (application_id, api_id, scope) DO UPDATE SET last_at = excluded.last_at WHERE granted_scopes.last_at < excluded.last_at`,
			one.application, itself+one.audience, one.scope, days[one])
		if err != nil {
			return err
		}
	}
	return nil
}

// dropNoted leaves those of which the day is not written yet: few, but for the first tokens of a day.
func dropNoted(ctx context.Context, c *sqldb.Conn, days map[ownScope]int64) error {
	applications := make(map[string]bool)
	for one := range days {
		applications[one.application] = true
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(applications)), daysAtOnce) {
		var f filter
		text := `SELECT application_id, api_id, scope, last_at FROM granted_scopes WHERE application_id IN ` + in(&f, some)
		err := c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
			var one ownScope
			var api string
			var noted int64
			err := row.Scan(&one.application, &api, &one.scope, &noted)
			var own bool
			if one.audience, own = strings.CutPrefix(api, itself); own && noted >= days[one] {
				delete(days, one)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
