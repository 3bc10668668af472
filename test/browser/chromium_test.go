package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long one step in the browser may take. It is only spent where a test fails.
const patience = 45 * time.Second

// tab is one tab of a browser with a fresh profile.
type tab struct {
	ctx        context.Context
	t          *testing.T
	scriptless bool
}

// open starts a browser of its own for the test.
func open(t *testing.T, opts ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true),
		chromedp.WindowSize(1440, 900),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(options, opts...)...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	b := &tab{ctx: ctx, t: t}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // starts the browser, so no deadline here
		t.Fatalf("start Chromium: %v", err)
	}
	return b
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("Chromium is missing: scripts/need.sh chromium installs it")
	return ""
}

// run runs one action and fails the test, with the page it was on, if it does not succeed in time.
func run[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%v\n%s", err, b.page())
	}
	return result
}

// call sends one command of the DevTools protocol.
func call[P, R any](b *tab, cmd cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, cmd, params); err != nil {
		b.t.Fatal(err)
	}
}

// visit opens a page from nothing, also if only the fragment differs from where the tab is.
func (b *tab) visit(url string) {
	b.t.Helper()
	run(b, chromedp.Navigate("about:blank"))
	run(b, chromedp.Navigate(url))
}

// fill writes into the field with that name, as typing would.
func (b *tab) fill(name, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.querySelector(%q)`, fmt.Sprintf("[name=%q]:not([type=hidden])", name)))
	b.script(fmt.Sprintf(`(() => {
		const e = document.querySelector(%q)
		if (!e) throw new Error('there is no field "' + %q + '"')
		e.focus(); e.value = %q
		e.dispatchEvent(new Event('input', { bubbles: true })); e.dispatchEvent(new Event('change', { bubbles: true }))
	})()`, fmt.Sprintf("[name=%q]:not([type=hidden])", name), name, text))
}

// choose picks a radio button or check-box by its value. It clicks the label, as a person would.
func (b *tab) choose(name, value string) {
	b.t.Helper()
	b.script(fmt.Sprintf(`document.querySelector('input[name=%q][value=%q]').click()`, name, value))
}

// press clicks the button or link with that text once it is there, in the window over the page if there is one, and waits for the
// page it leads to.
func (b *tab) press(text string) {
	b.t.Helper()
	find := fmt.Sprintf(`[...(document.querySelector(':modal') ?? document).querySelectorAll('button, a, summary')].find(e => e.checkVisibility() && e.innerText.trim() === %q)`, text)
	b.until(`document.readyState === 'complete' && ` + find)
	b.leave(find + `.click()`)
}

// leave runs code that leads to another page, and waits for that page.
func (b *tab) leave(code string) {
	b.t.Helper()
	b.script(`window.__before = true; ` + code)
	b.arrive()
}

// arrive waits for the page that a mark on the page before is not on.
func (b *tab) arrive() {
	b.t.Helper()
	b.until(`!window.__before && document.readyState === 'complete'`)
}

// strike presses keys as a keyboard does: each goes down, types its character at whatever has the focus by then unless the page
// took the key, and comes up.
func (b *tab) strike(keys string) {
	b.t.Helper()
	run(b, chromedp.KeyEvent(keys, func(p *input.DispatchKeyEventParams) {
		if p.Type == kb.KeyDown {
			p.Type = kb.KeyRawDown // the other kind types although the page took the key
		}
	}))
}

// until waits for an expression to become true, on whichever page the browser is by then.
func (b *tab) until(expression string) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		if b.is(expression) {
			return
		}
	}
	b.t.Fatalf("waited in vain for %s\n%s", expression, b.page())
}

// is says whether an expression is true now, also of a promise; a page that is going away says no.
func (b *tab) is(expression string) bool {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(async () => !!(await (`+expression+`)))()`, chromedp.EvalAwaitPromise))
	return err == nil && yes
}

// script runs code on the page; a promise is waited for.
func (b *tab) script(code string) {
	b.t.Helper()
	run(b, chromedp.Evaluate[chromedp.Void](code, chromedp.EvalAwaitPromise))
}

// eval returns an expression as text, and what went wrong if it could not.
func (b *tab) eval(expression string) string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`Promise.resolve(`+expression+`).then(String)`, chromedp.EvalAwaitPromise))
	if err != nil {
		return err.Error()
	}
	return text
}

// page is where the tab is and what it shows, for messages.
func (b *tab) page() string {
	return b.eval(`location.href + '\n' + (document.body ? document.body.innerText : '') + '\n' +
		[...document.querySelectorAll('input:not([type=hidden]), textarea')].map(e => e.value).join('\n')`)
}

// see waits until the page shows the text, in whichever case.
func (b *tab) see(text string) {
	b.t.Helper()
	page := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		if page = b.page(); strings.Contains(strings.ToLower(page), strings.ToLower(text)) {
			return
		}
	}
	b.t.Fatalf("the page does not show %q:\n%s", text, page)
}

var axe = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
	return string(source), err
})

// judge photographs the page, wide and narrow, light and dark, and fails on what axe-core calls serious or critical. In the dark
// only the rules about colour are asked once more: all others look at the same elements in the same places.
func (b *tab) judge(name string) {
	b.t.Helper()
	source, err := axe()
	if err != nil {
		b.t.Fatalf("%v: scripts/need.sh npm installs it", err)
	}
	if b.scriptless { // axe is a script of the page's; the page stays as it was made without
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
		defer b.withoutScripts()
	}
	b.until(`document.readyState === 'complete'`)
	b.script(source + ";0")
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1440, 360} {
			call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
			}})
			call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
				Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600,
			})
			b.photograph(fmt.Sprintf("%s-%s-%d", name, scheme, width))
			if over := b.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth"); over != "0" {
				b.t.Errorf("%s: the page is %s px too wide at %d px", name, over, width)
			}
			b.axe(rules[scheme], fmt.Sprintf("%s, %s, %d px", name, scheme, width))
		}
	}
	call(b, emulation.ClearDeviceMetricsOverride, cdp.Empty{})
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
}

func (b *tab) photograph(name string) {
	b.t.Helper()
	png := run(b, chromedp.FullScreenshot(100))
	if err := os.MkdirAll("screenshots", 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("screenshots", name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

type finding struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// rules are what axe-core is asked, as its options.
var rules = map[string]string{
	"light": `{ resultTypes: ['violations'] }`,
	"dark":  `{ resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block'] }`,
}

func (b *tab) axe(options, where string) {
	b.t.Helper()
	raw := run(b, chromedp.Evaluate[string](`axe.run(document, `+options+`).then(r => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
	var findings []finding
	if err := json.Unmarshal([]byte(raw), &findings); err != nil {
		b.t.Fatal(err)
	}
	for _, f := range findings {
		if f.Impact != "serious" && f.Impact != "critical" {
			continue
		}
		for _, n := range f.Nodes {
			b.t.Errorf("%s: %s (%s): %s\n%s\n%s", where, f.ID, f.Impact, f.Help, n.HTML, n.Summary)
		}
	}
}

// withoutScripts keeps pages from running scripts. Those of the tests still run.
func (b *tab) withoutScripts() {
	b.t.Helper()
	b.scriptless = true
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// in is the same tab in a subtest.
func (b *tab) in(t *testing.T) *tab { return &tab{ctx: b.ctx, t: t, scriptless: b.scriptless} }
