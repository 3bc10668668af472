package signing

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"clientele/internal/secret"
)

// Sentinels of this room.
var (
	ErrConflict  = errors.New("somebody else changed the signing keys in the meantime")
	ErrNotFound  = errors.New("there is no such signing key")
	ErrCurrent   = errors.New("the key is signing at this moment; rotate first, then revoke it")
	ErrAlgorithm = errors.New("this server does not sign with that algorithm")
)

// Algorithm is a JWS algorithm this server signs with.
type Algorithm string

// The algorithms. RS256 and ES256 keys exist from the first start on, the others when first chosen.
const (
	RS256 Algorithm = "RS256"
	ES256 Algorithm = "ES256"
	PS256 Algorithm = "PS256"
	EdDSA Algorithm = "EdDSA" // published together with its RFC 9864 name Ed25519

	Ed25519 Algorithm = "Ed25519" // RFC 9864 §2.2: another name for what the key of EdDSA does
)

// Known reports whether a is an algorithm this server can sign with.
func (a Algorithm) Known() bool {
	switch a {
	case RS256, ES256, PS256, EdDSA, Ed25519:
		return true
	}
	return false
}

// key is the algorithm whose key signs for a.
func (a Algorithm) key() Algorithm {
	if a == Ed25519 {
		return EdDSA
	}
	return a
}

// order is where a stands in lists.
func (a Algorithm) order() int {
	return slices.Index([]Algorithm{RS256, ES256, PS256, EdDSA, Ed25519}, a)
}

// State is where a key stands in its life.
type State string

// The states of a key. Next, current and previous ones are published.
const (
	Next     State = "next"
	Current  State = "current"
	Previous State = "previous"
	Revoked  State = "revoked"
)

// StoredKey is a signing key as it is kept: the private part sealed.
type StoredKey struct {
	ID         string // kid
	Algorithm  Algorithm
	State      State
	Sealed     string // PKCS #8, sealed under the master key for the place signing_keys/sealed/<kid>; empty once revoked
	PublicJWK  string // JSON
	CreatedAt  time.Time
	CurrentAt  time.Time // when it became current; zero before
	PreviousAt time.Time // when it stopped being current; zero before
	RevokedAt  time.Time // zero unless revoked
}

// Published reports whether the key stands in the JWK Set.
func (k StoredKey) Published() bool { return k.State != Revoked }

func place(kid string) string { return "signing_keys/sealed/" + kid }

// Rewrap seals k under another master key. A revoked key has no private part left to seal.
func (k StoredKey) Rewrap(from, to *secret.Master) (StoredKey, error) {
	if k.Sealed == "" {
		return k, nil
	}
	sealed, err := from.Rewrap(to, place(k.ID), k.Sealed)
	if err != nil {
		return k, fmt.Errorf("signing key %s: %w", k.ID, err)
	}
	k.Sealed = sealed
	return k, nil
}
