package sqldb

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Time is t as it is kept: microseconds since 1970 in UTC, or NULL for the zero time.
func Time(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// ScanTime reads into t what Time has kept. The result is in UTC.
func ScanTime(t *time.Time) any { return (*timeScanner)(t) }

type timeScanner time.Time

// Scan implements sql.Scanner.
func (s *timeScanner) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*s = timeScanner{}
	case int64:
		*s = timeScanner(time.UnixMicro(v).UTC())
	default:
		return fmt.Errorf("a time is kept as an integer, not as %T", value)
	}
	return nil
}

// Text is s as it is kept in a column where NULL stands for the empty text, such as a foreign key or a part of a unique
// key.
func Text[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// ScanText reads into s what Text has kept.
func ScanText[T ~string](s *T) any { return textScanner[T]{s} }

type textScanner[T ~string] struct{ to *T }

// Scan implements sql.Scanner.
func (s textScanner[T]) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*s.to = ""
	case string:
		*s.to = T(v)
	case []byte:
		*s.to = T(v)
	default:
		return fmt.Errorf("a text is kept as text, not as %T", value)
	}
	return nil
}

// Words is a list of words without spaces as it is kept: one text, separated by spaces.
func Words[T ~string](words []T) string {
	var sb strings.Builder
	for i, w := range words {
		if i > 0 {
			sb.WriteByte(' ')
		}
		sb.WriteString(string(w))
	}
	return sb.String()
}

// ScanWords reads into words what Words has kept. No words are nil.
func ScanWords[S ~[]T, T ~string](words *S) any { return wordsScanner[S, T]{words} }

type wordsScanner[S ~[]T, T ~string] struct{ to *S }

// Scan implements sql.Scanner.
func (s wordsScanner[S, T]) Scan(value any) error {
	var text string
	if err := (textScanner[string]{&text}).Scan(value); err != nil {
		return err
	}
	*s.to = nil
	for word := range strings.FieldsSeq(text) {
		*s.to = append(*s.to, T(word))
	}
	return nil
}

// Span is d as it is kept: microseconds.
func Span(d time.Duration) int64 { return d.Microseconds() }

// ScanSpan reads into d what Span has kept.
func ScanSpan(d *time.Duration) any { return (*spanScanner)(d) }

type spanScanner time.Duration

// Scan implements sql.Scanner.
func (s *spanScanner) Scan(value any) error {
	v, ok := value.(int64)
	if !ok {
		return fmt.Errorf("a duration is kept as an integer, not as %T", value)
	}
	*s = spanScanner(time.Duration(v) * time.Microsecond)
	return nil
}

// clean replaces what is no text in arguments by U+FFFD: NUL and what is not UTF-8. PostgreSQL refuses such text, and
// input must not be able to make a statement fail; what is looked up with it is not there.
func clean(args []any) []any {
	for i, arg := range args {
		text, ok := arg.(string)
		if !ok || utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
			continue
		}
		args = slices.Clone(args)
		args[i] = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	}
	return args
}
