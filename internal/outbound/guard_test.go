package outbound_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"clientele/internal/audit"
	"clientele/internal/outbound"
	"clientele/internal/outbound/outboundtest"
)

func TestAURLThatNobodyMayCallNeverReachesDNS(t *testing.T) {
	for url, kind := range map[string]audit.FailureKind{
		"http://app.example.com/c":            audit.FailureURL,
		"ftp://app.example.com/c":             audit.FailureURL,
		"file:///etc/passwd":                  audit.FailureURL,
		"gopher://app.example.com/":           audit.FailureURL,
		"javascript:alert(1)":                 audit.FailureURL,
		"//app.example.com/c":                 audit.FailureURL,
		"https:///c":                          audit.FailureURL,
		"https://":                            audit.FailureURL,
		"":                                    audit.FailureURL,
		"https://user@app.example.com/c":      audit.FailureURL,
		"https://user:pass@app.example.com/c": audit.FailureURL,
		"https://@app.example.com/c":          audit.FailureURL,
		"https://app.example.com/c#":          audit.FailureURL,
		"https://app.example.com/c#x":         audit.FailureURL,
		"https://app.example.com\\@evil/":     audit.FailureURL,
		"https://app.example.com/a\tb":        audit.FailureURL,
		"https://app.example.com/a\nb":        audit.FailureURL,
		"https://app.example.com/a b":         audit.FailureURL,
		" https://app.example.com/c":          audit.FailureURL,
		"https://äpp.example.com/c":           audit.FailureURL,
		"https://app.example.com./c":          audit.FailureURL,
		"https://app%2eexample.com/c":         audit.FailureURL,
		"https://app_x.example.com/c":         audit.FailureURL,
		"https://app.example.com:/c":          audit.FailureURL,
		"https://app.example.com:0/c":         audit.FailureURL,
		"https://app.example.com:99999/c":     audit.FailureURL,
		"https://app..example.com/c":          audit.FailureURL,

		"https://2130706433/":        audit.FailureURL,
		"https://0x7f000001/":        audit.FailureURL,
		"https://0177.0.0.1/":        audit.FailureURL,
		"https://127.1/":             audit.FailureURL,
		"https://0x7f.1/":            audit.FailureURL,
		"https://app.example.123/":   audit.FailureURL,
		"https://8.8.8.8/":           audit.FailureURL,
		"https://[2606:4700::1111]/": audit.FailureURL,

		"https://127.0.0.1/":              audit.FailureAddress,
		"https://0.0.0.0/":                audit.FailureAddress,
		"https://10.0.0.1/":               audit.FailureAddress,
		"https://169.254.169.254/latest/": audit.FailureAddress,
		"https://[::1]/":                  audit.FailureAddress,
		"https://[::ffff:127.0.0.1]/":     audit.FailureAddress,
		"https://[::ffff:7f00:1]/":        audit.FailureAddress,
		"https://[fd00:ec2::254]/":        audit.FailureAddress,
		"https://[64:ff9b::7f00:1]/":      audit.FailureAddress,
		"https://[2002:7f00:1::]/":        audit.FailureAddress,

		"https://localhost/":                audit.FailureURL,
		"https://app.localhost/":            audit.FailureURL,
		"https://intranet/":                 audit.FailureURL,
		"https://printer.local/":            audit.FailureURL,
		"https://db.internal/":              audit.FailureURL,
		"https://metadata.google.internal/": audit.FailureURL,
		"https://router.home.arpa/":         audit.FailureURL,
		"https://app.test/":                 audit.FailureURL,
		"https://app.example/":              audit.FailureURL,
		"https://app.invalid/":              audit.FailureURL,
		"https://abcdef.onion/":             audit.FailureURL,

		"https://app.example.com:22/":   audit.FailurePolicy,
		"https://app.example.com:80/":   audit.FailurePolicy,
		"https://app.example.com:6379/": audit.FailurePolicy,
		"https://app.example.com:8443/": audit.FailurePolicy,
		"https://id.example.com/c":      audit.FailurePolicy,
		"https://ID.example.com:443/c":  audit.FailurePolicy,
	} {
		inner := outboundtest.New(t)
		o := inner.Options()
		o.Own = []string{"id.example.com"}
		looked := &counting{Network: inner}
		o.Network = looked
		failure := refused(t, outbound.New(o), ask(url), kind)
		if failure.Mend == "" {
			t.Errorf("%q: nothing says what would help", url)
		}
		if looked.n.Load() != 0 {
			t.Errorf("%q was looked up", url)
		}
	}
}

// counting counts what is asked of a network.
type counting struct {
	outbound.Network
	n atomic.Int32
}

func (c *counting) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	c.n.Add(1)
	return c.Network.LookupNetIP(ctx, network, host)
}

