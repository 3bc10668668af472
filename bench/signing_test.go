package bench

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"

	"clientele/internal/servertest"
	"clientele/internal/signing"
)

// BenchmarkRawSignature is what the standard library takes for one signature: the floor under BenchmarkSign.
func BenchmarkRawSignature(b *testing.B) {
	digest := sha256.Sum256(make([]byte, 500))
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	for name, sign := range map[signing.Algorithm]func() ([]byte, error){
		signing.RS256: func() ([]byte, error) { return rsa.SignPKCS1v15(nil, rsaKey, crypto.SHA256, digest[:]) },
		signing.PS256: func() ([]byte, error) {
			return rsa.SignPSS(rand.Reader, rsaKey, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		},
		signing.ES256: func() ([]byte, error) { return ecdsa.SignASN1(rand.Reader, ecKey, digest[:]) },
		signing.EdDSA: func() ([]byte, error) { return ed25519.Sign(edKey, digest[:]), nil },
	} {
		b.Run(string(name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := sign(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkVerify is what UserInfo and the Management API pay for a token of ours.
func BenchmarkVerify(b *testing.B) {
	s := servertest.New(b)
	for _, alg := range []signing.Algorithm{signing.RS256, signing.ES256, signing.PS256, signing.EdDSA} {
		token, err := s.Signing.Sign(b.Context(), alg, signing.TypeAccessToken, []byte(`{"iss":"https://id.example.test/","sub":"usr_1"}`))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(alg), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Signing.Verify(token, signing.TypeAccessToken); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
