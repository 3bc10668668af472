package dashboard

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"strconv"
	"time"

	"clientele/internal/outbound"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// keyName is what a key is called: the key ID of the assertion's header, or else what it is.
func keyName(k registry.Key) string {
	if k.KID != "" {
		return k.KID
	}
	return "without key ID"
}

// keyAlgorithm is the algorithm of a key, and what kind of key it is.
func keyAlgorithm(k registry.Key) string {
	kind := ""
	switch public := k.Public.Public.(type) {
	case *rsa.PublicKey:
		kind = "RSA " + strconv.Itoa(public.N.BitLen()) + " bit"
	case *ecdsa.PublicKey:
		kind = "EC " + public.Params().Name
	case ed25519.PublicKey:
		kind = "Ed25519"
	}
	switch {
	case k.Algorithm == "":
		return kind
	case kind == "" || kind == k.Algorithm:
		return k.Algorithm
	}
	return k.Algorithm + " (" + kind + ")"
}

// numberWord is a small number as a word.
func numberWord(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

// busyFor reports whether err says that there is too much to fetch just now, and for how long, in words.
func busyFor(err error) (retry string, busy bool) {
	b, busy := errors.AsType[*outbound.Busy](err)
	if !busy {
		return "", false
	}
	return ui.Span(max(b.Retry, time.Second)), true
}
