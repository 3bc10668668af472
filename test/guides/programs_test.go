package guides

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clientele/internal/registry"
)

// web is a regular web application whose callback is at a free port.
func (s *site) web(t *testing.T) (app registry.Application, start string, env []string) {
	t.Helper()
	start = "http://localhost:" + freePort(t)
	app, secret := s.CreateApplication(registry.Draft{Name: "Orders web", Type: registry.RegularWeb, RedirectURIs: []string{start + "/callback"}})
	return app, start, []string{"CLIENT_SECRET=" + secret.Reveal()}
}

func TestTheExpressGuideSignsAPersonIn(t *testing.T) {
	s := serve(t)
	s.CreateAPI("https://orders.example/", "read:orders")
	app, start, env := s.web(t)
	p := s.copy(t, app, "express")
	p.withPackages()
	p.start(env, "node", "server.mjs").waitFor("Open " + start)
	if page := s.signIn(t, start+"/login"); page != "Signed in as "+person {
		t.Error(page)
	}
}

func TestTheNextGuideSignsAPersonIn(t *testing.T) {
	s := serve(t)
	app, start, env := s.web(t)
	p := s.copy(t, app, "next")
	p.write("headers.mjs", `export const jar = new Map();
export const cookies = async () => ({ get: (n) => jar.get(n), set: (n, value) => jar.set(n, { value }), delete: (n) => jar.delete(n) });`)
	p.write("serve.mjs", `import { createServer } from "node:http";
import { GET as login } from "./app/login/route";
import { GET as callback } from "./app/callback/route";
const routes = { "/login": login, "/callback": callback };
createServer(async (request, response) => {
  const url = new URL(request.url, `+"`http://${request.headers.host}`"+`);
  const answer = await routes[url.pathname](new Request(url));
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}).listen(`+start[strings.LastIndex(start, ":")+1:]+`, "localhost", () => console.log("ready"));`)
	p.withPackages()
	p.done(nil, "esbuild", "serve.mjs", "--bundle", "--platform=node", "--format=esm", "--packages=external", "--alias:next/headers=./headers.mjs", "--outfile=out.mjs", "--log-level=warning")
	p.start(env, "node", "out.mjs").waitFor("ready")
	if page := s.signIn(t, start+"/login"); page != "Signed in as "+person {
		t.Error(page)
	}
}

// goes puts the guide's Go file into a module with what it installs, and builds it.
func (p *program) goes() string {
	p.t.Helper()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("gomodule", name))
		if err != nil {
			p.t.Fatal(err)
		}
		p.write(name, string(text))
	}
	p.done([]string{"GOFLAGS=-mod=mod", "CGO_ENABLED=0"}, "go", "build", "-o", "program", ".")
	p.done([]string{"GOFLAGS=-mod=mod"}, "go", "vet", ".")
	return filepath.Join(p.dir, "program")
}

func TestTheGoGuideSignsAPersonIn(t *testing.T) {
	s := serve(t)
	s.CreateAPI("https://orders.example/", "read:orders")
	app, start, env := s.web(t)
	p := s.copy(t, app, "go-web")
	p.start(env, p.goes())
	if page := s.signIn(t, start+"/login"); strings.TrimSpace(page) != "Signed in as "+person {
		t.Error(page)
	}
}

func TestTheGoCommandLineGuideSignsAPersonIn(t *testing.T) {
	s := serve(t)
	s.CreateAPI("https://orders.example/", "read:orders")
	app, _ := s.CreateApplication(registry.Draft{Name: "Orders command", Type: registry.Native, RedirectURIs: []string{"http://127.0.0.1/callback"}})
	p := s.copy(t, app, "go-cli")
	r := p.start(nil, p.goes())
	s.signIn(t, r.waitFor("Open "))
	if who := r.waitFor("Signed in as "); who != person {
		t.Error(who)
	}
}

// The window, the browser and the keychain of Electron are stood in for; the flow is the guide's.
func TestTheElectronGuideSignsAPersonIn(t *testing.T) {
	s := serve(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Orders desk", Type: registry.Native, RedirectURIs: []string{"http://127.0.0.1/callback"}})
	p := s.copy(t, app, "electron")
	p.write("electron.mjs", `export const app = { whenReady: async () => {}, getPath: () => "." };
export const shell = { openExternal: async (url) => console.log("Open", url) };
export const safeStorage = { isEncryptionAvailable: () => false };
export class BrowserWindow { loadURL(url) { console.log(decodeURIComponent(url.split(",")[1])); } }`)
	p.withPackages()
	p.done(nil, "esbuild", "main.mjs", "--bundle", "--platform=node", "--format=esm", "--packages=external", "--alias:electron=./electron.mjs", "--outfile=out.mjs", "--log-level=warning")
	r := p.start(nil, "node", "out.mjs")
	s.signIn(t, r.waitFor("Open "))
	if who := r.waitFor("Signed in as "); who != person {
		t.Error(who)
	}
}

// machine is an application that may read orders for itself.
func (s *site) machine() (registry.Application, []string) {
	s.t.Helper()
	app, secret := s.CreateApplication(registry.Draft{Name: "Nightly job", Type: registry.MachineToMachine})
	s.Grant(app, s.CreateAPI("https://orders.example/", "read:orders", "write:orders"), registry.ForClient, "read:orders")
	return app, []string{"CLIENT_SECRET=" + secret.Reveal()}
}

func TestTheGuidesWithoutAPersonGetATokenWithTheirPermissions(t *testing.T) {
	s := serve(t)
	app, env := s.machine()
	t.Run("curl", func(t *testing.T) {
		var tokens struct {
			Type  string `json:"token_type"`
			Scope string `json:"scope"`
		}
		out := s.copy(t, app, "curl").done(env, "sh", "token.sh")
		if err := json.Unmarshal([]byte(out), &tokens); err != nil || tokens.Type != "Bearer" || tokens.Scope != "read:orders" {
			t.Error(err, out)
		}
	})
	programs := map[string]func(*program) string{
		"node": func(p *program) string {
			p.withPackages()
			return p.done(env, "node", "job.mjs")
		},
		"python":     func(p *program) string { return p.done(env, "python3", "job.py") },
		"go-machine": func(p *program) string { return p.done(env, p.goes()) },
	}
	for guide, run := range programs {
		t.Run(guide, func(t *testing.T) {
			if out := run(s.copy(t, app, guide)); !strings.HasPrefix(out, "Good until") || !strings.Contains(out, "for read:orders") {
				t.Error(out)
			}
		})
	}
}

// An MCP client of one guide signs a person in with the server of the other, and calls it.
func TestTheGuidesForMCPWorkTogether(t *testing.T) {
	s := serve(t)
	port := freePort(t)
	s.CreateAPI("http://localhost:"+port+"/mcp", "tools:call")
	app, _ := s.CreateApplication(registry.Draft{Name: "Agent", Type: registry.Native, RedirectURIs: []string{"http://127.0.0.1/callback"}})
	server := s.copy(t, app, "mcp-server-typescript")
	server.withPackages()
	server.start(nil, "node", "server.ts").waitFor("MCP server at http://localhost:" + port)
	client := s.copy(t, app, "mcp-client")
	client.withPackages()
	r := client.start(nil, "node", "client.ts")
	s.signIn(t, r.waitFor("Open "))
	if tools := r.waitFor("Tools:"); tools != "whoami" {
		t.Error(tools)
	}
}
