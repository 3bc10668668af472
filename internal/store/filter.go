package store

import (
	"slices"
	"strconv"
	"strings"
)

// filter builds the WHERE of a list: conditions whose question marks become $1, $2 …, and their arguments.
type filter struct {
	conditions []string
	args       []any
}

// add appends a condition with one question mark for each argument. The text is ours, never input.
func (f *filter) add(condition string, args ...any) {
	for _, a := range args {
		condition = strings.Replace(condition, "?", f.arg(a), 1)
	}
	f.conditions = append(f.conditions, condition)
}

// arg appends an argument and returns its placeholder.
func (f *filter) arg(a any) string {
	f.args = append(f.args, a)
	return "$" + strconv.Itoa(len(f.args))
}

// wish is a condition that no filter has yet, with a question mark for each argument.
type wish struct {
	condition string
	args      []any
}

// all appends what is wished.
func (f *filter) all(wishes []wish) {
	for _, w := range wishes {
		f.add(w.condition, w.args...)
	}
}

// oneOf wishes that a column has one of few values.
func oneOf[T ~string](column string, values []T) wish {
	w := wish{condition: column + " IN (?" + strings.Repeat(", ?", len(values)-1) + ")"}
	for _, v := range values {
		w.args = append(w.args, string(v))
	}
	return w
}

// where is the WHERE clause, or nothing.
func (f *filter) where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + and(f.conditions)
}

func and(conditions []string) string { return strings.Join(conditions, " AND ") }

// clone is f to go on with, while f stays.
func (f *filter) clone() filter {
	return filter{conditions: slices.Clone(f.conditions), args: slices.Clone(f.args)}
}

// in is a list of placeholders for values. It is padded with the last value, so that the engines see few different texts and
// their prepared statements are used again.
func in[T any](f *filter, values []T) string {
	var sb strings.Builder
	sb.WriteByte('(')
	for i := range padded(len(values)) {
		if i > 0 {
			sb.WriteString(", ")
		}
		sb.WriteString(f.arg(values[min(i, len(values)-1)]))
	}
	sb.WriteByte(')')
	return sb.String()
}

// padded is the next one of few lengths that n things have room in.
func padded(n int) int {
	for _, step := range []int{1, 2, 4, 10, 20, 50, 100, 200, 500, 1000} {
		if step >= n {
			return step
		}
	}
	return n
}

// texts are values as arguments of a statement.
func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}
