package oauth

import (
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
	head  string // for http to loopback: everything before the port
	tail  string // for http to loopback: everything after the port
}

// ParseRedirectURI reads a redirect URI. It must be https, http to exactly localhost, 127.0.0.1 or [::1], or a private-use
// scheme with a dot in it (the reversed domain name of its owner). What programs read differently is refused in every
// spelling: fragments, user information, control characters, backslashes, dot segments, hosts in upper case, in escapes, in
// Unicode or as odd numbers. So is a scheme that runs code. The error is a *URIError.
// RFC 6749 §3.1.2, RFC 8252 §7.1, §7.3, RFC 9700 §2.1.
func ParseRedirectURI(s string) (RedirectURI, error) {
	u, err := parseURI(s)
	if err != nil {
		return RedirectURI{}, err
	}
	if u.Scheme == "https" || u.Scheme == "http" {
		return parseWebRedirect(s, u)
	}
	return parsePrivateRedirect(s, u)
}

func parseWebRedirect(s string, u *url.URL) (RedirectURI, error) {
	host, err := parseHost(s, u)
	if err != nil {
		return RedirectURI{}, err
	}
	r := RedirectURI{raw: s, class: RedirectHTTPS, host: host}
	if !loopbackHost(host) {
		if u.Scheme == "http" {
			return RedirectURI{}, unusable("redirect_uri_https", "must use https; plain http is only for localhost, 127.0.0.1 and [::1]")
		}
		return r, nil
	}
	// A certificate for localhost proves nothing about who answers there, so https does not lift a loopback host out of its
	// class; but only http may take any port.
	r.class = RedirectLoopback
	if u.Scheme == "http" {
		r.head = "http://" + host
		r.tail = strings.TrimPrefix(s[len(r.head):], ":"+u.Port())
	}
	return r, nil
}

func parsePrivateRedirect(s string, u *url.URL) (RedirectURI, error) {
	switch {
	case !strings.Contains(u.Scheme, "."):
		return RedirectURI{}, unusable("redirect_uri_scheme", "uses the scheme %s:, which anybody can claim; a private-use scheme is a reversed domain name of yours, as in com.example.app:/callback", u.Scheme)
	case strings.HasSuffix(u.Scheme, ".") || strings.Contains(u.Scheme, ".."):
		return RedirectURI{}, unusable("redirect_uri_scheme", "uses the scheme %s:, which is no reversed domain name; write it as in com.example.app:/callback", u.Scheme)
	case strings.Contains(authority(s), "*"):
		return RedirectURI{}, unusable("redirect_uri_wildcard_form", "has a wildcard, which only an https host may have")
	case len(s) == len(u.Scheme)+1 || strings.HasSuffix(s, "://"):
		return RedirectURI{}, unusable("redirect_uri_syntax", "has nothing after its scheme; write it as in %s:/callback", u.Scheme)
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

// Scheme is the scheme, without its colon.
func (r RedirectURI) Scheme() string {
	scheme, _, _ := strings.Cut(r.raw, ":")
	return scheme
}

// Origin is scheme, host and port, for a Content-Security-Policy; empty for a private-use scheme.
func (r RedirectURI) Origin() string {
	if r.class == RedirectPrivateScheme || r.raw == "" {
		return ""
	}
	return r.Scheme() + "://" + authority(r.raw)
}

// Matches reports whether asked is the registered URI r. The comparison is of strings. With anyPort the port of an http
// loopback URI does not count, whether or not r has one, because a native application takes a port when it starts;
// localhost, 127.0.0.1 and [::1] stay three different hosts. RFC 8252 §7.3, §8.10.
func (r RedirectURI) Matches(asked RedirectURI, anyPort bool) bool {
	if r.raw == asked.raw {
		return r.raw != ""
	}
	return anyPort && r.head != "" && r.head == asked.head && r.tail == asked.tail
}

func loopbackHost(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "[::1]"
}
