package audit

import "net/netip"

// Network is what counts as one address wherever something is held back by address: an IPv4 address, or the /64 that an IPv6 host
// can move about in. What is no address is "?".
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "?"
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}
