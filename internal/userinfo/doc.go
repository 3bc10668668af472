// Package userinfo tells a client about the person whose access token it holds.
//
//	GET /userinfo, POST /userinfo
//
// It takes the opaque tokens that are for nothing else, and JWT access tokens whose audience includes this endpoint.
//
// Invariants: the grant behind the token is looked up on every call, so what was revoked is over at once; the application
// must be enabled and the person must be able to sign in; a claim is told if its scope was granted to this very token.
//
// Specs: OpenID Connect Core 1.0 §5.3, §5.4, RFC 6750 §2, §3.
package userinfo
