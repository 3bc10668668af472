package oauth

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// MaxRedirectURILength is how long a redirect URI may be, in bytes.
const MaxRedirectURILength = 2048

// RedirectClass says where a redirect ends.
type RedirectClass string

// The three classes of redirect URI. RFC 8252 §7.
const (
	RedirectHTTPS         RedirectClass = "https"          // a web server whose host name is proof of who answers
	RedirectLoopback      RedirectClass = "loopback"       // some program on the person's own device
	RedirectPrivateScheme RedirectClass = "private_scheme" // whichever app claimed the scheme on the device
)

// RedirectURI is a redirect URI that was parsed and found safe to redirect to. Its text is kept exactly as it was given:
// redirect URIs are compared as strings. RFC 6749 §3.1.2, OAuth 2.1 §4.1.3.
type RedirectURI struct {
	raw   string
	class RedirectClass
	host  string // host without port: a.example, localhost, 127.0.0.1, [::1]; empty for private schemes
	head  string // for loopback: everything before the port
	tail  string // for loopback: everything after the port
}

// ParseRedirectURI reads a redirect URI. It must be https, http to a loopback host, or a private-use scheme with a dot in
// it (the reversed domain name of its owner). A fragment, user information, control characters and backslashes are refused
// in every spelling, as is a scheme that runs code. RFC 6749 §3.1.2, RFC 8252 §7.1, §7.3, RFC 9700 §2.1.
func ParseRedirectURI(s string) (RedirectURI, error) {
	switch {
	case s == "":
		return RedirectURI{}, fmt.Errorf("is empty")
	case len(s) > MaxRedirectURILength:
		return RedirectURI{}, fmt.Errorf("is longer than %d characters", MaxRedirectURILength)
	}
	for i := range len(s) {
		if c := s[i]; c <= 0x20 || c >= 0x7f || c == '\\' || c == '"' || c == '<' || c == '>' || c == '`' || c == '{' || c == '}' || c == '|' || c == '^' {
			return RedirectURI{}, fmt.Errorf("has a character that must be percent-encoded in a URL: %q", string(rune(c)))
		}
	}
	if strings.Contains(s, "#") {
		return RedirectURI{}, fmt.Errorf("must not have a fragment (the part from #)")
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		return RedirectURI{}, fmt.Errorf("is not an absolute URL, as in https://app.example.com/callback")
	}
	if s[:len(u.Scheme)] != u.Scheme {
		return RedirectURI{}, fmt.Errorf("must have its scheme in lower case, as in %s:", u.Scheme)
	}
	switch u.Scheme {
	case "https", "http":
		return parseWebRedirect(s, u)
	}
	return parsePrivateRedirect(s, u)
}

func parseWebRedirect(s string, u *url.URL) (RedirectURI, error) {
	switch {
	case u.Opaque != "" || u.Host == "" || !strings.HasPrefix(s, u.Scheme+"://"):
		return RedirectURI{}, fmt.Errorf("has no host")
	case u.User != nil || strings.Contains(authority(s), "@"):
		return RedirectURI{}, fmt.Errorf("must not carry a user name or password")
	case u.Hostname() == "":
		return RedirectURI{}, fmt.Errorf("has no host")
	case strings.HasSuffix(u.Host, ":"):
		return RedirectURI{}, fmt.Errorf("has a colon but no port")
	case strings.Contains(authority(s), "%"):
		return RedirectURI{}, fmt.Errorf("must not have a percent-encoded host")
	case hasDotSegment(u.EscapedPath()):
		return RedirectURI{}, fmt.Errorf("must not have . or .. segments in its path")
	}
	host := u.Hostname()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	r := RedirectURI{raw: s, class: RedirectHTTPS, host: host}
	if u.Scheme == "https" {
		return r, nil
	}
	if !loopbackHost(host) {
		return RedirectURI{}, fmt.Errorf("must use https; plain http is only for localhost, 127.0.0.1 and [::1]")
	}
	r.class = RedirectLoopback
	r.head = "http://" + host
	r.tail = strings.TrimPrefix(s[len(r.head):], ":"+u.Port())
	return r, nil
}

// Schemes that browsers and operating systems act on by themselves. All but a few lack the dot that a private-use scheme
// needs anyway; the list makes the reason plain.
var dangerousSchemes = map[string]bool{
	"javascript": true, "data": true, "vbscript": true, "file": true, "blob": true, "about": true, "filesystem": true,
	"view-source": true, "intent": true, "ms-its": true, "mhtml": true, "jar": true, "content": true,
}

func parsePrivateRedirect(s string, u *url.URL) (RedirectURI, error) {
	switch {
	case dangerousSchemes[u.Scheme]:
		return RedirectURI{}, fmt.Errorf("uses the scheme %s:, which can run code or read files", u.Scheme)
	case !strings.Contains(u.Scheme, "."):
		return RedirectURI{}, fmt.Errorf("uses the scheme %s:, which anybody can claim; a private-use scheme is a reversed domain name of yours, as in com.example.app:/callback", u.Scheme)
	case u.User != nil || strings.Contains(authority(s), "@"):
		return RedirectURI{}, fmt.Errorf("must not carry a user name or password")
	case hasDotSegment(u.EscapedPath()) || hasDotSegment(u.Opaque):
		return RedirectURI{}, fmt.Errorf("must not have . or .. segments in its path")
	}
	return RedirectURI{raw: s, class: RedirectPrivateScheme}, nil
}

// String is the URI exactly as it was given.
func (r RedirectURI) String() string { return r.raw }

// IsZero reports whether r is no redirect URI at all.
func (r RedirectURI) IsZero() bool { return r.raw == "" }

// Class says where the redirect ends.
func (r RedirectURI) Class() RedirectClass { return r.class }

// Host is the host without its port, as written; empty for a private-use scheme.
func (r RedirectURI) Host() string { return r.host }

// Origin is scheme, host and port, for a Content-Security-Policy; empty for a private-use scheme.
func (r RedirectURI) Origin() string {
	if r.class == RedirectPrivateScheme || r.raw == "" {
		return ""
	}
	scheme, _, _ := strings.Cut(r.raw, "://")
	return scheme + "://" + authority(r.raw)
}

// Matches reports whether asked is the registered URI r. The comparison is of strings. With anyPort the port of a loopback
// URI does not count, whether or not r has one, because a native application takes a port when it starts; localhost,
// 127.0.0.1 and [::1] stay three different hosts. RFC 8252 §7.3, §8.10.
func (r RedirectURI) Matches(asked RedirectURI, anyPort bool) bool {
	if r.raw == asked.raw {
		return r.raw != ""
	}
	return anyPort && r.class == RedirectLoopback && asked.class == RedirectLoopback && r.head == asked.head && r.tail == asked.tail
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

func hasDotSegment(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case ".", "..":
			return true
		}
	}
	return false
}

func loopbackHost(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback() && (addr.Is6() && host == "[::1]" || addr.Is4())
}
