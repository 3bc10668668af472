package outbound_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"

	"clientele/internal/outbound"
	"clientele/internal/outbound/outboundtest"
)

func TestANameResolvesIfDNSHasAnAddressOfIt(t *testing.T) {
	net := outboundtest.New(t)
	net.Host("app.example.com")
	net.Resolve("private.example.com", "10.0.0.1")
	client := net.Client()
	for name, want := range map[string]bool{"app.example.com": true, "APP.example.com": true, "private.example.com": true, "gone.example.com": false} {
		if got, err := client.Resolves(t.Context(), name); got != want || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if len(net.Dials()) != 0 {
		t.Errorf("%v were dialled", net.Dials())
	}
}

// Public DNS knows nothing of these names, and must not be told of them.
func TestDNSIsNotAskedForNamesThatMeanNothingThere(t *testing.T) {
	network := outboundtest.New(t)
	o := network.Options()
	asked := &counting{Network: network}
	o.Network = asked
	o.Exceptions = []outbound.Exception{{Host: "crm.example.com", Port: 443, Allow: netip.MustParsePrefix("10.0.0.0/8")}}
	client := outbound.New(o)
	for _, name := range []string{
		"localhost", "shop.localhost", "printer.local", "wiki.corp", "shop.test", "shop.internal", "intranet", "127.0.0.1", "10.0.0.1", "::1", "8.8.8.8",
		"2606:4700::1111", "crm.example.com", "CRM.example.com", "a_b.example.com", "shop..example.com", "*.example.com", "shop.example.com\x00", "",
	} {
		if resolves, err := client.Resolves(t.Context(), name); !resolves || err != nil {
			t.Errorf("%q: %v, %v", name, resolves, err)
		}
	}
	if n := asked.n.Load(); n != 0 {
		t.Errorf("DNS was asked %d times", n)
	}
}

// failing is a network whose DNS fails in one way.
type failing struct {
	outbound.Network
	err error
}

// LookupNetIP fails.
func (f failing) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return nil, f.err
}

// Only DNS's own word that there is no such name counts: a resolver with a cold is no reason to call a host dead.
func TestTroubleOnTheWayToDNSSaysNothingAboutTheName(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		known bool
	}{
		"no such name":              {&net.DNSError{Err: "no such host", IsNotFound: true}, true},
		"no such name, in time out": {&net.DNSError{Err: "no such host", IsNotFound: true, IsTimeout: true}, false},
		"no such name, for now":     {&net.DNSError{Err: "server misbehaving", IsNotFound: true, IsTemporary: true}, false},
		"the server misbehaves":     {&net.DNSError{Err: "server misbehaving", IsTemporary: true}, false},
		"too late":                  {context.DeadlineExceeded, false},
		"no network":                {errors.New("network is unreachable"), false},
	} {
		o := outboundtest.New(t).Options()
		o.Network = failing{o.Network, c.err}
		resolves, err := outbound.New(o).Resolves(t.Context(), "shop.example.com")
		if resolves || (err == nil) != c.known {
			t.Errorf("%s: %v, %v", name, resolves, err)
		}
	}
}
