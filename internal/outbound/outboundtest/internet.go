// Package outboundtest is a pretend internet: names, public addresses and TLS hosts, all of them on this machine's loopback.
// The guard is the real one and judges the pretend addresses; what it lets pass is connected to the host that has the address.
//
//	net := outboundtest.New(t)
//	host := net.Host("app.example.com")
//	host.JSON("/client.json", map[string]any{…})
//	client := outbound.New(net.Options())
//
// When the test ends it fails if anything was dialled that is for special use and that Intranet did not name.
package outboundtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/json"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"clientele/internal/outbound"
)

// Internet is a pretend internet. It ends with the test.
type Internet struct {
	t     testing.TB
	ca    *x509.Certificate
	caKey *ecdsa.PrivateKey

	mu       sync.Mutex
	hosts    map[string]*Host
	names    map[string]func() []netip.Addr
	at       map[netip.Addr]string // loopback address of the listener
	dials    []netip.AddrPort
	lookups  map[string]int
	intranet []netip.Prefix
}

// New makes an internet without hosts.
func New(t testing.TB) *Internet {
	t.Helper()
	n := &Internet{t: t, hosts: map[string]*Host{}, names: map[string]func() []netip.Addr{}, at: map[netip.Addr]string{}, lookups: map[string]int{}}
	n.caKey = newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Pretend Root"}, NotBefore: longAgo, NotAfter: farAway,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, n.caKey.Public(), n.caKey)
	if err != nil {
		t.Fatal(err)
	}
	if n.ca, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.checkDials)
	return n
}

var (
	longAgo = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	farAway = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Options are those of a client on this internet, with budgets that no test uses up.
func (n *Internet) Options() outbound.Options {
	plenty := outbound.Budget{Rate: 1e9, Burst: 1e9, AtOnce: 1e9, HostRate: 1e9, HostBurst: 1e9, HostOnce: 1e9}
	return outbound.Options{Network: n, Roots: n.Roots(), UserAgent: "Clientele-test", Budgets: outbound.Budgets{Known: plenty, Strangers: plenty}}
}

// Client is a client on this internet.
func (n *Internet) Client() *outbound.Client { return outbound.New(n.Options()) }

// Roots is the authority that proves this internet's hosts.
func (n *Internet) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(n.ca)
	return pool
}

// Issue makes a certificate for a name that ends at notAfter.
func (n *Internet) Issue(name string, notAfter time.Time) tls.Certificate {
	n.t.Helper()
	key := newKey(n.t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: longAgo, NotAfter: notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		template.IPAddresses = []net.IP{addr.AsSlice()}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, n.ca, key.Public(), n.caKey)
	if err != nil {
		n.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Host is the host with the name, which is made if there is none: with a public address, a certificate, and 404 on every path.
func (n *Internet) Host(name string) *Host {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if h, ok := n.hosts[name]; ok {
		return h
	}
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], 0x17c00001+uint32(len(n.hosts))) // 23.192.0.1 and on: public, and nobody is called there
	h := &Host{Name: name, Address: netip.AddrFrom4(b), t: n.t, paths: map[string]http.Handler{}, counts: map[string]int{}}
	h.certificate = n.Issue(name, farAway)
	h.listen()
	n.hosts[name] = h
	n.at[h.Address] = h.listener.Addr().String()
	n.names[name] = func() []netip.Addr { return []netip.Addr{h.Address} }
	return h
}

// Resolve gives a name the addresses and no others; none means that the name does not exist.
func (n *Internet) Resolve(name string, addrs ...string) {
	var all []netip.Addr
	for _, a := range addrs {
		all = append(all, netip.MustParseAddr(a))
	}
	n.ResolveBy(name, func() []netip.Addr { return all })
}

// ResolveBy asks answer each time somebody looks the name up.
func (n *Internet) ResolveBy(name string, answer func() []netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.names[name] = answer
}

// Serve puts a host at one more address: of an intranet, or of loopback.
func (n *Internet) Serve(address string, h *Host) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at[netip.MustParseAddr(address)] = h.listener.Addr().String()
}

// Intranet names addresses for special use that this test may dial.
func (n *Internet) Intranet(block string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.intranet = append(n.intranet, netip.MustParsePrefix(block))
}

// Dials are the addresses that were dialled, the guard having let them pass.
func (n *Internet) Dials() []netip.AddrPort {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.dials)
}

// Lookups is how often a name was looked up.
func (n *Internet) Lookups(name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lookups[name]
}

func (n *Internet) checkDials() {
	for _, d := range n.Dials() {
		use, special := outbound.Special(d.Addr())
		if special && !slices.ContainsFunc(n.intranet, func(p netip.Prefix) bool { return p.Contains(d.Addr().Unmap()) }) {
			n.t.Errorf("%s was dialled, which is for special use (%s)", d, use)
		}
	}
}

// LookupNetIP is this internet's DNS.
func (n *Internet) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	host = strings.TrimSuffix(host, ".")
	n.mu.Lock()
	answer := n.names[host]
	n.lookups[host]++
	n.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, &net.DNSError{Err: err.Error(), Name: host, IsTimeout: true}
	}
	var all []netip.Addr
	if answer != nil {
		all = answer()
	}
	if len(all) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return slices.Clone(all), nil
}

// DialContext asks the guard about the address and connects to the host that has it.
func (n *Internet) DialContext(ctx context.Context, network, address string, guard outbound.Guard) (net.Conn, error) {
	if err := guard(ctx, network, address, nil); err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	n.dials = append(n.dials, to)
	real, ok := n.at[to.Addr().Unmap()]
	n.mu.Unlock()
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	return new(net.Dialer).DialContext(ctx, "tcp", real)
}

// Nowhere is an internet without a host: every name does not exist, every dial is refused.
type Nowhere struct{}

// LookupNetIP finds nothing.
func (Nowhere) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "this test has no internet", Name: host, IsNotFound: true}
}

// DialContext connects to nothing.
func (Nowhere) DialContext(_ context.Context, network, _ string, _ outbound.Guard) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
}

// asJSON is body if it is text or bytes, else its JSON.
func asJSON(t testing.TB, body any) []byte {
	t.Helper()
	switch b := body.(type) {
	case []byte:
		return b
	case string:
		return []byte(b)
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
