package server

import (
	"net/http"
	"testing"
)

func TestTheClientIsTheRightmostAddressThatIsNoTrustedProxy(t *testing.T) {
	proxies, err := ParseProxies("10.0.0.0/8, 2001:db8:ffff::1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"no proxy, no header", "192.0.2.7:999", nil, "192.0.2.7"},
		{"a stranger's header is not believed", "192.0.2.7:999", []string{"203.0.113.1"}, "192.0.2.7"},
		{"a proxy's header is", "10.0.0.1:999", []string{"203.0.113.1"}, "203.0.113.1"},
		{"what stands left of the client is the client's own invention", "10.0.0.1:999", []string{"198.51.100.1, 203.0.113.1"}, "203.0.113.1"},
		{"a chain of proxies", "10.0.0.1:999", []string{"203.0.113.1, 10.0.0.9, 10.0.0.2"}, "203.0.113.1"},
		{"several header lines are one list", "10.0.0.1:999", []string{"198.51.100.1", "203.0.113.1, 10.0.0.2"}, "203.0.113.1"},
		{"nonsense ends the walk", "10.0.0.1:999", []string{"203.0.113.1, nonsense, 10.0.0.2"}, "10.0.0.2"},
		{"only proxies", "10.0.0.1:999", []string{"10.0.0.3"}, "10.0.0.3"},
		{"a proxy without the header", "10.0.0.1:999", nil, "10.0.0.1"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:999", []string{"::ffff:203.0.113.1"}, "203.0.113.1"},
		{"IPv6 with port", "[2001:db8:ffff::1]:999", []string{"[2001:db8::5]:1234"}, "2001:db8::5"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := proxies.ClientAddress(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAProxyMustBeAnAddressOrABlock(t *testing.T) {
	for _, bad := range []string{"proxy.example.com", "10.0.0.0/33", "fe80::1%eth0"} {
		if _, err := ParseProxies(bad); err == nil {
			t.Errorf("ParseProxies(%q) was accepted", bad)
		}
	}
}
