package jwk

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
)

// Key is a public key with what a JWK says about it.
type Key struct {
	Public    crypto.PublicKey // *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey
	ID        string           // kid; empty if the JWK has none
	Algorithm string           // alg; empty if the JWK has none
	Use       string           // sig, or empty
}

// members are those of a public JWK, in the order in which they are written. RFC 7518 §6.2.1, §6.3.1, RFC 8037 §2.
type members struct {
	KeyType   string   `json:"kty"`
	Use       string   `json:"use,omitempty"`
	KeyOps    []string `json:"key_ops,omitempty"`
	ID        string   `json:"kid,omitempty"`
	Algorithm string   `json:"alg,omitempty"`
	Curve     string   `json:"crv,omitempty"`
	X         string   `json:"x,omitempty"`
	Y         string   `json:"y,omitempty"`
	N         string   `json:"n,omitempty"`
	E         string   `json:"e,omitempty"`
}

// New describes a public key by its thumbprint and an algorithm, for signatures.
func New(public crypto.PublicKey, algorithm string) (Key, error) {
	k := Key{Public: public, Algorithm: algorithm, Use: "sig"}
	id, err := k.Thumbprint()
	k.ID = id
	return k, err
}

// MarshalJSON writes the public JWK. RFC 7517 §4.
func (k Key) MarshalJSON() ([]byte, error) {
	m, err := k.required()
	if err != nil {
		return nil, err
	}
	m.Use, m.ID, m.Algorithm = k.Use, k.ID, k.Algorithm
	return json.Marshal(m)
}

// Thumbprint is the SHA-256 thumbprint in base64url: 43 characters that name the key itself, whatever its kid says.
// RFC 7638 §3, RFC 8037 §2.
func (k Key) Thumbprint() (string, error) {
	m, err := k.required()
	if err != nil {
		return "", err
	}
	var canonical string // the required members only, in lexical order, without spaces
	switch m.KeyType {
	case "RSA":
		canonical = fmt.Sprintf(`{"e":"%s","kty":"RSA","n":"%s"}`, m.E, m.N)
	case "EC":
		canonical = fmt.Sprintf(`{"crv":"%s","kty":"EC","x":"%s","y":"%s"}`, m.Curve, m.X, m.Y)
	default:
		canonical = fmt.Sprintf(`{"crv":"%s","kty":"OKP","x":"%s"}`, m.Curve, m.X)
	}
	sum := sha256.Sum256([]byte(canonical))
	return encode(sum[:]), nil
}

func (k Key) required() (members, error) {
	switch public := k.Public.(type) {
	case *rsa.PublicKey:
		return members{KeyType: "RSA", N: encode(public.N.Bytes()), E: encode(big.NewInt(int64(public.E)).Bytes())}, nil
	case *ecdsa.PublicKey:
		point, err := public.Bytes() // 4 ‖ X ‖ Y
		if err != nil {
			return members{}, fmt.Errorf("the key's point is not on its curve: %w", err)
		}
		size := (len(point) - 1) / 2
		return members{KeyType: "EC", Curve: public.Curve.Params().Name, X: encode(point[1 : 1+size]), Y: encode(point[1+size:])}, nil
	case ed25519.PublicKey:
		return members{KeyType: "OKP", Curve: "Ed25519", X: encode(public)}, nil
	}
	return members{}, fmt.Errorf("a key of type %T cannot be written as a public JWK", k.Public)
}

// Bits is the size that tells how strong the key is: of the modulus for RSA, of the field for a curve.
func (k Key) Bits() int {
	switch public := k.Public.(type) {
	case *rsa.PublicKey:
		return public.N.BitLen()
	case *ecdsa.PublicKey:
		return public.Curve.Params().BitSize
	case ed25519.PublicKey:
		return 256
	}
	return 0
}

// Algorithms lists the JWS algorithms that the key can verify: the one its alg names, or all that fit its type.
// RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2.
func (k Key) Algorithms() []string {
	fit := fitting(k.Public)
	if k.Algorithm == "" {
		return fit
	}
	if slices.Contains(fit, k.Algorithm) {
		return []string{k.Algorithm}
	}
	return nil
}

func fitting(public crypto.PublicKey) []string {
	switch public := public.(type) {
	case *rsa.PublicKey:
		return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	case *ecdsa.PublicKey:
		switch public.Curve.Params().BitSize {
		case 256:
			return []string{"ES256"}
		case 384:
			return []string{"ES384"}
		}
		return []string{"ES512"}
	case ed25519.PublicKey:
		return []string{"EdDSA", "Ed25519"}
	}
	return nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
