// Package endpoint is what the protocol's doors share at the HTTP edge: parameters are read once and strictly, errors are
// written in one place, answers are never stored, and browsers on other origins may ask where the protocol wants that.
//
// Invariants: nothing in this package answers with the text of an unexpected error; a credential is never read from a URL;
// a known parameter is there at most once; a body is never read beyond MaxBody.
//
// Specs: RFC 6749 §3.1, §3.2, §5.2, RFC 6750 §2, §3, OpenID Connect Core 1.0 §3.1.2.1, the Fetch standard's CORS protocol.
package endpoint
