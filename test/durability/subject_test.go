package durability

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// subject is the server that is killed.
type subject struct {
	t      *testing.T
	binary string
	data   string
	dsn    string
	listen string
	token  string // for the Management API; good across restarts, because the signing keys are
	client *http.Client

	running *exec.Cmd
	ended   <-chan struct{} // closed when running has ended
}

func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "clientele")
	if out, err := exec.Command("go", "build", "-o", binary, "clientele/cmd/clientele").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

func newSubject(t *testing.T, binary, dsn string) *subject {
	t.Helper()
	s := &subject{t: t, binary: binary, data: filepath.Join(t.TempDir(), "data"), dsn: dsn, listen: freeAddress(t)}
	s.client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: writers}}
	s.command("migrate")
	var app struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	if err := json.Unmarshal(s.command("apps", "create", "--name", "Writer", "--type", "m2m", "--management", "--json"), &app); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.kill() })
	s.start()
	s.token = s.fetchToken(app.ID, app.Secret)
	s.kill()
	return s
}

// freeAddress is an address that stays free while the server is dead: below the range that connections take their ports from.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(10000))
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

// flags say where the server keeps things and where it is.
func (s *subject) flags() []string {
	return []string{"--data", s.data, "--database", s.dsn, "--master-key", filepath.Join(s.data, "master.key"), "--listen", s.listen}
}

func (s *subject) command(args ...string) []byte {
	s.t.Helper()
	out, err := exec.Command(s.binary, append(args, s.flags()...)...).Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		s.t.Fatalf("%v: %s", args, failed.Stderr)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// start starts the server and returns when it is ready.
func (s *subject) start() {
	s.t.Helper()
	said, ended := &bytes.Buffer{}, make(chan struct{})
	cmd := exec.Command(s.binary, append([]string{"serve", "--log-level", "warn"}, s.flags()...)...)
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	s.running, s.ended = cmd, ended
	for !s.ready(s.t.Context()) {
		select {
		case <-ended:
			s.t.Fatalf("the server does not start again:\n%s", said)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (s *subject) ready(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.host()+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// kill ends the server without a word.
func (s *subject) kill() {
	if s.running == nil {
		return
	}
	_ = s.running.Process.Kill()
	<-s.ended
	s.running = nil
	s.client.CloseIdleConnections()
}

func (s *subject) host() string {
	return "http://localhost" + strings.TrimPrefix(s.listen, "127.0.0.1")
}

func (s *subject) fetchToken(id, secret string) string {
	s.t.Helper()
	resp, err := s.client.PostForm(s.host()+"/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}, "audience": {s.host() + "/api/v2/"},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Token       string `json:"access_token"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Token == "" {
		s.t.Fatalf("no token: %v, %+v", err, answer)
	}
	return answer.Token
}

// api calls the Management API. An error means that there was no whole answer: nothing was acknowledged.
func (s *subject) api(ctx context.Context, method, path, body string, into any) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, method, s.host()+"/api/v2/"+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if into == nil || resp.StatusCode > 299 {
		return resp.StatusCode, nil
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return 0, fmt.Errorf("half an answer: %w", err)
	}
	return resp.StatusCode, nil
}
