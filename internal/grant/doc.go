// Package grant is what was granted: authorization requests in flight, consents, grants, codes and refresh-token families.
//
// Invariants: one grant per authorization, and codes, refresh tokens and access tokens point to it; a code is good once,
// and a second use ends what the first gave; of concurrent uses the database picks one winner. RFC 6749 §4.1.2, RFC 9700 §4.14.
package grant
