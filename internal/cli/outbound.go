package cli

import (
	"crypto/x509"
	"fmt"
	"net"
	"os"

	"clientele/internal/outbound"
	"clientele/internal/server"
)

// wayOut is what the flags say about requests that leave: the exceptions of the guard, and whom it trusts to prove a host.
func (g *Globals) wayOut() (outbound.Options, error) {
	o := outbound.Options{NAT64: g.OutboundNAT64}
	for _, text := range g.OutboundAllow {
		e, err := outbound.ParseException(text)
		if err != nil {
			return o, fmt.Errorf("--outbound-allow %w", err)
		}
		o.Exceptions = append(o.Exceptions, e)
	}
	if err := g.checkLoopback(o.Exceptions); err != nil {
		return o, err
	}
	if g.OutboundCA == "" {
		return o, nil
	}
	text, err := os.ReadFile(g.OutboundCA)
	if err != nil {
		return o, fmt.Errorf("--outbound-ca: %w", err)
	}
	if o.Roots, err = x509.SystemCertPool(); err != nil {
		o.Roots = x509.NewCertPool()
	}
	if !o.Roots.AppendCertsFromPEM(text) {
		return o, fmt.Errorf("--outbound-ca %s has no certificate: it must be a PEM file with the certificates of authorities", g.OutboundCA)
	}
	return o, nil
}

// checkLoopback refuses exceptions into this machine on a server that others can reach: a stranger's URL would then be called
// on ports that nobody else can see. CIMD-02 §8.6.
func (g *Globals) checkLoopback(exceptions []outbound.Exception) error {
	host, _, err := net.SplitHostPort(g.Listen)
	if err == nil && server.LoopbackHost(host) {
		return nil
	}
	for _, e := range exceptions {
		if e.Loopback() {
			return fmt.Errorf("--outbound-allow %s reaches this machine itself, and --listen %s can be reached from other machines: that is for tests on one machine only", e, g.Listen)
		}
	}
	return nil
}

// wayOut is what the flags say. Such exceptions are refused behind a proxy too: what listens on loopback is then reached from
// elsewhere.
func (c *ServeCmd) wayOut(g *Globals) (outbound.Options, error) {
	o, err := g.wayOut()
	if err != nil || c.TrustedProxies == "" {
		return o, err
	}
	for _, e := range o.Exceptions {
		if e.Loopback() {
			return o, fmt.Errorf("--outbound-allow %s reaches this machine itself, and --trusted-proxies says that others come through a proxy: that is for tests on one machine only", e)
		}
	}
	return o, nil
}
