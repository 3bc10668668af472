package server

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"clientele/internal/endpoint"
)

// Caps on request bodies, in bytes.
const (
	bodyCap           = 64 << 10  // forms and OAuth
	managementBodyCap = 1 << 20   // /api/v2
	logoBodyCap       = 260 << 10 // the form with which an operator brings a logo
)

// answer remembers what was answered, for the log and for panics.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// logged writes one line a request. The query, headers and bodies stay out of it: that is where codes, tokens and passwords
// travel.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, start := &answer{ResponseWriter: w}, time.Now()
		next.ServeHTTP(a, r)
		if a.status == 0 {
			a.status = http.StatusOK // a handler that wrote nothing
		}
		s.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.Int("status", a.status),
			slog.Int64("bytes", a.bytes),
			slog.Duration("took", time.Since(start)),
			slog.String("from", s.proxies.ClientAddress(r).String()),
		)
	})
}

// recovered turns a panic into a 500 with a reference. What went wrong is for the log; the answer never tells.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := w.(*answer)
		if !ok {
			a = &answer{ResponseWriter: w}
		}
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler { //nolint:errorlint // the value itself is what net/http documents
				panic(cause)
			}
			reference := endpoint.NewReference()
			s.log.ErrorContext(r.Context(), "a handler panicked", slog.String("reference", reference),
				slog.String("path", r.URL.Path), slog.Any("panic", cause), slog.String("stack", string(debug.Stack())))
			if a.status != 0 {
				panic(http.ErrAbortHandler) // half an answer must not look like a whole one
			}
			writeServerError(a, reference)
		}()
		next.ServeHTTP(a, r)
	})
}

func writeServerError(w http.ResponseWriter, reference string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusInternalServerError)
	_ = json.NewEncoder(w).Encode(map[string]string{
		"error":             "server_error",
		"error_description": "something went wrong on our side; reference " + reference,
	})
}

// ours refuses a request whose Host is not the public URL's. A name that a browser was tricked into resolving to this
// machine gets no page and no cookie. RFC 9110 §7.4.
func (s *Server) ours(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.hostIsOurs(r.Host) && r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(http.StatusMisdirectedRequest)
			fmt.Fprintf(w, "This server answers as %s only. If that is not the address people use, start it with --public-url.\n", s.public.Origin)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) hostIsOurs(host string) bool {
	if strings.EqualFold(host, s.public.Host) {
		return true
	}
	port := ":80"
	if s.public.Secure {
		port = ":443"
	}
	return strings.EqualFold(strings.TrimSuffix(host, port), s.public.Host)
}

// unprefixed takes the path of the issuer off, so that rooms mount at the root. The well-known documents also stand where
// RFC 8414 §3.1 puts them, between the host and the path of the issuer, and a doubled slash, which clients make by gluing
// /.well-known to an issuer that ends in one, is forgiven there.
func (s *Server) unprefixed(next http.Handler) http.Handler {
	prefix := s.public.Prefix
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		switch {
		case path == "/healthz" || path == "/readyz":
		case strings.HasPrefix(path, "/.well-known/") && prefix != "":
			path = strings.TrimSuffix(strings.TrimSuffix(path, "/"), prefix)
			if path == strings.TrimSuffix(r.URL.Path, "/") {
				http.NotFound(w, r)
				return
			}
		default:
			rest, ok := strings.CutPrefix(path, prefix)
			if !ok || rest != "" && rest[0] != '/' {
				http.NotFound(w, r)
				return
			}
			path = rest
		}
		if strings.HasPrefix(path, "//.well-known/") {
			path = path[1:]
		}
		if path == "" {
			path = "/"
		}
		if path == r.URL.Path {
			next.ServeHTTP(w, r)
			return
		}
		u := *r.URL
		u.Path, u.RawPath = path, strings.TrimPrefix(r.URL.RawPath, prefix) // a RawPath that does not fit Path is not looked at
		r2 := *r
		r2.URL = &u
		next.ServeHTTP(w, &r2)
	})
}

// cookieDoors are the paths whose answer depends on a cookie and which change something. A write from another site is
// refused there. The authorization endpoint takes cross-site POSTs by design and answers them itself; the protocol doors
// carry their credentials in the request.
var cookieDoors = []string{"/signin", "/signup", "/signout", "/reset", "/consent", "/account", "/authorize/resume", "/dashboard", "/setup"}

func atCookieDoor(path string) bool {
	for _, door := range cookieDoors {
		if rest, ok := strings.CutPrefix(path, door); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// guarded sets the headers every answer carries, unless a room says otherwise, caps the body, and keeps other sites from
// writing through a person's cookies.
func (s *Server) guarded(next http.Handler) http.Handler {
	sameSite := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["X-Content-Type-Options"] = noSniff
		h["Referrer-Policy"] = sameOrigin
		h["Content-Security-Policy"] = lockedDown
		if s.public.Secure {
			h["Strict-Transport-Security"] = oneYear
		}
		if hasNUL(r) {
			http.Error(w, "the address holds a character that no name or id has: remove %00", http.StatusBadRequest)
			return
		}
		limit := int64(bodyCap)
		if strings.HasPrefix(r.URL.Path, "/api/v2/") {
			limit = managementBodyCap
		}
		if r.URL.Path == "/dashboard/settings/branding/logo" {
			limit = logoBodyCap
		}
		if r.ContentLength != 0 {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
		}
		if atCookieDoor(r.URL.Path) {
			sameSite.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hasNUL reports whether the path, or the query of a page or of the Management API, holds a NUL, which PostgreSQL takes in no text.
// The protocol's doors judge their parameters themselves.
func hasNUL(r *http.Request) bool {
	if strings.Contains(r.URL.Path, "\x00") {
		return true
	}
	asked := strings.HasPrefix(r.URL.Path, "/dashboard") || strings.HasPrefix(r.URL.Path, "/api/v2/")
	return asked && strings.Contains(r.URL.RawQuery, "%00")
}

// Header values that never change: shared, so that setting them costs no allocation.
var (
	noSniff    = []string{"nosniff"}
	sameOrigin = []string{"same-origin"}
	lockedDown = []string{"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"}
	oneYear    = []string{"max-age=31536000"}
)
