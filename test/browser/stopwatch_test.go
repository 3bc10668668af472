package browser

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// stopwatch is a tab that notes everything a person does in it: each field that is typed into and each press.
type stopwatch struct {
	*tab
	inputs []string
}

func (w *stopwatch) fill(name, text string) {
	w.inputs = append(w.inputs, "type "+name)
	w.tab.fill(name, text)
}

func (w *stopwatch) press(text string) {
	w.inputs = append(w.inputs, "press "+text)
	w.tab.press(text)
}

// enter ends the last field with the Enter key instead of a press.
func (w *stopwatch) enter(name string) {
	w.script(`document.querySelector('[name="` + name + `"]').focus(); window.__before = true`)
	w.tab.strike(kb.Enter)
	w.until(`!window.__before && document.readyState === 'complete'`)
}

// From an empty instance to the first login of a new web application: its type is picked on the first page, it is given a name,
// and from there on at most five inputs lead to a finished login with the program of the guide. Copying the secret and the
// program, and starting it, happen in an editor and a terminal and are not counted; what is typed to sign in is.
func TestFiveInputsAfterNamingANewWebApplicationSomebodyIsSignedIn(t *testing.T) {
	mustBeFree(t, 3000)
	s := serve(t)
	w := &stopwatch{tab: open(t)}
	setUp(t, s, w.tab)
	w.tab.visit(s.URL + "/dashboard")
	w.script(`document.querySelector('a[href*="/applications/new?type=regular_web"]').click()`)
	w.until(`document.querySelector('[name=type]:checked')?.value === 'regular_web'`)
	w.tab.fill("name", "Orders web")

	w.press("Create application")
	clientSecret := w.eval(`document.querySelector('#secret-value').value`)
	w.press(w.eval(`[...document.querySelectorAll('a')].find(a => a.innerText.startsWith('I have stored it')).innerText.trim()`))
	dir := withPackages(t)
	copyFiles(w.tab, dir, "server.mjs")
	w.press("Add callback URL")
	startProgram(t, dir, "CLIENT_SECRET="+clientSecret)

	w.visit("http://localhost:3000/login")
	w.fill("email", operator)
	w.fill("password", password)
	w.enter("password")
	w.until(`location.origin === 'http://localhost:3000'`)
	w.see("Signed in as " + operator)
	if len(w.inputs) > 5 {
		t.Errorf("it took %d inputs: %s", len(w.inputs), strings.Join(w.inputs, ", "))
	}
}

// startProgram runs server.mjs at the guide's own port, which has to be free, until the test ends.
func startProgram(t *testing.T, dir, env string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "node_modules", ".bin", "node"), "server.mjs")
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), env)
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		_ = in.Close()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "Open ") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return
		}
	}
	t.Fatalf("the guide's program does not start:\n%s", said.String())
}

// mustBeFree fails the test if another program has the port, which the guide names in its code and in the callback URL it registers.
func mustBeFree(t *testing.T, port int) {
	t.Helper()
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("%s:%d", host, port), time.Second)
		if err != nil {
			continue
		}
		_ = c.Close()
		t.Fatalf("another program listens at port %d of this machine, which the guide's program needs: end it and run the test again", port)
	}
}
