// Package signing is this server's own signing keys: making them, rotating them, publishing them as a JWK Set, signing
// compact JWS with them and verifying what was signed.
//
//	next ──rotate──▶ current ──rotate──▶ previous
//	  └────────────revoke───────────────────┴──▶ revoked
//
// Invariants:
//
//   - A private key is stored sealed under the master key and is opened only while it is next or current.
//   - Per algorithm there is one current key. Next and previous ones are published beside it, so that a verifier that
//     caches the set meets no key it has not seen. The current key cannot be revoked: rotate first.
//   - The first start makes keys for RS256 and ES256 only. Another algorithm gets its keys when it is first chosen, and is
//     advertised from then on.
//   - The kid is the key's RFC 7638 thumbprint: two nodes name a key alike, and nobody can publish another under its name.
//   - A token of ours has one of the few headers we write ourselves, byte for byte. Verify compares instead of parsing, so
//     there is no alg to confuse, no none, no jku, no crit and no member twice.
//
// EdDSA and Ed25519 are two names for one algorithm (RFC 9864 deprecates the first, which is the one most verifiers know).
// The key exists once and is published twice: under its thumbprint with alg EdDSA, and under thumbprint.Ed25519 with alg
// Ed25519. Tokens are signed under whichever name was chosen, so both names can be advertised.
//
// RFC 7515, RFC 7517, RFC 7518, RFC 7638, RFC 8037, RFC 9864.
package signing
