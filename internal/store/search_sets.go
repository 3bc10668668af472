package store

import (
	"context"
	"slices"
	"strings"

	"clientele/internal/sqldb"
)

// set is one thing that is wanted of a row and can be looked up without the row: that it has a word, or was not active lately.
type set struct {
	word   string // empty = it is not about a word
	of     wish   // selects the places of all that have it
	has    wish   // is the condition that row r has it
	listed bool   // what of selects can be read side by side with others
	even   bool   // and stands in the order of the places, each once
	known  bool   // all places are read
	places []int64
}

// wanted are the sets that a row must be in.
func (s *search) wanted() (all []set) {
	for _, word := range s.words {
		args := []any{word, beyond(word)}
		all = append(all, set{
			word: word,
			of:   wish{"SELECT place FROM " + s.terms + " WHERE term >= ? AND term < ?", args},
			has:  wish{"EXISTS (SELECT 1 FROM " + s.terms + " o WHERE o.place = r.place AND o.term >= ? AND o.term < ?)", args},
		})
	}
	if s.idle != 0 && s.facets != nil {
		facets := oneOf("facet", s.facets)
		all = append(all, set{
			of:  wish{"SELECT place FROM " + s.rows + " WHERE " + facets.condition + " AND active_at < ?", append(facets.args, s.idle)},
			has: s.inactive(),
		})
	}
	return all
}

// lookUp reads the places of the sets that have few. If none has, it finds out what can be read side by side.
func (s *search) lookUp(ctx context.Context, c *sqldb.Conn) (err error) {
	for i := range s.sets {
		one := &s.sets[i]
		places, err := s.look(ctx, c, one)
		if err != nil {
			return err
		}
		if one.known = len(places) <= s.bounds.few; one.known {
			one.places = sorted(places)
		}
	}
	s.intersect()
	for i := range s.sets {
		if one := &s.sets[i]; !s.narrow && one.word != "" {
			if err := s.judge(ctx, c, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// look reads the places of a set up to a few, with those that are there for several terms as often.
func (s *search) look(ctx context.Context, c *sqldb.Conn, one *set) ([]int64, error) {
	return places(ctx, c, wish{one.of.condition + " LIMIT ?", append(slices.Clone(one.of.args), s.bounds.few+1)})
}

// judge finds out whether a word begins one term, whose places stand in order, or not so many that they cannot be sorted.
func (s *search) judge(ctx context.Context, c *sqldb.Conn, one *set) error {
	var least, most string
	term := " FROM " + s.terms + " WHERE term >= $1 AND term < $2"
	err := c.QueryRow(ctx, "SELECT (SELECT MIN(term)"+term+"), (SELECT MAX(term)"+term+")", one.of.args...).Scan(&least, &most)
	if err != nil {
		return err
	}
	if least == most {
		one.listed, one.even = true, true
		one.of = wish{"SELECT place FROM " + s.terms + " WHERE term = ?", []any{least}}
		one.has = wish{"EXISTS (SELECT 1 FROM " + s.terms + " o WHERE o.place = r.place AND o.term = ?)", []any{least}}
		return nil
	}
	var many int
	err = c.QueryRow(ctx, "SELECT COUNT(*) FROM (SELECT 1"+term+" LIMIT $3) AS hits", one.of.args[0], one.of.args[1], s.bounds.frequent+1).Scan(&many)
	one.listed = many <= s.bounds.frequent
	return err
}

// lists are the sets that can be read side by side.
func (s *search) lists() (lists []set) {
	for _, one := range s.sets {
		if one.listed {
			lists = append(lists, one)
		}
	}
	return lists
}

// meet reads the first places that all lists have in common: of the newest page, or of that behind where the page begins.
func (s *search) meet(ctx context.Context, c *sqldb.Conn, lists []set, paged bool, limit int) ([]int64, error) {
	var f filter
	texts := make([]string, len(lists))
	for i, one := range lists {
		w := one.of
		if paged {
			w = wish{w.condition + " AND place " + newestFirst.sign(s.back) + " ?", append(slices.Clone(w.args), s.from.place)}
		}
		f.all([]wish{w})
		texts[i] = f.conditions[i]
	}
	text := strings.Join(texts, " INTERSECT ") + newestFirst.by(s.back) + " LIMIT " + f.arg(limit)
	return sqldb.All(ctx, c, scanPlace, text, f.args...)
}

// intersect keeps the places that all known sets have in common.
func (s *search) intersect() {
	s.narrow, s.exact, s.places = false, true, nil
	for _, one := range s.sets {
		switch {
		case !one.known:
			s.exact = false
		case s.narrow:
			s.places = common(s.places, one.places)
		default:
			s.narrow, s.places = true, one.places
		}
	}
}

// complete reads all sets, unless what is known is few.
func (s *search) complete(ctx context.Context, c *sqldb.Conn) error {
	if s.exact || s.few() {
		return nil
	}
	for i := range s.sets {
		one := &s.sets[i]
		if one.known {
			continue
		}
		all, err := places(ctx, c, one.of)
		if err != nil {
			return err
		}
		one.places, one.known = sorted(all), true
	}
	s.intersect()
	return nil
}

// places reads all places that a wish selects.
func places(ctx context.Context, c *sqldb.Conn, of wish) ([]int64, error) {
	var f filter
	f.all([]wish{of})
	return sqldb.All(ctx, c, scanPlace, f.conditions[0], f.args...)
}

func scanPlace(row sqldb.Scanner) (place int64, err error) { return place, row.Scan(&place) }

// sorted are places going up, each once.
func sorted(places []int64) []int64 {
	slices.Sort(places)
	return slices.Compact(places)
}

// common are the places that are in both lists, which go up.
func common(a, b []int64) (both []int64) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			both = append(both, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return both
}

// visible are the places without those of hidden rows.
func (s *search) visible(ctx context.Context, c *sqldb.Conn) ([]int64, error) {
	if !s.hide || s.hidden == "" {
		return s.places, nil
	}
	hidden, err := places(ctx, c, wish{condition: s.hidden})
	hidden = sorted(hidden)
	if err != nil || len(hidden) == 0 {
		return s.places, err
	}
	return slices.DeleteFunc(slices.Clone(s.places), func(place int64) bool {
		_, is := slices.BinarySearch(hidden, place)
		return is
	}), nil
}

// newest is a page of a list that is newest first, from places that go up.
func (s *search) newest(places []int64) (spots []spot) {
	at, there := slices.BinarySearch(places, s.from.place)
	switch {
	case s.paged && s.back && there:
		places = places[at+1:]
	case s.paged && s.back:
		places = places[at:]
	case s.paged:
		places = places[:at]
	default:
		places = places[:max(0, len(places)-s.offset)]
	}
	for range min(len(places), s.limit+1) {
		next := len(places) - 1
		if s.back {
			spots, places = append(spots, spot{place: places[0]}), places[1:]
			continue
		}
		spots, places = append(spots, spot{place: places[next]}), places[:next]
	}
	return spots
}
