package apis

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/outbound"
	"clientele/internal/registry"
)

const ourIssuer = "https://id.example.com/"

func toolsAPI() *registry.API {
	return &registry.API{
		ID: "a", Identifier: "https://mcp.example.com/mcp", Name: "Orders MCP", TokenLifetime: time.Hour,
		Scopes: []registry.APIScope{{Value: "tools:read", Default: true}, {Value: "tools:write"}},
	}
}

// RFC 9728 §3.1: the well-known part stands between the host and whatever follows it.
func TestTheDocumentStandsBetweenHostAndPath(t *testing.T) {
	for identifier, want := range map[string]string{
		"https://mcp.example.com":            "https://mcp.example.com/.well-known/oauth-protected-resource",
		"https://mcp.example.com/":           "https://mcp.example.com/.well-known/oauth-protected-resource",
		"https://mcp.example.com/mcp":        "https://mcp.example.com/.well-known/oauth-protected-resource/mcp",
		"https://mcp.example.com/mcp/":       "https://mcp.example.com/.well-known/oauth-protected-resource/mcp/",
		"https://mcp.example.com/a/b?x=1":    "https://mcp.example.com/.well-known/oauth-protected-resource/a/b?x=1",
		"https://mcp.example.com?x=1":        "https://mcp.example.com/.well-known/oauth-protected-resource?x=1",
		"https://mcp.example.com/?x=1":       "https://mcp.example.com/.well-known/oauth-protected-resource?x=1",
		"https://mcp.example.com:8443/mcp":   "https://mcp.example.com:8443/.well-known/oauth-protected-resource/mcp",
		"http://localhost:3000/mcp":          "http://localhost:3000/.well-known/oauth-protected-resource/mcp",
		"urn:orders":                         "",
		"orders":                             "",
		"https://":                           "",
		"https://mcp.example.com/mcp%2Fdeep": "https://mcp.example.com/.well-known/oauth-protected-resource/mcp%2Fdeep",
	} {
		if got := wellKnownOf(identifier); got != want {
			t.Errorf("%s: %s, not %s", identifier, got, want)
		}
	}
}

func TestTheDocumentToServeNamesThisServer(t *testing.T) {
	want := `{
  "resource": "https://mcp.example.com/mcp",
  "resource_name": "Orders MCP",
  "authorization_servers": [
    "https://id.example.com/"
  ],
  "scopes_supported": [
    "tools:read",
    "tools:write"
  ],
  "bearer_methods_supported": [
    "header"
  ]
}
`
	if got := metadataOf(toolsAPI(), ourIssuer).text(); got != want {
		t.Error(got)
	}
	header := `Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp", scope="tools:read"`
	if got := challengeOf(toolsAPI()); got != header {
		t.Error(got)
	}
}

func answered(contentType, body string) *outbound.Response {
	h := http.Header{}
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	return &outbound.Response{Status: 200, Header: h, Body: []byte(body)}
}

