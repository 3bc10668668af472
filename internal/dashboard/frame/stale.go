package frame

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"

	"clientele/internal/audit"
)

// Two operators may open the same form and save it one after the other. The second is refused, sees both versions of every field
// that differs, and chooses for each which one stays. Nothing typed is lost and nothing is overwritten unseen.
//
// A form that takes part carries its revision, and in "seen" a mark of each value it came with, so that the page knows which
// fields this operator changed and which the other one did. What is chosen comes back as take.FIELD.

// StaleField is one field in which two versions differ.
type StaleField struct {
	Name   string
	Label  string
	Mine   []string // one a line; empty = nothing
	Now    []string
	Plain  bool      // words for people, not for machines
	Theirs bool      // only the other one changed it, so theirs is chosen beforehand
	By     string    // who changed it; empty if it is not known
	At     time.Time // when
}

// ListOf reads a field of several values: one a field or one a line, blanks and repetitions left out.
func ListOf(v url.Values, field string) []string { return LinesOf(strings.Join(v[field], "\n")) }

// SeenOf marks the values of a form as it was made.
func SeenOf(v url.Values, fields []string) string {
	marks := make([]string, len(fields))
	for i, field := range fields {
		marks[i] = field + ":" + markOf(v, field)
	}
	return strings.Join(marks, " ")
}

// markOf is short: it only tells whether an operator touched a field, and a wrong answer changes nothing but what is preselected.
func markOf(v url.Values, field string) string {
	sum := sha256.Sum256([]byte(strings.Join(ListOf(v, field), "\n")))
	return hex.EncodeToString(sum[:4])
}

func marksIn(seen string) map[string]string {
	marks := map[string]string{}
	for part := range strings.FieldsSeq(seen) {
		if field, mark, ok := strings.Cut(part, ":"); ok {
			marks[field] = mark
		}
	}
	return marks
}

// StaleFields compares what was typed with what is there now. labels and words say how a field and its value read; words may be
// nil, or without an entry for a field.
func StaleFields(fields []string, mine, now url.Values, label func(field string) string, words map[string]func(string) string) []StaleField {
	seen := marksIn(mine.Get("seen"))
	var list []StaleField
	for _, field := range fields {
		if !mine.Has(field) && !now.Has(field) || markOf(mine, field) == markOf(now, field) {
			continue
		}
		s := StaleField{Name: field, Label: label(field), Mine: ListOf(mine, field), Now: ListOf(now, field)}
		s.Theirs = seen[field] == markOf(mine, field)
		if word := words[field]; word != nil {
			s.Plain = true
			s.Mine, s.Now = []string{word(mine.Get(field))}, []string{word(now.Get(field))}
		}
		list = append(list, s)
	}
	return list
}

// maxLookedBack bounds how many changes are read to say who changed a field.
const maxLookedBack = 50

// SayWho adds to each field who changed it last, from the newest changes of the thing.
func (d *Base) SayWho(ctx context.Context, kind, id string, changes int64, fields []StaleField) error {
	limit := int(min(max(changes, 1), maxLookedBack))
	events, err := d.Store.Events(ctx, audit.Query{TargetKind: kind, TargetID: id, Limit: limit})
	if err != nil {
		return err
	}
	for i := range fields {
		f := &fields[i]
		at := slices.IndexFunc(events, func(e audit.Event) bool {
			return slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == f.Name })
		})
		if at >= 0 {
			f.By, f.At = events[at].Actor.Name, events[at].At
		}
	}
	return nil
}

// AsIs is a value as it is typed.
func AsIs(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// OnOff is the value of a box in words.
func OnOff(s string) string {
	if s == "" {
		return "off"
	}
	return "on"
}

// TakeTheirs puts into a form what its operator chose of the other one's version.
func TakeTheirs(mine, now url.Values, fields []string) {
	for _, field := range fields {
		if mine.Get("take."+field) == "theirs" {
			copyField(mine, now, field)
		}
		mine.Del("take." + field)
	}
}

// KeepTheirs makes a stale form one of the current revision: fields that only the other one changed are as the other one left them.
func KeepTheirs(mine, now url.Values, fields []StaleField) {
	for _, f := range fields {
		if f.Theirs {
			copyField(mine, now, f.Name)
		}
	}
	mine.Set("revision", now.Get("revision"))
	mine.Set("seen", now.Get("seen"))
}

func copyField(mine, now url.Values, field string) {
	mine.Del(field)
	if values, there := now[field]; there {
		mine[field] = slices.Clone(values)
	}
}
