// Package server is the roof: it puts the rooms on one mux, stands in front of them with what every request needs, and runs
// what has to happen in the background.
//
// What a request passes, from the outside in:
//
//	recovered     a panic becomes a 500 with a reference; its text stays here
//	logged        one line a request: method, path, status, time; never a query string, header or body
//	addressed     the client's address from the connection, or from the proxies that were named
//	ours          the Host header must be the public URL's, else 421; the health checks are excepted
//	unprefixed    the path of the issuer is taken off, so that rooms mount at the root
//	guarded       safe headers, a cap on the body, and no cross-origin writes at the doors that use cookies
//
// Routes of its own:
//
//	GET /healthz   200 as long as the process answers
//	GET /readyz    200 if the store answers and the server is not stopping, else 503
//	GET /          to the dashboard
//
// Invariants: the issuer and every link come from the configured public URL, never from a request; nothing outside this
// package, cli and servertest sees both the store and a door.
//
// Specs: RFC 8414 §3, OpenID Connect Discovery 1.0 §4, RFC 9110 §7.4 (421), RFC 6797 (HSTS).
package server
