// Package clientauth says who is calling: it reads the credential of a client, verifies it, and names the application and
// the method. It knows no HTTP; a door hands it what it read.
//
//	credential                          method
//	Authorization: Basic                client_secret_basic
//	client_id, client_secret            client_secret_post
//	client_id alone                     none
//	client_assertion                    private_key_jwt
//
// Invariants: a request carries one credential; one that is presented must verify, even if the application may go without;
// none is accepted only from an application whose methods include none; an unknown client, a wrong secret and a disabled
// application answer alike, and trouble on our side is never invalid_client. A secret that was retired or has expired is
// recorded as an event of its own, because whoever still uses it has something to fix or something to explain; so is a key.
//
// An assertion is read strictly, verified with a key of its client and nothing that it brings along, is for this issuer alone,
// and is spent when it lets somebody in: of the same one at once, one wins. Its claims are checked before its signature, so
// that the reason of a refusal is the most useful one; an unknown client costs the verification that a known one does. The one
// look outside that authentication can cause is for a key that the kept key set of a known client lacks.
//
// Whoever is known by a URL cannot see the record of this server, so a refusal of such a client leaves a trace, and its answer
// names the reference. No secret, assertion or jti is ever in either.
//
// Specs: RFC 6749 §2.3, §2.3.1, §5.2, RFC 7521 §4.2, RFC 7523 §2.2, §3, RFC 7617 §2, RFC 7591 §2, RFC 8725 §3, CIMD-03 §6,
// rfc7523bis-11 §4.
package clientauth
