package frame

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"strconv"
	"time"

	"clientele/internal/outbound"
	"clientele/internal/registry"
	"clientele/internal/signing"
	"clientele/internal/ui"
)

// KeyName is what a key is called: the key ID of the assertion's header, or else what it is.
func KeyName(k registry.Key) string {
	if k.KID != "" {
		return k.KID
	}
	return "without key ID"
}

// KeyAlgorithm is the algorithm of a key, and what kind of key it is.
func KeyAlgorithm(k registry.Key) string {
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

// NumberWord is a small number as a word.
func NumberWord(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

// BusyFor reports whether err says that there is too much to fetch just now, and for how long, in words.
func BusyFor(err error) (retry string, busy bool) {
	b, busy := errors.AsType[*outbound.Busy](err)
	if !busy {
		return "", false
	}
	return ui.Span(max(b.Retry, time.Second)), true
}

// KeyBadge says what a signing key is there for.
func KeyBadge(s signing.State) ui.Badge {
	switch s {
	case signing.Current:
		return ui.Badge{Kind: ui.Good, Text: "signs", Dot: true}
	case signing.Next:
		return ui.Badge{Kind: ui.Note, Text: "next", Dot: true}
	case signing.Previous:
		return ui.Badge{Text: "verifies", Dot: true}
	}
	return ui.Badge{Kind: ui.Danger, Text: "revoked", Dot: true}
}
