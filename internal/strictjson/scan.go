package strictjson

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Check reports whether data is one strict JSON value. The error is an *Error.
func Check(data []byte, opts ...Option) error { return check(data, nil, limitsOf(opts)) }

// check walks the document once. With a type it also compares the names of members with the fields they are for.
func check(data []byte, into reflect.Type, l limits) error {
	s := &scanner{data: data, limits: l}
	switch {
	case len(data) > l.bytes:
		return s.fail("is longer than %d bytes", l.bytes)
	case len(data) >= 3 && data[0] == 0xEF && data[1] == 0xBB && data[2] == 0xBF:
		return s.fail("begins with a byte order mark")
	}
	s.space()
	if s.at == len(data) {
		return s.fail("is empty")
	}
	if err := s.value(into); err != nil {
		return err
	}
	s.space()
	if s.at != len(data) {
		return s.fail("goes on after its end")
	}
	return nil
}

// scanner is where the walk stands. The path is kept as steps and made into words only when something is wrong.
type scanner struct {
	data   []byte
	at     int
	limits limits
	depth  int
	values int
	path   []step
}

type step struct {
	name  string
	index int // -1 for a member
}

func (s *scanner) fail(format string, args ...any) *Error {
	return &Error{Path: s.where(), Offset: s.at, Problem: fmt.Sprintf(format, args...)}
}

func (s *scanner) where() string {
	var sb strings.Builder
	for _, p := range s.path {
		switch {
		case p.index >= 0:
			sb.WriteString("[" + strconv.Itoa(p.index) + "]")
		case sb.Len() > 0:
			sb.WriteString("." + printable(p.name))
		default:
			sb.WriteString(printable(p.name))
		}
	}
	return sb.String()
}

// printable is a member's name as an error may carry it: short, and without anything that a log or a page could act on.
func printable(name string) string {
	if len(name) > 64 {
		name = name[:61] + "..."
	}
	quoted := strconv.QuoteToASCII(name)
	return quoted[1 : len(quoted)-1]
}

func (s *scanner) space() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// peek is the byte at the cursor, 0 at the end. A zero byte is no JSON either.
func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func (s *scanner) value(into reflect.Type) error {
	if s.values++; s.values > s.limits.elements {
		return s.fail("has more than %d values", s.limits.elements)
	}
	switch c := s.peek(); {
	case c == '{':
		return s.nested(into, s.object)
	case c == '[':
		return s.nested(into, s.array)
	case c == '"':
		_, err := s.text()
		return err
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	}
	return s.unexpected("a value")
}

func (s *scanner) unexpected(wanted string) *Error {
	if s.at >= len(s.data) {
		return s.fail("ends where %s should stand", wanted)
	}
	return s.fail("has something else where %s should stand", wanted)
}

func (s *scanner) word(word string) error {
	if !strings.HasPrefix(string(s.data[s.at:min(len(s.data), s.at+len(word))]), word) {
		return s.unexpected("a value")
	}
	s.at += len(word)
	return nil
}

func (s *scanner) nested(into reflect.Type, walk func(reflect.Type) error) error {
	if s.depth++; s.depth > s.limits.depth {
		return s.fail("is nested deeper than %d levels", s.limits.depth)
	}
	s.at++
	err := walk(into)
	s.depth--
	return err
}

func (s *scanner) array(into reflect.Type) error {
	element := elementOf(into)
	if s.space(); s.peek() == ']' {
		s.at++
		return nil
	}
	s.path = append(s.path, step{index: 0})
	for i := 0; ; i++ {
		s.path[len(s.path)-1].index = i
		s.space()
		if err := s.value(element); err != nil {
			return err
		}
		s.space()
		switch s.peek() {
		case ',':
			s.at++
		case ']':
			s.at++
			s.path = s.path[:len(s.path)-1]
			return nil
		default:
			return s.unexpected("a comma or the end of the array")
		}
	}
}

func (s *scanner) object(into reflect.Type) error {
	shape := shapeOf(into)
	if s.space(); s.peek() == '}' {
		s.at++
		return nil
	}
	var seen names
	for {
		s.space()
		if err := s.member(shape, &seen); err != nil {
			return err
		}
		s.space()
		switch s.peek() {
		case ',':
			s.at++
		case '}':
			s.at++
			return nil
		default:
			return s.unexpected("a comma or the end of the object")
		}
	}
}

