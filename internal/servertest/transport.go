package servertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
)

// transport hands requests to the handler without a connection.
type transport struct {
	handler http.Handler
	host    string
}

// Transport reaches the server without a connection, and fails for every other host.
func (s *Server) Transport() http.RoundTripper { return transport{s.Handler(), s.Host()} }

// RoundTrip answers r as the server does.
func (t transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if r.URL.Host != t.host {
		return nil, fmt.Errorf("this test has no internet: %s", r.URL.Host)
	}
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	if in.RemoteAddr == "" {
		in.RemoteAddr = "192.0.2.1:1234"
	}
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer func() {
		if cause := recover(); cause != nil {
			resp, err = nil, fmt.Errorf("the connection broke: %v: %w", cause, io.ErrUnexpectedEOF)
		}
	}()
	rec := httptest.NewRecorder()
	t.handler.ServeHTTP(rec, in)
	resp = rec.Result()
	resp.Request = r
	return resp, nil
}
