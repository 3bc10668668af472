// Package signin is the pages for people who sign in to applications: sign-in, sign-up, sign-out and consent. They are plain
// forms that work without script, so any headless client can fill them.
//
//	GET  /signin    e-mail address and password; with a request that waits, for which application
//	POST /signin    email, password, request; 303 to the waiting request, or to the page of the person
//	GET  /signup    POST /signup   name, email, password, request; only where the instance lets people sign up
//	GET  /reset     POST /reset    a new password, by a link that an operator handed over: ?token=
//	GET  /signout   POST /signout  asks, then ends the session of this browser
//	GET  /consent   what an application wants; POST /consent  request, decision=allow|deny
//	GET  /signin/passkey  options for a script; POST /signin/passkey  state, answer, request
//	GET  /account         what has access and where; POST /account/disconnect  grant, or application
//	GET  /account/passkeys, /account/password, /account/sessions, each with its POSTs
//	GET  /logos/{hash}  the logo of an application with a metadata document, as we re-encoded it
//
// The room authorize sends people here with a request: sealed before sign-in, by handle after it. What is decided here is
// written into the request's row, and a 303 leads back to /authorize/resume. This room never decides what comes next.
//
// Invariants: a session's token changes at every sign-in; one answer for an unknown person and a wrong password; every POST
// ends in a 303 or in the same form with what is wrong; a person allows exactly what the page showed; on the consent page
// facts (hosts) stand before claims (names); a client that is not known yet leaves no word on any page. Routes here are behind CrossOriginProtection, which the server applies.
//
// Specs: RFC 6749 §10.2, §10.12; RFC 6265; RFC 8252 §8.6; RFC 9700 §4.12; OpenID Connect Core 1.0 §3.1.2.3, §3.1.2.4;
// Web Authentication Level 3 §5.5, §7.2.
package signin
