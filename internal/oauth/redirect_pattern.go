package oauth

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// RedirectPattern is a registered redirect URI: a RedirectURI, or one whose host begins with a wildcard label. A wildcard
// stands for exactly one label. It is a switch of the instance, because whoever takes over any subdomain takes over the
// application's codes. RFC 9700 §4.1.3 advises against it.
type RedirectPattern struct {
	exact RedirectURI
	head  string // https://, for a wildcard
	tail  string // everything from the dot after the wildcard on
}

// wildcardLabel stands in for the wildcard while the rest is parsed.
const wildcardLabel = "wildcard"

// ParseRedirectPattern reads a registered redirect URI, in which https://*.example.com/callback is allowed if the part after
// the wildcard is, or lies below, a domain that somebody can register. The error is a *URIError.
func ParseRedirectPattern(s string) (RedirectPattern, error) {
	if !strings.Contains(authority(s), "*") {
		exact, err := ParseRedirectURI(s)
		return RedirectPattern{exact: exact}, err
	}
	rest, found := strings.CutPrefix(s, "https://*.")
	if !found || strings.Contains(authority("https://"+rest), "*") {
		return RedirectPattern{}, unusable("redirect_uri_wildcard_form", "may have a wildcard only as its whole first label and only with https, as in https://*.example.com/callback")
	}
	filled, err := ParseRedirectURI("https://" + wildcardLabel + "." + rest)
	if err != nil {
		return RedirectPattern{}, err
	}
	base := strings.TrimPrefix(filled.host, wildcardLabel+".")
	if numeric(base[strings.LastIndexByte(base, '.')+1:]) || !registrable(base) {
		return RedirectPattern{}, dangerous("redirect_uri_wildcard_suffix", "has its wildcard directly below %s, where anybody can get a name; put a domain of yours between", base)
	}
	return RedirectPattern{head: "https://", tail: "." + rest}, nil
}

// registrable reports whether base is, or lies below, a domain that belongs to one owner. Both parts of the public suffix
// list count: under github.io everybody has a name, too.
func registrable(base string) bool {
	suffix, _ := publicsuffix.PublicSuffix(base)
	return base != suffix && strings.HasSuffix(base, "."+suffix)
}

// String is the pattern as it was given.
func (p RedirectPattern) String() string {
	if p.Wildcard() {
		return p.head + "*" + p.tail
	}
	return p.exact.raw
}

// Wildcard reports whether the pattern has a wildcard.
func (p RedirectPattern) Wildcard() bool { return p.tail != "" }

// Exact is the redirect URI of a pattern without a wildcard; zero if it has one.
func (p RedirectPattern) Exact() RedirectURI { return p.exact }

// Matches reports whether asked is what the pattern allows. Without a wildcard it is RedirectURI.Matches.
func (p RedirectPattern) Matches(asked RedirectURI, anyPort bool) bool {
	if !p.Wildcard() {
		return p.exact.Matches(asked, anyPort)
	}
	rest, found := strings.CutPrefix(asked.raw, p.head)
	if !found {
		return false
	}
	label, found := strings.CutSuffix(rest, p.tail)
	return found && hostLabel(label)
}
