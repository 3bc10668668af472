package dashboard

import (
	"embed"
	"net/url"
	"path"
	"strconv"
	"strings"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

//go:embed snippets
var snippetFiles embed.FS

// stack is one way to write an application, with code that runs as it stands.
type stack struct {
	Key   string
	Label string
	File  string // in snippets; its name is also what the code block is called
	Setup string // what to install first; empty if nothing

	person bool // somebody signs in, so the API is optional
}

var webStacks = []stack{
	{"node", "Node", "web.mjs", "npm install openid-client express express-session", true},
	{"go", "Go", "web.go.txt", "go get golang.org/x/oauth2 github.com/coreos/go-oidc/v3/oidc", true},
	{"python", "Python", "web.py", "pip install flask authlib requests", true},
}

var browserStacks = []stack{
	{"js", "Plain JavaScript", "spa.js", "", true},
	{"oidc-client-ts", "oidc-client-ts", "spa.ts", "npm install oidc-client-ts", true},
}

var nativeStacks = []stack{
	{"node", "Node", "native.mjs", "npm install openid-client open", true},
	{"go", "Go", "native.go.txt", "go get golang.org/x/oauth2", true},
}

var machineStacks = []stack{
	{"curl", "curl", "machine.sh", "", false},
	{"node", "Node", "machine.mjs", "", false},
	{"go", "Go", "machine.go.txt", "go get golang.org/x/oauth2", false},
	{"python", "Python", "machine.py", "pip install requests", false},
}

func stacksFor(a *registry.Application) []stack {
	switch {
	case a.Type == registry.SinglePage:
		return browserStacks
	case a.Type == registry.Native:
		return nativeStacks
	case !signsPeopleIn(a) && a.Allows(oauth.ClientCredentials):
		return machineStacks
	}
	return webStacks
}

// fill puts the application's own values into the code. A value is written as a string of the language, so that none can
// break out of it.
func (s stack) fill(issuer, clientID, callback, audience string) string {
	b, err := snippetFiles.ReadFile("snippets/" + s.File)
	if err != nil {
		return ""
	}
	quote := strconv.Quote
	if path.Ext(s.File) == ".sh" {
		quote = func(v string) string { return "'" + strings.ReplaceAll(v, "'", `'\''`) + "'" }
	}
	options := ""
	if strings.HasPrefix(issuer, "http://") { // openid-client wants to be told that plain http is meant
		options = ",\n  undefined,\n  { execute: [client.allowInsecureRequests] }"
	}
	code := string(b)
	if audience == "" {
		audience = "https://api.example.com/"
		if s.person {
			code = withoutLines(code, "{{audience}}") // signing in needs no API; one that is not there would be refused
		}
	}
	return strings.NewReplacer(
		"{{issuer}}", quote(issuer), "{{token_endpoint}}", quote(issuer+"oauth/token"), "{{authorize_endpoint}}", quote(issuer+"authorize"),
		"{{client_id}}", quote(clientID), "{{callback}}", quote(callback), "{{callback_path}}", quote(pathOf(callback)),
		"{{audience}}", quote(audience), "{{options}}", options,
	).Replace(code)
}

func withoutLines(code, mark string) string {
	var kept strings.Builder
	for line := range strings.Lines(code) {
		if !strings.Contains(line, mark) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// name is what the code block is called.
func (s stack) name() string { return strings.TrimSuffix(s.File, ".txt") }

func pathOf(callback string) string {
	u, err := url.Parse(callback)
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}

// originOf is scheme, host and port of a web URL, empty for anything else.
func originOf(callback string) string {
	u, err := url.Parse(callback)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
