package outbound

import (
	"context"
	"errors"
	"net"
	"strings"
)

// Resolves asks DNS whether a public name has an address. Nothing is connected to. It is true without asking for names that mean
// nothing in public DNS and for those with an exception, about which DNS has nothing to say. The error is trouble on the way: then
// nothing is known.
func (c *Client) Resolves(ctx context.Context, host string) (bool, error) {
	host = strings.ToLower(host)
	if !c.inPublicDNS(host) {
		return true, nil
	}
	all, err := c.o.Network.LookupNetIP(ctx, "ip", host)
	if saysThereIsNone(err) {
		return false, nil
	}
	return len(all) > 0, err
}

// inPublicDNS reports whether host is a name that public DNS has to know.
func (c *Client) inPublicDNS(host string) bool {
	return publicName(host) == nil && !strings.ContainsFunc(host, notOfAName) && !c.excepted(host)
}

// saysThereIsNone reports whether err is DNS's word that a name has no address, and not trouble on the way there.
func saysThereIsNone(err error) bool {
	missing, ok := errors.AsType[*net.DNSError](err)
	return ok && missing.IsNotFound && !missing.IsTimeout && !missing.IsTemporary
}

func (c *Client) excepted(host string) bool {
	for _, e := range c.o.Exceptions {
		if e.Host == host {
			return true
		}
	}
	return false
}
