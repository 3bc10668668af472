package outboundtest

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"
)

// Host is a host of a pretend internet: TLS on a loopback port, under a public name and address.
type Host struct {
	Name    string
	Address netip.Addr // the pretend one

	t        testing.TB
	listener net.Listener

	mu          sync.Mutex
	certificate tls.Certificate
	versions    uint16 // the highest TLS version; 0 = the newest
	paths       map[string]http.Handler
	counts      map[string]int
	requests    []*http.Request
}

// JSON answers a path with body: bytes and text as they are, anything else as JSON. The media type is application/json;
// headers come in pairs of name and value, and win.
func (h *Host) JSON(path string, body any, headers ...string) {
	text := asJSON(h.t, body)
	h.Handle(path, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		_, _ = w.Write(text)
	}))
}

// Status answers a path with a status and nothing else.
func (h *Host) Status(path string, status int) {
	h.Handle(path, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
}

// Handle answers a path, in place of what did before. A nil handler takes the path away.
func (h *Host) Handle(path string, handler http.Handler) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if handler == nil {
		delete(h.paths, path)
		return
	}
	h.paths[path] = handler
}

// Raw answers a path with what write puts on the connection, which is closed when it returns. gone ends when the other side
// has left.
func (h *Host) Raw(path string, write func(gone context.Context, conn io.Writer)) {
	h.Handle(path, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hijacker, ok := w.(http.Hijacker)
		if !ok {
			h.t.Error("the connection cannot be taken over")
			return
		}
		conn, _, err := hijacker.Hijack()
		if err != nil {
			h.t.Error(err)
			return
		}
		defer conn.Close()
		gone, left := context.WithCancel(context.Background())
		go func() {
			defer left()
			_, _ = io.Copy(io.Discard, conn)
		}()
		write(gone, conn)
	}))
}

// Count is how often a path was asked for.
func (h *Host) Count(path string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.counts[path]
}

// Requests are all requests that arrived.
func (h *Host) Requests() []*http.Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*http.Request(nil), h.requests...)
}

// Present changes the certificate.
func (h *Host) Present(c tls.Certificate) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.certificate = c
}

// AtMost caps the TLS version.
func (h *Host) AtMost(version uint16) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.versions = version
}

// ServeHTTP answers as the paths say.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	handler := h.paths[r.URL.RequestURI()]
	if handler == nil {
		handler = h.paths[r.URL.Path]
	}
	h.counts[r.URL.Path]++
	h.requests = append(h.requests, r)
	h.mu.Unlock()
	if handler == nil {
		handler = http.NotFoundHandler()
	}
	handler.ServeHTTP(w, r)
}

func (h *Host) listen() {
	h.t.Helper()
	plain, err := new(net.ListenConfig).Listen(h.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		h.t.Fatal(err)
	}
	h.listener = plain
	secured := tls.NewListener(plain, &tls.Config{
		NextProtos:         []string{"http/1.1"},
		GetConfigForClient: h.config,
	})
	server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)} //nolint:gosec // tests are slow on purpose
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(secured)
	}()
	h.t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
}

func (h *Host) config(*tls.ClientHelloInfo) (*tls.Config, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return &tls.Config{Certificates: []tls.Certificate{h.certificate}, MinVersion: tls.VersionTLS10, MaxVersion: h.versions, NextProtos: []string{"http/1.1"}}, nil //nolint:gosec // old versions are what some tests are about
}
