package servertest

import (
	"testing"

	"clientele/internal/outbound"
	"clientele/internal/outbound/outboundtest"
)

// Internet is a pretend internet; see outboundtest.
type Internet = outboundtest.Internet

// Host is one host of it.
type Host = outboundtest.Host

// NewInternet makes a pretend internet that ends with the test.
func NewInternet(t testing.TB) *Internet {
	t.Helper()
	return outboundtest.New(t)
}

// WithInternet lets the server fetch from a pretend internet. Without it the server finds no name at all.
func WithInternet(n *Internet) Option { return func(o *options) { o.outbound = n.Options() } }

// WithOutbound lets the server fetch as the options say.
func WithOutbound(out outbound.Options) Option { return func(o *options) { o.outbound = out } }
