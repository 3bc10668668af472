package browser

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

// The first tab of an application: choose a guide, see it filled, register what it uses with one press.
func TestTheQuickStartIsAGalleryOfGuides(t *testing.T) {
	_, b, page := withApplication(t)
	b.visit(page)
	b.see("Express")
	b.see("Add callback URL")
	b.judge("quickstart-express")

	t.Run("a guide is chosen with the keyboard and has its own address", func(t *testing.T) {
		b := b.in(t)
		b.script(`document.querySelector('.guide-tile[href*="guide=spring"]').focus()`)
		b.strike(kb.Enter)
		b.until(`location.search === '?guide=spring' && document.readyState === 'complete'`)
		b.see("withPkce")
		b.see("Before Spring Security 7")
		b.until(`document.querySelector('.guide-tile[aria-current]').innerText.includes('Spring')`)
		b.judge("quickstart-spring")
	})
	t.Run("no guide is wider than a phone", func(t *testing.T) { narrowGuides(t, b) })
	t.Run("one press registers what it uses, and the guide stays open", func(t *testing.T) {
		b := b.in(t)
		b.press("Add callback URL")
		b.until(`location.search === '?guide=spring' && document.querySelector('.steps > li').classList.contains('done')`)
		b.see("http://localhost:8081/login/oauth2/code/clientele")
	})
	t.Run("a code block copies its file", func(t *testing.T) {
		b := b.in(t)
		b.script(`navigator.clipboard.writeText = async (text) => { window.__copied = text }`)
		b.script(`document.querySelector('[aria-label="Copy src/main/resources/application.yml"]').click()`)
		b.until(`window.__copied?.includes('client-id: ') && !window.__copied.includes('«')`)
	})
}

// narrowGuides opens each guide of the gallery as a phone shows it, and comes back to where the tab was.
func narrowGuides(t *testing.T, first *tab) {
	b := first.in(t)
	back := b.eval("location.href")
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 360, Height: 800, DeviceScaleFactor: 1, Mobile: true})
	for guide := range strings.FieldsSeq(b.eval(`[...document.querySelectorAll('.guide-tile')].map(e => e.href).join(' ')`)) {
		b.visit(guide)
		if over := b.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth"); over != "0" {
			t.Errorf("%s is %s px too wide", guide, over)
		}
	}
	call(b, emulation.ClearDeviceMetricsOverride, cdp.Empty{})
	b.visit(back)
}

func TestTheQuickStartWorksWithoutScripts(t *testing.T) {
	_, b, page := withApplication(t)
	b.withoutScripts()
	b.visit(page)
	b.script(`document.querySelector('.guide-tile[href*="guide=php"]').click()`)
	b.until(`location.search === '?guide=php' && document.readyState === 'complete'`)
	b.see("jumbojett")
	b.press("Add callback URL")
	b.see("Registered: what this guide uses")
	b.script(`document.querySelector('[name=callback]').closest('details').open = true`)
	b.fill("callback", "http://orders.example.com/callback")
	b.press("Add")
	b.see("must use https")
	b.see("jumbojett")
}

// The pages of the guides run in the browser as they are copied, once the web origin is registered with the guide's button.
func TestThePagesOfTheGuidesSignAPersonIn(t *testing.T) {
	s, b, _ := withApplication(t)
	for _, guide := range []string{"plain-js", "react", "vue"} {
		t.Run(guide, func(t *testing.T) {
			b := b.in(t)
			listener, err := net.Listen("tcp", "localhost:0")
			if err != nil {
				t.Fatal(err)
			}
			origin := "http://localhost:" + strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
			s.cli("", "apps", "create", "--name", guide, "--type", "spa", "--redirect-uri", origin+"/")
			b.visit(s.URL + "/dashboard/applications?q=" + guide)
			page := b.eval(`[...document.querySelectorAll('tbody th a')].find(a => a.innerText.trim() === '` + guide + `').href`)
			b.visit(page + "?guide=" + guide)
			b.press("Add web origin")
			b.see("Registered: what this guide uses")
			serveFolder(t, listener, built(b, guide))
			b.visit(origin + "/")
			b.until(`[...document.querySelectorAll('button')].some(e => e.checkVisibility() && e.innerText === 'Sign in')`)
			b.press("Sign in")
			if strings.HasPrefix(b.eval("location.href"), s.URL) && b.eval(`document.querySelector('[name=password]') !== null`) == "true" {
				b.fill("email", operator)
				b.fill("password", password)
				b.press("Sign in")
			}
			if b.eval(`location.pathname`) == "/consent" {
				b.press(b.eval(`[...document.querySelectorAll('button')].map(e => e.innerText.trim()).find(t => t === 'Allow' || t === 'Continue')`))
			}
			b.until(`document.body.innerText.includes('Signed in as ` + operator + `')`)
		})
	}
}

// copyFiles writes what the copy buttons of the guide's files hold.
func copyFiles(b *tab, dir string, files ...string) {
	b.t.Helper()
	for _, file := range files {
		code := b.eval(fmt.Sprintf(`document.querySelector('[aria-label="Copy %s"]').dataset.copy`, file))
		writeFile(b.t, filepath.Join(dir, file), code)
	}
}

func writeFile(t *testing.T, at, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// withPackages is a new folder in which Node finds the packages of test/package.json.
func withPackages(t *testing.T) string {
	t.Helper()
	packages, err := filepath.Abs("../node_modules")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tool runs a tool of the packages to its end.
func tool(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(dir, "node_modules", ".bin", name), args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// compileVue makes a module of App.vue, as Vite's plugin does.
const compileVue = `import { readFileSync, writeFileSync } from "node:fs"
import { compileScript, parse } from "vue/compiler-sfc"
const { descriptor, errors } = parse(readFileSync("src/App.vue", "utf8"), { filename: "App.vue" })
if (errors.length > 0) throw errors[0]
writeFileSync("src/App.vue.ts", compileScript(descriptor, { id: "app", inlineTemplate: true }).content)`

// built is the guide's page as a folder of files.
func built(b *tab, guide string) string {
	b.t.Helper()
	dir := withPackages(b.t)
	out := filepath.Join(dir, "out")
	entry := "src/main.tsx"
	switch guide {
	case "plain-js":
		copyFiles(b, out, "index.html")
		return out
	case "react":
		copyFiles(b, dir, "src/main.tsx", "src/App.tsx")
	case "vue":
		copyFiles(b, dir, "src/auth.ts", "src/App.vue")
		writeFile(b.t, filepath.Join(dir, "compile.mjs"), compileVue)
		tool(b.t, dir, "node", "compile.mjs")
		entry = "src/main.ts"
		writeFile(b.t, filepath.Join(dir, entry), `import { createApp } from "vue"; import App from "./App.vue.ts"; createApp(App).mount("#root")`)
	}
	tool(b.t, dir, "esbuild", entry, "--bundle", "--jsx=automatic", "--define:process.env.NODE_ENV=\"production\"", "--outfile=out/main.js", "--log-level=warning")
	writeFile(b.t, filepath.Join(out, "index.html"), `<!doctype html><title>Guide</title><div id="root"></div><script type="module" src="/main.js"></script>`)
	return out
}

func serveFolder(t *testing.T, listener net.Listener, dir string) {
	t.Helper()
	server := &http.Server{Handler: http.FileServer(http.Dir(dir)), ReadHeaderTimeout: patience}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
}
