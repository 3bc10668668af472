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

// in is a list of placeholders for values. It is padded with the last value to one of few lengths, so that the engines see
// few different texts and their prepared statements are used again.
func in[T any](f *filter, values []T) string {
	size := 1
	for _, step := range []int{2, 4, 10, 20, 50, 100, 200, 500, 1000} {
		if size >= len(values) {
			break
		}
		size = step
	}
	var sb strings.Builder
	sb.WriteByte('(')
	for i := range max(size, len(values)) {
		if i > 0 {
			sb.WriteString(", ")
		}
		sb.WriteString(f.arg(values[min(i, len(values)-1)]))
	}
	sb.WriteByte(')')
	return sb.String()
}

// texts are values as arguments of a statement.
func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}
