package server

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// PublicURL is where people and applications reach this server. Everything that names the server derives from it: the
// issuer, links, cookies.
type PublicURL struct {
	Issuer string // with a trailing slash: https://id.example.com/ or https://example.com/auth/
	Origin string // without one: https://id.example.com
	Host   string // host, with its port unless that is the scheme's own
	Prefix string // path of the issuer without the trailing slash; empty at the root
	Secure bool   // https
}

// ParsePublicURL reads a public URL. It must be https, unless its host is loopback; a query, a fragment and user information
// have no place in it. RFC 8414 §2.
func ParsePublicURL(s string) (PublicURL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return PublicURL{}, fmt.Errorf("the public URL %q is not an absolute URL, as in https://id.example.com", s)
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return PublicURL{}, fmt.Errorf("the public URL %q must begin with https://", s)
	case u.User != nil:
		return PublicURL{}, errors.New("the public URL must not carry a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(s, "#"):
		return PublicURL{}, fmt.Errorf("the public URL %q must have no query and no fragment", s)
	case u.RawPath != "" || u.EscapedPath() != u.Path || strings.Contains(u.Path, "//") || hasDots(u.Path):
		return PublicURL{}, fmt.Errorf("the path of the public URL %q must be plain: no escapes, empty or dot segments", s)
	case u.Scheme == "http" && !LoopbackHost(u.Hostname()):
		return PublicURL{}, fmt.Errorf("the public URL %q is plain http: passwords and tokens would travel in clear. Use https://%s, "+
			"with --tls-cert and --tls-key or behind a proxy that ends TLS; plain http is only for localhost", s, u.Host)
	}
	p := PublicURL{Secure: u.Scheme == "https", Prefix: strings.TrimSuffix(u.Path, "/"), Host: withoutDefaultPort(u)}
	p.Origin = u.Scheme + "://" + p.Host
	p.Issuer = p.Origin + p.Prefix + "/"
	return p, nil
}

// LoopbackHost reports whether host (a name or an address, without port) can only be this machine.
func LoopbackHost(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.Unmap().IsLoopback()
}

// CookieSuffix is what the names of cookies end in on a plain-http public URL: the port, since a browser shares the cookies
// of one host among all its ports. Empty on https, where the __Host- prefix does more.
func (p PublicURL) CookieSuffix() string {
	if p.Secure {
		return ""
	}
	u, err := url.Parse(p.Origin)
	if err != nil || u.Port() == "" {
		return "80"
	}
	return u.Port()
}

func withoutDefaultPort(u *url.URL) string {
	if u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
		return strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return strings.TrimSuffix(u.Host, ":")
}

func hasDots(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}
