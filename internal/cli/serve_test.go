package cli

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// said collects what a command says, and wakes whoever waits for a word of it.
type said struct {
	mu    sync.Mutex
	text  bytes.Buffer
	wrote chan struct{}
}

func newSaid() *said { return &said{wrote: make(chan struct{}, 1)} }

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.wrote <- struct{}{}:
	default:
	}
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// command runs the command line to its end.
func command(t *testing.T, args ...string) (code int, text string) {
	t.Helper()
	out := newSaid()
	code = run(t.Context(), args, &Output{In: strings.NewReader(""), Out: out, Err: out})
	return code, out.String()
}

// serving runs serve until stop, which returns the exit code and everything that was said. It returns when word was said.
func serving(t *testing.T, word string, args ...string) (text string, stop func() (int, string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, ended := newSaid(), make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve"}, args...), &Output{In: strings.NewReader(""), Out: out, Err: out})
	}()
	stop = func() (int, string) {
		cancel()
		return <-ended, out.String()
	}
	for !strings.Contains(out.String(), word) {
		select {
		case <-out.wrote:
		case code := <-ended:
			t.Fatalf("serve ended with %d: %s", code, out)
		}
	}
	return out.String(), stop
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestTheFirstStartMakesEverythingAndPrintsASetUpLink(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	text, stop := serving(t, "setup#", "--data", data, "--listen", "127.0.0.1:0")
	link := regexp.MustCompile(`http://localhost:\d+/setup#clsu_[0-9A-Za-z]{49}`).FindString(text)
	if link == "" {
		t.Errorf("no set-up link in:\n%s", text)
	}
	base, _, _ := strings.Cut(link, "setup#")
	resp, err := http.Get(base + "readyz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if code, text := stop(); code != exitDone || resp.StatusCode != http.StatusOK {
		t.Errorf("ready: %d; ended with %d:\n%s", resp.StatusCode, code, text)
	}
	if mode(t, data) != 0o700 || mode(t, filepath.Join(data, "master.key")) != 0o600 {
		t.Error("others on this machine can read what they must not")
	}
}

func TestALaterStartWithAnOperatorPrintsTheDashboard(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if code, text := command(t, "migrate", "--data", data); code != exitDone {
		t.Fatal(text)
	}
	out := newSaid()
	create := []string{"users", "create", "--operator", "ada@example.com", "--data", data}
	if code := run(t.Context(), create, &Output{In: strings.NewReader("correct horse battery staple\n"), Out: out, Err: out}); code != exitDone {
		t.Fatal(out)
	}
	text, stop := serving(t, "Dashboard", "--data", data, "--listen", "127.0.0.1:0")
	stop()
	if strings.Contains(text, "setup#") {
		t.Errorf("a set-up link although there is an operator:\n%s", text)
	}
	if code, text := command(t, "setup-link", "--data", data); code != exitFailed || !strings.Contains(text, "operator already") {
		t.Errorf("setup-link: %d, %s", code, text)
	}
}

func TestASecondStartSaysThatTheFirstIsRunning(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	_, stop := serving(t, "setup#", "--data", data, "--listen", "127.0.0.1:0")
	defer stop()
	for _, verb := range []string{"serve", "migrate"} {
		code, text := command(t, verb, "--data", data, "--listen", "127.0.0.1:0")
		if code != exitFailed || !strings.Contains(text, "is in use") || !strings.Contains(text, "--data") {
			t.Errorf("%s: %d, %s", verb, code, text)
		}
	}
	if code, text := command(t, "keys", "list", "--data", data); code != exitDone || !strings.Contains(text, "RS256") {
		t.Errorf("a verb beside the server: %d, %s", code, text)
	}
}

func TestServeRefusesWhatWouldBeUnsafeAndSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--public-url", "http://id.example.com"}, "https://id.example.com"},
		{[]string{"--listen", "0.0.0.0:0"}, "--trusted-proxies"},
		{[]string{"--listen", "0.0.0.0:0", "--trusted-proxies", "10.0.0.0/8"}, "--public-url"},
		{[]string{"--listen", "nonsense"}, "HOST:PORT"},
		{[]string{"--tls-cert", "cert.pem"}, "--tls-key"},
		{[]string{"--tls-cert", "none.pem", "--tls-key", "none.pem"}, "none.pem"},
		{[]string{"--trusted-proxies", "proxy.example.com"}, "10.0.0.0/8"},
		{[]string{"--demo", "--listen", "0.0.0.0:0", "--trusted-proxies", "10.0.0.0/8"}, "loopback"},
		{[]string{"--demo", "--database", "x.db"}, "--database"},
		{[]string{"--database", "mysql://x"}, "postgres://"},
	} {
		data := filepath.Join(t.TempDir(), "data")
		code, text := command(t, append([]string{"serve", "--data", data}, c.args...)...)
		if code != exitFailed || !strings.Contains(text, c.says) {
			t.Errorf("serve %v: %d, %s", c.args, code, text)
		}
	}
	if code, _ := command(t, "serve", "--log-level", "loud"); code != exitUsage {
		t.Errorf("a wrong flag ends with %d", code)
	}
}