// Which of a name's addresses comes first is up to whoever runs its zone: one bad address refuses the name.
func TestOneAddressForSpecialUseRefusesTheName(t *testing.T) {
	for name, addrs := range map[string][]string{
		"private": {"10.0.0.1"}, "loopback": {"127.0.0.1"}, "metadata": {"169.254.169.254"}, "metadata of IPv6": {"fd00:ec2::254"},
		"carrier": {"100.64.0.1"}, "mapped": {"::ffff:127.0.0.1"}, "translated": {"64:ff9b::7f00:1"}, "6to4": {"2002:7f00:1::1"},
		"Teredo": {"2001:0:4136:e378:8000:63bf:3fff:fdd2"}, "multicast": {"224.0.0.1"}, "broadcast": {"255.255.255.255"}, "zero": {"0.0.0.0"},
		"unspecified": {"::"}, "reserved": {"240.0.0.1"}, "documentation": {"203.0.113.1"}, "benchmarking": {"198.18.0.1"},
		"public first, private second": {"23.192.0.1", "10.0.0.1"}, "private first, public second": {"192.168.0.1", "23.192.0.1"},
		"public A, loopback AAAA": {"23.192.0.1", "::1"}, "loopback A, public AAAA": {"127.0.0.1", "2606:4700::1111"},
		"the last of many": {"23.192.0.1", "23.192.0.1", "23.192.0.1", "23.192.0.1", "23.192.0.1", "fe80::1"},
	} {
		net := outboundtest.New(t)
		host := net.Host("app.example.com")
		host.JSON("/c", "{}")
		net.Serve("127.0.0.1", host)
		net.Resolve("app.example.com", addrs...)
		refused(t, net.Client(), ask("https://app.example.com/c"), audit.FailureAddress)
		if len(net.Dials()) != 0 {
			t.Errorf("%s: %v were dialled", name, net.Dials())
		}
	}
}

func TestANameIsResolvedOnceForACheckAndADial(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	host.JSON("/c", "{}")
	asked := 0
	net.ResolveBy("app.example.com", func() []netip.Addr { // the answer turns as soon as it was given
		if asked++; asked > 1 {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
		}
		return []netip.Addr{host.Address}
	})
	client := net.Client()
	response, err := client.Get(t.Context(), ask("https://app.example.com/c"))
	if err != nil || response.Address != host.Address || asked != 1 {
		t.Errorf("the answer is %v, %v, after %d lookups", response, err, asked)
	}
	refused(t, client, ask("https://app.example.com/c"), audit.FailureAddress) // no connection of before is used
}

// misdirected dials elsewhere than it was told, as a resolver between the check and the dial would.
type misdirected struct {
	*outboundtest.Internet
	to string
}

func (m misdirected) DialContext(ctx context.Context, network, _ string, guard outbound.Guard) (net.Conn, error) {
	return m.Internet.DialContext(ctx, network, m.to, guard)
}

func TestTheGuardJudgesWhatIsReallyDialled(t *testing.T) {
	for _, to := range []string{"127.0.0.1:443", "[::1]:443", "[::ffff:127.0.0.1]:443", "169.254.169.254:443", "23.192.0.1:22", "23.192.0.1:80", "app.example.com:443", "[fe80::1%eth0]:443"} {
		net := outboundtest.New(t)
		net.Serve("127.0.0.1", net.Host("app.example.com"))
		o := net.Options()
		o.Network = misdirected{net, to}
		refused(t, outbound.New(o), ask("https://app.example.com/c"), audit.FailureAddress)
		if len(net.Dials()) != 0 {
			t.Errorf("%s was dialled", to)
		}
	}
}

func TestTheGuardStopsARealDialerBeforeAPacketLeaves(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	guard := outbound.New(outbound.Options{}).Guard("app.example.com:" + port)
	dialer := net.Dialer{ControlContext: guard}
	conn, err := dialer.DialContext(t.Context(), "tcp", listener.Addr().String())
	if failure, ok := errors.AsType[*outbound.Failure](err); !ok || failure.Kind != audit.FailureAddress {
		t.Errorf("the dial came to %v, %v", conn, err)
	}
	if err := guard(t.Context(), "udp4", "23.192.0.1:"+port, nil); err == nil {
		t.Error("something else than TCP passes")
	}
	if err := guard(t.Context(), "tcp4", "23.192.0.1:"+port, nil); err != nil {
		t.Errorf("a public address does not pass: %v", err)
	}
}

func TestAnExceptionIsForOneHostOnePortAndItsAddresses(t *testing.T) {
	net := outboundtest.New(t)
	net.Intranet("10.20.0.0/16")
	docs := net.Host("docs.corp")
	docs.JSON("/c", "{}")
	net.Serve("10.20.0.7", docs)
	net.Resolve("docs.corp", "10.20.0.7")
	net.Resolve("other.example.com", "10.20.0.7")
	o := net.Options()
	e, err := outbound.ParseException("docs.corp=10.20.0.0/16")
	if err != nil {
		t.Fatal(err)
	}
	o.Exceptions = []outbound.Exception{e}
	client := outbound.New(o)
	if _, err := client.Get(t.Context(), ask("https://docs.corp/c")); err != nil {
		t.Error(err)
	}
	refused(t, client, ask("https://other.example.com/c"), audit.FailureAddress)
	refused(t, client, ask("https://docs.corp:8443/c"), audit.FailureURL)
	refused(t, client, ask("https://www.docs.corp/c"), audit.FailureURL)
	for _, addrs := range [][]string{{"10.21.0.1"}, {"127.0.0.1"}, {"10.20.0.7", "10.21.0.1"}, {"23.192.0.1"}} {
		net.Resolve("docs.corp", addrs...)
		refused(t, client, ask("https://docs.corp/c"), audit.FailureAddress)
	}
}

