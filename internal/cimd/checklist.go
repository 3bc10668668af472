package cimd

import (
	"fmt"
	"strings"

	"clientele/internal/oauth"
)

// stage is what has to be there before a row of the checklist can be judged.
type stage int

const (
	ofURL stage = iota
	ofFetch
	ofDocument
)

// check is one row of the checklist.
type check struct {
	id    string
	title string
	spec  string
	stage stage
	look  func(*subject) LintRow // nil: the findings of the row decide
}

// checklist is every row, in the order in which a publisher meets them. The rows are those of the requirements.
var checklist = []check{
	{"CU-01", "The URL begins with https", "CIMD-02 §3", ofURL, nil},
	{"CU-02", "It has no user name or password", "CIMD-02 §3", ofURL, nil},
	{"CU-03", "It has a path beyond /", "CIMD-02 §3", ofURL, nil},
	{"CU-04", "Its path has no . or .. segments", "CIMD-02 §3", ofURL, nil},
	{"CU-05", "It has no fragment", "CIMD-02 §3", ofURL, nil},
	{"CU-06", "It has no query", "CIMD-02 §3", ofURL, lookQuery},
	{"CU-07", "It is at the port of https", "CIMD-02 §3", ofURL, lookPort},
	{"CU-09", "It is short enough to be shown", "CIMD-02 §3", ofURL, lookLength},
	{"CU-11", "It has only characters of a URL", "RFC 3986 §2", ofURL, nil},
	{"CU-12", "Its host is a name on the public internet", "CIMD-02 §8.6", ofURL, nil},
	{"CU-13", "It is in canonical form", "CIMD-02 §3", ofURL, nil},
	{"CU-16", "It is not a name that this server needs itself", "", ofURL, lookReserved},

	{"CS-01", "The host has public addresses only", "CIMD-02 §8.6", ofFetch, nil},
	{"CF-06", "The host answers in time, with a certificate that proves it", "CIMD-02 §5", ofFetch, nil},
	{"CF-02", "The answer is no redirect", "CIMD-02 §5", ofFetch, nil},
	{"CF-01", "Its status is 200", "CIMD-02 §5", ofFetch, nil},
	{"CF-04", "Its media type is JSON", "CIMD-02 §4", ofFetch, lookMediaType},
	{"CF-05", "It is small enough", "CIMD-02 §8.7", ofURL, lookSize},
	{"CC-02", "It says how long it is good", "RFC 9111 §5.2", ofFetch, lookCache},
	{"CF-07", "It is one strict JSON object", "RFC 8259 §2", ofURL, lookJSON},

	{"CM-01", "client_id is the URL, byte by byte", "CIMD-02 §4", ofDocument, nil},
	{"CM-02", "No client secret", "CIMD-02 §4.1", ofDocument, nil},
	{"CM-03", "No method with a shared secret", "CIMD-02 §4.1", ofDocument, nil},
	{"CM-04", "No private or symmetric key", "CIMD-02 §4.1", ofDocument, nil},
	{"CM-05", "Nor in the software statement", "CIMD-02 §4.1", ofDocument, nil},
	{"CM-06", "Members are known", "CIMD-02 §4", ofDocument, lookUnknown},
	{"CM-07", "A name and redirect URIs, as MCP asks for", "MCP 2026-07-28", ofDocument, nil},
	{"CM-08", "Members have the types they should have", "RFC 7591 §2", ofDocument, nil},
	{"CM-09", "Grants, responses, scopes and type are offered here", "RFC 7591 §2", ofDocument, lookGrants},
	{"CM-10", "Nothing that is the server's to decide", "", ofDocument, nil},
	{"CM-11", "jwks or jwks_uri, not both", "RFC 7591 §2", ofDocument, nil},
	{"CM-12", "Keys for private_key_jwt", "CIMD-03 §6", ofDocument, lookKeys},
	{"CM-13", "URIs are https", "CIMD-02 §8.6", ofDocument, nil},
	{"CM-14", "Forms for languages follow the same rules", "RFC 7591 §2.2", ofDocument, nil},
	{"CM-15", "It fits what the operator wants of clients", "CIMD-02 §4", ofDocument, nil},
	{"CM-16", "It has not ended", "CIMD-02 §4", ofDocument, nil},

	{"CA-01", "How it authenticates is said", "CIMD-03 §6", ofDocument, lookSaid},
	{"CA-03", "The preferred method is among those it can do", "OpenID RP Metadata Choices 1.0 §2", ofDocument, nil},
	{"CA-04", "Methods are offered here", "CIMD-03 §6", ofDocument, nil},
	{"CA-05", "A method that both sides can do", "CIMD-03 §6", ofDocument, lookMethods},
	{"CA-12", "A client that can hold a key has one", "CIMD-02 §8.2", ofDocument, lookCapable},

	{"CX-03", "Loopback under its addresses too", "RFC 8252 §8.3", ofDocument, lookLocalhost},
	{"CX-04", "Loopback without a port", "RFC 8252 §7.3", ofDocument, lookLoopbackPort},
	{"CX-05", "No wildcards", "RFC 9700 §2.1", ofDocument, nil},
	{"CX-06", "Redirect URIs are https, loopback or a private-use scheme", "RFC 8252 §7.1", ofDocument, lookRedirects},
	{"CX-07", "Private-use schemes are the reversed host", "RFC 8252 §7.1", ofDocument, nil},
	{"CX-08", "No dangerous schemes", "RFC 9700 §2.1", ofDocument, nil},
	{"CX-09", "No fragments", "RFC 6749 §3.1.2", ofDocument, nil},
	{"CX-10", "Redirect hosts fit what the operator wants", "CIMD-02 §8.1", ofDocument, nil},

	{"CL-01", "The logo can be shown", "CIMD-02 §8.8", ofDocument, lookLogo},
	{"CL-06", "The home page is on the site of the URL", "CIMD-02 §8.1", ofDocument, nil},
	{"CP-05", "The name can be shown as it is", "CIMD-02 §8.5", ofDocument, lookName},
}

