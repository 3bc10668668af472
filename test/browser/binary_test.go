package browser

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// binary is the program under test, built once.
var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("CLIENTELE_BINARY"); path != "" {
		return path, nil
	}
	dir, err := os.MkdirTemp("", "clientele-browser-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "clientele")
	cmd := exec.Command("go", "build", "-o", path, "clientele/cmd/clientele")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %s: %w", out, err)
	}
	return path, nil
})

// instance is one running server with a data directory of its own.
type instance struct {
	URL   string // http://localhost:port, without a trailing slash
	Setup string // the link that makes the first operator

	data string
	path string
	t    *testing.T
}

var setupLink = regexp.MustCompile(`http://\S+/setup#\S+`)

// serve starts the binary on an empty data directory, with more arguments if it needs some, and waits until it is ready.
func serve(t *testing.T, more ...string) *instance {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	s := &instance{URL: fmt.Sprintf("http://localhost:%d", port), data: filepath.Join(t.TempDir(), "data"), path: path, t: t}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, append([]string{"serve", "--data", s.data, "--listen", fmt.Sprintf("127.0.0.1:%d", port)}, more...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 12 * time.Second
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		said := watch(stderr, found)
		if t.Failed() {
			t.Logf("the server said:\n%s", said)
		}
	}()
	t.Cleanup(func() {
		stop()
		<-done
		_ = cmd.Wait()
	})
	s.ready()
	select {
	case s.Setup = <-found:
	case <-time.After(patience):
		t.Fatal("the server printed no set-up link")
	}
	return s
}

// watch reads what the server says to the end, and hands over the set-up link when it comes by.
func watch(r io.Reader, found chan<- string) string {
	var said strings.Builder
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if link := setupLink.FindString(lines.Text()); link != "" {
			select {
			case found <- link:
			default:
			}
		}
	}
	return said.String()
}

func (s *instance) ready() {
	s.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(s.URL + "/readyz")
		if err != nil {
			continue
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
	s.t.Fatal("the server did not become ready")
}

// cli runs a command beside the running server.
func (s *instance) cli(input string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command(s.path, append(args, "--data", s.data, "--public-url", s.URL)...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("clientele %s: %s: %v", strings.Join(args, " "), out, err)
	}
	return string(out)
}

// set changes a setting with the command line, and waits until the running server acts on it: the name of the instance, which is
// changed after it, stands on a page that everybody sees.
func (s *instance) set(b *tab, key, value string) {
	s.t.Helper()
	name := "With " + key + " " + value
	s.cli("", "settings", "set", key, value)
	s.cli("", "settings", "set", "instance_name", name)
	b.visit(s.URL + "/signin")
	b.until(`fetch('/signin').then(r => r.text()).then(t => t.includes('` + name + `'))`)
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
