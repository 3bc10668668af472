package store

import (
	"context"
	"slices"

	"clientele/internal/sqldb"
)

// catalogue is a table that is listed and searched by words. Its rows have a place, a number that goes up with
// every new row; its terms are lower-cased words with the places of the rows they find.
type catalogue struct {
	rows, terms string
	faceted     bool   // rows have a facet; see facetOf
	hidden      string // selects the places of rows that are not shown to everybody; few
	shown       string // the condition that a row is none of these
}

var (
	applications = catalogue{
		rows: "application_entries", terms: "application_terms", faceted: true,
		hidden: "SELECT place FROM applications WHERE expires_at IS NOT NULL", shown: "unfinished = FALSE", // who has not finished an authorization
	}
	users = catalogue{rows: "users", terms: "user_terms"}
)

// selection is what is wanted of a catalogue: each word must begin a term.
type selection struct {
	words  []string
	kinds  []wish // about the columns that a facet is made of
	idle   int64  // rows that were not active since, in microseconds; 0 = all
	filter filter // about other columns of the row; an index has the few that fit, or most do
	hide   bool   // without the hidden rows
	order  order  // newest first is order newestFirst
	after  string
	before string // the page that ends before this cursor; wins over after
	offset int
	limit  int
	total  bool
	bounds bounds

	from  spot // what after or before stands for
	paged bool // whether there is one
	back  bool // it is before
}

// begin finds out where the page begins.
func (q *selection) begin() {
	if q.before != "" {
		q.from, q.paged = q.order.parse(q.before)
		q.back = q.paged
		return
	}
	q.from, q.paged = q.order.parse(q.after)
}

// picked is one page of a catalogue, as places in the order of the list.
type picked struct {
	places []int64
	next   string
	back   string
	total  int
}

// bounds decide how a search goes. A word that few terms begin with is looked up, and what it finds is asked for all the rest.
// Otherwise a page fills soon: with the first that words have in common, which the database finds in their lists side by side, if
// the words are not the beginnings of very many terms; or with some of the first rows of the list, in its order. If it does not
// fill, all places of every word are read. So the work is bounded, whatever the words have in common.
type bounds struct{ few, soon, frequent int }

var usualBounds = bounds{few: 500, soon: 1000, frequent: 10_000}

// pick selects one page.
func (k catalogue) pick(ctx context.Context, c *sqldb.Conn, q selection) (p picked, err error) {
	q.begin()
	s := search{catalogue: k, selection: q}
	if some, err := s.prepare(ctx, c); err != nil || !some {
		return p, err
	}
	if q.total {
		if p.total, err = s.count(ctx, c); err != nil {
			return p, err
		}
	}
	spots, err := s.page(ctx, c)
	if err != nil {
		return p, err
	}
	if q.back && len(spots) <= q.limit { // the page before this one is the first, and a first page is full
		s.paged, s.back = false, false
		if spots, err = s.page(ctx, c); err != nil {
			return p, err
		}
	}
	p.cut(s.selection, spots)
	return p, nil
}

// cut keeps one page of what was read, and the cursors of its neighbours.
func (p *picked) cut(q selection, spots []spot) {
	spots, more := cut(spots, q.limit)
	if q.back {
		slices.Reverse(spots)
	}
	if len(spots) == 0 {
		return
	}
	if more || q.back {
		p.next = q.order.cursor(spots[len(spots)-1])
	}
	if q.paged {
		p.back = q.order.cursor(spots[0])
	}
	for _, s := range spots {
		p.places = append(p.places, s.place)
	}
}

// search is a selection while it is looked for.
type search struct {
	catalogue
	selection
	facets []string // those that fit; nil = the list goes by the rows themselves
	sets   []set    // what else a row must be in
	places []int64  // rows that may fit, going up, if narrow is set
	narrow bool     // no row fits that is not at one of the places
	exact  bool     // the places are what all sets have in common
}

