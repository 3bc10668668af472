package server

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the addresses whose X-Forwarded-For is believed. None by default.
type Proxies []netip.Prefix

// ParseProxies reads addresses and CIDR blocks, separated by commas or spaces.
func ParseProxies(s string) (Proxies, error) {
	var all Proxies
	for _, field := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(field)
		if err != nil {
			addr, errAddr := netip.ParseAddr(field)
			if errAddr != nil || addr.Zone() != "" {
				return nil, fmt.Errorf("trusted proxy %q is neither an address nor a block, as in 10.0.0.0/8", field)
			}
			prefix = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}

func (p Proxies) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(addr) })
}

// ClientAddress is the address the request came from: the peer of the connection, or, if that is a trusted proxy, the
// rightmost address of X-Forwarded-For that is not one. What stands further left was written by strangers. A header that
// cannot be read ends the walk at the last address that could.
func (p Proxies) ClientAddress(r *http.Request) netip.Addr {
	peer, ok := parseAddress(r.RemoteAddr)
	if !ok || !p.trusts(peer) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	client := peer
	for _, hop := range slices.Backward(hops) {
		addr, ok := parseAddress(strings.TrimSpace(hop))
		if !ok {
			return client
		}
		client = addr
		if !p.trusts(addr) {
			return client
		}
	}
	return client
}

// parseAddress reads an address with or without a port, and gives an IPv4 address in its own form.
func parseAddress(s string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}, false
	}
	return addr.Unmap().WithZone(""), true
}

// addressed puts the client's address where every room looks for it: in RemoteAddr, so that no room has to know of proxies.
func (s *Server) addressed(next http.Handler) http.Handler {
	if len(s.proxies) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r2 := *r
		r2.RemoteAddr = netip.AddrPortFrom(s.proxies.ClientAddress(r), 0).String()
		next.ServeHTTP(w, &r2)
	})
}
