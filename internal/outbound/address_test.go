package outbound_test

import (
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"

	"clientele/internal/outbound"
)

// RFC 6890 and what the registries have added since. Each row is the first and the last address of a block, and forms in which
// an address hides in another one.
func TestAddressesForSpecialUseAreKnown(t *testing.T) {
	for _, text := range []string{
		"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
		"169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.8", "192.0.0.170", "192.0.0.255",
		"192.0.2.0", "192.0.2.255", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "192.175.48.1",
		"198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.0", "255.255.255.254", "255.255.255.255",
		"::", "::1", "::2", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::8.8.8.8",
		"64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "100::1", "100:0:0:1::1",
		"2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:30::1", "2001:1ff:ffff::1",
		"2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "2620:4f:8000::1", "3fff::1", "3fff:fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1",
		"fe80::1", "febf::1", "fec0::1", "ff02::1", "ffff::1", "4000::1", "8000::1", "1000::1", "fe80::1%eth0", "2a00:1450:4001:82a::200e%eth0",
	} {
		if use, special := outbound.Special(netip.MustParseAddr(text)); !special || use == "" {
			t.Errorf("%s is called although it is for special use", text)
		}
	}
	if _, special := outbound.Special(netip.Addr{}); !special {
		t.Error("no address at all passes")
	}
}

func TestAddressesOfThePublicInternetAreCalled(t *testing.T) {
	for _, text := range []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0",
		"172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"::ffff:8.8.8.8", "2000::1", "2001:200::1", "2001:4860:4860::8888", "2001:db7:ffff::1", "2003::1", "2606:4700::1111", "2a00:1450:4001:82a::200e", "3ffe::1", "3fff:1000::1",
	} {
		if use, special := outbound.Special(netip.MustParseAddr(text)); special {
			t.Errorf("%s is not called: %s", text, use)
		}
	}
}

// The standard library knows some of the blocks: none of them may be missing here.
func TestWhateverTheStandardLibraryCallsSpecialIsSpecial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "four")
		if rapid.Bool().Draw(t, "six") {
			b = append(b, rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0xff}), 12, 12).Draw(t, "twelve")...)
		}
		addr, _ := netip.AddrFromSlice(b)
		if _, special := outbound.Special(addr); special {
			return
		}
		plain := addr.Unmap()
		if !plain.IsGlobalUnicast() || plain.IsPrivate() || plain.IsLoopback() || plain.IsLinkLocalUnicast() || plain.IsMulticast() || plain.IsUnspecified() {
			t.Fatalf("%s is called", addr)
		}
	})
}

func TestAnIPv4AddressInAnIPv6AddressIsFound(t *testing.T) {
	for text, want := range map[string]string{
		"::ffff:127.0.0.1": "127.0.0.1", "::10.0.0.1": "10.0.0.1", "64:ff9b::7f00:1": "127.0.0.1", "64:ff9b::808:808": "8.8.8.8",
		"2002:7f00:1::": "127.0.0.1", "2002:c0a8:101::1": "192.168.1.1", "2001:0:4136:e378:8000:63bf:3fff:fdd2": "192.0.2.45",
	} {
		got, ok := outbound.Carried(netip.MustParseAddr(text))
		if !ok || got.String() != want {
			t.Errorf("%s carries %s, %v; want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"::", "::1", "2606:4700::1111", "127.0.0.1", "fd00::1"} {
		if got, ok := outbound.Carried(netip.MustParseAddr(text)); ok {
			t.Errorf("%s carries %s", text, got)
		}
	}
}

func TestTheTableSaysWhenItWasTaken(t *testing.T) {
	taken, err := time.Parse(time.DateOnly, outbound.Taken)
	if err != nil || taken.Before(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the table was taken on %q: compare it with the registries again, and change the day", outbound.Taken)
	}
	for _, newest := range []string{"100:0:0:1::1", "5f00::1", "3fff::1"} { // what the registries added last before that day
		if _, special := outbound.Special(netip.MustParseAddr(newest)); !special {
			t.Errorf("%s is missing", newest)
		}
	}
}
