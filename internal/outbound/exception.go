package outbound

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Exception lets one exact host, at one port, be called at addresses that the guard would refuse: an intranet's documents, a
// test. The rules for names and ports do not hold for it. A block of a single address is dialled without asking DNS.
type Exception struct {
	Host  string // as URLs write it, in lower case; no wildcard
	Port  uint16
	Allow netip.Prefix
}

// The widest blocks an exception may name: an exception is for a network, not for the internet.
const (
	widest4 = 8
	widest6 = 16
)

// ParseException reads HOST[:PORT]=CIDR, as in docs.corp.example.com=10.20.0.0/16 or localhost:9443=127.0.0.1/32. The port is
// 443 unless it says otherwise.
func ParseException(s string) (Exception, error) {
	name, block, ok := strings.Cut(s, "=")
	if !ok {
		return Exception{}, fmt.Errorf("%q is not HOST[:PORT]=CIDR, as in docs.corp.example.com=10.20.0.0/16", s)
	}
	host, port, err := splitHostPort(name)
	if err != nil {
		return Exception{}, fmt.Errorf("%q: %w", s, err)
	}
	if strings.ContainsAny(host, "*/@?#%\\ ") || host == "" || strings.HasSuffix(host, ".") {
		return Exception{}, fmt.Errorf("%q: %q is not the exact name of one host", s, host)
	}
	prefix, err := netip.ParsePrefix(block)
	if err != nil {
		return Exception{}, fmt.Errorf("%q: %q is not a block of addresses, as in 10.20.0.0/16 or 10.20.0.7/32", s, block)
	}
	e := Exception{Host: strings.ToLower(host), Port: port, Allow: prefix.Masked()}
	return e, e.check(s)
}

func (e Exception) check(s string) error {
	least := widest6
	if e.Allow.Addr().Is4() {
		least = widest4
	}
	switch {
	case e.Allow.Bits() < least:
		return fmt.Errorf("%q: the block is wider than /%d: name the network the host is in", s, least)
	case e.Allow.Addr().Is4In6():
		return fmt.Errorf("%q: write an IPv4 block as IPv4", s)
	}
	for _, never := range []string{"169.254.0.0/16", "224.0.0.0/4", "0.0.0.0/8", "fe80::/10", "ff00::/8", "::/128"} {
		if p := netip.MustParsePrefix(never); p.Overlaps(e.Allow) {
			return fmt.Errorf("%q: no exception reaches into %s, where machines keep what is for themselves", s, never)
		}
	}
	return nil
}

// Loopback reports whether the exception reaches this machine itself.
func (e Exception) Loopback() bool {
	return e.Allow.Overlaps(netip.MustParsePrefix("127.0.0.0/8")) || e.Allow.Overlaps(netip.MustParsePrefix("::1/128"))
}

// String is the exception as ParseException reads it.
func (e Exception) String() string {
	return joinHostPort(e.Host, e.Port) + "=" + e.Allow.String()
}

// pinned is the one address of the exception, if it names one.
func (e Exception) pinned() (netip.Addr, bool) {
	return e.Allow.Addr(), e.Allow.IsSingleIP()
}

const standardPort = 443

func splitHostPort(s string) (host string, port uint16, err error) {
	host, text, found := s, "", false
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") && (strings.HasPrefix(s, "[") || strings.Count(s, ":") == 1) {
		host, text, found = s[:i], s[i+1:], true
	}
	if !found {
		return strings.Trim(host, "[]"), standardPort, nil
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return "", 0, fmt.Errorf("%q is no port", text)
	}
	return strings.Trim(host, "[]"), uint16(n), nil
}

func joinHostPort(host string, port uint16) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == standardPort {
		return host
	}
	return host + ":" + strconv.Itoa(int(port))
}
