package store

import (
	"context"
	"slices"

	"clientele/internal/sqldb"
)

// catalogue is a table that is listed newest first and searched by words. Its rows have a place, a number that goes up with
// every new row; its terms are lower-cased words with the places of the rows they find.
type catalogue struct{ rows, terms string }

var (
	applications = catalogue{"applications", "application_terms"}
	users        = catalogue{"users", "user_terms"}
)

// selection is what is wanted of a catalogue: each word must begin a term, and the conditions are about the row r.
type selection struct {
	words  []string
	filter filter
	after  string
	offset int
	limit  int
	total  bool
	walkAt int // how many matches make every word of a search frequent
}

// picked is one page of a catalogue, as places.
type picked struct {
	places []int64
	next   string
	total  int
}

// frequent is how many terms a word may match for the search to be driven by it: then the places of the rarest word are
// read, and each is asked for the other words. Beyond that the rows are walked, newest first, and each is asked for all
// words: among so many matches a page fills soon. Either way the work is bounded, whatever the words have in common.
const frequent = 20_000

// pick selects one page.
func (k catalogue) pick(ctx context.Context, c *sqldb.Conn, q selection) (p picked, err error) {
	walk := true
	if len(q.words) > 0 {
		count, err := k.rarestFirst(ctx, c, q.words, q.walkAt)
		if err != nil || count == 0 {
			return p, err
		}
		walk = count > q.walkAt
	}
	if q.total {
		from, f := k.found(q)
		if len(q.words) == 0 {
			from, f = k.walked(q)
		}
		if err := c.QueryRow(ctx, "SELECT COUNT(*) FROM ("+from+f.where()+") AS all_of_them", f.args...).Scan(&p.total); err != nil {
			return p, err
		}
	}
	from, f := k.found(q)
	if walk {
		from, f = k.walked(q)
	}
	if after, ok := parsePlace(q.after); ok {
		f.add("place < ?", after)
	}
	text := from + f.where() + " ORDER BY place DESC LIMIT " + f.arg(q.limit+1)
	if q.offset > 0 && q.after == "" {
		text += " OFFSET " + f.arg(q.offset)
	}
	p.places, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (place int64, err error) { return place, row.Scan(&place) }, text, f.args...)
	var more bool
	if p.places, more = cut(p.places, q.limit); more {
		p.next = placeCursor(p.places[q.limit-1])
	}
	return p, err
}

// rarestFirst counts what each word matches, up to a little over enough, and puts the word that matches least first.
func (k catalogue) rarestFirst(ctx context.Context, c *sqldb.Conn, words []string, enough int) (least int, err error) {
	counts := make(map[string]int, len(words))
	for _, word := range words {
		var n int
		err := c.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM `+k.terms+` WHERE term >= $1 AND term < $2 LIMIT $3) AS hits`,
			word, beyond(word), enough+1).Scan(&n)
		if err != nil {
			return 0, err
		}
		counts[word] = n
	}
	slices.SortStableFunc(words, func(a, b string) int { return counts[a] - counts[b] })
	return counts[words[0]], nil
}

// walked selects from the rows.
func (k catalogue) walked(q selection) (from string, f filter) {
	f = q.filter.clone()
	for _, word := range q.words {
		k.has(&f, "r.place", word)
	}
	return "SELECT r.place FROM " + k.rows + " r", f
}

// found selects from the places of the first word. A place is there once for each of its terms that begin with the word.
func (k catalogue) found(q selection) (from string, f filter) {
	if len(q.words) == 0 {
		return k.walked(q)
	}
	f = q.filter.clone()
	if conditions := f.conditions; len(conditions) > 0 {
		f.conditions = nil
		f.add("EXISTS (SELECT 1 FROM " + k.rows + " r WHERE r.place = t.place AND " + and(conditions) + ")")
	}
	f.add("t.term >= ? AND t.term < ?", q.words[0], beyond(q.words[0]))
	for _, word := range q.words[1:] {
		k.has(&f, "t.place", word)
	}
	return "SELECT DISTINCT t.place FROM " + k.terms + " t", f
}

// has adds the condition that a term of the row at place begins with word.
func (k catalogue) has(f *filter, place, word string) {
	f.add("EXISTS (SELECT 1 FROM "+k.terms+" o WHERE o.place = "+place+" AND o.term >= ? AND o.term < ?)", word, beyond(word))
}
