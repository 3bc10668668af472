package store

import (
	"context"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// Applications returns one page of applications, newest first. Every word of the search must begin a term of the
// application. A page costs a bounded number of queries, whatever its size.
func (s *Store) Applications(ctx context.Context, q registry.Query) (page registry.Page[registry.Application], err error) {
	err = s.db.View(ctx, func(c *sqldb.Conn) error {
		page = registry.Page[registry.Application]{}
		from, f, err := selectApplications(ctx, c, q)
		if err != nil || from == "" {
			return err
		}
		if q.Total {
			if err := c.QueryRow(ctx, from.count()+f.where(), f.args...).Scan(&page.Total); err != nil {
				return err
			}
		}
		limit := pageSize(q.Limit)
		f.older("a.", q.After)
		text := from.rows() + f.where() + " ORDER BY a.created_at DESC, a.id DESC LIMIT " + f.arg(limit+1)
		if q.Offset > 0 && q.After == "" {
			text += " OFFSET " + f.arg(q.Offset)
		}
		all, err := sqldb.All(ctx, c, scanApplication, text, f.args...)
		if err != nil {
			return err
		}
		var more bool
		if page.Items, more = cut(all, limit); more {
			last := page.Items[limit-1]
			page.Next = newestCursor(last.CreatedAt, last.ID)
		}
		return loadParts(ctx, c, page.Items)
	})
	return page, err
}

// source is the FROM of a list of applications, with what must stand before the SELECT.
type source string

const (
	allApplications source = " FROM applications a"
	// The applications one word finds, worked out first; then each is looked up.
	foundApplications source = " FROM found CROSS JOIN applications a"
)

func (s source) rows() string  { return s.with() + "SELECT " + applicationColumns + string(s) }
func (s source) count() string { return s.with() + "SELECT COUNT(*)" + string(s) }

func (s source) with() string {
	if s != foundApplications {
		return ""
	}
	return `WITH found AS MATERIALIZED (SELECT DISTINCT application_id AS id FROM application_terms WHERE term >= $1 AND term < $2) `
}

// selectApplications turns a query into a source and conditions. No source means that nothing can be found.
func selectApplications(ctx context.Context, c *sqldb.Conn, q registry.Query) (source, *filter, error) {
	f, from := &filter{}, allApplications
	if words := words(q.Search); len(words) > 0 {
		count, err := applicationTerms.rarest(ctx, c, words)
		if err != nil || count == 0 {
			return "", f, err
		}
		if count <= frequent {
			from = foundApplications
			f.args = append(f.args, words[0], beyond(words[0]))
			f.add("a.id = found.id")
			words = words[1:]
		}
		for _, word := range words {
			applicationTerms.has(f, "a.id", word)
		}
	}
	if len(q.Types) > 0 {
		f.conditions = append(f.conditions, "a.type IN "+in(f, q.Types))
	}
	if q.Ownership != "" {
		f.add("a.ownership = ?", string(q.Ownership))
	}
	if q.Origin != "" {
		f.add("a.origin = ?", string(q.Origin))
	}
	if q.Enabled != nil {
		f.add("a.enabled = ?", *q.Enabled)
	}
	return from, f, nil
}