func TestADatabaseWithoutItsMasterKeyIsNotOpened(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if code, text := command(t, "migrate", "--data", data); code != exitDone {
		t.Fatal(text)
	}
	key := filepath.Join(data, "master.key")
	if err := os.Rename(key, key+".kept"); err != nil {
		t.Fatal(err)
	}
	code, text := command(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
	if code != exitFailed || !strings.Contains(text, "Restore") {
		t.Errorf("without a master key: %d, %s", code, text)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("a new master key was made, which would hide that the old one is gone")
	}
	other := filepath.Join(t.TempDir(), "data")
	if code, text := command(t, "migrate", "--data", other); code != exitDone {
		t.Fatal(text)
	}
	code, text = command(t, "serve", "--data", data, "--master-key", filepath.Join(other, "master.key"), "--listen", "127.0.0.1:0")
	if code != exitFailed || !strings.Contains(text, "not the one") {
		t.Errorf("with another master key: %d, %s", code, text)
	}
}

func TestAfterARewrapOnlyTheNewMasterKeyOpensTheDatabase(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	_, stop := serving(t, "setup#", "--data", data, "--listen", "127.0.0.1:0")
	stop()
	key := filepath.Join(data, "master.key")
	before, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if code, text := command(t, "keys", "rewrap", "--data", data); code != exitDone {
		t.Fatal(text)
	}
	if code, text := command(t, "keys", "rotate", "--data", data); code != exitDone || !strings.Contains(text, "signs with") {
		t.Errorf("after a rewrap: %d, %s", code, text)
	}
	if err := os.WriteFile(key, before, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, text := command(t, "keys", "list", "--data", data); code != exitFailed {
		t.Errorf("the old master key still opens the database: %s", text)
	}
}

func TestVerbsNeedADataDirectoryThatIsThere(t *testing.T) {
	code, text := command(t, "keys", "list", "--data", filepath.Join(t.TempDir(), "none"))
	if code != exitFailed || !strings.Contains(text, "clientele migrate") {
		t.Errorf("%d, %s", code, text)
	}
}

func TestTheDemoPrintsEverythingOneNeeds(t *testing.T) {
	text, stop := serving(t, "Machine", "--demo", "--listen", "127.0.0.1:0")
	for _, want := range []string{"http://127.0.0.1:", "http://localhost:", "operator@example.com", "ada@example.com", "https://orders.example/", "read:orders", "clts_"} {
		if !strings.Contains(text, want) {
			t.Errorf("the demo does not print %s:\n%s", want, text)
		}
	}
	client := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(text)
	resp, err := http.Get(client)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if code, text := stop(); code != exitDone || resp.StatusCode != http.StatusOK {
		t.Errorf("the sample client answered %d; ended with %d:\n%s", resp.StatusCode, code, text)
	}
}
