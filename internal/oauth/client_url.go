package oauth

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
)

// MaxClientURLLength is how long a client URL may be, in bytes. People are shown it. CIMD-02 §3.
const MaxClientURLLength = 512

// ClientURL is a Client Identifier URL: an https URL that is the identity of a client and the place of its metadata
// document. It is kept and compared as it was written: a URL that differs in a single byte is another client, also where
// the two lead to the same place. CIMD-02 §3.
type ClientURL struct {
	raw, host, port, path string
}

// ClientURLRules are what an operator can loosen.
type ClientURLRules struct {
	Query bool // the URL may have a query

	// Exempt reports whether the guard of outgoing requests has an exception for an authority, as in id.intranet or
	// id.intranet:8443. Such a host may have a name or a port that the public internet would not have. May be nil.
	Exempt func(hostport string) bool
}

// String is the URL as it was written.
func (u ClientURL) String() string { return u.raw }

// Host is the host, in ASCII, without port.
func (u ClientURL) Host() string { return u.host }

// Port is the port as it was written; empty if there is none.
func (u ClientURL) Port() string { return u.port }

// Path is the path as it was written, without the query.
func (u ClientURL) Path() string { return u.path }

// Origin is scheme, host and port as a browser writes them: without the port if it is 443. RFC 6454 §6.2.
func (u ClientURL) Origin() string {
	switch {
	case u.raw == "":
		return ""
	case u.port == "" || u.port == "443":
		return "https://" + u.host
	}
	return "https://" + u.host + ":" + u.port
}

// IsZero reports whether u is no URL at all.
func (u ClientURL) IsZero() bool { return u.raw == "" }

// ParseClientURL reads a Client Identifier URL. It looks at the string itself and never at what a URL library makes of it:
// those undo escapes, resolve dots and change case, and then two clients are one. The error is a *URIError. CIMD-02 §3.
func ParseClientURL(s string, r ClientURLRules) (ClientURL, error) {
	if err := checkClientURLText(s); err != nil {
		return ClientURL{}, err
	}
	rest, err := cutHTTPS(s)
	if err != nil {
		return ClientURL{}, err
	}
	rest, query, hasQuery := strings.Cut(rest, "?")
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		slash = len(rest)
	}
	u := ClientURL{raw: s, path: rest[slash:]}
	if u.host, u.port, err = splitAuthority(rest[:slash]); err != nil {
		return ClientURL{}, err
	}
	exempt := r.Exempt != nil && r.Exempt(rest[:slash])
	for _, err := range []error{
		checkClientHost(u.host, exempt),
		checkClientPort(u.port, exempt),
		checkClientPath(u.path),
		checkClientQuery(query, hasQuery, r.Query),
	} {
		if err != nil {
			return ClientURL{}, err
		}
	}
	return u, nil
}

// checkClientURLText allows the characters of a URI and whole escapes. RFC 3986 §2.
func checkClientURLText(s string) error {
	switch {
	case s == "":
		return unusable("client_url_empty", "is empty")
	case len(s) > MaxClientURLLength:
		return unusable("client_url_length", "is longer than %d bytes", MaxClientURLLength)
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '#':
			return unusable("client_url_fragment", "must not have a fragment (the part from #), not even an empty one")
		case c == '\\':
			return dangerous("client_url_backslash", "must not have a backslash, which browsers read as a slash")
		case c >= 0x80:
			return unusable("client_url_characters", "has a character outside ASCII; write the host in its xn-- form and percent-encode the rest")
		case c <= 0x20 || c == 0x7f || strings.IndexByte("\"<>`{}|^", c) >= 0:
			return unusable("client_url_characters", "has a character that must not stand in a URL: %q", string(rune(c)))
		case c == '%':
			if _, ok := unescape(s[i:]); !ok {
				return unusable("client_url_escape", "has a %% that is not followed by two hexadecimal digits")
			}
		}
	}
	return nil
}

func cutHTTPS(s string) (string, error) {
	const prefix = "https://"
	if rest, found := strings.CutPrefix(s, prefix); found {
		return rest, nil
	}
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return "", unusable("client_url_case", "is not canonical: write the scheme in lower case, https://")
	}
	if strings.HasPrefix(strings.ToLower(s), "https:") {
		return "", unusable("client_url_host", "has no host; write it as in https://app.example.com/client.json")
	}
	return "", unusable("client_url_scheme", "must begin with https://")
}

