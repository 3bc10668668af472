package store

import (
	"context"
	"errors"
	"strings"

	"clientele/internal/sqldb"
)

// byFacets reports whether the list is read from the indexes that begin with a facet. Rows that are newest first, and rows of
// which an index has few, need none.
func (s *search) byFacets() bool {
	return s.faceted && len(s.filter.conditions) == 0 && (len(s.kinds) > 0 || s.idle != 0 || s.order != newestFirst)
}

// conditional reports whether rows are wanted for anything but words.
func (s *search) conditional() bool {
	return len(s.kinds) > 0 || s.idle != 0 || len(s.filter.conditions) > 0
}

// fitting are the facets that rows have and that are wanted. It goes from one to the next in the index, and looks at one row of
// each: rows with the same facet fit all or none.
func (s *search) fitting(ctx context.Context, c *sqldb.Conn) ([]string, error) {
	text, f := s.fittingFacets()
	return sqldb.All(ctx, c, scanText, text, f.args...)
}

func (s *search) fittingFacets() (text string, f filter) {
	s.rowWishes(&f)
	text = "WITH RECURSIVE f (facet) AS (SELECT MIN(facet) FROM " + s.rows + " UNION ALL SELECT (SELECT MIN(facet) FROM " + s.rows +
		" WHERE facet > f.facet) FROM f WHERE f.facet IS NOT NULL) SELECT facet FROM f WHERE facet IS NOT NULL"
	if len(f.conditions) > 0 {
		text += " AND EXISTS (SELECT 1 FROM (SELECT * FROM " + s.rows + " WHERE facet = f.facet LIMIT 1) AS e" + f.where() + ")"
	}
	return text, f
}

// rowWishes adds the conditions that decide which facets fit.
func (s *search) rowWishes(f *filter) {
	f.all(s.kinds)
	if s.hide && s.shown != "" {
		f.conditions = append(f.conditions, s.shown)
	}
}

// rowsThemselves are the conditions on rows that are not read by facets.
func (s *search) rowsThemselves() filter {
	f := s.filter.clone()
	s.rowWishes(&f)
	if s.idle != 0 && s.facets == nil {
		f.all([]wish{s.inactive()})
	}
	return f
}

// inactive wishes that a row was not active lately. The sign keeps the index away that would have to be sorted.
func (s *search) inactive() wish { return wish{"+r.active_at < ?", []any{s.idle}} }

// all selects from all rows of the list, whatever the page.
func (s *search) all() (from string, f filter) {
	if s.facets == nil {
		return " FROM " + s.rows + " r", s.rowsThemselves()
	}
	f.conditions = append(f.conditions, "r.facet IN "+in(&f, s.facets))
	if s.idle != 0 {
		f.add("r.active_at < ?", s.idle)
	}
	return " FROM " + s.rows + " r", f
}

// list selects the rows of the list from where the page begins, and adds more conditions. What several facets have is put
// together as it is read: each has the order from an index, and nothing is read that comes behind the page.
func (s *search) list(more func(*filter)) (text string, f filter) {
	if s.facets == nil {
		f = s.rowsThemselves()
	}
	if s.paged {
		s.order.beyond(&f, s.from, s.back)
	}
	if s.idle != 0 && s.order.key == "last_used" { // who was used is at the front, and would be read for nothing
		f.add("r.last_used < ?", s.idle)
	}
	if more != nil {
		more(&f)
	}
	text = "SELECT " + s.order.columns() + " FROM " + s.rows + " r"
	if s.facets == nil {
		return text + f.where(), f
	}
	rest := ""
	if len(f.conditions) > 0 {
		rest = " AND " + and(f.conditions)
	}
	branches := make([]string, padded(len(s.facets)))
	for i := range branches {
		facet := "" // which no row has
		if i < len(s.facets) {
			facet = s.facets[i]
		}
		branches[i] = text + " WHERE r.facet = " + f.arg(facet) + rest
	}
	return strings.Join(branches, " UNION ALL "), f
}

// read reads the rows of a page that text selects, in their order, and one more.
func (s *search) read(ctx context.Context, c *sqldb.Conn, text string, f filter) ([]spot, error) {
	text += s.order.by(s.back) + " LIMIT " + f.arg(s.limit+1)
	if s.offset > 0 && !s.paged {
		text += " OFFSET " + f.arg(s.offset)
	}
	return sqldb.All(ctx, c, s.order.scan, text, f.args...)
}

// first reads a page from the first rows of the list alone, and reports whether these are all.
func (s *search) first(ctx context.Context, c *sqldb.Conn) (spots []spot, all bool, err error) {
	text, f := s.list(nil)
	text += s.order.by(s.back) + " LIMIT 1 OFFSET " + f.arg(s.bounds.soon)
	end, err := sqldb.All(ctx, c, s.order.scan, text, f.args...)
	if err != nil {
		return nil, false, err
	}
	text, f = s.list(func(f *filter) { s.firstRows(f, end) })
	spots, err = s.read(ctx, c, text, f)
	return spots, len(end) == 0, err
}

// firstRows adds the conditions that a row comes before the end of the first ones, and is in every set.
func (s *search) firstRows(f *filter, end []spot) {
	if len(end) > 0 {
		s.order.until(f, end[0], s.back)
	}
	for _, one := range s.sets {
		f.all([]wish{one.has})
	}
}

// those reads a page from some places alone, which are few.
func (s *search) those(ctx context.Context, c *sqldb.Conn, places []int64) ([]spot, error) {
	from, f := s.among(places)
	if s.paged {
		s.order.beyond(&f, s.from, s.back)
	}
	return s.read(ctx, c, "SELECT "+s.order.columns()+from+f.where(), f)
}

// among selects from some places alone.
func (s *search) among(places []int64) (from string, f filter) {
	f = s.rowsThemselves()
	for _, one := range s.sets {
		if !one.known {
			f.all([]wish{one.has})
		}
	}
	f.conditions = append(f.conditions, "r.place IN "+in(&f, places))
	return " FROM " + s.rows + " r", f
}

var errEnough = errors.New("enough rows are read")

// through reads the list in its order, and keeps what is at one of the places, until a page is full.
func (s *search) through(ctx context.Context, c *sqldb.Conn) (spots []spot, err error) {
	in := make(map[int64]bool, len(s.places))
	for _, place := range s.places {
		in[place] = true
	}
	skip := 0
	if !s.paged {
		skip = s.offset
	}
	text, f := s.list(nil)
	err = c.Each(ctx, text+s.order.by(s.back), f.args, func(row sqldb.Scanner) error {
		at, err := s.order.scan(row)
		switch {
		case err != nil:
			return err
		case !in[at.place]:
			return nil
		case skip > 0:
			skip--
			return nil
		}
		if spots = append(spots, at); len(spots) > s.limit {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return spots, err
}
