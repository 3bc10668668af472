package signing

import "time"

// Algorithm is a JWS algorithm this server signs with.
type Algorithm string

// The algorithms. RS256 and ES256 keys exist from the first start on, the others when first chosen.
const (
	RS256 Algorithm = "RS256"
	ES256 Algorithm = "ES256"
	PS256 Algorithm = "PS256"
	EdDSA Algorithm = "EdDSA" // published together with its RFC 9864 name Ed25519
)

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
	Sealed     string // PKCS #8, sealed under the master key for the place signing_keys/sealed/<kid>
	PublicJWK  string // JSON
	CreatedAt  time.Time
	CurrentAt  time.Time // when it became current; zero before
	PreviousAt time.Time // when it stopped being current; zero before
	RevokedAt  time.Time // zero unless revoked
}
