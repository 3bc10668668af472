package outbound

import (
	"net/netip"
	"slices"
)

// Taken is the day on which the table below was held against the registries. Their newest block then was 100:0:0:1::/64.
const Taken = "2026-11-22"

// block is a row of the table: addresses that belong to nobody on the public internet.
type block struct {
	prefix netip.Prefix
	name   string
}

// blocks are the IANA IPv4 and IPv6 Special-Purpose Address Registries, multicast, and the parts of IPv6 that are not global
// unicast. Blocks that the registries call globally reachable (AS112, AMT, anycast) are in it too: no document lives there.
// A block within another one has no row of its own. RFC 6890 §2.2.
var blocks = []block{
	{netip.MustParsePrefix("0.0.0.0/8"), "this network"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private use"},
	{netip.MustParsePrefix("100.64.0.0/10"), "shared address space of carriers"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link local"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private use"},
	{netip.MustParsePrefix("192.0.0.0/24"), "IETF protocol assignments"},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},
	{netip.MustParsePrefix("192.31.196.0/24"), "AS112"},
	{netip.MustParsePrefix("192.52.193.0/24"), "AMT"},
	{netip.MustParsePrefix("192.88.99.0/24"), "6to4 relay anycast, deprecated"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private use"},
	{netip.MustParsePrefix("192.175.48.0/24"), "AS112"},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking"},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("255.255.255.255/32"), "limited broadcast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},

	{netip.MustParsePrefix("::1/128"), "loopback"},
	{netip.MustParsePrefix("::/128"), "unspecified"},
	{netip.MustParsePrefix("::ffff:0:0/96"), "IPv4-mapped"},
	{netip.MustParsePrefix("::/96"), "IPv4-compatible, deprecated"},
	{netip.MustParsePrefix("64:ff9b::/96"), "IPv4/IPv6 translation"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "IPv4/IPv6 translation, local use"},
	{netip.MustParsePrefix("100::/64"), "discard only"},
	{netip.MustParsePrefix("100:0:0:1::/64"), "dummy prefix"},
	{netip.MustParsePrefix("2001::/32"), "Teredo"},
	{netip.MustParsePrefix("2001::/23"), "IETF protocol assignments"},
	{netip.MustParsePrefix("2001:db8::/32"), "documentation"},
	{netip.MustParsePrefix("2002::/16"), "6to4"},
	{netip.MustParsePrefix("2620:4f:8000::/48"), "AS112"},
	{netip.MustParsePrefix("3fff::/20"), "documentation"},
	{netip.MustParsePrefix("5f00::/16"), "segment routing"},
	{netip.MustParsePrefix("fc00::/7"), "unique local"},
	{netip.MustParsePrefix("fe80::/10"), "link local"},
	{netip.MustParsePrefix("fec0::/10"), "site local, deprecated"},
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
	{netip.MustParsePrefix("::/3"), "outside of global unicast"}, // 2000::/3 is all there is of it
	{netip.MustParsePrefix("4000::/2"), "outside of global unicast"},
	{netip.MustParsePrefix("8000::/1"), "outside of global unicast"},
}

// translation is the well-known prefix behind which an IPv6-only network shows every IPv4 host.
var translation = netip.MustParsePrefix("64:ff9b::/96")

// Special reports whether addr is for special use, and what for. An address with a zone is one, as is one that carries
// another address in itself; an IPv4-mapped one is judged as the IPv4 address that would be dialled.
func Special(addr netip.Addr) (use string, special bool) {
	if !addr.IsValid() {
		return "no address", true
	}
	if addr.Zone() != "" {
		return "an address of one interface only", true
	}
	addr = addr.Unmap()
	i := slices.IndexFunc(blocks, func(b block) bool { return b.prefix.Contains(addr) })
	if i < 0 {
		return "", false
	}
	use = blocks[i].name
	if inner, ok := Carried(addr); ok {
		use += " of " + inner.String()
	}
	return use, true
}

// Carried is the IPv4 address within an IPv6 one: mapped, compatible, translated (NAT64), 6to4 or Teredo.
func Carried(addr netip.Addr) (netip.Addr, bool) {
	if !addr.Is6() {
		return netip.Addr{}, false
	}
	b := addr.As16()
	four := func(at int) (netip.Addr, bool) { return netip.AddrFrom4([4]byte(b[at : at+4])), true }
	switch addr = addr.WithZone(""); {
	case addr.Is4In6(), translation.Contains(addr):
		return four(12)
	case b[0] == 0x20 && b[1] == 0x02: // 6to4
		return four(2)
	case b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && b[3] == 0: // Teredo: the client's address, inverted
		return netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]}), true
	case [12]byte(b[:12]) == [12]byte{} && (b[12] != 0 || b[13] != 0): // neither :: nor ::1
		return four(12)
	}
	return netip.Addr{}, false
}
