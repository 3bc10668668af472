package store

import (
	"context"
	"slices"

	"clientele/internal/sqldb"
)

// catalogue is a table that is listed and searched by words. Its rows have a place, a number that goes up with
// every new row; its terms are lower-cased words with the places of the rows they find.
type catalogue struct{ rows, terms string }

var (
	applications = catalogue{"application_entries", "application_terms"}
	users        = catalogue{"users", "user_terms"}
)

// selection is what is wanted of a catalogue: each word must begin a term, and the conditions are about columns of the row.
type selection struct {
	words  []string
	filter filter
	hidden string // selects the places of rows that are not there; few
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

// bounds decide how a search goes, by how many terms its words match. A word that matches few is looked up, and each place
// it gives is asked for the other words. Several that match more, but are not frequent, are looked up together, and what
// they have in common is asked for the rest: at first only the newest, because a page fills soon. For the same reason, in
// another order the first rows of that are asked for every word before anything is looked up. If all are frequent, the rows
// are walked, in their order, and each is asked for every word. So the work is bounded, whatever the words have in common.
type bounds struct{ few, soon, frequent int }

var usualBounds = bounds{few: 500, soon: 1000, frequent: 20_000}

// pick selects one page.
func (k catalogue) pick(ctx context.Context, c *sqldb.Conn, q selection) (p picked, err error) {
	matches, err := k.matches(ctx, c, q)
	if err != nil || len(matches) > 0 && matches[0].count == 0 {
		return p, err
	}
	if q.total {
		text, args := k.counted(q, matches)
		if err := c.QueryRow(ctx, text, args...).Scan(&p.total); err != nil {
			return p, err
		}
	}
	q.begin()
	spots, err := k.page(ctx, c, q, matches)
	if err != nil {
		return p, err
	}
	if q.back && len(spots) <= q.limit { // the page before this one is the first, and a first page is full
		q.paged, q.back = false, false
		if spots, err = k.page(ctx, c, q, matches); err != nil {
			return p, err
		}
	}
	p.cut(q, spots)
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

// counted counts what is selected. All there is is counted without looking at each, whether it is hidden.
func (k catalogue) counted(q selection, matches []match) (text string, args []any) {
	if len(matches) == 0 && len(q.filter.conditions) == 0 && q.hidden != "" {
		return "SELECT (SELECT COUNT(*) FROM " + k.rows + ") - (SELECT COUNT(*) FROM (" + q.hidden + ") AS hidden_ones)", nil
	}
	from, f := k.found(q, matches, 0)
	return "SELECT COUNT(*) FROM (" + from + f.where() + ") AS all_of_them", f.args
}

// page reads the places of one page, and one more.
func (k catalogue) page(ctx context.Context, c *sqldb.Conn, q selection, matches []match) ([]spot, error) {
	if len(matches) == 0 || matches[0].count > q.bounds.frequent {
		from, f := k.walked(q)
		return q.read(ctx, c, from, f)
	}
	if matches[0].count > q.bounds.soon && q.offset == 0 && q.order != newestFirst {
		from, first := k.walkedFirst(q)
		spots, err := q.read(ctx, c, from, first)
		if err != nil || len(spots) > q.limit {
			return spots, err
		}
	}
	from, all := k.found(q, matches, 0)
	if len(all.conditions) > 0 && matches[0].count > q.bounds.soon && q.offset == 0 && q.order == newestFirst {
		from, newest := k.found(q, matches, q.bounds.soon)
		places, err := q.read(ctx, c, from, newest)
		if err != nil || len(places) > q.limit {
			return places, err
		}
	}
	return q.read(ctx, c, from, all)
}

func (q selection) read(ctx context.Context, c *sqldb.Conn, text string, f filter) ([]spot, error) {
	text += f.where() + q.order.by(q.back) + " LIMIT " + f.arg(q.limit+1)
	if q.offset > 0 && !q.paged {
		text += " OFFSET " + f.arg(q.offset)
	}
	return sqldb.All(ctx, c, q.order.scan, text, f.args...)
}

// match is a word and how many terms begin with it, counted up to a little over what makes it frequent.
type match struct {
	word  string
	count int
}

// matches counts what each word matches. The one that matches least comes first.
func (k catalogue) matches(ctx context.Context, c *sqldb.Conn, q selection) ([]match, error) {
	all := make([]match, len(q.words))
	for i, word := range q.words {
		all[i].word = word
		err := c.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM `+k.terms+` WHERE term >= $1 AND term < $2 LIMIT $3) AS hits`,
			word, beyond(word), q.bounds.frequent+1).Scan(&all[i].count)
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b match) int { return a.count - b.count })
	return all, nil
}

// walked selects from the rows.
func (k catalogue) walked(q selection) (from string, f filter) {
	f = q.filter.clone()
	for _, word := range q.words {
		k.has(&f, word)
	}
	if q.paged {
		q.order.beyond(&f, q.from, q.back)
	}
	q.hide(&f)
	return "SELECT " + q.order.columns() + " FROM " + k.rows + " r", f
}

// walkedFirst selects from the first rows of the order alone: a word that many rows have fills a page with them.
func (k catalogue) walkedFirst(q selection) (from string, f filter) {
	f.args = slices.Clone(q.filter.args)
	if q.paged {
		q.order.beyond(&f, q.from, q.back)
	}
	rows := "SELECT * FROM " + k.rows + " r" + f.where() + q.order.by(q.back) + " LIMIT " + f.arg(q.bounds.soon)
	f.conditions = slices.Clone(q.filter.conditions)
	for _, word := range q.words {
		k.has(&f, word)
	}
	q.hide(&f)
	return "SELECT " + q.order.columns() + " FROM (" + rows + ") AS r", f
}

// hide adds the condition that r is not one of the hidden rows. It asks for the place alone: what is found by words is not
// read for it, and what is counted is counted in an index.
func (q selection) hide(f *filter) {
	if q.hidden != "" {
		f.conditions = append(f.conditions, "r.place NOT IN ("+q.hidden+")")
	}
}

// found selects from the places that the rarest words have in common: from all, or only from the first of them.
func (k catalogue) found(q selection, matches []match, first int) (from string, f filter) {
	if len(matches) == 0 {
		return k.walked(q)
	}
	f.args = slices.Clone(q.filter.args)
	places := k.placesOf(&f, q, matches[0].word)
	together := 1
	for _, m := range matches[1:] {
		if matches[0].count > q.bounds.few && m.count <= q.bounds.frequent {
			places += " INTERSECT " + k.placesOf(&f, q, m.word)
			together++
		} else {
			k.has(&f, m.word)
		}
	}
	if together == 1 {
		places += " GROUP BY place" // a place is there for each of its terms that begin with the word; INTERSECT does without
	}
	if first > 0 {
		places += " ORDER BY place" + q.order.direction(q.back) + " LIMIT " + f.arg(first)
	}
	if q.order != newestFirst {
		return k.sorted(q, f, places)
	}
	if conditions := q.filter.conditions; len(conditions) > 0 {
		f.add("EXISTS (SELECT 1 FROM " + k.rows + " a WHERE a.place = r.place AND " + and(conditions) + ")")
	}
	q.hide(&f)
	return "SELECT r.place FROM (" + places + ") AS r", f
}

// sorted selects from the rows at the places. The places come first, whatever index has the order: they are few.
func (k catalogue) sorted(q selection, f filter, places string) (from string, all filter) {
	f.conditions = append(f.conditions, q.filter.conditions...)
	f.conditions = append(f.conditions, "r.place = p.place")
	if q.paged {
		q.order.beyond(&f, q.from, q.back)
	}
	q.hide(&f)
	return "SELECT " + q.order.columns() + " FROM (" + places + ") AS p CROSS JOIN " + k.rows + " r", f
}

// placesOf selects the places of one word.
func (k catalogue) placesOf(f *filter, q selection, word string) string {
	text := "SELECT place FROM " + k.terms + " WHERE term >= " + f.arg(word) + " AND term < " + f.arg(beyond(word))
	if q.paged && q.order == newestFirst {
		sign := " < "
		if q.back {
			sign = " > "
		}
		text += " AND place" + sign + f.arg(q.from.place)
	}
	return text
}

// has adds the condition that a term of the row r begins with word.
func (k catalogue) has(f *filter, word string) {
	f.add("EXISTS (SELECT 1 FROM "+k.terms+" o WHERE o.place = r.place AND o.term >= ? AND o.term < ?)", word, beyond(word))
}
