// Package grant is what was granted: authorization requests in flight, consents, grants, codes and refresh-token families.
//
//	request.go        an authorization request after sign-in, what the person is asked, and what was decided
//	sealed.go         the same before sign-in: it travels encrypted and is bound to one browser
//	consent.go        what of a request is covered by what the person allowed before
//	grant.go          the grant of one authorization, its code, its refresh-token family
//	refresh_token.go  the text of refresh tokens, derived so that nothing of them is kept
//
// Invariants: one grant per authorization, and codes, refresh tokens and access tokens point to it; a code is good once,
// and a second use ends what the first gave; of concurrent uses the database picks one winner; nobody allows more than the
// page showed. RFC 6749 §4.1.2, RFC 9700 §4.14.
package grant
