package store

import (
	"context"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// APICallers counts the applications with a client grant of their own for each API, up to registry.MaxCount and one.
func (s *Store) APICallers(ctx context.Context, apiIDs []string) (counts map[string]int, err error) {
	if len(apiIDs) == 0 {
		return nil, nil
	}
	var f filter
	limit := f.arg(registry.MaxCount + 1)
	text := `SELECT a.id, (SELECT COUNT(*) FROM (SELECT DISTINCT g.application_id FROM client_grants g
			WHERE g.api_id = a.id AND g.application_id IS NOT NULL LIMIT ` + limit + `) AS counted)
		FROM apis a WHERE a.id IN ` + in(&f, apiIDs)
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		counts = make(map[string]int, len(apiIDs))
		return c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
			var id string
			var n int
			err := row.Scan(&id, &n)
			counts[id] = n
			return err
		})
	})
	return counts, err
}

// ScopeUse counts the client grants that hold a permission of an API.
func (s *Store) ScopeUse(ctx context.Context, apiID, scope string) (use registry.ScopeUse, err error) {
	const holds = ` AND EXISTS (SELECT 1 FROM client_grant_scopes s WHERE s.client_grant_id = g.id AND s.value = $2)`
	const some = `SELECT COUNT(*) FROM (SELECT DISTINCT g.application_id FROM client_grants g WHERE g.api_id = $1 AND g.application_id IS NOT NULL`
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		limit := registry.MaxCount + 1
		if err := c.QueryRow(ctx, some+holds+` LIMIT $3) AS counted`, apiID, scope, limit).Scan(&use.Applications); err != nil {
			return err
		}
		if err := c.QueryRow(ctx, some+` AND g.all_scopes = TRUE LIMIT $2) AS counted`, apiID, limit).Scan(&use.Whole); err != nil {
			return err
		}
		return c.QueryRow(ctx, `SELECT COUNT(*) FROM client_grants g WHERE g.api_id = $1 AND g.default_for IS NOT NULL`+holds, apiID, scope).Scan(&use.Defaults)
	})
	return use, err
}

// fewCallers is up to how many client grants of an API are sorted for a page of its callers. Of more, the applications are
// walked, newest first, because a page fills soon.
const fewCallers = 2000

// Callers returns one page of the applications with a client grant of their own for an API, newest first.
func (s *Store) Callers(ctx context.Context, q registry.CallerQuery) (page registry.Page[registry.Caller], err error) {
	wanted := selection{words: words(q.Search), order: newestFirst, after: q.After, limit: pageSize(q.Limit), bounds: s.bounds}
	wanted.filter.add(`id IN (SELECT g.application_id FROM client_grants g WHERE g.api_id = ?)`, q.APIID)
	err = s.db.View(ctx, func(c *sqldb.Conn) error {
		page = registry.Page[registry.Caller]{}
		p, err := pickCallers(ctx, c, wanted, q.APIID)
		if err != nil || len(p.places) == 0 {
			return err
		}
		page.Next = p.next
		page.Items, err = loadCallers(ctx, c, q.APIID, p.places)
		return err
	})
	return page, err
}

func pickCallers(ctx context.Context, c *sqldb.Conn, q selection, apiID string) (p picked, err error) {
	var many int
	err = c.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM client_grants WHERE api_id = $1 LIMIT $2) AS counted`, apiID, fewCallers+1).Scan(&many)
	if err != nil || len(q.words) > 0 || many > fewCallers {
		if err != nil {
			return p, err
		}
		return applications.pick(ctx, c, q)
	}
	var f filter
	f.add("g.api_id = ?", apiID)
	if before, paged := parsePlace(q.after); paged {
		f.add("a.place < ?", before)
	}
	text := `SELECT DISTINCT a.place FROM client_grants g JOIN applications a ON a.id = g.application_id` + f.where() +
		` ORDER BY a.place DESC LIMIT ` + f.arg(q.limit+1)
	p.places, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (place int64, err error) { return place, row.Scan(&place) }, text, f.args...)
	var more bool
	if p.places, more = cut(p.places, q.limit); more {
		p.next = placeCursor(p.places[q.limit-1])
	}
	return p, err
}

// loadCallers reads the applications at the places, in their order, with their client grants for the API.
func loadCallers(ctx context.Context, c *sqldb.Conn, apiID string, places []int64) ([]registry.Caller, error) {
	var f filter
	callers, err := sqldb.All(ctx, c, func(row sqldb.Scanner) (k registry.Caller, err error) {
		a := &k.Application
		return k, row.Scan(&a.ID, &a.Name, &a.Type, &a.Ownership, &a.Enabled)
	}, `SELECT id, name, type, ownership, enabled FROM applications WHERE place IN `+in(&f, places)+` ORDER BY place DESC`, f.args...)
	if err != nil || len(callers) == 0 {
		return nil, err
	}
	byID := make(map[string]*registry.Caller, len(callers))
	ids := make([]string, len(callers))
	for i := range callers {
		ids[i] = callers[i].Application.ID
		byID[ids[i]] = &callers[i]
	}
	f = filter{}
	f.add("api_id = ?", apiID)
	grants, err := sqldb.All(ctx, c, scanClientGrant, clientGrantSelect+f.where()+` AND application_id IN `+in(&f, ids), f.args...)
	if err != nil {
		return nil, err
	}
	if err := loadClientGrantScopes(ctx, c, grants); err != nil {
		return nil, err
	}
	for i := range grants {
		switch k := byID[grants[i].ApplicationID]; {
		case k == nil:
		case grants[i].SubjectType == registry.ForUser:
			k.People = &grants[i]
		default:
			k.Itself = &grants[i]
		}
	}
	return callers, nil
}

// ApplicationRows returns applications by their internal ids, those that are there, each without its lists and policies.
func (s *Store) ApplicationRows(ctx context.Context, ids []string) (apps map[string]registry.Application, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var f filter
	text := `SELECT id, name, type, ownership, enabled FROM applications WHERE id IN ` + in(&f, ids)
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		apps = make(map[string]registry.Application, len(ids))
		return c.Each(ctx, text, f.args, func(row sqldb.Scanner) error {
			var a registry.Application
			err := row.Scan(&a.ID, &a.Name, &a.Type, &a.Ownership, &a.Enabled)
			apps[a.ID] = a
			return err
		})
	})
	return apps, err
}
