// Package demo is what `serve --demo` adds: sample data, and a sample client on a host name of its own that signs a person
// in through the regular-web and the single-page application and shows what the tokens say.
//
// The client is a plain HTTP handler that knows the server only by its issuer, like any client elsewhere. It exists in demo
// only; so do its users, whose passwords are random and printed.
//
//	GET  /               what there is to try
//	GET  /web/login      begin as the regular web application: state, nonce, PKCE
//	GET  /web/callback   code → tokens, in the back channel with the secret
//	POST /web/refresh    the next tokens from the refresh token
//	POST /web/logout     forget this client's session
//	POST /machine        a token for the nightly job, by client credentials
//	GET  /spa/           the single-page application; its script does the same in the browser, without a secret
//	GET  /api/orders     the Orders API: checks signature, issuer, audience, expiry and scope as any API must
//
// Specs: RFC 6749 §4.1, §4.4, §6; RFC 7636; RFC 9207; OpenID Connect Core 1.0 §3.1; RFC 9068 §4 (the API's checks).
package demo
