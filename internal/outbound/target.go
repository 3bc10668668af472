package outbound

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"clientele/internal/audit"
)

// target is where a request goes: a URL that passed every rule that needs no network.
type target struct {
	url    string
	host   string // lower case, no brackets
	port   uint16
	exempt []Exception // those for this host and port; none for everybody else
}

// specialNames end the names that nobody can own in public DNS, or that mean this machine or this network.
var specialNames = []string{
	"localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa", "test", "example",
	"invalid", "onion", "alt", "arpa",
}

// aim judges a URL. What it refuses never reaches DNS.
func (c *Client) aim(raw string) (target, *Failure) {
	host, port, err := parse(raw)
	if err != nil {
		return target{}, &Failure{Kind: audit.FailureURL, Message: "The URL cannot be called: " + err.Error() + ".", Mend: "Use a plain https URL with a public host name.", cause: err}
	}
	to := target{url: raw, host: host, port: port}
	for _, e := range c.o.Exceptions {
		if e.Host == host && e.Port == port {
			to.exempt = append(to.exempt, e)
		}
	}
	if slices.Contains(c.o.Own, joinHostPort(host, port)) {
		return target{}, &Failure{Kind: audit.FailurePolicy, Message: "The URL is on this server's own host: it does not call itself.", Mend: "Publish it on a host of its own."}
	}
	if len(to.exempt) > 0 {
		return to, nil
	}
	if failure := publicName(host); failure != nil {
		return target{}, failure
	}
	if port != standardPort {
		return target{}, &Failure{
			Kind:    audit.FailurePolicy,
			Message: fmt.Sprintf("The URL names port %d, which is not called.", port),
			Mend:    fmt.Sprintf("Publish it on port 443, or let the operator start this server with --outbound-allow %s=CIDR.", joinHostPort(host, port)),
		}
	}
	return to, nil
}

func parse(raw string) (host string, port uint16, err error) {
	for i := range len(raw) {
		if c := raw[i]; c <= ' ' || c >= 0x7f || c == '\\' {
			return "", 0, errors.New("it has a character that no URL has; write it in ASCII, with percent-encoding and the xn-- form of the host")
		}
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "", 0, errors.New("it is no URL")
	case u.Scheme != "https":
		return "", 0, errors.New("only https is called")
	case u.Opaque != "" || u.Hostname() == "":
		return "", 0, errors.New("it names no host")
	case u.User != nil:
		return "", 0, errors.New("it carries a user name or password")
	case strings.Contains(raw, "#"):
		return "", 0, errors.New("it has a fragment")
	case strings.HasSuffix(u.Host, ":"):
		return "", 0, errors.New("its port is empty")
	case !strings.HasPrefix(u.Host, "[") && strings.ContainsFunc(u.Hostname(), notOfAName):
		return "", 0, errors.New("its host has characters that no host name has")
	}
	host, port, err = splitHostPort(strings.ToLower(u.Host))
	return host, port, err
}

// notOfAName reports whether c cannot stand in a host name: letters, digits, hyphens and dots can.
func notOfAName(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.'
}

// publicName refuses hosts that are addresses, or names that mean nothing on the public internet.
func publicName(host string) *Failure {
	refuse := func(kind audit.FailureKind, why string) *Failure {
		return &Failure{Kind: kind, Message: why, Mend: "Publish it under a public host name, or let the operator start this server with --outbound-allow for this host."}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		if use, special := Special(addr); special {
			return refuse(audit.FailureAddress, "The host is an address for special use ("+use+").")
		}
		return refuse(audit.FailureURL, "The host is an address, not a name.")
	}
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	switch {
	case last == "":
		return refuse(audit.FailureURL, "The host ends in a dot.")
	case last[0] >= '0' && last[0] <= '9': // 127.1, 0x7f.1, 2130706433: some resolvers read them as addresses
		return refuse(audit.FailureURL, "The host ends in a number.")
	case len(labels) == 1:
		return refuse(audit.FailureURL, "The host has one label only.")
	case len(host) > 253 || slices.ContainsFunc(labels, func(l string) bool { return l == "" || len(l) > 63 }):
		return refuse(audit.FailureURL, "The host is no DNS name.")
	}
	for _, name := range specialNames {
		if host == name || strings.HasSuffix(host, "."+name) {
			return refuse(audit.FailureURL, "Names under ."+name+" are for special use.")
		}
	}
	return nil
}
