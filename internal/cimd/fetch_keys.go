package cimd

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"clientele/internal/audit"
	"clientele/internal/jwk"
	"clientele/internal/outbound"
	"clientele/internal/registry"
	"clientele/internal/strictjson"
)

// fetchedKeys is a key set that can be used.
type fetchedKeys struct {
	registry.KeySetSighting
	Bad     []string // keys that cannot be used, and why
	Fetched Fetched
}

// keys gets the key set at uri. The error is as document's. RFC 7517 §5, CIMD-02 §8.6.
func (f Fetcher) keys(ctx context.Context, uri string, lane outbound.Lane) (fetchedKeys, error) {
	got, err := f.get(ctx, outbound.Request{URL: uri, Accept: accepted, MaxBytes: MaxKeySet, Deadline: fetchDeadline, Lane: lane})
	set := fetchedKeys{Fetched: got.Fetched}
	if err != nil {
		if failure, ok := errors.AsType[*Failure](err); ok {
			failure.Value = uri
		}
		return set, err
	}
	keys, bad, failure := readKeys(got.Body, got.At)
	set.Bad = bad
	if failure != nil {
		failure.Detail = got.Fetched.detail()
		return set, failure
	}
	due := got.At.Add(min(got.DueAt.Sub(got.At), mostFreshKeys))
	set.KeySetSighting = registry.KeySetSighting{Body: got.Body, Hash: got.Hash, At: got.At, DueAt: due, Keys: keys}
	return set, nil
}

// mostFreshKeys is when a key set is asked for again at the latest: long before its keys stop to count unseen, so that an hour's
// trouble on the way hurts nobody.
const mostFreshKeys = registry.LastKnownGood / 2

// readKeys reads a key set, fetched or inline. Keys that cannot be used are told and skipped; a private one refuses the set.
func readKeys(body []byte, at time.Time) ([]registry.Key, []string, *Failure) {
	parsed, unusable, err := jwk.ParseSet(body)
	if err != nil {
		return nil, nil, keySetFailure(body, err)
	}
	var bad []string
	for _, b := range unusable {
		bad = append(bad, fmt.Sprintf("key %d %s", b.Index, shorten(b.Err.Error())))
	}
	var keys []registry.Key
	seen := map[string]bool{}
	for _, k := range parsed {
		thumbprint, err := k.Thumbprint()
		switch {
		case err != nil:
			bad = append(bad, fmt.Sprintf("key %q %s", shorten(k.ID), shorten(err.Error())))
		case seen[thumbprint]:
		case rsaKey(k) && k.Bits() > maxRSABits:
			bad = append(bad, fmt.Sprintf("key %q has %d bits; at most %d are tried for a stranger's signature", shorten(k.ID), k.Bits(), maxRSABits))
		case len(k.ID) > maxKID:
			bad = append(bad, fmt.Sprintf("key %q has a kid of more than %d bytes", shorten(k.ID), maxKID))
		case len(keys) == registry.MaxKeys:
			bad = append(bad, fmt.Sprintf("key %q is one more than the %d that count", shorten(k.ID), registry.MaxKeys))
		default:
			keys = append(keys, documentKey(k, thumbprint, at))
		}
		seen[thumbprint] = true
	}
	if len(keys) == 0 {
		return nil, bad, &Failure{
			Kind: audit.FailureDocument, Side: audit.SideClient, Spec: "RFC 7517 §5",
			Message: "The key set has no key that can be used.",
			Mend:    "Publish at least one public RSA key of 2048 bits or more, or one of P-256, P-384, P-521 or Ed25519, for signatures.",
		}
	}
	return keys, bad, nil
}

// maxRSABits caps the RSA keys of documents: anybody can make this server verify with them.
const maxRSABits = 4096

func rsaKey(k jwk.Key) bool {
	_, ok := k.Public.(*rsa.PublicKey)
	return ok
}

// maxKID caps a key's kid, in bytes.
const maxKID = 255

func documentKey(k jwk.Key, thumbprint string, at time.Time) registry.Key {
	return registry.Key{
		ID: thumbprint, Public: k, KID: k.ID, Thumbprint: thumbprint, Algorithm: k.Algorithm, Active: true,
		Source: registry.FromDocument, CreatedAt: at,
	}
}

func keySetFailure(body []byte, err error) *Failure {
	f := &Failure{
		Kind: audit.FailureDocument, Side: audit.SideClient, Spec: "RFC 7517 §5",
		Message: "The key set cannot be used: it " + shorten(err.Error()) + ".",
		Mend:    "Publish a JWK Set: an object whose member keys is an array of public keys.",
	}
	var syntax *strictjson.Error
	switch {
	case errors.Is(err, jwk.ErrPrivate):
		f.Message, f.Spec = "The key set gives away a private or symmetric key.", "CIMD-02 §4.1"
		f.Mend = "Consider that key lost: make a new one, and publish only the public part."
	case errors.As(err, &syntax):
		f.Message, f.Spec = "The key set cannot be read: "+shorten(err.Error())+".", "RFC 8259 §2"
		if !json.Valid(body) {
			f.Kind = audit.FailureNotJSON
		}
	}
	return f
}
