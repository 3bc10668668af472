package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// CIMD-02 §8.6: what is relaxed for tests on one machine never holds where others can reach the server.
func TestAnExceptionIntoLoopbackNeedsAServerThatNobodyElseReaches(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		says string // empty = it is allowed
	}{
		{"a server on loopback", []string{"--listen=127.0.0.1:0", "--outbound-allow=localhost:9443=127.0.0.1/32"}, ""},
		{"a server on all addresses", []string{"--listen=0.0.0.0:0", "--outbound-allow=localhost:9443=127.0.0.1/32", "--public-url=https://id.example.com"}, "reaches this machine itself"},
		{"a block around loopback", []string{"--listen=0.0.0.0:0", "--outbound-allow=app.example.com=127.0.0.0/8"}, "reaches this machine itself"},
		{"loopback of IPv6", []string{"--listen=0.0.0.0:0", "--outbound-allow=app.example.com=::1/128"}, "reaches this machine itself"},
		{"a proxy before it", []string{"--listen=127.0.0.1:0", "--trusted-proxies=127.0.0.1", "--outbound-allow=localhost:9443=127.0.0.1/32"}, "--trusted-proxies"},
		{"an intranet, reachable", []string{"--listen=0.0.0.0:0", "--outbound-allow=docs.corp.example.com=10.20.0.0/16"}, ""},
		{"no block", []string{"--outbound-allow=localhost"}, "HOST[:PORT]=CIDR"},
		{"everything", []string{"--outbound-allow=app.example.com=0.0.0.0/0"}, "wider than"},
		{"a wildcard", []string{"--outbound-allow=*.example.com=10.0.0.0/8"}, "exact name"},
	} {
		g := &Globals{Listen: "127.0.0.1:8080"}
		serve := &ServeCmd{}
		for _, arg := range c.args {
			name, value, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
			switch name {
			case "listen":
				g.Listen = value
			case "outbound-allow":
				g.OutboundAllow = append(g.OutboundAllow, value)
			case "trusted-proxies":
				serve.TrustedProxies = value
			}
		}
		o, err := serve.wayOut(g)
		switch {
		case c.says == "" && (err != nil || len(o.Exceptions) != 1):
			t.Errorf("%s: %v, %v", c.name, o.Exceptions, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: the error is %v; want one with %q", c.name, err, c.says)
		}
	}
}

func TestServeRefusesAnExceptionItCannotMake(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	code, text := command(t, "serve", "--data", data, "--listen", "127.0.0.1:0", "--trusted-proxies", "127.0.0.1", "--outbound-allow", "localhost:9443=127.0.0.1/32")
	if code != exitFailed || !strings.Contains(text, "--outbound-allow") {
		t.Errorf("serve ends with %d: %s", code, text)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("it made its directory first")
	}
}

func TestAnAuthorityFileMustHaveOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, file + ".absent"} {
		if _, err := (&Globals{OutboundCA: name}).wayOut(); err == nil || !strings.Contains(err.Error(), "--outbound-ca") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
