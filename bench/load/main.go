// Command load measures requests a second over loopback: the real binary, beside a bare net/http handler in a process of its
// own, with the same clients in the same run.
//
//	load BINARY [SECONDS [CONNECTIONS]]
//
// The load generator shares the machine with the server, so the numbers say how the server compares with the handler that
// does nothing, and not what a machine of its own would do.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const audience = "https://bench.example/"

func main() {
	if len(os.Args) == 2 && os.Args[1] == "bare" {
		bare()
		return
	}
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// bare is the handler that does nothing. It prints its address.
func bare() {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	fmt.Println(l.Addr())
	body := []byte(`{"access_token":"` + strings.Repeat("x", 600) + `","token_type":"Bearer","expires_in":3600}`)
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})}
	_ = server.Serve(l)
}

func measure() error {
	if len(os.Args) < 2 {
		return errors.New("usage: load BINARY [SECONDS [CONNECTIONS]]")
	}
	seconds, connections := 5, 16
	for i, into := range []*int{&seconds, &connections} {
		if len(os.Args) > 2+i {
			n, err := strconv.Atoi(os.Args[2+i])
			if err != nil {
				return err
			}
			*into = n
		}
	}
	bareURL, stopBare, err := startBare()
	if err != nil {
		return err
	}
	defer stopBare()
	s, stop, err := startServer(os.Args[1])
	if err != nil {
		return err
	}
	defer stop()
	fmt.Printf("%d connections, %d s each\n", connections, seconds)
	fmt.Printf("%-34s %10s %9s %9s %9s %7s\n", "", "requests/s", "p50 ms", "p99 ms", "of bare", "errors")
	var reference float64
	for _, c := range []job{
		{"bare net/http, POST form", bareURL, s.form("ES256")},
		{"GET /healthz", s.url + "healthz", ""},
		{"GET /.well-known/jwks.json", s.url + ".well-known/jwks.json", ""},
		{"client_credentials, ES256", s.url + "oauth/token", s.form("ES256")},
		{"client_credentials, EdDSA", s.url + "oauth/token", s.form("EdDSA")},
		{"client_credentials, RS256", s.url + "oauth/token", s.form("RS256")},
	} {
		r := run(c, connections, time.Duration(seconds)*time.Second)
		if reference == 0 {
			reference = r.rate
		}
		fmt.Printf("%-34s %10.0f %9.2f %9.2f %8.0f%% %7d\n", c.name, r.rate, r.p50, r.p99, 100*r.rate/reference, r.errors)
	}
	return nil
}

func startBare() (string, func(), error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, "bare")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop := func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, err
	}
	return "http://" + strings.TrimSpace(line) + "/", stop, nil
}

// subject is the server under load, with one application and an API for each algorithm.
type subject struct {
	url, id, secret string
}

func (s *subject) form(algorithm string) string {
	return url.Values{
		"grant_type": {"client_credentials"}, "client_id": {s.id}, "client_secret": {s.secret}, "audience": {audience + algorithm},
	}.Encode()
}

func startServer(binary string) (*subject, func(), error) {
	dir, err := os.MkdirTemp("", "clientele-bench-")
	if err != nil {
		return nil, nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, nil, err
	}
	s := &subject{url: "http://localhost:" + port + "/"}
	data := filepath.Join(dir, "data")
	if err := s.seed(binary, data); err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(binary, "serve", "--data", data, "--listen", "127.0.0.1:"+port, "--log-level", "warn")
	cmd.Stderr = io.Discard
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	stop := func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	for range 3000 {
		if resp, err := http.Get(s.url + "readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return s, stop, nil
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	return nil, nil, errors.New("the server is not ready within 30 s")
}

// seed registers what the load needs, by the command line.
func (s *subject) seed(binary, data string) error {
	call := func(args ...string) ([]byte, error) {
		out, err := exec.Command(binary, append(args, "--data", data)...).Output()
		if failed, ok := errors.AsType[*exec.ExitError](err); ok {
			return nil, fmt.Errorf("%v: %s", args, failed.Stderr)
		}
		return out, err
	}
	if _, err := call("migrate"); err != nil {
		return err
	}
	out, err := call("apps", "create", "--name", "Load", "--type", "m2m", "--json")
	if err != nil {
		return err
	}
	var app struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	if err := json.Unmarshal(out, &app); err != nil {
		return err
	}
	s.id, s.secret = app.ID, app.Secret
	for _, algorithm := range []string{"ES256", "EdDSA", "RS256"} {
		if _, err := call("apis", "create", "--identifier", audience+algorithm, "--scope", "read:things=Read things", "--algorithm", algorithm); err != nil {
			return err
		}
		if _, err := call("grants", "create", "--app", s.id, "--api", audience+algorithm, "--all-scopes"); err != nil {
			return err
		}
	}
	return nil
}

func freePort() (string, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
