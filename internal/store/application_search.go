package store

import (
	"context"
	"slices"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// Applications returns one page of applications, newest first unless the query asks for another order. Every word of the search
// must begin a term of the application. Strangers that have not finished an authorization are left out, unless they are asked
// for. A page costs a bounded number of queries, whatever its size.
func (s *Store) Applications(ctx context.Context, q registry.Query) (page registry.Page[registry.Application], err error) {
	err = s.db.View(ctx, func(c *sqldb.Conn) error {
		page = registry.Page[registry.Application]{}
		p, err := applications.pick(ctx, c, s.selectApplications(q))
		if err != nil {
			return err
		}
		page.Next, page.Back, page.Total = p.next, p.back, p.total
		if len(p.places) == 0 {
			return nil
		}
		if page.Items, err = applicationsAt(ctx, c, p.places); err != nil {
			return err
		}
		if q.Bare {
			return loadImports(ctx, c, page.Items, byID(page.Items))
		}
		return loadParts(ctx, c, page.Items)
	})
	return page, err
}

// applicationsAt reads the applications at the places, in their order.
func applicationsAt(ctx context.Context, c *sqldb.Conn, places []int64) ([]registry.Application, error) {
	type placed struct {
		place int64
		app   registry.Application
	}
	var f filter
	text := "SELECT a.place, " + applicationColumns + " FROM applications a WHERE a.place IN " + in(&f, places)
	all, err := sqldb.All(ctx, c, func(row sqldb.Scanner) (p placed, err error) {
		p.app, err = scanApplication(scanBehind{row, &p.place})
		return p, err
	}, text, f.args...)
	if err != nil {
		return nil, err
	}
	items := make([]registry.Application, 0, len(all))
	at := make(map[int64]int, len(places))
	for i, place := range places {
		at[place] = i
	}
	slices.SortFunc(all, func(a, b placed) int { return at[a.place] - at[b.place] })
	for i := range all {
		items = append(items, all[i].app)
	}
	return items, nil
}

// scanBehind scans a row whose first column is another one's.
type scanBehind struct {
	row   sqldb.Scanner
	first any
}

// Scan reads the first column and then those of the wrapped scan.
func (s scanBehind) Scan(into ...any) error { return s.row.Scan(append([]any{s.first}, into...)...) }

func byID(apps []registry.Application) map[string]*registry.Application {
	all := make(map[string]*registry.Application, len(apps))
	for i := range apps {
		all[apps[i].ID] = &apps[i]
	}
	return all
}

func (s *Store) selectApplications(q registry.Query) selection {
	by, ok := applicationOrders[q.Sort]
	if !ok {
		by = newestFirst
	}
	wanted := selection{
		words: words(q.Search), hide: !q.Unfinished, order: by, after: q.After, before: q.Before, offset: q.Offset,
		limit: pageSize(q.Limit), total: q.Total, bounds: s.bounds,
	}
	kind := func(condition string, arg any) { wanted.kinds = append(wanted.kinds, wish{condition, []any{arg}}) }
	if len(q.Types) > 0 {
		wanted.kinds = append(wanted.kinds, oneOf("type", q.Types))
	}
	if q.Ownership != "" {
		kind("ownership = ?", string(q.Ownership))
	}
	if q.Origin != "" {
		kind("origin = ?", string(q.Origin))
	}
	if q.Enabled != nil {
		kind("enabled = ?", *q.Enabled)
	}
	if q.Risky {
		kind("risky = ?", true)
	}
	if !q.Unused.IsZero() {
		wanted.idle = q.Unused.UnixMicro()
	}
	if len(q.IDs) > 0 {
		wanted.filter.conditions = append(wanted.filter.conditions, "id IN "+in(&wanted.filter, q.IDs))
	}
	if q.Held {
		wanted.filter.conditions = append(wanted.filter.conditions, "id IN ("+held+")")
	}
	return wanted
}

// held selects the ids of applications whose document keeps them from signing anybody in. They are few and have an index.
const held = "SELECT application_id FROM imports WHERE suspended_at IS NOT NULL OR withdrawn_at IS NOT NULL"