// What the comparison says of one row of the document, and what it found.
func TestEveryDifferenceOfADocumentIsNamed(t *testing.T) {
	good := metadataOf(toolsAPI(), ourIssuer).text()
	with := func(old, replacement string) *outbound.Response {
		return answered("application/json", strings.Replace(good, old, replacement, 1))
	}
	list := func(s string) string { return "\n    \"" + s + "\"\n  " }
	for name, c := range map[string]struct {
		got     *outbound.Response
		title   string // beginning of the row's title
		verdict cimd.LintVerdict
		found   string // part of what was found
	}{
		"what we made passes":          {answered("application/json; charset=utf-8", good), "authorization_servers", cimd.LintPass, ourIssuer},
		"text/html":                    {answered("text/html", good), "It is sent as", cimd.LintFail, "text/html"},
		"no content type":              {answered("", good), "It is sent as", cimd.LintFail, "no Content-Type"},
		"no JSON":                      {answered("application/json", "<html>"), "It is one JSON object", cimd.LintFail, "The body"},
		"an array":                     {answered("application/json", "[]"), "It is one JSON object", cimd.LintFail, "The body"},
		"a member twice":               {answered("application/json", `{"resource":"a","resource":"b"}`), "It is one JSON object", cimd.LintFail, "The body"},
		"another resource":             {with("example.com/mcp", "example.com/other"), "resource is", cimd.LintFail, "/other"},
		"a slash too many":             {with(`example.com/mcp"`, `example.com/mcp/"`), "resource is", cimd.LintFail, "differs by the slash"},
		"no resource":                  {with(`"resource"`, `"resources"`), "resource is", cimd.LintFail, "missing"},
		"resource is a number":         {with(`"https://mcp.example.com/mcp"`, `7`), "resource is", cimd.LintFail, "not a string"},
		"resource is null":             {with(`"https://mcp.example.com/mcp"`, `null`), "resource is", cimd.LintFail, "not a string"},
		"the issuer without its slash": {with(list(ourIssuer), list("https://id.example.com")), "authorization_servers", cimd.LintFail, "lacks the slash"},
		"another server":               {with(list(ourIssuer), list("https://other.example/")), "authorization_servers", cimd.LintFail, "https://other.example/"},
		"no servers":                   {with(list(ourIssuer), ""), "authorization_servers", cimd.LintFail, "an empty list"},
		"servers is a string":          {with("["+list(ourIssuer)+"]", `"`+ourIssuer+`"`), "authorization_servers", cimd.LintFail, "not a list"},
		"two servers":                  {with(list(ourIssuer), `"https://other.example/","`+ourIssuer+`"`), "authorization_servers", cimd.LintPass, "https://other.example/"},
		"no scopes":                    {with(`"scopes_supported"`, `"scopes"`), "scopes_supported", cimd.LintWarn, "missing"},
		"a scope too few":              {with(",\n    \"tools:write\"", ""), "scopes_supported", cimd.LintWarn, "lacks tools:write"},
		"a scope too many":             {with(`"tools:write"`, `"tools:write","admin"`), "scopes_supported", cimd.LintWarn, "has admin"},
		"offline_access":               {with(`"tools:write"`, `"tools:write","offline_access"`), "scopes_supported", cimd.LintWarn, "offline_access"},
		"scopes in one string":         {with("[\n    \"tools:read\",\n    \"tools:write\"\n  ]", `"tools:read tools:write"`), "scopes_supported", cimd.LintFail, "not a list"},
		"no methods":                   {with(`"bearer_methods_supported"`, `"x"`), "bearer_methods", cimd.LintPass, "missing"},
		"the query":                    {with(list("header"), `"header","query"`), "bearer_methods", cimd.LintWarn, "query"},
		"the body alone":               {with(list("header"), `"body"`), "bearer_methods", cimd.LintFail, "body"},
		"an empty list of methods":     {with(list("header"), ``), "bearer_methods", cimd.LintFail, "no token is taken"},
		"another name":                 {with(`"Orders MCP"`, `"Other"`), "resource_name", cimd.LintWarn, "Other"},
		"no name":                      {with(`"resource_name"`, `"name"`), "resource_name", cimd.LintPass, "allowed"},
	} {
		found := false
		for _, row := range compareMetadata(metadataOf(toolsAPI(), ourIssuer), c.got) {
			if !strings.HasPrefix(row.Title, c.title) {
				continue
			}
			found = true
			if row.Verdict != c.verdict || !strings.Contains(row.Found, c.found) {
				t.Errorf("%s: %s, %q", name, row.Verdict, row.Found)
			}
			if row.Verdict != cimd.LintPass && row.Mend == "" {
				t.Errorf("%s: nothing is said that would help", name)
			}
		}
		if !found {
			t.Errorf("%s: no row about %s", name, c.title)
		}
	}
}

