package apis

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"clientele/internal/cimd"
	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/outbound"
	"clientele/internal/registry"
	"clientele/internal/strictjson"
)

// resourceMetadata is what the server behind an API says of itself, so that a client finds where its tokens come from.
// RFC 9728 §2.
type resourceMetadata struct {
	Resource string   `json:"resource"`
	Name     string   `json:"resource_name,omitempty"`
	Servers  []string `json:"authorization_servers"`
	Scopes   []string `json:"scopes_supported,omitempty"`
	Methods  []string `json:"bearer_methods_supported"`
}

// metadataOf is the document that the server of an API should serve.
func metadataOf(a *registry.API, issuer string) resourceMetadata {
	return resourceMetadata{Resource: a.Identifier, Name: a.Name, Servers: []string{issuer}, Scopes: a.ScopeValues(), Methods: []string{"header"}}
}

// text is the document as it is served.
func (m resourceMetadata) text() string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return "" // strings only: it cannot fail
	}
	return out.String()
}

const resourceWellKnown = "/.well-known/oauth-protected-resource"

// wellKnownOf is where the document of a resource stands: between the host and the path of its identifier. It is empty if the
// identifier is no URL of the web. RFC 9728 §3.1.
func wellKnownOf(identifier string) string {
	u, err := url.Parse(identifier)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Fragment != "" {
		return ""
	}
	begin := len(u.Scheme) + len("://")
	host, rest := identifier[begin:], ""
	if i := strings.IndexAny(host, "/?"); i >= 0 {
		host, rest = host[:i], host[i:]
	}
	if rest == "/" || strings.HasPrefix(rest, "/?") {
		rest = rest[1:]
	}
	return identifier[:begin] + host + resourceWellKnown + rest
}

// challengeOf is the header with which the server refuses a request without a good token. RFC 9728 §5.1.
func challengeOf(a *registry.API) string {
	header := `Bearer resource_metadata="` + wellKnownOf(a.Identifier) + `"`
	if names := defaultScopes(a.Scopes); len(names) > 0 {
		header += `, scope="` + strings.Join(names, " ") + `"`
	}
	return header
}

// uncheckable is why the server behind an identifier cannot be asked from here; empty if it can. exempt is the guard's exceptions.
func uncheckable(identifier string, exempt func(hostport string) bool) string {
	u, err := url.Parse(identifier)
	switch {
	case err != nil || u.Host == "":
		return "The identifier is no URL, so there is nowhere to ask. Clients that look for the document need one."
	case u.Scheme != "https":
		return "The identifier is not an https URL, and this server calls nothing else."
	case exempt(u.Host):
		return ""
	}
	host := strings.ToLower(u.Hostname())
	addr, err := netip.ParseAddr(host)
	allow := " unless it is started with --outbound-allow " + u.Host + "=CIDR."
	switch {
	case host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && addr.IsLoopback():
		return "The identifier names this machine itself. This server does not call itself or its neighbours" + allow
	case err == nil:
		return "The identifier names an address, not a host. This server does not call those" + allow
	case u.Port() != "" && u.Port() != "443":
		return "The identifier names port " + u.Port() + ". This server calls 443 only" + allow
	}
	return ""
}

// compareMetadata holds what a server publishes against what it should say, member by member.
func compareMetadata(want resourceMetadata, got *outbound.Response) []cimd.LintRow {
	rows := []cimd.LintRow{mediaTypeRow(got.Header)}
	members, err := strictjson.Object(got.Body, strictjson.MaxBytes(maxMetadata))
	if err != nil {
		return append(rows, cimd.LintRow{
			Title: "It is one JSON object", Verdict: cimd.LintFail, Found: "The body " + err.Error() + ".", Mend: "Serve the document above, byte for byte.", Spec: "RFC 9728 §3.2",
		})
	}
	return append(rows, resourceRow(want, members), serversRow(want, members), scopesRow(want, members), methodsRow(members), nameRow(want, members))
}

// maxMetadata is how long a server's document may be, in bytes.
const maxMetadata = 64 << 10

func mediaTypeRow(h http.Header) cimd.LintRow {
	row := cimd.LintRow{Title: "It is sent as application/json", Verdict: cimd.LintPass, Found: frame.Shortened(h.Get("Content-Type")), Spec: "RFC 9728 §3.2"}
	if kind, _, err := mime.ParseMediaType(h.Get("Content-Type")); err != nil || kind != "application/json" {
		row.Verdict, row.Mend = cimd.LintFail, "Send Content-Type: application/json."
		if row.Found == "" {
			row.Found = "no Content-Type"
		}
	}
	return row
}

// resourceRow: a client throws a document away whose resource is not what it asked for, to the letter. RFC 9728 §3.3.
func resourceRow(want resourceMetadata, members map[string]json.RawMessage) cimd.LintRow {
	row := cimd.LintRow{Title: "resource is the identifier of this API", Verdict: cimd.LintFail, Mend: `Write "resource": "` + want.Resource + `".`, Spec: "RFC 9728 §3.3"}
	got, there, ok := textMember(members, "resource")
	switch {
	case !there:
		row.Found = "missing"
	case !ok:
		row.Found = "not a string"
	case got == want.Resource:
		row.Verdict, row.Found, row.Mend = cimd.LintPass, frame.Shortened(got), ""
	case registry.CanonicalAudience(got) == registry.CanonicalAudience(want.Resource):
		row.Found = frame.Shortened(got) + " differs by the slash at its end"
	default:
		row.Found = frame.Shortened(got)
	}
	return row
}