// splitAuthority takes host and port apart and refuses user information and addresses in brackets.
func splitAuthority(authority string) (host, port string, err error) {
	if strings.Contains(authority, "@") {
		return "", "", dangerous("client_url_userinfo", "must not carry a user name or password: what stands before the @ is not the host")
	}
	if strings.ContainsAny(authority, "[]") {
		return "", "", unusable("client_url_address", "must have a host name; an address is not the identity of anybody")
	}
	host, port, colon := strings.Cut(authority, ":")
	if host == "" {
		return "", "", unusable("client_url_host", "has no host; write it as in https://app.example.com/client.json")
	}
	if !colon {
		return host, "", nil
	}
	for i := range len(port) {
		if port[i] < '0' || port[i] > '9' {
			return "", "", unusable("client_url_port", "has something else than digits as its port")
		}
	}
	if err := checkPort(port, true); err != nil {
		return "", "", unusable("client_url_port", "must have no port, or 443")
	}
	return host, port, nil
}

func checkClientPort(port string, exempt bool) error {
	if port == "" || port == "443" || exempt {
		return nil
	}
	return unusable("client_url_port", "must be at port 443; this server fetches from no other")
}

// specialNames are top-level names that no public name server answers for, or nobody should ask for. IANA's registry of
// special-use domain names, and the private ones that networks use.
var specialNames = []string{
	"localhost", "local", "internal", "test", "example", "invalid", "onion", "alt", "arpa",
	"localdomain", "lan", "home", "corp", "intranet", "private",
}

func checkClientHost(host string, exempt bool) error {
	last := host[strings.LastIndexByte(host, '.')+1:]
	switch {
	case strings.Contains(host, "%"):
		return dangerous("client_url_host_escaped", "must not have a percent-encoded host")
	case host != strings.ToLower(host):
		return unusable("client_url_case", "is not canonical: write the host in lower case, %s", strings.ToLower(host))
	case last == "":
		return unusable("client_url_trailing_dot", "must not have a dot at the end of its host")
	case numeric(last):
		return addressRefused(host)
	}
	for label := range strings.SplitSeq(host, ".") {
		if !hostLabel(label) || len(host) > 253 {
			return unusable("client_url_host", "has a host that is no DNS name: labels of letters, digits and hyphens, separated by single dots")
		}
	}
	if err := checkALabels(host); err != nil || exempt {
		return err
	}
	if host == last {
		return unusable("client_url_single_label", "has a host of one label, which names nothing on the public internet")
	}
	for _, special := range specialNames {
		if last == special {
			return unusable("client_url_special_name", "has a host under .%s, which is not on the public internet", special)
		}
	}
	return nil
}

// addressRefused: whatever a browser or a resolver takes for an IPv4 address, also 2130706433, 0x7f.1 and 0177.0.0.1.
func addressRefused(host string) error {
	if _, err := netip.ParseAddr(host); err == nil {
		return unusable("client_url_address", "must have a host name; an address is not the identity of anybody")
	}
	return dangerous("client_url_address", "has a host that programs read as an address; it must have a host name")
}

// checkALabels: a name outside ASCII has one spelling. RFC 5891 §5.
func checkALabels(host string) error {
	if !strings.Contains(host, "xn--") {
		return nil
	}
	back, err := idna.Lookup.ToUnicode(host)
	if err != nil {
		return unusable("client_url_punycode", "has an xn-- label in its host that stands for no name")
	}
	if again, err := idna.Lookup.ToASCII(back); err != nil || again != host {
		return unusable("client_url_punycode", "is not canonical: it has an xn-- label in its host that is not the normal form of its name")
	}
	return nil
}

func checkClientPath(path string) error {
	switch {
	case path == "":
		return unusable("client_url_path", "must have a path, as in https://app.example.com/client.json")
	case strings.Trim(path, "/") == "":
		return unusable("client_url_root", "must have a path beyond /, as in https://app.example.com/client.json: the root of a host is its website, not one client")
	case hasDotSegment(plainSlashes(path)):
		return unusable("client_url_dot_segment", "must not have . or .. segments in its path, in escapes neither")
	}
	return nil
}

// plainSlashes undoes the escapes of slash and backslash, behind which a dot segment can hide.
func plainSlashes(path string) string {
	return strings.NewReplacer("%2f", "/", "%2F", "/", "%5c", "/", "%5C", "/").Replace(path)
}

func checkClientQuery(query string, given, allowed bool) error {
	switch {
	case !given || query != "" && allowed:
		return nil
	case query == "":
		return unusable("client_url_query", "must not end in a question mark")
	}
	return unusable("client_url_query", "must not have a query (the part from ?); use a path instead, as in /clients/7.json")
}