func TestARequestWithoutATokenIsToldWhereToLook(t *testing.T) {
	const where = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
	refused := func(headers ...string) fetched {
		return fetched{Failure: &outbound.Failure{Kind: audit.FailureStatus, Status: 401, Message: "answers 401.", Authenticate: headers}}
	}
	for name, c := range map[string]struct {
		got     fetched
		verdict cimd.LintVerdict // of the last row
		found   string
	}{
		"as it should be":    {refused(`Bearer resource_metadata="` + where + `"`), cimd.LintPass, "https://mcp.example.com/"},
		"behind another one": {refused(`Basic realm="a, b"`, `bearer error="invalid_token", resource_metadata="`+where+`"`), cimd.LintPass, "https://mcp.example.com/"},
		"in one header":      {refused(`Basic realm="x", Bearer scope="a b", resource_metadata="` + where + `"`), cimd.LintPass, "https://mcp.example.com/"},
		"no header":          {refused(), cimd.LintFail, "no WWW-Authenticate"},
		"Basic alone":        {refused(`Basic realm="Bearer resource_metadata=x"`), cimd.LintFail, "no Bearer challenge"},
		"Bearer alone":       {refused("Bearer"), cimd.LintFail, "without resource_metadata"},
		"elsewhere":          {refused(`Bearer resource_metadata="https://mcp.example.com/other"`), cimd.LintWarn, "/other"},
		"open to everybody":  {fetched{Answer: answered("application/json", "{}")}, cimd.LintFail, "answers 200"},
		"POST only":          {fetched{Failure: &outbound.Failure{Kind: audit.FailureStatus, Status: 405, Message: "answers 405."}}, cimd.LintWarn, "405"},
		"forbidden":          {fetched{Failure: &outbound.Failure{Kind: audit.FailureStatus, Status: 403, Message: "answers 403."}}, cimd.LintFail, "403"},
		"nobody there":       {fetched{Failure: &outbound.Failure{Kind: audit.FailureConnect, Message: "Nobody answers."}}, cimd.LintFail, "Nobody answers"},
	} {
		rows := compareChallenge(where, c.got, false)
		last := rows[len(rows)-1]
		if last.Verdict != c.verdict || !strings.Contains(last.Found, c.found) {
			t.Errorf("%s: %s, %q", name, last.Verdict, last.Found)
		}
	}
}

// A client that finds the document by itself needs no header, so a missing one is no dead end any more.
func TestWhereTheDocumentIsFoundAMissingHeaderIsAWarning(t *testing.T) {
	for _, headers := range [][]string{nil, {"Bearer"}, {`Basic realm="x"`}} {
		rows := compareChallenge("https://mcp.example.com/.well-known/oauth-protected-resource/mcp", fetched{
			Failure: &outbound.Failure{Kind: audit.FailureStatus, Status: 401, Message: "answers 401.", Authenticate: headers},
		}, true)
		if last := rows[len(rows)-1]; last.Verdict != cimd.LintWarn || last.Mend == "" {
			t.Errorf("%q: %+v", headers, last)
		}
	}
}

func TestAClientLooksWhereItIsSentAndElseAtTheTwoWellKnownPlaces(t *testing.T) {
	const identifier, path, root = "https://mcp.example.com/mcp", "https://mcp.example.com/.well-known/oauth-protected-resource/mcp", "https://mcp.example.com/.well-known/oauth-protected-resource"
	for named, want := range map[string][]string{
		"":                                  {path, root},
		path:                                {path},
		"https://mcp.example.com/meta.json": {"https://mcp.example.com/meta.json"},
		"https://other.example/meta.json":   nil,
		"https://u@mcp.example.com/x":       nil,
		"http://mcp.example.com/meta.json":  nil,
		"https://mcp.example.com:8443/x":    nil,
		"/relative":                         nil,
		"%":                                 nil,
	} {
		if got := documentPlaces(identifier, path, named); !slices.Equal(got, want) {
			t.Errorf("%q: %q", named, got)
		}
	}
	if got := documentPlaces("https://mcp.example.com/", root, ""); !slices.Equal(got, []string{root}) {
		t.Error(got)
	}
}

