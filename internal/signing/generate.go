package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"time"

	"clientele/internal/jwk"
	"clientele/internal/secret"
)

// rsaBits is the size of our RSA keys. 2048 bits are good until 2030 by NIST SP 800-57 and sign five times as fast as 3072.
const rsaBits = 2048

// generate makes a key that is neither next nor current yet, its private part sealed.
func generate(m *secret.Master, alg Algorithm, now time.Time) (StoredKey, error) {
	private, err := generatePrivate(alg)
	if err != nil {
		return StoredKey{}, fmt.Errorf("make a key for %s: %w", alg, err)
	}
	described, err := jwk.New(private.Public(), string(alg))
	if err != nil {
		return StoredKey{}, err
	}
	public, err := described.MarshalJSON()
	if err != nil {
		return StoredKey{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return StoredKey{}, err
	}
	defer clear(der)
	return StoredKey{
		ID:        described.ID,
		Algorithm: alg,
		Sealed:    m.Seal(place(described.ID), der),
		PublicJWK: string(public),
		CreatedAt: now,
	}, nil
}

func generatePrivate(alg Algorithm) (crypto.Signer, error) {
	switch alg {
	case RS256, PS256:
		return rsa.GenerateKey(rand.Reader, rsaBits)
	case ES256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case EdDSA:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	}
	return nil, ErrAlgorithm
}

// openPrivate opens the sealed private key of k.
func openPrivate(m *secret.Master, k StoredKey) (crypto.Signer, error) {
	der, err := m.Open(place(k.ID), k.Sealed)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", k.ID, err)
	}
	defer clear(der)
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", k.ID, err)
	}
	private, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("signing key %s: a %T does not sign", k.ID, key)
	}
	return private, nil
}