func TestAnExceptionForOneAddressPinsIt(t *testing.T) {
	net := outboundtest.New(t)
	net.Intranet("127.0.0.0/8")
	host := net.Host("localhost")
	host.JSON("/c", "{}")
	net.Serve("127.0.0.1", host)
	net.Resolve("localhost", "10.0.0.1")
	o := net.Options()
	e, err := outbound.ParseException("localhost:9443=127.0.0.1/32")
	if err != nil {
		t.Fatal(err)
	}
	o.Exceptions = []outbound.Exception{e}
	response, err := outbound.New(o).Get(t.Context(), ask("https://localhost:9443/c"))
	if err != nil || response.Address.String() != "127.0.0.1" || net.Lookups("localhost") != 0 {
		t.Errorf("the answer is %v, %v, after %d lookups", response, err, net.Lookups("localhost"))
	}
	if !e.Loopback() || !strings.Contains(e.String(), "localhost:9443=127.0.0.1/32") {
		t.Errorf("the exception is %s", e)
	}
}

func TestAnExceptionIsReadExactly(t *testing.T) {
	for text, good := range map[string]bool{
		"docs.corp.example.com=10.20.0.0/16": true, "localhost:9443=127.0.0.1/32": true, "[fd00::1]:443=fd00::1/128": true, "Docs.corp=10.0.0.0/8": true,
		"docs.corp": false, "=10.0.0.0/8": false, "docs.corp=": false, "docs.corp=10.0.0.1": false, "docs.corp=0.0.0.0/0": false, "docs.corp=::/0": false,
		"docs.corp=128.0.0.0/1": false, "*.corp=10.0.0.0/8": false, "docs.corp:0=10.0.0.0/8": false, "docs.corp:x=10.0.0.0/8": false, "docs.corp.=10.0.0.0/8": false,
		"https://docs.corp=10.0.0.0/8": false, "docs.corp/x=10.0.0.0/8": false, "docs.corp=169.254.0.0/16": false, "docs.corp=169.254.169.254/32": false,
		"docs.corp=::ffff:10.0.0.1/128": false, "docs.corp=fe80::/10": false, "docs.corp=224.0.0.0/8": false, "docs.corp=0.0.0.0/8": false,
	} {
		if e, err := outbound.ParseException(text); (err == nil) != good {
			t.Errorf("%q is read as %v, %v", text, e, err)
		}
	}
}

// An IPv6-only network shows every IPv4 host behind a well-known prefix: what is behind it is judged, and only if told so.
func TestTranslatedAddressesAreJudgedByWhatTheyCarry(t *testing.T) {
	for addr, good := range map[string]bool{"64:ff9b::17c0:1": true, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::17c0:1": false} {
		net := outboundtest.New(t)
		net.Intranet("64:ff9b::/96")
		host := net.Host("app.example.com")
		host.JSON("/c", "{}")
		net.Serve("64:ff9b::17c0:1", host)
		net.Resolve("app.example.com", addr)
		o := net.Options()
		refused(t, outbound.New(o), ask("https://app.example.com/c"), audit.FailureAddress)
		o.NAT64 = true
		if good {
			if _, err := outbound.New(o).Get(t.Context(), ask("https://app.example.com/c")); err != nil {
				t.Errorf("%s: %v", addr, err)
			}
			continue
		}
		refused(t, outbound.New(o), ask("https://app.example.com/c"), audit.FailureAddress)
	}
}

func TestTheRealNetworkIsGuardedAndReachesAnExceptionOnly(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	defer server.Close()
	at := netip.MustParseAddrPort(server.Listener.Addr().String())
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	url := fmt.Sprintf("https://example.com:%d/c", at.Port())
	one := outbound.Exception{Host: "example.com", Port: at.Port(), Allow: netip.PrefixFrom(at.Addr(), 32)}
	response, err := outbound.New(outbound.Options{Roots: roots, Exceptions: []outbound.Exception{one}}).Get(t.Context(), ask(url))
	if err != nil || string(response.Body) != "{}" || response.Address != at.Addr() {
		t.Errorf("the answer is %v, %v", response, err)
	}
	refused(t, outbound.New(outbound.Options{Roots: roots}), ask(url), audit.FailurePolicy)
	refused(t, outbound.New(outbound.Options{Exceptions: []outbound.Exception{one}}), ask(url), audit.FailureTLS)
}
