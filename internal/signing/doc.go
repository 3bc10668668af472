// Package signing is this server's own signing keys: making them, rotating them, publishing them as a JWK Set and signing
// compact JWS with them.
//
// Invariants: a private key is stored sealed under the master key; per algorithm there is one current key; next and
// previous ones are published beside it so that no verifier is surprised. RFC 7515, RFC 7517, RFC 7518, RFC 9864.
package signing
