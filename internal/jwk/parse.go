package jwk

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"clientele/internal/strictjson"
)

// The sizes of RSA key that are read. Below, the key can be broken (RFC 7518 §3.3); above, each signature costs whoever
// verifies it too much.
const (
	MinRSABits = 2048
	MaxRSABits = 8192
)

// MaxSetKeys caps the keys of one set.
const MaxSetKeys = 100

// ErrPrivate means that somebody sent a private or symmetric key where only a public one belongs. It must be considered lost.
var ErrPrivate = errors.New("is not a public key: it carries a private or symmetric part; whoever owns it must consider it lost and make a new one")

// Parse reads one public JWK for signatures. Unknown members are ignored. RFC 7517 §4.
func Parse(data []byte) (Key, error) {
	object, err := strictjson.Object(data, strictjson.MaxBytes(16<<10))
	if err != nil {
		return Key{}, err
	}
	for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if _, ok := object[private]; ok {
			return Key{}, ErrPrivate
		}
	}
	var m members
	if err := strictjson.Decode(data, &m); err != nil {
		return Key{}, err
	}
	return m.key()
}

func (m members) key() (Key, error) {
	switch {
	case m.Use != "" && m.Use != "sig":
		return Key{}, fmt.Errorf("is for %q, not for signatures (use must be sig)", short(m.Use))
	case m.KeyOps != nil && !slices.Contains(m.KeyOps, "verify"):
		return Key{}, errors.New("has key_ops without verify")
	}
	public, err := m.public()
	if err != nil {
		return Key{}, err
	}
	k := Key{Public: public, ID: m.ID, Algorithm: m.Algorithm, Use: m.Use}
	if len(k.Algorithms()) == 0 {
		return Key{}, fmt.Errorf("has alg %q, which does not fit a key of its type", short(m.Algorithm))
	}
	return k, nil
}

func (m members) public() (crypto.PublicKey, error) {
	switch m.KeyType {
	case "RSA":
		return m.rsa()
	case "EC":
		return m.ec()
	case "OKP":
		if m.Curve != "Ed25519" {
			return nil, fmt.Errorf("has the curve %q; of the OKP keys only Ed25519 is supported", short(m.Curve))
		}
		x, err := number("x", m.X)
		if err == nil && len(x) != ed25519.PublicKeySize {
			err = fmt.Errorf("has an x of %d bytes; Ed25519 has %d", len(x), ed25519.PublicKeySize)
		}
		return ed25519.PublicKey(x), err
	case "oct":
		return nil, ErrPrivate
	case "":
		return nil, errors.New("has no kty")
	}
	return nil, fmt.Errorf("has the key type %q; RSA, EC and OKP are supported", short(m.KeyType))
}

func (m members) rsa() (crypto.PublicKey, error) {
	n, err := number("n", m.N)
	if err != nil {
		return nil, err
	}
	e, err := number("e", m.E)
	if err != nil {
		return nil, err
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n)}
	exponent := new(big.Int).SetBytes(e)
	if !exponent.IsInt64() || exponent.Int64() < 3 || exponent.Int64() > 1<<31-1 || exponent.Int64()%2 == 0 {
		return nil, errors.New("has an e that is no odd number between 3 and 2147483647")
	}
	key.E = int(exponent.Int64())
	return key, acceptableRSA(key)
}

func acceptableRSA(key *rsa.PublicKey) error {
	switch bits := key.N.BitLen(); {
	case bits < MinRSABits:
		return fmt.Errorf("is an RSA key of %d bits; the least is %d", bits, MinRSABits)
	case bits > MaxRSABits:
		return fmt.Errorf("is an RSA key of %d bits; the most is %d", bits, MaxRSABits)
	case key.N.Bit(0) == 0:
		return errors.New("has an even n, which is no RSA modulus")
	case key.E < 3 || key.E%2 == 0:
		return errors.New("has an e that is no odd number from 3 on")
	}
	return nil
}

func (m members) ec() (crypto.PublicKey, error) {
	var curve elliptic.Curve
	switch m.Curve {
	case "P-256":
		curve = elliptic.P256()
	case "P-384":
		curve = elliptic.P384()
	case "P-521":
		curve = elliptic.P521()
	default:
		return nil, fmt.Errorf("has the curve %q; P-256, P-384 and P-521 are supported", short(m.Curve))
	}
	x, err := number("x", m.X)
	if err != nil {
		return nil, err
	}
	y, err := number("y", m.Y)
	if err != nil {
		return nil, err
	}
	// The length is that of the field, leading zeros included. RFC 7518 §6.2.1.2
	if size := (curve.Params().BitSize + 7) / 8; len(x) != size || len(y) != size {
		return nil, fmt.Errorf("has coordinates of %d and %d bytes; %s has %d", len(x), len(y), m.Curve, size)
	}
	point := append(append([]byte{4}, x...), y...)
	key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil, fmt.Errorf("has a point that is not on %s", m.Curve)
	}
	return key, nil
}

func number(name, text string) ([]byte, error) {
	if text == "" {
		return nil, fmt.Errorf("has no %s", name)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("has an %s that is not base64url without padding", name)
	}
	return b, nil
}

func short(s string) string {
	if len(s) > 40 {
		return s[:37] + "..."
	}
	return s
}

// Bad is a key of a set that could not be read, and why.
type Bad struct {
	Index int
	Err   error
}

// ParseSet reads a JWK Set. Keys that cannot be used are skipped, as RFC 7517 §5 asks, and told; a private key among them
// spoils the whole set.
func ParseSet(data []byte) ([]Key, []Bad, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := strictjson.Decode(data, &set, strictjson.MaxBytes(256<<10)); err != nil {
		return nil, nil, err
	}
	switch {
	case set.Keys == nil:
		return nil, nil, errors.New("is not a JWK Set: it has no array called keys")
	case len(set.Keys) > MaxSetKeys:
		return nil, nil, fmt.Errorf("has %d keys; the most is %d", len(set.Keys), MaxSetKeys)
	}
	var keys []Key
	var bad []Bad
	for i, raw := range set.Keys {
		k, err := Parse(raw)
		switch {
		case errors.Is(err, ErrPrivate):
			return nil, nil, fmt.Errorf("key %d %w", i, err)
		case err != nil:
			bad = append(bad, Bad{Index: i, Err: err})
		default:
			keys = append(keys, k)
		}
	}
	return keys, bad, nil
}