func lookQuery(s *subject) LintRow {
	if strings.Contains(s.url, "?") {
		return warned("the query is part of the client ID; many servers refuse it", "use a path instead")
	}
	return LintRow{}
}

func lookPort(s *subject) LintRow {
	switch {
	case s.parsed.Port() == "443":
		return warned(":443 is part of the client ID, so this is another client than the same URL without it", "leave the port out")
	case s.parsed.Port() != "":
		return warned("only servers with an exception for this host fetch from port "+s.parsed.Port(), "publish at port 443")
	}
	return LintRow{}
}

func lookLength(s *subject) LintRow {
	found := fmt.Sprintf("%d bytes", len(s.url))
	if len(s.url) > 120 {
		return warned(found+"; some servers take at most 120", "choose a shorter path")
	}
	return passed(found)
}

func lookReserved(s *subject) LintRow {
	if !s.here {
		return skipped("not looked at: that depends on the server")
	}
	return LintRow{}
}

func lookMediaType(s *subject) LintRow { return passed(s.fetched.ContentType) }

func lookSize(s *subject) LintRow {
	switch size := s.bytes(); {
	case size == 0:
		return skipped(s.notFetched())
	case size > MaxDocument:
		return LintRow{Verdict: LintFail, Found: fmt.Sprintf("%d bytes, of %d at most", size, MaxDocument), Mend: "Leave out what nobody needs: inline keys, forms for languages."}
	default:
		return passed(fmt.Sprintf("%d bytes", size))
	}
}

func lookCache(s *subject) LintRow {
	switch cache := s.fetched.Cache; {
	case cache == "":
		return warned("there is no Cache-Control; it is fetched again after five minutes", "send Cache-Control: max-age=3600, or what suits you")
	case strings.Contains(cache, "no-store"):
		return warned("Cache-Control: "+cache+"; it is fetched every minute it is in use", "send max-age")
	default:
		return passed(fmt.Sprintf("Cache-Control: %s; good for %s here", cache, s.fetched.FreshFor))
	}
}

