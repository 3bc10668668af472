// Package authorize is the authorization endpoint: from the request of an application to a code, through sign-in and
// consent where they are due.
//
//	GET  /authorize         the request: an answer to the application, or the way to sign-in or consent
//	POST /authorize         the same as a form; answered with 303 to the GET, so that it may come from another site
//	GET  /authorize/resume  the way back from sign-in and consent
//
// One table (checks.go) holds every rule of the request in order; one dispatcher (dispatch.go) decides what comes next:
// sign-in, consent or code. Sign-in and consent live in the room signin. The two hand over by a request handle and a 303 each
// way: before sign-in the request travels sealed in the URL, bound to the browser by a cookie; after it a row holds it and
// records what was decided.
//
// Invariants:
//   - Before client and redirect URI are proven a refusal is a PageError, after it a RedirectError. The second needs a
//     Destination, and only the check of redirect_uri makes one.
//   - The checks run again on the way back: what an operator changed meanwhile counts.
//   - Every answer to an application carries iss, and state exactly as it came.
//   - A code is kept as a keyed hash and belongs to one grant row, which knows everything it was given under.
//   - With prompt=none nobody is asked anything.
//
// Specs: RFC 6749 §3.1, §4.1; RFC 7636; RFC 8252; RFC 8707; RFC 9207; RFC 9700; OpenID Connect Core 1.0 §3.1.2; OAuth 2.0
// Multiple Response Type Encoding Practices; OAuth 2.0 Form Post Response Mode.
package authorize
