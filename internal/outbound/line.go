package outbound

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// maxHeaderBytes caps the headers of an answer.
const maxHeaderBytes = 16 << 10

// line is the one connection of one request.
type line struct {
	client *Client
	to     target

	mu   sync.Mutex
	addr netip.Addr
}

// transport speaks HTTP/1.1 over the line: no proxy, no connection kept, no decompression behind our back. It dials within ctx,
// for http.Transport takes the deadline away from the context that it hands on.
func (l *line) transport(ctx context.Context) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialTLSContext:         func(context.Context, string, string) (net.Conn, error) { return l.connect(ctx) },
		DialContext:            func(context.Context, string, string) (net.Conn, error) { return nil, net.ErrClosed }, // never in clear
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeaderBytes,
		Protocols:              protocols,
	}
}

// connect dials and proves the host. It runs on a goroutine of http.Transport, where a panic would end the server.
func (l *line) connect(ctx context.Context) (_ net.Conn, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = burst(l.to, cause)
		}
	}()
	conn, addr, failure := l.client.dial(ctx, l.to)
	l.mu.Lock()
	l.addr = addr
	l.mu.Unlock()
	if failure != nil {
		return nil, failure
	}
	secured := tls.Client(conn, &tls.Config{
		ServerName: l.to.host, RootCAs: l.client.o.Roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		Time: l.client.o.Now, Renegotiation: tls.RenegotiateNever, SessionTicketsDisabled: true,
	})
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, l.client.handshakeFailure(ctx, l.to, err)
	}
	return secured, nil
}

func (l *line) address() netip.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.addr
}

func (l *line) addressText() string {
	if addr := l.address(); addr.IsValid() {
		return addr.String()
	}
	return ""
}