func lookJSON(s *subject) LintRow {
	if s.reading == nil {
		return skipped(s.notFetched())
	}
	return LintRow{}
}

func lookUnknown(s *subject) LintRow {
	if len(s.reading.Unknown) == 0 {
		return LintRow{}
	}
	return passed("ignored: " + display(strings.Join(s.reading.Unknown, ", ")))
}

func lookGrants(s *subject) LintRow {
	var all []string
	for _, g := range s.reading.Mapped.GrantTypes {
		all = append(all, string(g))
	}
	return passed(strings.Join(all, ", "))
}

func lookKeys(s *subject) LintRow {
	m := s.reading.Mapped
	switch {
	case s.keysFailure != nil:
		return LintRow{Verdict: LintFail, Found: s.keysFailure.Message, Mend: s.keysFailure.Mend}
	case len(s.badKeys) > 0:
		return warned(strings.Join(s.badKeys, "; "), "replace or remove what cannot be used")
	case m.JWKSURI != "" && s.fetched == nil:
		return skipped("the keys are at " + m.JWKSURI + ", which is not asked")
	case len(s.keys) > 0:
		return passed(fmt.Sprintf("%d usable", len(s.keys)))
	}
	return LintRow{}
}

func lookSaid(s *subject) LintRow {
	if s.reading.has("token_endpoint_auth_method") || s.reading.has("token_endpoint_auth_methods_supported") {
		return LintRow{}
	}
	return warned("there is no token_endpoint_auth_method; servers that go by RFC 7591 take that for client_secret_basic", `say "token_endpoint_auth_method": "none"`)
}

func lookMethods(s *subject) LintRow {
	var all []string
	for _, m := range s.reading.Mapped.AuthMethods {
		all = append(all, string(m))
	}
	return passed(strings.Join(all, ", "))
}

func lookCapable(s *subject) LintRow {
	m := s.reading.Mapped
	if !onServer(m.RedirectURIs) || s.reading.accepts(oauth.AuthPrivateKeyJWT) {
		return LintRow{}
	}
	return warned("it runs on a web server and authenticates with nothing", "publish a key and say private_key_jwt")
}

// onServer reports whether every redirect ends on a web server.
func onServer(uris []string) bool {
	for _, text := range uris {
		if u, err := oauth.ParseRedirectURI(text); err != nil || u.Class() != oauth.RedirectHTTPS {
			return false
		}
	}
	return len(uris) > 0
}

func lookLocalhost(s *subject) LintRow {
	name, address := false, false
	for _, text := range s.reading.Mapped.RedirectURIs {
		u, err := oauth.ParseRedirectURI(text)
		if err != nil || u.Class() != oauth.RedirectLoopback {
			continue
		}
		name, address = name || u.Host() == "localhost", address || u.Host() != "localhost"
	}
	if name && !address {
		return warned("localhost only; some servers refuse the name or count its port", "list http://127.0.0.1 with the same path too, and use it")
	}
	return LintRow{}
}

func lookLoopbackPort(s *subject) LintRow {
	for _, text := range s.reading.Mapped.RedirectURIs {
		if isLoopback(text) && strings.Count(text, ":") > 1 && !strings.Contains(text, "[") {
			return passed(text + ": any port is accepted here; some servers insist on the one that is listed")
		}
	}
	return LintRow{}
}

func lookRedirects(s *subject) LintRow {
	return passed(fmt.Sprintf("%d usable", len(s.reading.Mapped.RedirectURIs)))
}

func lookLogo(s *subject) LintRow {
	switch logo := s.reading.Mapped.LogoURI; {
	case logo == "":
		return passed("there is none")
	case strings.HasSuffix(strings.ToLower(logo), ".svg"):
		return warned("an SVG is not shown here", "name a PNG, JPEG or WebP of at most 256 kB")
	default:
		return skipped("fetched when the client is let in: a PNG, JPEG, WebP or GIF of at most 256 kB")
	}
}

func lookName(s *subject) LintRow { return passed(s.reading.Mapped.Name) }
