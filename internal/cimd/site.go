package cimd

import (
	"errors"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"clientele/internal/oauth"
)

// hostOf is the host of a URL that was checked before.
func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// site is the registrable domain of a host, or the host itself if it has none. Both parts of the public suffix list count:
// two users of one hosting service are two sites.
func site(host string) string {
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

func sameSite(a, b string) bool { return a != "" && site(a) == site(b) }

// originOf is scheme, host and port of an https URL, without the port that goes without saying.
func originOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + strings.TrimSuffix(u.Host, ":443")
}

// reversed is a host as the beginning of a private-use scheme: app.example.com is com.example.app. RFC 8252 §7.1.
func reversed(host string) string {
	labels := strings.Split(host, ".")
	for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
		labels[i], labels[j] = labels[j], labels[i]
	}
	return strings.Join(labels, ".")
}

func isDangerous(err error) bool {
	refused, ok := errors.AsType[*oauth.URIError](err)
	return ok && refused.Dangerous
}
