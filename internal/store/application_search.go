package store

import (
	"context"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// Applications returns one page of applications, newest first. Every word of the search must begin a term of the
// application. Strangers that have not finished an authorization are left out, unless they are asked for. A page costs a
// bounded number of queries, whatever its size.
func (s *Store) Applications(ctx context.Context, q registry.Query) (page registry.Page[registry.Application], err error) {
	err = s.db.View(ctx, func(c *sqldb.Conn) error {
		page = registry.Page[registry.Application]{}
		p, err := applications.pick(ctx, c, s.selectApplications(q))
		if err != nil {
			return err
		}
		page.Next, page.Total = p.next, p.total
		if len(p.places) == 0 {
			return nil
		}
		var f filter
		text := applicationSelect + " WHERE a.place IN " + in(&f, p.places) + " ORDER BY a.place DESC"
		if page.Items, err = sqldb.All(ctx, c, scanApplication, text, f.args...); err != nil {
			return err
		}
		return loadParts(ctx, c, page.Items)
	})
	return page, err
}

func (s *Store) selectApplications(q registry.Query) selection {
	var f filter
	if len(q.Types) > 0 {
		f.conditions = append(f.conditions, "type IN "+in(&f, texts(q.Types)))
	}
	if q.Ownership != "" {
		f.add("ownership = ?", string(q.Ownership))
	}
	if q.Origin != "" {
		f.add("origin = ?", string(q.Origin))
	}
	if q.Enabled != nil {
		f.add("enabled = ?", *q.Enabled)
	}
	hidden := unfinished
	if q.Unfinished {
		hidden = ""
	}
	return selection{
		words: words(q.Search), filter: f, hidden: hidden, after: q.After, offset: q.Offset, limit: pageSize(q.Limit), total: q.Total, bounds: s.bounds,
	}
}

// unfinished selects the places of strangers that have not finished an authorization. There are few, and they have an index.
const unfinished = "SELECT place FROM applications WHERE expires_at IS NOT NULL"
