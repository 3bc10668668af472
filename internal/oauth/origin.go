package oauth

import "strings"

// ParseOrigin checks a web origin as a browser sends it in Origin: scheme, host, and a port unless it is the scheme's own;
// nothing after that. https, or http to localhost, 127.0.0.1 or [::1]. The error is a *URIError. RFC 6454 §6.2.
func ParseOrigin(s string) (string, error) {
	u, err := parseURI(s)
	if err != nil {
		return "", err
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return "", unusable("origin_scheme", "must be an https origin, as in https://app.example.com")
	}
	if strings.Contains(authority(s), "*") {
		return "", unusable("origin_wildcard", "must not have a wildcard; write every origin out")
	}
	host, err := parseHost(s, u)
	if err != nil {
		return "", err
	}
	origin := u.Scheme + "://" + authority(s)
	switch {
	case u.Scheme == "http" && !loopbackHost(host):
		return "", unusable("origin_https", "must use https; plain http is only for localhost, 127.0.0.1 and [::1]")
	case s != origin:
		return "", unusable("origin_form", "must end after host and port: write %s", origin)
	case u.Scheme == "https" && u.Port() == "443", u.Scheme == "http" && u.Port() == "80":
		return "", unusable("origin_port", "must not name the scheme's own port, which browsers leave out: write %s", strings.TrimSuffix(origin, ":"+u.Port()))
	}
	return origin, nil
}
