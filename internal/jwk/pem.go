package jwk

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxPEM caps a PEM text, in bytes.
const maxPEM = 64 << 10

// ParsePEM reads one public key from PEM: a public key (SPKI or PKCS #1) or an X.509 certificate, whose end it returns too;
// zero for a bare key. The key gets its thumbprint as ID. A private key is refused with ErrPrivate.
// RFC 7468 §5, §13.
func ParsePEM(text []byte) (k Key, expires time.Time, err error) {
	if len(text) > maxPEM {
		return Key{}, time.Time{}, fmt.Errorf("is longer than %d bytes", maxPEM)
	}
	block, rest := pem.Decode(text)
	switch {
	case block == nil:
		return Key{}, time.Time{}, errors.New("is not PEM: it has no line -----BEGIN PUBLIC KEY----- or -----BEGIN CERTIFICATE-----")
	case len(bytes.TrimSpace(rest)) > 0:
		return Key{}, time.Time{}, errors.New("has more than one PEM block; paste one key")
	case strings.Contains(block.Type, "PRIVATE"):
		return Key{}, time.Time{}, ErrPrivate
	}
	public, expires, err := publicFromDER(block)
	if err != nil {
		return Key{}, time.Time{}, err
	}
	if err := acceptable(public); err != nil {
		return Key{}, time.Time{}, err
	}
	k = Key{Public: public, Use: "sig"}
	k.ID, err = k.Thumbprint()
	return k, expires, err
}

func publicFromDER(block *pem.Block) (crypto.PublicKey, time.Time, error) {
	switch block.Type {
	case "PUBLIC KEY":
		public, err := x509.ParsePKIXPublicKey(block.Bytes)
		return public, time.Time{}, worded(err)
	case "RSA PUBLIC KEY":
		public, err := x509.ParsePKCS1PublicKey(block.Bytes)
		return public, time.Time{}, worded(err)
	case "CERTIFICATE":
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, time.Time{}, worded(err)
		}
		return certificate.PublicKey, certificate.NotAfter, nil
	}
	return nil, time.Time{}, fmt.Errorf("is a PEM block of type %q; a PUBLIC KEY or a CERTIFICATE is needed", short(block.Type))
}

func worded(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot be read: %w", err)
}

// acceptable holds a key that came as DER to the same rules as one that came as a JWK.
func acceptable(public crypto.PublicKey) error {
	switch public := public.(type) {
	case *rsa.PublicKey:
		return acceptableRSA(public)
	case *ecdsa.PublicKey:
		switch public.Curve.Params().Name {
		case "P-256", "P-384", "P-521":
			return nil
		}
		return fmt.Errorf("has the curve %q; P-256, P-384 and P-521 are supported", public.Curve.Params().Name)
	case ed25519.PublicKey:
		return nil
	}
	return fmt.Errorf("is a key of type %T; RSA, ECDSA and Ed25519 are supported", public)
}