// serversRow: a client compares issuers to the letter, so the slash at the end counts. RFC 8414 §3.3.
func serversRow(want resourceMetadata, members map[string]json.RawMessage) cimd.LintRow {
	issuer := want.Servers[0]
	row := cimd.LintRow{Title: "authorization_servers names this server", Verdict: cimd.LintFail, Mend: `Write "authorization_servers": ["` + issuer + `"].`, Spec: "RFC 9728 §2, RFC 8414 §3.3"}
	list, there, ok := listMember(members, "authorization_servers")
	switch {
	case !there:
		row.Found = "missing"
	case !ok:
		row.Found = "not a list of strings"
	case slices.Contains(list, issuer):
		row.Verdict, row.Found, row.Mend = cimd.LintPass, listed(list), ""
	case slices.Contains(list, strings.TrimSuffix(issuer, "/")):
		row.Found = strings.TrimSuffix(issuer, "/") + " lacks the slash at its end"
	case len(list) == 0:
		row.Found = "an empty list"
	default:
		row.Found = listed(list)
	}
	return row
}

func scopesRow(want resourceMetadata, members map[string]json.RawMessage) cimd.LintRow {
	row := cimd.LintRow{Title: "scopes_supported are the permissions of this API", Verdict: cimd.LintWarn, Spec: "RFC 9728 §2"}
	list, there, ok := listMember(members, "scopes_supported")
	missing, unknown := without(want.Scopes, list), without(list, want.Scopes)
	switch {
	case !there && len(want.Scopes) > 0:
		row.Found, row.Mend = "missing", "List the permissions, so that clients know what to ask for."
	case there && !ok:
		row.Verdict, row.Found, row.Mend = cimd.LintFail, "not a list of strings", "Write a list of strings."
	case slices.Contains(list, oauth.ScopeOfflineAccess):
		row.Found, row.Mend = "has offline_access", "Leave it out: it is between the client and this server."
	case len(unknown) > 0:
		row.Found, row.Mend = "has "+listed(unknown)+", which this API does not", "Take them out, or add them under Permissions: a token never carries them."
	case len(missing) > 0:
		row.Found, row.Mend = "lacks "+listed(missing), "Add them, or clients will not ask for them."
	default:
		row.Verdict, row.Found = cimd.LintPass, fmt.Sprintf("%d of %d", len(list), len(want.Scopes))
	}
	return row
}

func methodsRow(members map[string]json.RawMessage) cimd.LintRow {
	row := cimd.LintRow{Title: "bearer_methods_supported has header", Verdict: cimd.LintPass, Spec: "RFC 9728 §2"}
	list, there, ok := listMember(members, "bearer_methods_supported")
	switch {
	case !there:
		row.Found = "missing, which says nothing about it"
	case !ok:
		row.Verdict, row.Found, row.Mend = cimd.LintFail, "not a list of strings", `Write ["header"].`
	case !slices.Contains(list, "header"):
		row.Verdict, row.Found, row.Mend = cimd.LintFail, listed(list), `Write ["header"]: clients send tokens in the Authorization header.`
		if len(list) == 0 {
			row.Found = "an empty list, which says that no token is taken"
		}
	case slices.Contains(list, "query"):
		row.Verdict, row.Found, row.Mend = cimd.LintWarn, listed(list), "Take query out: a token in a URL ends up in logs."
	default:
		row.Found = listed(list)
	}
	return row
}

func nameRow(want resourceMetadata, members map[string]json.RawMessage) cimd.LintRow {
	row := cimd.LintRow{Title: "resource_name is what people see here", Verdict: cimd.LintPass, Spec: "RFC 9728 §2"}
	got, there, ok := textMember(members, "resource_name")
	switch {
	case !there:
		row.Found = "missing, which is allowed"
	case !ok:
		row.Verdict, row.Found, row.Mend = cimd.LintFail, "not a string", "Write a string."
	case got != want.Name:
		row.Verdict, row.Found, row.Mend = cimd.LintWarn, frame.Shortened(got), "Use one name in both places: people see "+want.Name+" when they are asked."
	default:
		row.Found = frame.Shortened(got)
	}
	return row
}

// textMember reads a member that should be a string.
func textMember(members map[string]json.RawMessage, name string) (value string, there, ok bool) {
	raw, there := members[name]
	return value, there, there && string(raw) != "null" && decodeInto(raw, &value)
}

// listMember reads a member that should be a list of strings.
func listMember(members map[string]json.RawMessage, name string) (list []string, there, ok bool) {
	raw, there := members[name]
	return list, there, there && string(raw) != "null" && decodeInto(raw, &list)
}

func decodeInto(raw []byte, into any) bool { return strictjson.Decode(raw, into) == nil }

// without are the values of list that are not in other.
func without(list, other []string) []string {
	var rest []string
	for _, value := range list {
		if !slices.Contains(other, value) {
			rest = append(rest, value)
		}
	}
	return rest
}

// listed is a short list in one line.
func listed(list []string) string {
	const most = 5
	words := make([]string, 0, most)
	for _, value := range list[:min(len(list), most)] {
		words = append(words, frame.Shortened(value))
	}
	text := strings.Join(words, ", ")
	if len(list) > most {
		text += fmt.Sprintf(" and %d more", len(list)-most)
	}
	return text
}