// prepare finds the facets that fit, and looks up what finds few. It reports whether there may be anything.
func (s *search) prepare(ctx context.Context, c *sqldb.Conn) (some bool, err error) {
	if s.byFacets() {
		if s.facets, err = s.fitting(ctx, c); err != nil || len(s.facets) == 0 {
			return false, err
		}
	}
	s.sets = s.wanted()
	if err := s.lookUp(ctx, c); err != nil {
		return false, err
	}
	return !s.narrow || len(s.places) > 0, nil
}

// page reads one page, and one row more.
func (s *search) page(ctx context.Context, c *sqldb.Conn) ([]spot, error) {
	if len(s.sets) == 0 {
		text, f := s.list(nil)
		return s.read(ctx, c, text, f)
	}
	if !s.exact && !s.few() && s.offset == 0 {
		spots, done, err := s.soon(ctx, c)
		if err != nil || done {
			return spots, err
		}
	}
	if err := s.complete(ctx, c); err != nil || len(s.places) == 0 {
		return nil, err
	}
	switch {
	case s.few():
		return s.those(ctx, c, s.places)
	case s.order == newestFirst && !s.conditional():
		places, err := s.visible(ctx, c)
		return s.newest(places), err
	default:
		return s.through(ctx, c)
	}
}

// few reports whether the places are so few that each is asked for what is not known of it.
func (s *search) few() bool { return s.narrow && len(s.places) <= s.bounds.few }

// soon reads a page from what comes first, and reports whether that was enough.
func (s *search) soon(ctx context.Context, c *sqldb.Conn) (spots []spot, done bool, err error) {
	lists := s.lists()
	switch {
	case s.order == newestFirst && (len(lists) > 1 || len(lists) == 1 && lists[0].even):
		many := max(s.bounds.few, 1)
		if len(lists) == len(s.sets) && !s.conditional() {
			many = min(many, 2*s.limit) // some may be hidden
		}
		if len(s.facets) == 1 { // its places stand in order, too
			lists = append(lists, set{of: wish{"SELECT place FROM " + s.rows + " WHERE facet = ?", []any{s.facets[0]}}})
		}
		first, err := s.meet(ctx, c, lists, s.paged, many+1)
		if err != nil || len(first) == 0 {
			return nil, true, err
		}
		spots, err = s.those(ctx, c, first[:min(len(first), many)])
		return spots, len(first) <= many || len(spots) > s.limit, err
	case len(lists) > 1:
		if s.places, err = s.meet(ctx, c, lists, false, s.bounds.few+1); err != nil {
			return nil, false, err
		}
		if s.narrow = len(s.places) <= s.bounds.few; s.narrow {
			return nil, len(s.places) == 0, nil
		}
	}
	spots, all, err := s.first(ctx, c)
	return spots, all || len(spots) > s.limit, err
}

// count is how many rows are selected, on all pages together.
func (s *search) count(ctx context.Context, c *sqldb.Conn) (n int, err error) {
	if len(s.sets) > 0 {
		if err := s.complete(ctx, c); err != nil || len(s.places) == 0 {
			return 0, err
		}
		if !s.few() {
			return s.countCommon(ctx, c)
		}
	}
	var text string
	var f filter
	switch {
	case len(s.sets) > 0:
		from, conditions := s.among(s.places)
		text, f = "SELECT COUNT(*)"+from+conditions.where(), conditions
	case s.facets == nil && !s.conditional() && s.hide && s.hidden != "": // all there is is counted without looking at each
		text = "SELECT (SELECT COUNT(*) FROM " + s.rows + ") - (SELECT COUNT(*) FROM (" + s.hidden + ") AS hidden_ones)"
	default:
		from, conditions := s.all()
		text, f = "SELECT COUNT(*)"+from+conditions.where(), conditions
	}
	err = c.QueryRow(ctx, text, f.args...).Scan(&n)
	return n, err
}

// countCommon counts the places that all sets have in common, where the rest is as it is wanted.
func (s *search) countCommon(ctx context.Context, c *sqldb.Conn) (int, error) {
	if !s.conditional() {
		seen, err := s.visible(ctx, c)
		return len(seen), err
	}
	from, f := s.all()
	fit, err := sqldb.All(ctx, c, scanPlace, "SELECT r.place"+from+f.where(), f.args...)
	return len(common(s.places, sorted(fit))), err
}
