package endpoint

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"clientele/internal/oauth"
)

// maxRepeats is how many values a parameter may have that may repeat.
const maxRepeats = 20

// Names are the parameters that an endpoint knows. Everything else is ignored, however often it comes. RFC 6749 §3.1.
type Names struct{ repeats map[string]bool }

// Known makes a set of names, each of which may be there once.
func Known(names ...string) Names {
	n := Names{repeats: make(map[string]bool, len(names))}
	for _, name := range names {
		n.repeats[name] = false
	}
	return n
}

// AndMany adds names that may be there several times, as resource may. RFC 8707 §2.
func (n Names) AndMany(names ...string) Names {
	all := Names{repeats: make(map[string]bool, len(n.repeats)+len(names))}
	for name, repeats := range n.repeats {
		all.repeats[name] = repeats
	}
	for _, name := range names {
		all.repeats[name] = true
	}
	return all
}

// Form is the known parameters of one request that have a value. An empty parameter is the same as none. RFC 6749 §3.1.
type Form struct{ values []value }

type value struct{ name, text string }

// Get is the value of the parameter, or empty.
func (f Form) Get(name string) string {
	for i := range f.values {
		if f.values[i].name == name {
			return f.values[i].text
		}
	}
	return ""
}

// All is every value of a parameter that may repeat, in the order in which they came.
func (f Form) All(name string) []string {
	var all []string
	for i := range f.values {
		if f.values[i].name == name {
			all = append(all, f.values[i].text)
		}
	}
	return all
}

// ParseForm reads application/x-www-form-urlencoded text: a body, or the query of a URL. Broken percent-encoding anywhere
// is refused, as is a known parameter that comes twice (an empty one counts), is not UTF-8 or has control characters.
// RFC 6749 §3.1, §3.2, Appendix B.
func ParseForm(raw string, known Names) (Form, *oauth.Error) {
	f := Form{values: make([]value, 0, 10)}
	var seen []string // of empty parameters, which leave no value behind
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		name, text, _ := strings.Cut(pair, "=")
		name, okName := unescape(name)
		text, okText := unescape(text)
		if !okName || !okText {
			return Form{}, oauth.InvalidRequest("the parameters have broken percent-encoding: every %% must be followed by two hexadecimal digits")
		}
		repeats, ok := known.repeats[name]
		if !ok {
			continue
		}
		if err := f.add(name, text, repeats, &seen); err != nil {
			return Form{}, err
		}
	}
	return f, nil
}

func (f *Form) add(name, text string, repeats bool, empty *[]string) *oauth.Error {
	count := 0
	for i := range f.values {
		if f.values[i].name == name {
			count++
		}
	}
	for _, seen := range *empty {
		if seen == name {
			count++
		}
	}
	switch {
	case !repeats && count > 0:
		return oauth.InvalidRequest("the parameter %s is there more than once", name)
	case count >= maxRepeats:
		return oauth.InvalidRequest("the parameter %s is there more than %d times", name, maxRepeats)
	case !plain(text):
		return oauth.InvalidRequest("the parameter %s is not UTF-8 text, or has control characters", name)
	case text == "":
		*empty = append(*empty, name)
		return nil
	}
	f.values = append(f.values, value{name, text})
	return nil
}

// unescape undoes the form encoding. Most values need nothing undone and are not copied.
func unescape(s string) (string, bool) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, true
	}
	text, err := url.QueryUnescape(s)
	return text, err == nil
}

// plain reports whether s is UTF-8 without control characters. A NUL could not even be looked up.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			return false
		}
	}
	return utf8.ValidString(s)
}
