// Package secret mints, hashes and seals what must never be kept or shown in clear.
//
// Invariants: randomness is crypto/rand and is never injected; a Secret does not print itself; a hash and a sealed value
// carry the id of the key they were made with; comparison is in constant time.
package secret