func (s *scanner) member(shape shape, seen *names) error {
	if s.peek() != '"' {
		return s.unexpected("the name of a member")
	}
	start := s.at
	name, err := s.text()
	if err != nil {
		return err
	}
	s.path = append(s.path, step{name: name, index: -1})
	if problem := s.admit(shape, seen, name); problem != nil {
		problem.Offset = start
		return problem
	}
	if s.space(); s.peek() != ':' {
		return s.unexpected("a colon")
	}
	s.at++
	s.space()
	if err := s.value(shape.typeOf(name)); err != nil {
		return err
	}
	s.path = s.path[:len(s.path)-1]
	return nil
}

func (s *scanner) admit(shape shape, seen *names, name string) *Error {
	if !seen.add(name) {
		return s.fail("has this member twice")
	}
	if seen.len() > s.limits.members {
		return s.fail("has an object with more than %d members", s.limits.members)
	}
	if known, ok := shape.sameBut(name); ok {
		return s.fail("has this member in other letters than %s; names are case-sensitive", known)
	}
	if s.limits.unknown && shape.isStruct() && !shape.has(name) {
		return s.fail("has a member that is not known here")
	}
	return nil
}

// text reads a string and returns it decoded. RFC 8259 §7; lone surrogates: RFC 7493 §2.1.
func (s *scanner) text() (string, error) {
	s.at++
	start := s.at
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			plain := string(s.data[start:s.at])
			s.at++
			return plain, nil
		case c == '\\':
			return s.escapedText(start)
		case c < 0x20:
			return "", s.fail("has a control character in a string")
		case c < utf8.RuneSelf:
			s.at++
		default:
			if err := s.rune(); err != nil {
				return "", err
			}
		}
	}
	return "", s.fail("ends within a string")
}

func (s *scanner) rune() error {
	r, size := utf8.DecodeRune(s.data[s.at:])
	if r == utf8.RuneError && size <= 1 {
		return s.fail("is not UTF-8")
	}
	s.at += size
	return nil
}

func (s *scanner) escapedText(start int) (string, error) {
	text := append([]byte(nil), s.data[start:s.at]...)
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			return string(text), nil
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			text = utf8.AppendRune(text, r)
		case c < 0x20:
			return "", s.fail("has a control character in a string")
		default:
			from := s.at
			if err := s.rune(); err != nil {
				return "", err
			}
			text = append(text, s.data[from:s.at]...)
		}
	}
	return "", s.fail("ends within a string")
}

func (s *scanner) escape() (rune, error) {
	if s.at+1 >= len(s.data) {
		return 0, s.fail("ends within a string")
	}
	c := s.data[s.at+1]
	if c == 'u' {
		return s.unicodeEscape()
	}
	i := strings.IndexByte(`"\/bfnrt`, c)
	if i < 0 {
		return 0, s.fail("has an escape in a string that JSON does not know")
	}
	s.at += 2
	return rune("\"\\/\b\f\n\r\t"[i]), nil
}

func (s *scanner) unicodeEscape() (rune, error) {
	r, ok := s.hex()
	switch {
	case !ok:
		return 0, s.fail("has a \\u escape without four hexadecimal digits")
	case r == 0:
		return 0, s.fail("has the character U+0000 in a string")
	case !utf16.IsSurrogate(r):
		s.at += 6
		return r, nil
	}
	first := s.at
	s.at += 6
	second, ok := s.hex()
	pair := utf16.DecodeRune(r, second)
	if !ok || pair == utf8.RuneError {
		s.at = first
		return 0, s.fail("has half of a surrogate pair in a string")
	}
	s.at += 6
	return pair, nil
}

// hex reads \uXXXX at the cursor without moving it.
func (s *scanner) hex() (rune, bool) {
	if s.at+6 > len(s.data) || s.data[s.at] != '\\' || s.data[s.at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.data[s.at+2:s.at+6]), 16, 16)
	return rune(n), err == nil
}

// number reads a number. RFC 8259 §6.
func (s *scanner) number() error {
	start := s.at
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if s.digits() == 0 {
		return s.unexpected("a digit")
	}
	if s.peek() == '.' {
		s.at++
		if s.digits() == 0 {
			return s.unexpected("a digit")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if s.digits() == 0 {
			return s.unexpected("a digit")
		}
	}
	text := string(s.data[start:s.at])
	if _, err := strconv.ParseFloat(text, 64); err != nil || len(text) > 64 {
		s.at = start
		return s.fail("has a number that is out of range")
	}
	return nil
}

func (s *scanner) digits() (n int) {
	for s.at < len(s.data) && '0' <= s.data[s.at] && s.data[s.at] <= '9' {
		s.at++
		n++
	}
	return n
}
