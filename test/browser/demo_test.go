package browser

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// startDemo runs `serve --demo` and returns what it prints, up to the last line that one needs.
func startDemo(t *testing.T) (text string) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "serve", "--demo", "--listen", "127.0.0.1:0", "--log-level", "warn")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 12 * time.Second
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait()
	})
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		text += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "Machine ") {
			go func() {
				for lines.Scan() { // what comes later must not block the server
				}
			}()
			return text
		}
	}
	t.Fatalf("the demo ended before it said everything:\n%s", text)
	return ""
}

func printed(t *testing.T, text, pattern string) []string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("the demo does not print %s:\n%s", pattern, text)
	}
	return found[1:]
}

// The first thing a newcomer does, with nothing but what the terminal says.
func TestTheDemoSignsAPersonInAndShowsTheTokens(t *testing.T) {
	text := startDemo(t)
	client := printed(t, text, `Sample client\s+(\S+)`)[0]
	dashboard := printed(t, text, `Dashboard\s+(\S+)`)[0]
	person := printed(t, text, `Person\s+(\S+)\s+(\S+)`)
	operator := printed(t, text, `Operator\s+(\S+)\s+(\S+)`)
	b := open(t)

	b.visit(client)
	b.script(`document.querySelector('#web').click()`)
	b.until(`document.querySelector('[name=password]')`)
	b.fill("email", person[0])
	b.fill("password", person[1])
	b.press("Sign in")
	b.until(`document.querySelector('#access-token') || location.pathname === '/consent'`)
	if b.eval("location.pathname") == "/consent" {
		b.press("Allow")
	}
	b.until(`document.querySelector('#access-token')`)
	b.see("read:orders")
	b.see(person[0])
	b.press("Refresh the tokens")
	b.see("Signed in through the regular web application")

	b.visit(client + "spa/")
	b.script(`document.querySelector('#login').click()`)
	b.until(`document.querySelector('#id-token')?.innerText.includes('nonce') || location.pathname === '/consent'`)
	if b.eval("location.pathname") == "/consent" {
		b.press("Allow")
	}
	b.until(`document.querySelector('#id-token')?.innerText.includes('nonce')`)
	b.script(`document.querySelector('#call').click()`)
	b.until(`document.querySelector('#orders').innerText.includes('Two chairs')`)
	b.script(`document.querySelector('#refresh').click()`)
	b.until(`document.querySelector('#status').innerText === 'Signed in.'`)

	b.visit(client)
	b.press("Get a token as the nightly job")
	b.see("client-credentials")

	b.visit(dashboard)
	b.until(`document.querySelector('[name=password]')`)
	b.fill("email", operator[0])
	b.fill("password", operator[1])
	b.press("Sign in")
	b.visit(dashboard + "/applications")
	for _, name := range []string{"Orders web", "Orders single page", "Orders app", "Orders nightly job"} {
		b.see(name)
	}
}
