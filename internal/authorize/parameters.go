package authorize

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxParameters bounds the known parameters of one request, in bytes: they travel in a URL once more before sign-in.
const maxParameters = 8 << 10

// The parameters this endpoint knows. Everything else is ignored, however often it comes. Those that may come several times
// are marked. RFC 6749 §3.1, §4.1.1, OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 §4.3, RFC 8707 §2.
var known = map[string]struct{ many bool }{
	"response_type": {}, "response_mode": {}, "client_id": {}, "redirect_uri": {}, "scope": {}, "state": {}, "nonce": {},
	"code_challenge": {}, "code_challenge_method": {}, "audience": {}, "resource": {many: true},
	"prompt": {}, "max_age": {}, "login_hint": {}, "id_token_hint": {}, "screen_hint": {},
	"request": {}, "request_uri": {}, "registration": {},
}

// Parameters are the known parameters of a request as they came, the empty ones left out, with what is wrong with them.
// Nothing is refused here: where a refusal goes depends on what is proven. RFC 6749 §4.1.2.1.
type Parameters struct {
	values   url.Values
	repeated []string // known parameters that came more than once; an empty one counts
	garbled  []string // known parameters that are not UTF-8 text, or have control characters
	tooLong  bool
}

// readParameters picks the known parameters.
func readParameters(all url.Values) Parameters {
	p := Parameters{values: url.Values{}}
	size := 0
	for name, values := range all {
		rule, ok := known[name]
		if !ok {
			continue
		}
		if len(values) > 1 && !rule.many {
			p.repeated = append(p.repeated, name)
		}
		for _, text := range values {
			if !plain(text) {
				p.garbled = append(p.garbled, name)
			}
			if text != "" {
				p.values.Add(name, text)
				size += len(name) + len(text) + 2
			}
		}
	}
	p.tooLong = size > maxParameters
	slices.Sort(p.repeated)
	slices.Sort(p.garbled)
	return p
}

// get is the parameter, or empty if it is absent or came more than once: then nobody knows which one is meant.
func (p Parameters) get(name string) string {
	if slices.Contains(p.repeated, name) || slices.Contains(p.garbled, name) {
		return ""
	}
	return p.values.Get(name)
}

// plain reports whether s is UTF-8 text without control characters. RFC 6749 Appendix A.
func plain(s string) bool {
	for _, c := range []byte(s) {
		if c < 0x20 || c == 0x7f {
			return false
		}
	}
	return utf8.ValidString(s)
}

// again is p as it came, for the same request once more: what was repeated stays so.
func (p Parameters) again() url.Values {
	all := url.Values{}
	for name, values := range p.values {
		all[name] = values
	}
	for _, name := range p.repeated {
		if len(all[name]) < 2 {
			all[name] = append(slices.Clone(all[name]), "")
		}
	}
	return all
}

// readable is s without what is not UTF-8 text, for the record.
func readable(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(c rune) rune {
		if c < 0x20 || c == 0x7f || c == utf8.RuneError {
			return -1
		}
		return c
	}, s)
}
