package guides

import (
	"bufio"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

const person = "ada@example.com"

// patience is how long a program may take to say what it is waited for.
const patience = time.Minute

// site is a server that programs reach on a port, with an operator who looks at its pages.
type site struct {
	*servertest.Server
	operator *servertest.Browser
	t        *testing.T
}

func serve(t *testing.T) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.New(t, servertest.WithPublicURL("http://localhost:"+port))
	web := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: patience}
	go func() { _ = web.Serve(listener) }()
	t.Cleanup(func() { _ = web.Close() })
	s.CreateUser("viewer@example.com", account.Viewer)
	s.CreateUser(person, "")
	operator := s.Browser()
	operator.Get("/dashboard").Submit(url.Values{"email": {"viewer@example.com"}, "password": {servertest.Password}}, "password")
	return &site{s, operator, t}
}

// program is a folder with the files of a guide, as copied from the page.
type program struct {
	dir      string
	files    map[string]string
	commands string
	t        *testing.T
}

var copied = regexp.MustCompile(`data-copy="([^"]*)" aria-label="Copy ([^"]*)"`)

// copy takes what the copy buttons of the guide's code blocks hold.
func (s *site) copy(t *testing.T, app registry.Application, guide string) *program {
	t.Helper()
	page := s.operator.Get("/dashboard/applications/" + app.ID + "?guide=" + guide)
	_, steps, found := strings.Cut(page.Body, `id="guide"`)
	if page.Status != http.StatusOK || !found {
		t.Fatalf("%s: %d\n%s", guide, page.Status, page.Body)
	}
	p := &program{dir: t.TempDir(), files: map[string]string{}, t: t}
	for _, m := range copied.FindAllStringSubmatch(steps, -1) {
		name, text := html.UnescapeString(m[2]), html.UnescapeString(m[1])
		switch {
		case name == "Terminal":
			p.commands += text + "\n"
		case strings.Contains(name, ".") && !strings.Contains(name, " "):
			p.write(name, text)
			p.files[name] = text
		}
	}
	if len(p.files) == 0 {
		t.Fatalf("%s has no files to copy", guide)
	}
	return p
}

func (p *program) write(name, text string) {
	p.t.Helper()
	at := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// withPackages lets Node find the packages of test/package.json.
func (p *program) withPackages() {
	p.t.Helper()
	packages, err := filepath.Abs("../node_modules")
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(packages, "express")); err != nil {
		p.t.Fatal("packages are missing: scripts/need.sh npm installs them")
	}
	if err := os.Symlink(packages, filepath.Join(p.dir, "node_modules")); err != nil {
		p.t.Fatal(err)
	}
}

// command is a tool in the program's folder. Node is the one that the packages bring.
func (p *program) command(env []string, name string, args ...string) *exec.Cmd {
	if name == "node" || name == "esbuild" {
		if at, err := filepath.Abs("../node_modules/.bin/" + name); err == nil {
			name = at
		}
	}
	cmd := exec.CommandContext(p.t.Context(), name, args...)
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	return cmd
}

// done runs a tool to its end and returns what it printed.
func (p *program) done(env []string, name string, args ...string) string {
	p.t.Helper()
	out, err := p.command(env, name, args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// running is a program that goes on.
type running struct {
	lines chan string
	t     *testing.T
	mu    sync.Mutex
	said  strings.Builder
}

func (p *program) start(env []string, name string, args ...string) *running {
	p.t.Helper()
	cmd := p.command(env, name, args...)
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	r := &running{lines: make(chan string, 1000), t: p.t}
	ended := make(chan struct{})
	go func() {
		defer close(r.lines)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			r.mu.Lock()
			r.said.WriteString(lines.Text() + "\n")
			r.mu.Unlock()
			r.lines <- lines.Text()
		}
	}()
	go func() {
		_ = cmd.Wait()
		_ = in.Close()
		close(ended)
	}()
	p.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	return r
}

// waitFor returns what follows the words on the first line that begins with them.
func (r *running) waitFor(words string) string {
	r.t.Helper()
	late := time.After(patience)
	for {
		select {
		case line, open := <-r.lines:
			if rest, ok := strings.CutPrefix(line, words); ok {
				return strings.TrimSpace(rest)
			}
			if !open {
				r.t.Fatalf("the program ended without %q:\n%s", words, r.all())
			}
		case <-late:
			r.t.Fatalf("the program does not say %q:\n%s", words, r.all())
		}
	}
}

func (r *running) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.String()
}

// signIn opens a link as a browser does, signs in where it is asked to, and returns the page at the end.
func (s *site) signIn(t *testing.T, link string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	outside := &http.Client{Jar: jar, Timeout: patience, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), s.URL+"/") {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	if !strings.HasPrefix(link, s.URL+"/") {
		resp := fetch(t, outside, link)
		if link = resp.Header.Get("Location"); !strings.HasPrefix(link, s.URL+"/authorize?") {
			t.Fatalf("it leads to %q (%d)", link, resp.StatusCode)
		}
	}
	b := s.Browser()
	page := b.Get(strings.TrimPrefix(link, s.URL))
	for range 5 {
		switch {
		case page.Left != nil:
			resp := fetch(t, outside, page.Left.String())
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Fatalf("%s: %d %s", page.Left, resp.StatusCode, body)
			}
			return string(body)
		case strings.Contains(page.Body, `name="password"`):
			page = page.Submit(url.Values{"email": {person}, "password": {servertest.Password}}, "password")
		case strings.Contains(page.Body, `value="allow"`):
			page = page.Submit(url.Values{"decision": {"allow"}})
		default:
			t.Fatalf("the sign-in stops at %s (%d):\n%s", page.URL, page.Status, page.Body)
		}
	}
	t.Fatal("the sign-in goes in a circle")
	return ""
}

// fetch asks until somebody listens: the program may still be starting.
func fetch(t *testing.T, c *http.Client, link string) *http.Response {
	t.Helper()
	var last error
	for late := time.Now().Add(patience); time.Now().Before(late); time.Sleep(50 * time.Millisecond) {
		resp, err := c.Get(link)
		if err == nil {
			t.Cleanup(func() { _ = resp.Body.Close() })
			return resp
		}
		last = err
	}
	t.Fatal(last)
	return nil
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
