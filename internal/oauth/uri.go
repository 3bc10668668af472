package oauth

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// URIError says why a URI is refused.
type URIError struct {
	Rule      string // stable name of the rule
	Message   string // what is wrong and what to write instead; follows the field's name: "must use https …"
	Dangerous bool   // nobody writes this by mistake without harm: it runs code, or hides where it leads
}

// Error is the message.
func (e *URIError) Error() string { return e.Message }

func unusable(rule, format string, args ...any) *URIError {
	return &URIError{Rule: rule, Message: fmt.Sprintf(format, args...)}
}

func dangerous(rule, format string, args ...any) *URIError {
	return &URIError{Rule: rule, Message: fmt.Sprintf(format, args...), Dangerous: true}
}

// parseURI reads an absolute URI without a fragment, and refuses what two parsers could read in two ways.
func parseURI(s string) (*url.URL, error) {
	switch {
	case s == "":
		return nil, unusable("uri_empty", "is empty")
	case len(s) > MaxRedirectURILength:
		return nil, unusable("uri_length", "is longer than %d characters", MaxRedirectURILength)
	}
	if scheme := activeScheme(s); scheme != "" {
		return nil, dangerous("uri_scheme_dangerous", "uses the scheme %s:, which can run code or read files", scheme)
	}
	if err := checkCharacters(s); err != nil {
		return nil, err
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		return nil, unusable("uri_absolute", "is not an absolute URL, as in https://app.example.com/callback")
	}
	switch {
	case s[:len(u.Scheme)] != u.Scheme:
		return nil, unusable("uri_case", "must have its scheme in lower case, as in %s:", u.Scheme)
	case u.User != nil || strings.Contains(authority(s), "@"):
		return nil, dangerous("uri_userinfo", "must not carry a user name or password: what stands before the @ is not the host")
	case hasDotSegment(u.EscapedPath()) || hasDotSegment(u.Opaque):
		return nil, unusable("uri_dot_segment", "must not have . or .. segments in its path")
	}
	return u, nil
}

// checkCharacters allows the characters of RFC 3986 §2 (and a few that browsers leave alone), percent signs that are the
// beginning of an escape, and no escape of a control character or a backslash.
func checkCharacters(s string) error {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '#':
			return unusable("uri_fragment", "must not have a fragment (the part from #)")
		case c == '\\':
			return dangerous("uri_backslash", "must not have a backslash, which browsers read as a slash")
		case c >= 0x80:
			return unusable("uri_characters", "has a character outside ASCII; write the host in its xn-- form and percent-encode the rest")
		case c <= 0x20 || c == 0x7f || strings.IndexByte("\"<>`{}|^", c) >= 0:
			return unusable("uri_characters", "has a character that must be percent-encoded in a URL: %q", string(rune(c)))
		case c == '%':
			escaped, ok := unescape(s[i:])
			if !ok {
				return unusable("uri_escape", "has a %% that is not followed by two hexadecimal digits; write %%25 for a percent sign")
			}
			if escaped < 0x20 || escaped == 0x7f || escaped == '\\' {
				return dangerous("uri_escape_control", "must not have an escaped control character or backslash: %s", s[i:i+3])
			}
			i += 2
		}
	}
	return nil
}

func unescape(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:3], 16, 8)
	return byte(n), err == nil
}

// activeSchemes are what browsers and operating systems act on by themselves.
var activeSchemes = []string{
	"javascript", "data", "vbscript", "livescript", "mocha", "file", "blob", "about", "filesystem", "view-source", "intent", "ms-its", "mhtml",
	"jar", "content", "res", "resource", "chrome", "chrome-extension", "moz-extension", "ms-appx", "ms-appx-web", "ms-settings", "search-ms", "shell",
}

