package quickstart

import (
	"encoding/json"
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"
	"text/template"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// guideValues are what a guide is filled with. There is no secret among them: code reads it from the environment.
type guideValues struct {
	Issuer    string
	ClientID  string
	Callback  string
	Audience  string // the API; empty if the application may call none
	Scopes    []string
	Confident bool // the application has a credential
	Offline   bool // the API gives refresh tokens
}

// exampleAPI stands for an API where code makes no sense without one.
const exampleAPI = "https://api.example.com/"

// exampleMCP is where an MCP server of the guides listens until there is an API for it.
const exampleMCP = "http://localhost:3001/mcp"

// fill is the guide with the values in it.
func (g guide) fill(v guideValues) (guide, error) {
	if v.Audience == "" && g.needs("api") {
		v.Audience = exampleAPI
	}
	filled := g
	filled.Steps = make([]guideStep, len(g.Steps))
	for i, step := range g.Steps {
		filled.Steps[i] = guideStep{Title: step.Title}
		for _, b := range step.Blocks {
			done, err := b.fill(v)
			if err != nil {
				return guide{}, err
			}
			if strings.TrimSpace(done.Text) != "" {
				filled.Steps[i].Blocks = append(filled.Steps[i].Blocks, done)
			}
		}
	}
	return filled, nil
}

// ownLine is a line with nothing but a condition. It is to leave no empty line behind.
var ownLine = regexp.MustCompile(`(?m)^[ \t]*(«(?:if|else|end)[^»]*»)[ \t]*\n`)

var emptyLine = regexp.MustCompile(`\n[ \t]*\n`)

func (b guideBlock) fill(v guideValues) (guideBlock, error) {
	t, err := template.New(b.Name).Delims("«", "»").Funcs(v.functions(b.quote())).Parse(ownLine.ReplaceAllString(b.Text, "$1"))
	if err != nil {
		return guideBlock{}, err
	}
	var out strings.Builder
	if err := t.Execute(&out, nil); err != nil {
		return guideBlock{}, err
	}
	b.Text = strings.TrimRight(out.String(), "\n")
	if b.Kind == commandBlock { // a command that does not apply leaves its line
		b.Text = strings.TrimSpace(emptyLine.ReplaceAllString(b.Text, "\n"))
	}
	return b, nil
}

// functions are the words between « and » in a guide. A value is written as a string of the language, so that none can break
// out of it.
func (v guideValues) functions(quote func(string) string) template.FuncMap {
	text := func(s string) func() string { return func() string { return quote(s) } }
	is := func(b bool) func() bool { return func() bool { return b } }
	scope := append(oauth.Scopes{"openid", "profile", "email"}, v.Scopes...)
	if v.Offline {
		scope = append(scope, "offline_access")
	}
	each := func(list []string) func() string {
		return func() string {
			quoted := make([]string, len(list))
			for i, s := range list {
				quoted[i] = quote(s)
			}
			return strings.Join(quoted, ", ")
		}
	}
	scheme, _, _ := strings.Cut(v.Callback, ":")
	return template.FuncMap{
		"issuer": text(v.Issuer), "issuer_host": text(hostnameOf(v.Issuer)), "discovery": text(v.Issuer + ".well-known/openid-configuration"),
		"authorize_endpoint": text(v.Issuer + "authorize"), "token_endpoint": text(v.Issuer + "oauth/token"), "jwks": text(v.Issuer + ".well-known/jwks.json"),
		"client_id": text(v.ClientID), "callback": text(v.Callback), "callback_path": text(pathOf(v.Callback)), "callback_scheme": text(scheme),
		"origin": text(originOf(v.Callback)), "port": func() string { return portOf(v.Callback, "3000") },
		"audience": text(v.Audience), "scope": text(strings.Join(scope, " ")), "scopes": each(scope),
		"api_scope": text(strings.Join(v.Scopes, " ")), "api_scopes": each(v.Scopes),
		"mcp": text(v.mcp()), "mcp_port": func() string { return portOf(v.mcp(), "3001") }, "mcp_path": text(pathOf(v.mcp())), "mcp_metadata": text(v.mcpMetadata()),
		"api": is(v.Audience != ""), "permissions": is(len(v.Scopes) > 0), "http": is(strings.HasPrefix(v.Issuer, "http://")), "confidential": is(v.Confident),
		"offline": is(v.Offline),
	}
}

// mcp is the URL of the MCP server: the API's identifier, if it is a URL that can be one.
func (v guideValues) mcp() string {
	if originOf(v.Audience) == "" || v.Audience == exampleAPI {
		return exampleMCP
	}
	return v.Audience
}

// mcpMetadata is where the MCP server's document about itself is. RFC 9728 §3.1.
func (v guideValues) mcpMetadata() string {
	return originOf(v.mcp()) + "/.well-known/oauth-protected-resource" + strings.TrimSuffix(pathOf(v.mcp()), "/")
}

// quote writes a value as a string of the block's language.
func (b guideBlock) quote() func(string) string {
	if b.Kind == commandBlock {
		return inShell
	}
	if b.Kind != fileBlock {
		return func(s string) string { return s }
	}
	switch path.Ext(b.Name) {
	case ".sh", ".env":
		return inShell
	case ".php", ".rb":
		return func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'" }
	case ".kt", ".kts":
		return func(s string) string { return strings.ReplaceAll(inCode(s), "$", `\$`) }
	case ".xml", ".plist":
		return html.EscapeString
	case ".html": // inside a script, which </script> would end
		return func(s string) string { return strings.ReplaceAll(inCode(s), "<", `\u003c`) }
	}
	return inCode
}

func inShell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// inCode is a string in double quotes as nearly every language reads it.
func inCode(s string) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil { // a string always can be encoded
		return `""`
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// callbackFor is where the guide's code listens: at what is registered already, if only the port differs, else at its own.
func (g guide) callbackFor(a *registry.Application) string {
	if !strings.HasPrefix(g.Callback, "http://") {
		return g.Callback
	}
	for _, u := range a.RedirectURIs {
		if strings.HasPrefix(u.Value, "http://") && pathOf(u.Value) == pathOf(g.Callback) && hostnameOf(u.Value) == hostnameOf(g.Callback) {
			return u.Value
		}
	}
	return g.Callback
}

func pathOf(callback string) string {
	u, err := url.Parse(callback)
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}

func portOf(address, otherwise string) string {
	u, err := url.Parse(address)
	if err != nil || u.Port() == "" {
		return otherwise
	}
	return u.Port()
}

func hostnameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// originOf is scheme, host and port of a web URL, empty for anything else.
func originOf(callback string) string {
	u, err := url.Parse(callback)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
