package secret_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"clientele/internal/secret"
)

func TestASealedTokenOpensUntilItExpires(t *testing.T) {
	ring := newRing(t)
	token := ring.SealToken(secret.ForRequest, []byte("client_id=abc"), epoch.Add(time.Minute))
	if plain, err := ring.OpenToken(secret.ForRequest, token, epoch.Add(59*time.Second)); err != nil || string(plain) != "client_id=abc" {
		t.Errorf("got %q, %v", plain, err)
	}
	if _, err := ring.OpenToken(secret.ForRequest, token, epoch.Add(time.Minute)); !errors.Is(err, secret.ErrExpired) {
		t.Errorf("at its end: %v", err)
	}
}

func TestASealedTokenTellsNothingAndIsNeverTheSame(t *testing.T) {
	ring := newRing(t)
	one := ring.SealToken(secret.ForRequest, []byte("visible"), epoch)
	raw, err := base64.RawURLEncoding.DecodeString(one)
	if err != nil || bytes.Contains(raw, []byte("visible")) {
		t.Errorf("%q, %v", raw, err)
	}
	if one == ring.SealToken(secret.ForRequest, []byte("visible"), epoch) {
		t.Error("the same plain text gave the same token")
	}
}

func TestASealedTokenOpensForItsPurposeOnly(t *testing.T) {
	ring := newRing(t)
	token := ring.SealToken(secret.ForRequest, []byte("x"), epoch.Add(time.Hour))
	if _, err := ring.OpenToken(secret.ForReset, token, epoch); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("for another purpose: %v", err)
	}
	if _, err := newRing(t).OpenToken(secret.ForRequest, token, epoch); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("with other keys: %v", err)
	}
}

func TestASealedTokenOpensUnderAnOlderKey(t *testing.T) {
	m := newMaster(t, "one")
	older, newer := secret.NewDataKey(m, epoch), secret.NewDataKey(m, epoch.Add(time.Hour))
	token := newRing(t, older).SealToken(secret.ForRequest, []byte("x"), epoch.Add(time.Hour))
	if _, err := newRing(t, older, newer).OpenToken(secret.ForRequest, token, epoch); err != nil {
		t.Error(err)
	}
}

func TestEveryChangedBitOfASealedTokenIsSeen(t *testing.T) {
	ring := newRing(t)
	raw, err := base64.RawURLEncoding.DecodeString(ring.SealToken(secret.ForRequest, []byte("x"), epoch.Add(time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for bit := range 8 {
			changed := bytes.Clone(raw)
			changed[i] ^= 1 << bit
			if _, err := ring.OpenToken(secret.ForRequest, base64.RawURLEncoding.EncodeToString(changed), epoch); !errors.Is(err, secret.ErrSealed) {
				t.Fatalf("byte %d, bit %d: %v", i, bit, err)
			}
		}
	}
	for n := range raw {
		if _, err := ring.OpenToken(secret.ForRequest, base64.RawURLEncoding.EncodeToString(raw[:n]), epoch); !errors.Is(err, secret.ErrSealed) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
}

func FuzzOpenToken(f *testing.F) {
	ring := newRing(f)
	good := ring.SealToken(secret.ForRequest, []byte("x"), epoch.Add(time.Hour))
	f.Add(good)
	f.Add("")
	f.Add("AQ")
	f.Add("Af8")
	f.Add(strings.Repeat("A", 100))
	f.Fuzz(func(t *testing.T, token string) {
		if plain, err := ring.OpenToken(secret.ForRequest, token, epoch); err == nil && (string(plain) != "x" || token != good) {
			t.Errorf("%q opened to %q", token, plain)
		}
	})
}
