// Package jwk reads and writes public keys: JSON Web Keys and sets of them. It names a key by its thumbprint, its size and
// the algorithms it can be used with.
//
// Invariants: no private or symmetric key passes; a point lies on its curve; what is written is canonical, so that the same
// key always gives the same bytes; a set with one bad key still gives the good ones, with the reason for the bad.
//
// RFC 7517, RFC 7518 §6, RFC 7638, RFC 8037, RFC 9864.
package jwk