// activeScheme names the dangerous scheme that s has in the eyes of a browser, which drops leading blanks and control
// characters, and tabs and line breaks anywhere, and does not look at case. WHATWG URL §4.4.
// Escapes are undone too: something in between may do so.
func activeScheme(s string) string {
	head := s[:min(len(s), 256)]
	for range 3 {
		plain, err := url.PathUnescape(head)
		if err != nil || plain == head {
			break
		}
		head = plain
	}
	head = strings.Map(func(r rune) rune {
		if r <= 0x20 || r == 0x7f || r == 0xfeff || r == 0xa0 || 0x200b <= r && r <= 0x200f {
			return -1
		}
		return r
	}, head)
	scheme, _, found := strings.Cut(strings.ToLower(head), ":")
	if !found {
		return ""
	}
	for _, active := range activeSchemes {
		if scheme == active {
			return active
		}
	}
	return ""
}

// authority is what stands between :// and the path, query or end, as written.
func authority(s string) string {
	_, rest, found := strings.Cut(s, "://")
	if !found {
		return ""
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// parseHost returns the host of an http or https URL as written, IPv6 addresses in brackets. It accepts exactly one
// spelling of a host: lower case, ASCII, no trailing dot, addresses in their canonical form.
func parseHost(s string, u *url.URL) (string, error) {
	text := authority(s)
	host := strings.TrimSuffix(text, ":"+u.Port())
	switch {
	case u.Opaque != "" || host == "" || !strings.HasPrefix(s, u.Scheme+"://"):
		return "", unusable("uri_host", "has no host; write it as in https://app.example.com/callback")
	case strings.HasSuffix(text, ":"):
		return "", unusable("uri_port", "has a colon but no port")
	case strings.Contains(host, "%"):
		return "", dangerous("uri_host_escaped", "must not have a percent-encoded host")
	case host != strings.ToLower(host):
		return "", unusable("uri_host_case", "must have its host in lower case: %s", strings.ToLower(host))
	}
	if err := checkPort(u.Port(), text != host); err != nil {
		return "", err
	}
	if host[0] == '[' {
		addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil || !addr.Is6() || addr.Is4In6() || addr.Zone() != "" || "["+addr.String()+"]" != host {
			return "", unusable("uri_host_address", "must have its IPv6 address in the shortest form, as in [::1] or [2001:db8::1]")
		}
		return host, nil
	}
	return host, checkName(host)
}

func checkPort(port string, given bool) error {
	if !given {
		return nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || port[0] == '0' {
		return unusable("uri_port", "must have a port between 1 and 65535, without leading zeros, or none")
	}
	return nil
}

// checkName accepts DNS names and IPv4 addresses in dotted decimals. Browsers take any host whose last label is a number
// for an address, also 127.1 and 0x7f000001. WHATWG URL §3.5.
func checkName(host string) error {
	if len(host) > 253 {
		return unusable("uri_host_name", "has a host name longer than 253 characters")
	}
	last := ""
	for label := range strings.SplitSeq(host, ".") {
		if !hostLabel(label) {
			return unusable("uri_host_name", "has a host that is no DNS name: labels of letters, digits and hyphens, separated by single dots")
		}
		last = label
	}
	if numeric(last) {
		if addr, err := netip.ParseAddr(host); err != nil || addr.String() != host {
			return dangerous("uri_host_address", "has a host that ends in a number but is no IPv4 address of four decimals, as in 192.0.2.1")
		}
		return nil
	}
	if strings.Contains(host, "xn--") {
		if back, err := idna.Lookup.ToUnicode(host); err != nil {
			return unusable("uri_host_punycode", "has a host with an xn-- label that stands for no name")
		} else if again, err := idna.Lookup.ToASCII(back); err != nil || again != host {
			return unusable("uri_host_punycode", "has a host with an xn-- label that is not the normal form of its name")
		}
	}
	return nil
}

// hostLabel: DNS allows letters, digits and hyphens; the underscore is not in host names by the book, but in use.
func hostLabel(label string) bool {
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for i := range len(label) {
		c := label[i]
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

func numeric(label string) bool {
	digits := strings.TrimPrefix(label, "0x")
	if digits != label {
		return strings.Trim(digits, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}

func hasDotSegment(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case ".", "..":
			return true
		}
	}
	return false
}
