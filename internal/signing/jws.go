package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The values of typ that tokens of this server carry. Another is as good, its header is just not ready beforehand.
const (
	TypeJWT         = "JWT"        // ID tokens, and access tokens of the Auth0 profile
	TypeAccessToken = "at+jwt"     // RFC 9068 §2.1
	TypeLogoutToken = "logout+jwt" // OpenID Connect Back-Channel Logout 1.0 §2.4
)

var readyTypes = [...]string{TypeJWT, TypeAccessToken, TypeLogoutToken}

var pssOptions = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256} // RFC 7518 §3.5

// signer is one key under one name: what it needs to write a JWS, and to know its own again.
type signer struct {
	kid     string
	alg     Algorithm
	private crypto.Signer // nil while previous
	public  crypto.PublicKey
	headers [len(readyTypes)]string // base64url, with the dot behind
}

func newSigner(kid string, alg Algorithm, public crypto.PublicKey, private crypto.Signer) *signer {
	s := &signer{kid: kid, alg: alg, public: public, private: private}
	for i, typ := range readyTypes {
		s.headers[i] = encodeHeader(alg, kid, typ)
	}
	return s
}

// encodeHeader writes the JOSE header. RFC 7515 §4.1. None of the three values can hold a character that JSON escapes:
// algorithm and type are ours, a kid is base64url.
func encodeHeader(alg Algorithm, kid, typ string) string {
	header := `{"alg":"` + string(alg) + `","typ":"` + typ + `","kid":"` + kid + `"}`
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "."
}

func (s *signer) header(typ string) string {
	for i, ready := range readyTypes {
		if ready == typ {
			return s.headers[i]
		}
	}
	return encodeHeader(s.alg, s.kid, typ)
}

// sign writes a compact JWS. RFC 7515 §5.1, §7.1.
func (s *signer) sign(typ string, claims []byte) (string, error) {
	header := s.header(typ)
	const signature = 352 // RSA of 2048 bits in base64url, and some
	token := make([]byte, 0, len(header)+base64.RawURLEncoding.EncodedLen(len(claims))+1+signature)
	token = append(token, header...)
	token = base64.RawURLEncoding.AppendEncode(token, claims)
	var raw [64]byte
	sum, err := s.signature(token, raw[:0])
	if err != nil {
		return "", fmt.Errorf("sign with key %s: %w", s.kid, err)
	}
	token = append(token, '.')
	return string(base64.RawURLEncoding.AppendEncode(token, sum)), nil
}

func (s *signer) signature(input, into []byte) ([]byte, error) {
	switch private := s.private.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(private, input), nil // RFC 8037 §3.1
	case *ecdsa.PrivateKey:
		digest := sha256.Sum256(input)
		der, err := ecdsa.SignASN1(rand.Reader, private, digest[:])
		if err != nil {
			return nil, err
		}
		return rawECDSA(der, into)
	case *rsa.PrivateKey:
		digest := sha256.Sum256(input)
		if s.alg == PS256 {
			return rsa.SignPSS(rand.Reader, private, crypto.SHA256, digest[:], pssOptions)
		}
		return rsa.SignPKCS1v15(nil, private, crypto.SHA256, digest[:]) // RFC 7518 §3.3
	}
	return nil, errors.New("the key has no private part")
}

// rawECDSA turns a DER signature into R ‖ S of 32 bytes each, as JWS wants it. RFC 7518 §3.4.
func rawECDSA(der, into []byte) ([]byte, error) {
	var inner cryptobyte.String
	var r, s []byte
	outer := cryptobyte.String(der)
	if !outer.ReadASN1(&inner, asn1.SEQUENCE) || !inner.ReadASN1Integer(&r) || !inner.ReadASN1Integer(&s) || len(r) > 32 || len(s) > 32 {
		return nil, errors.New("the signature has an unexpected form")
	}
	raw := append(into, make([]byte, 64)...)
	copy(raw[32-len(r):], r)
	copy(raw[64-len(s):], s)
	return raw, nil
}

// verify reports whether raw is the signature of input.
func (s *signer) verify(input, raw []byte) bool {
	switch public := s.public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(public, input, raw)
	case *ecdsa.PublicKey:
		if len(raw) != 64 {
			return false
		}
		var b cryptobyte.Builder
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addUnsigned(b, raw[:32])
			addUnsigned(b, raw[32:])
		})
		der, err := b.Bytes()
		digest := sha256.Sum256(input)
		return err == nil && ecdsa.VerifyASN1(public, digest[:], der)
	case *rsa.PublicKey:
		digest := sha256.Sum256(input)
		if s.alg == PS256 {
			return rsa.VerifyPSS(public, crypto.SHA256, digest[:], raw, pssOptions) == nil
		}
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], raw) == nil
	}
	return false
}

func addUnsigned(b *cryptobyte.Builder, number []byte) {
	for len(number) > 1 && number[0] == 0 {
		number = number[1:]
	}
	b.AddASN1(asn1.INTEGER, func(b *cryptobyte.Builder) {
		if number[0]&0x80 != 0 {
			b.AddUint8(0)
		}
		b.AddBytes(number)
	})
}
