package jwk_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"clientele/internal/jwk"
)

func encodePEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func TestAPublicKeyIsReadFromPEM(t *testing.T) {
	for name, private := range everyKind(t) {
		der, err := x509.MarshalPKIXPublicKey(private.Public())
		if err != nil {
			t.Fatal(err)
		}
		k, expires, err := jwk.ParsePEM(encodePEM("PUBLIC KEY", der))
		same, _ := jwk.New(private.Public(), "")
		if err != nil || k.ID != same.ID || !expires.IsZero() {
			t.Errorf("%s: %+v, %v, %v", name, k, expires, err)
		}
	}
	private := everyKind(t)["RSA"].(*rsa.PrivateKey)
	if _, _, err := jwk.ParsePEM(encodePEM("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&private.PublicKey))); err != nil {
		t.Errorf("PKCS #1: %v", err)
	}
}

func TestACertificateTellsWhenItEnds(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: end.Add(-time.Hour), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	k, expires, err := jwk.ParsePEM(encodePEM("CERTIFICATE", der))
	if err != nil || !expires.Equal(end) || k.Bits() != 256 {
		t.Errorf("%+v, %v, %v", k, expires, err)
	}
}

func TestPEMThatIsNoPublicKeyIsRefused(t *testing.T) {
	keys := everyKind(t)
	private, err := x509.MarshalPKCS8PrivateKey(keys["P-256"])
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(keys["P-256"].(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	for kind, der := range map[string][]byte{"PRIVATE KEY": private, "EC PRIVATE KEY": sec1, "ENCRYPTED PRIVATE KEY": private} {
		if _, _, err := jwk.ParsePEM(encodePEM(kind, der)); !errors.Is(err, jwk.ErrPrivate) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	public, err := x509.MarshalPKIXPublicKey(keys["P-256"].Public())
	if err != nil {
		t.Fatal(err)
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	odd, err := x509.MarshalPKIXPublicKey(p224.Public())
	if err != nil {
		t.Fatal(err)
	}
	two := append(encodePEM("PUBLIC KEY", public), encodePEM("PUBLIC KEY", public)...)
	for name, text := range map[string]string{
		"is not PEM": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", "more than one": string(two), "of type": string(encodePEM("X509 CRL", public)),
		"cannot be read": string(encodePEM("PUBLIC KEY", public[1:])), "the curve": string(encodePEM("PUBLIC KEY", odd)), "is longer": strings.Repeat("x", 70_000),
	} {
		if _, _, err := jwk.ParsePEM([]byte(text)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParsePEM(f *testing.F) {
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, _, err := jwk.ParsePEM(text)
		if err != nil {
			return
		}
		if _, err := k.MarshalJSON(); err != nil || len(k.Algorithms()) == 0 {
			t.Errorf("%q: %v", text, err)
		}
	})
}
