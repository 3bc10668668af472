package cimd

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// How long an answer is good: what its headers say, within these bounds.
const (
	leastFresh   = time.Minute // also what may not be stored is good for so long
	defaultFresh = 5 * time.Minute
	mostFresh    = 24 * time.Hour
)

// freshFor is how long an answer that arrived at now is good. Headers that contradict each other or cannot be read mean that
// it is stale already, which is the least. RFC 9111 §4.2.1.
func freshFor(h http.Header, now time.Time) time.Duration {
	lifetime, told := freshnessLifetime(h, now)
	if !told {
		return defaultFresh
	}
	return max(leastFresh, min(lifetime-age(h), mostFresh))
}

// freshnessLifetime is what the headers say, without age; told is false if they say nothing. Our cache serves many people, so
// s-maxage counts before max-age.
func freshnessLifetime(h http.Header, now time.Time) (lifetime time.Duration, told bool) {
	directives := cacheDirectives(h)
	if directives.has("no-store") || directives.has("no-cache") || strings.TrimSpace(h.Get("Vary")) == "*" {
		return 0, true
	}
	for _, name := range []string{"s-maxage", "max-age"} {
		if values, ok := directives[name]; ok {
			return deltaSeconds(values), true
		}
	}
	expires := h.Values("Expires")
	if len(expires) == 0 {
		return 0, false
	}
	at, err := http.ParseTime(expires[0])
	if err != nil || len(expires) > 1 { // 0 is a common way to say that it has expired. RFC 9111 §5.3
		return 0, true
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return at.Sub(date), true // both by the clock over there
	}
	return at.Sub(now), true
}

// age is for how long caches on the way had the answer. What the clock over there says does not count: it may be wrong.
// RFC 9111 §5.1.
func age(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Age"))
	if value == "" {
		return 0
	}
	return max(0, deltaSeconds([]string{value}))
}

// deltaSeconds reads seconds. More than fits is the most there is; what is no number, or is there twice, is stale.
// RFC 9111 §1.2.2.
func deltaSeconds(values []string) time.Duration {
	if len(values) != 1 || values[0] == "" || strings.Trim(values[0], "0123456789") != "" {
		return 0
	}
	n, err := strconv.ParseInt(values[0], 10, 32)
	if err != nil {
		return mostFresh
	}
	return time.Duration(n) * time.Second
}

// directives are those of Cache-Control, by name in lower case, each with its arguments in order.
type directives map[string][]string

func (d directives) has(name string) bool {
	_, ok := d[name]
	return ok
}

// maxCacheControl caps what is read of the header, in bytes.
const maxCacheControl = 2048

// cacheDirectives reads Cache-Control. An argument may be a token or a quoted string. RFC 9111 §5.2.
func cacheDirectives(h http.Header) directives {
	text := strings.Join(h.Values("Cache-Control"), ",")
	text = text[:min(len(text), maxCacheControl)]
	all := directives{}
	for text != "" {
		var item string
		item, text = nextItem(text)
		name, value, _ := strings.Cut(item, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		all[name] = append(all[name], strings.Trim(strings.TrimSpace(value), `"`))
	}
	return all
}

// nextItem cuts a list at its first comma outside of quotes.
func nextItem(text string) (item, rest string) {
	quoted := false
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\\' && quoted:
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}
