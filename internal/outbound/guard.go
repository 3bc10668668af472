package outbound

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"clientele/internal/audit"
)

// Network is how names become addresses and addresses connections. The real one is the default; a test brings its own.
type Network interface {
	// LookupNetIP is every address of host; the error is a *net.DNSError.
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)

	// DialContext connects to a literal address. It asks guard about the address it is about to connect to, before anything
	// leaves, and gives up with guard's error.
	DialContext(ctx context.Context, network, address string, guard Guard) (net.Conn, error)
}

// Guard judges the address that is about to be dialled. It is a net.Dialer's ControlContext: it runs after the socket was made
// and before the first packet leaves.
type Guard func(ctx context.Context, network, address string, c syscall.RawConn) error

// internet is the real network.
type internet struct{}

// LookupNetIP asks with the root's dot, so that no search domain of this machine answers for a public name.
func (internet) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	return (&net.Resolver{PreferGo: true}).LookupNetIP(ctx, network, host+".")
}

func (internet) DialContext(ctx context.Context, network, address string, guard Guard) (net.Conn, error) {
	d := net.Dialer{ControlContext: guard, KeepAlive: -1, FallbackDelay: -1}
	return d.DialContext(ctx, network, address)
}

// Guard is the guard for connections to a URL's host and port: host[:port], the port 443 unless it says otherwise. It passes
// addresses of the public internet on that port; for a host with an exception, the addresses of the exception only.
func (c *Client) Guard(hostport string) Guard {
	host, port, err := splitHostPort(strings.ToLower(hostport))
	to := target{host: host, port: port}
	for _, e := range c.o.Exceptions {
		if e.Host == host && e.Port == port {
			to.exempt = append(to.exempt, e)
		}
	}
	if err != nil {
		return func(context.Context, string, string, syscall.RawConn) error { return err }
	}
	return c.guard(to)
}

func (c *Client) guard(to target) Guard {
	return func(_ context.Context, network, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		switch {
		case err != nil || !strings.HasPrefix(network, "tcp"):
			return blocked(to, address, "it is not a literal TCP address")
		case at.Port() != to.port:
			return blocked(to, address, "the port is not the URL's")
		}
		if failure := c.judge(to, at.Addr()); failure != nil {
			return failure
		}
		return nil
	}
}

// judge says whether an address may be dialled for a target.
func (c *Client) judge(to target, addr netip.Addr) *Failure {
	if len(to.exempt) > 0 {
		plain := addr.Unmap()
		if slices.ContainsFunc(to.exempt, func(e Exception) bool { return e.Allow.Contains(plain) }) {
			return nil
		}
		return blocked(to, addr.String(), "the exception for this host does not name it")
	}
	if inner, ok := Carried(addr); ok && c.o.NAT64 && translation.Contains(addr) {
		addr = inner
	}
	if use, special := Special(addr); special {
		return blocked(to, addr.String(), use)
	}
	return nil
}

func blocked(to target, address, use string) *Failure {
	return &Failure{
		Kind:    audit.FailureAddress,
		Message: fmt.Sprintf("%s has an address that this server does not call: %s (%s).", to.host, address, use),
		Mend:    fmt.Sprintf("Give the host public addresses only, or let the operator start this server with --outbound-allow %s=CIDR.", joinHostPort(to.host, to.port)),
		Detail:  map[string]string{"address": address},
	}
}

// maxDials is how many addresses of a host are tried.
const maxDials = 4

// resolve asks for the addresses of a target once. All of them are judged: one that is for special use refuses the name, for
// which answer comes first is up to whoever runs the zone.
func (c *Client) resolve(ctx context.Context, to target) ([]netip.Addr, *Failure) {
	for _, e := range to.exempt {
		if addr, ok := e.pinned(); ok {
			return []netip.Addr{addr}, nil
		}
	}
	if addr, err := netip.ParseAddr(to.host); err == nil {
		if failure := c.judge(to, addr); failure != nil {
			return nil, failure
		}
		return []netip.Addr{addr}, nil
	}
	all, err := c.o.Network.LookupNetIP(ctx, "ip", to.host)
	if err != nil {
		return nil, c.nameFailure(ctx, to, err)
	}
	if len(all) == 0 {
		return nil, c.nameFailure(ctx, to, &net.DNSError{Err: "no address", Name: to.host, IsNotFound: true})
	}
	for _, addr := range all {
		if failure := c.judge(to, addr); failure != nil {
			return nil, failure
		}
	}
	for i := range all {
		all[i] = all[i].Unmap()
	}
	slices.SortStableFunc(all, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() }) // IPv4 first
	return all[:min(len(all), maxDials)], nil
}

// dial connects to the first address that answers. Each gets its share of the time that is left.
func (c *Client) dial(ctx context.Context, to target) (net.Conn, netip.Addr, *Failure) {
	addrs, failure := c.resolve(ctx, to)
	if failure != nil {
		return nil, netip.Addr{}, failure
	}
	var last error
	for i, addr := range addrs {
		conn, err := c.dialOne(ctx, to, addr, len(addrs)-i)
		if err == nil {
			return conn, addr, nil
		}
		last = err
	}
	return nil, addrs[0], c.dialFailure(ctx, to, last)
}

func (c *Client) dialOne(ctx context.Context, to target, addr netip.Addr, left int) (net.Conn, error) {
	if end, ok := ctx.Deadline(); ok && left > 1 {
		share, cancel := context.WithTimeout(ctx, time.Until(end)/time.Duration(left))
		defer cancel()
		ctx = share
	}
	network := "tcp4"
	if addr.Is6() {
		network = "tcp6"
	}
	return c.o.Network.DialContext(ctx, network, netip.AddrPortFrom(addr, to.port).String(), c.guard(to))
}