func TestThePlaceOfTheDocumentIsJudged(t *testing.T) {
	const path = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
	missing := func(url string) fetched {
		return fetched{URL: url, Failure: &outbound.Failure{Kind: audit.FailureStatus, Status: 404, Message: "mcp.example.com answers 404.", Mend: "Serve it."}}
	}
	there := fetched{URL: "https://mcp.example.com/x", Answer: answered("application/json", "{}")}
	for name, c := range map[string]struct {
		tried   []fetched
		verdict cimd.LintVerdict
		found   string
	}{
		"at the first place":    {[]fetched{there}, cimd.LintPass, "https://mcp.example.com/x"},
		"at the second place":   {[]fetched{missing(path), there}, cimd.LintWarn, "at https://mcp.example.com/x only"},
		"at neither":            {[]fetched{missing(path), missing("https://mcp.example.com/y")}, cimd.LintFail, "https://mcp.example.com/y: mcp.example.com answers 404."},
		"not where it is named": {[]fetched{missing("https://mcp.example.com/named")}, cimd.LintFail, "https://mcp.example.com/named: "},
		"on another host":       {nil, cimd.LintWarn, "on another host"},
	} {
		row := placeRow(path, "https://other.example/meta.json", c.tried)
		if row.Verdict != c.verdict || !strings.Contains(row.Found, c.found) || row.Verdict != cimd.LintPass && row.Mend == "" {
			t.Errorf("%s: %+v", name, row)
		}
	}
}

func TestWhatCannotBeCheckedSaysWhy(t *testing.T) {
	never := func(string) bool { return false }
	for identifier, want := range map[string]string{
		"https://mcp.example.com/mcp":   "",
		"https://mcp.example.com:443/":  "",
		"urn:orders":                    "no URL",
		"http://mcp.example.com/mcp":    "not an https URL",
		"https://localhost/mcp":         "this machine itself",
		"https://[::1]/mcp":             "this machine itself",
		"https://127.0.0.1:8443/mcp":    "--outbound-allow 127.0.0.1:8443=CIDR",
		"https://10.1.2.3/mcp":          "an address",
		"https://mcp.example.com:8443/": "port 8443",
	} {
		got := uncheckable(identifier, never)
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q", identifier, got)
		}
	}
	if got := uncheckable("https://localhost:8443/mcp", func(host string) bool { return host == "localhost:8443" }); got != "" {
		t.Error("an exception does not count:", got)
	}
}

// Whatever a server publishes, the comparison ends, and nothing but what it should say passes for it.
func FuzzResourceMetadata(f *testing.F) {
	want := metadataOf(toolsAPI(), ourIssuer)
	f.Add([]byte(want.text()), `Bearer resource_metadata="https://x/y"`)
	f.Add([]byte(`{"resource":null,"authorization_servers":"x","scopes_supported":[1]}`), `Basic abc==, Bearer a="\"`)
	f.Add([]byte(`[]`), `, ,= "`)
	f.Fuzz(func(t *testing.T, body []byte, header string) {
		rows := compareMetadata(want, answered("application/json", string(body)))
		for _, row := range rows {
			if row.Verdict != cimd.LintPass && row.Mend == "" || row.Title == "" {
				t.Errorf("%+v", row)
			}
			if strings.HasPrefix(row.Title, "authorization_servers") && row.Verdict == cimd.LintPass && !strings.Contains(string(body), "id.example.com") && !strings.Contains(string(body), `\u`) {
				t.Errorf("%s passes for us", body)
			}
		}
		if value, bearer := challengeParameter([]string{header}, "resource_metadata"); value != "" && !bearer {
			t.Error(header)
		}
	})
}
