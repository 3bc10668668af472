package store

import (
	"strconv"
	"strings"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// order is the order of a list: by a column of its rows and then by place, both in the same direction, so that an index with
// both serves it forwards and backwards.
type order struct {
	name string // in cursors; empty = newest first
	key  string // column of the row; empty = none but the place
	text bool   // the column holds text, not a number
	down bool   // the greatest first
}

var newestFirst = order{down: true}

var applicationOrders = map[registry.Sort]order{
	registry.Newest:   newestFirst,
	registry.ByName:   {name: "name", key: "name_key", text: true},
	registry.LastUsed: {name: "used", key: "last_used", down: true},
}

// spot is a place of a list in its order; lists are read from one on.
type spot struct {
	key   string // as text, whatever the column is; empty without a column
	place int64
}

// cursor is the text that stands for the spot. It names the order, because it means nothing in another.
func (o order) cursor(s spot) string {
	if o.name == "" {
		return placeCursor(s.place)
	}
	return cursor(s.key, o.name+":"+strconv.FormatInt(s.place, 36))
}

func (o order) parse(text string) (s spot, ok bool) {
	if o.name == "" {
		s.place, ok = parsePlace(text)
		return s, ok
	}
	key, id, ok := parseCursor(text)
	name, place, _ := strings.Cut(id, ":")
	n, err := strconv.ParseInt(place, 36, 64)
	if !ok || name != o.name || err != nil {
		return s, false
	}
	if !o.text {
		if _, err := strconv.ParseInt(key, 10, 64); err != nil {
			return s, false
		}
	}
	return spot{key: key, place: n}, true
}

// columns are what a spot is read from.
func (o order) columns() string {
	if o.key == "" {
		return "r.place"
	}
	return "r.place, r." + o.key
}

func (o order) scan(row sqldb.Scanner) (s spot, err error) {
	if o.key == "" {
		return s, row.Scan(&s.place)
	}
	if o.text {
		return s, row.Scan(&s.place, &s.key)
	}
	var n int64
	err = row.Scan(&s.place, &n)
	s.key = strconv.FormatInt(n, 10)
	return s, err
}

// by is the ORDER BY of a list that is read in the direction. It names columns of the result, which several selects may have
// together.
func (o order) by(back bool) string {
	direction := o.direction(back)
	if o.key == "" {
		return " ORDER BY place" + direction
	}
	return " ORDER BY " + o.key + direction + ", place" + direction
}

func (o order) direction(back bool) string {
	if o.down != back {
		return " DESC"
	}
	return " ASC"
}

// beyond adds the condition that a row comes behind the spot, or before it when the list is read back.
func (o order) beyond(f *filter, s spot, back bool) { o.compare(f, s, o.sign(back)) }

// until adds the condition that a row comes before the spot, or behind it when the list is read back, or is at it.
func (o order) until(f *filter, s spot, back bool) { o.compare(f, s, o.sign(!back)+"=") }

// sign is what a row is to a spot that it comes behind.
func (o order) sign(back bool) string {
	if o.down != back {
		return "<"
	}
	return ">"
}

func (o order) compare(f *filter, s spot, sign string) {
	if o.key == "" {
		f.add("r.place "+sign+" ?", s.place)
		return
	}
	var key any = s.key
	if !o.text {
		key, _ = strconv.ParseInt(s.key, 10, 64) // parse has tried it
	}
	f.add("(r."+o.key+", r.place) "+sign+" (?, ?)", key, s.place)
}
