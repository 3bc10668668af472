package endpoint

import (
	"strconv"
	"unicode/utf8"
)

// Object writes one JSON object, member by member, into one buffer. It is for answers and claims, which are small, flat and
// made thousands of times a second. Names are written as they are: they come from this program.
type Object struct{ buf []byte }

// NewObject makes an empty object with room for size bytes.
func NewObject(size int) *Object {
	return &Object{buf: append(make([]byte, 0, size), '{')}
}

// String adds a string.
func (o *Object) String(name, text string) {
	o.name(name)
	o.buf = appendString(o.buf, text)
}

// Strings adds an array of strings.
func (o *Object) Strings(name string, texts []string) {
	o.name(name)
	o.buf = append(o.buf, '[')
	for i, text := range texts {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = appendString(o.buf, text)
	}
	o.buf = append(o.buf, ']')
}

// Int adds a number.
func (o *Object) Int(name string, n int64) {
	o.name(name)
	o.buf = strconv.AppendInt(o.buf, n, 10)
}

// Bool adds true or false.
func (o *Object) Bool(name string, b bool) {
	o.name(name)
	o.buf = strconv.AppendBool(o.buf, b)
}

// Bytes ends the object and returns it. Nothing can be added afterwards.
func (o *Object) Bytes() []byte {
	o.buf = append(o.buf, '}')
	return o.buf
}

func (o *Object) name(name string) {
	if len(o.buf) > 1 {
		o.buf = append(o.buf, ',')
	}
	o.buf = append(o.buf, '"')
	o.buf = append(o.buf, name...)
	o.buf = append(o.buf, '"', ':')
}

const hex = "0123456789abcdef"

// appendString appends s as a JSON string. What is not UTF-8 becomes U+FFFD. RFC 8259 §7.
func appendString(buf []byte, s string) []byte {
	buf = append(buf, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				buf = append(buf, s[done:i]...)
				buf = append(buf, "\ufffd"...)
				done = i + 1
			}
			i += size
			continue
		}
		if c < 0x20 || c == '"' || c == '\\' {
			buf = append(buf, s[done:i]...)
			buf = appendEscaped(buf, c)
			done = i + 1
		}
		i++
	}
	buf = append(buf, s[done:]...)
	return append(buf, '"')
}

func appendEscaped(buf []byte, c byte) []byte {
	if c == '"' || c == '\\' {
		return append(buf, '\\', c)
	}
	return append(buf, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}
