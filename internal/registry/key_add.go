package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
)

// Limits of what is said about a key.
const (
	maxKeyName = 128
	maxKID     = 128
)

// KeyDraft is a public key that somebody gives an application to authenticate with: PEM or JWK, not both.
type KeyDraft struct {
	Name                  string
	PEM                   string // a public key or an X.509 certificate
	JWK                   []byte
	KID                   string // empty = the JWK's, else the thumbprint
	Algorithm             string // the only one accepted; empty = the JWK's, else any that fits the key
	ExpiresAt             time.Time
	ExpiryFromCertificate bool
	Active                bool
}

// AddKey gives a hand-made application a public key. Whether it authenticates with one is a method of its own
// (private_key_jwt), chosen by Update. It fails with *Invalid and ErrNotFound.
func (r *Registry) AddKey(ctx context.Context, actor audit.Actor, id string, d KeyDraft) (Application, Key, error) {
	now := r.now()
	var added Key
	a, _, err := r.rewrite(ctx, actor, id, 0, "application.key_added", now, func(_, a *Application) (err error) {
		if err := mayHaveKeys(a); err != nil {
			return err
		}
		added, err = a.addKey(d, actor, now)
		return err
	})
	if err != nil {
		return Application{}, Key{}, err
	}
	return a, added, nil
}

// UpdateKey changes the name, the end and the state of a key; the key itself stays what it is. It fails with *Invalid and
// ErrNotFound, or the error of change.
func (r *Registry) UpdateKey(ctx context.Context, actor audit.Actor, id, keyID string, change func(*Key) error) (Application, error) {
	now := r.now()
	a, _, err := r.rewrite(ctx, actor, id, 0, "application.key_changed", now, func(was, a *Application) error {
		if err := mayHaveKeys(a); err != nil {
			return err
		}
		k := a.liveKey(keyID)
		if k == nil {
			return ErrNotFound
		}
		before := *k
		if err := change(k); err != nil {
			return err
		}
		k.Name, k.ExpiresAt, k.Public, k.LastUsed = strings.TrimSpace(k.Name), exact(k.ExpiresAt), before.Public, before.LastUsed
		if err := inspectKey(before, *k); err != nil {
			return err
		}
		return a.staysUsable(was, now)
	})
	return a, err
}

// DeleteKey takes a key out of use; it is kept a while to recognise its use. The last one of an application that has no other
// method cannot go. It fails with *Invalid and ErrNotFound.
func (r *Registry) DeleteKey(ctx context.Context, actor audit.Actor, id, keyID string) (Application, error) {
	return r.DeleteKeyAt(ctx, actor, id, 0, keyID)
}

// DeleteKeyAt is DeleteKey of the application's revision that the caller saw, 0 if any will do. It fails with ErrStale too.
func (r *Registry) DeleteKeyAt(ctx context.Context, actor audit.Actor, id string, revision int64, keyID string) (Application, error) {
	now := r.now()
	a, _, err := r.rewrite(ctx, actor, id, revision, "application.key_deleted", now, func(was, a *Application) error {
		if err := mayHaveKeys(a); err != nil {
			return err
		}
		k := a.liveKey(keyID)
		if k == nil {
			return ErrNotFound
		}
		k.RetiredAt = now
		a.Keys = keptKeys(a.Keys)
		return a.staysUsable(was, now)
	})
	return a, err
}

func mayHaveKeys(a *Application) error {
	switch {
	case a.Origin == Imported:
		return refusal("keys", "document_owned", documentOwned, a.ExternalID)
	case a.Type == SinglePage:
		return refusal("keys", "key_public", "are not for a single page application: it runs in the browser and cannot keep a private key")
	}
	return nil
}

// staysUsable refuses to take the last key that works from an application that has no other way to authenticate.
func (a *Application) staysUsable(was *Application, now time.Time) error {
	if !a.Accepts(oauth.AuthPrivateKeyJWT) || len(a.AuthMethods) > 1 {
		return nil
	}
	usable := func(k Key) bool { return k.Usable(now) }
	if slices.ContainsFunc(was.Keys, usable) && !slices.ContainsFunc(a.Keys, usable) {
		return refusal("keys", "key_last", "must keep one that works, because private_key_jwt is the application's only method; add another key or choose another method first")
	}
	return nil
}

func (a *Application) liveKey(id string) *Key {
	i := slices.IndexFunc(a.Keys, func(k Key) bool { return k.ID == id && k.RetiredAt.IsZero() })
	if i < 0 {
		return nil
	}
	return &a.Keys[i]
}

// addKey reads a key and puts it beside the others.
func (a *Application) addKey(d KeyDraft, actor audit.Actor, now time.Time) (Key, error) {
	k, err := d.key(now)
	if err != nil {
		return Key{}, err
	}
	k.ID, k.Source, k.CreatedAt, k.CreatedBy = mintKeyID(), FromOperator, now, actor.Name
	var live int
	for _, old := range a.Keys {
		switch {
		case !old.RetiredAt.IsZero():
		case old.Thumbprint == k.Thumbprint:
			return Key{}, refusal("keys", "key_duplicate", "has this key already, as %s", old.ID)
		case old.KID == k.KID:
			return Key{}, refusal("kid", "key_kid", "is taken by the key %s; choose another", old.ID)
		default:
			live++
		}
	}
	if live >= MaxKeys {
		return Key{}, refusal("keys", "key_count", "are %d already, which is the most; delete one first", live)
	}
	// The same key may come back after it was deleted.
	a.Keys = slices.DeleteFunc(a.Keys, func(old Key) bool { return old.Thumbprint == k.Thumbprint })
	a.Keys = append(a.Keys, k)
	return k, nil
}

// key reads the draft.
func (d KeyDraft) key(now time.Time) (Key, error) {
	public, ends, certificate, err := d.public()
	if err != nil {
		return Key{}, err
	}
	k := Key{
		Name: strings.TrimSpace(d.Name), Public: public, KID: d.KID, Algorithm: d.Algorithm, Certificate: certificate,
		Active: d.Active, ExpiresAt: exact(d.ExpiresAt),
	}
	if k.KID == "" {
		k.KID = public.ID
	}
	if k.Thumbprint, err = public.Thumbprint(); err != nil {
		return Key{}, fmt.Errorf("naming a key: %w", err)
	}
	if k.KID == "" {
		k.KID = k.Thumbprint
	}
	if k.Algorithm == "" {
		k.Algorithm = public.Algorithm
	}
	switch {
	case d.ExpiryFromCertificate && ends.IsZero():
		return Key{}, refusal("expires_at", "key_expiry", "cannot be taken from the certificate, because there is none")
	case d.ExpiryFromCertificate && !d.ExpiresAt.IsZero():
		return Key{}, refusal("expires_at", "key_expiry", "must be left out if it is taken from the certificate")
	case d.ExpiryFromCertificate:
		k.ExpiresAt = exact(ends)
	}
	if !k.ExpiresAt.IsZero() && !k.ExpiresAt.After(now) {
		return Key{}, refusal("expires_at", "key_expiry", "is in the past; leave it out for a key that does not end")
	}
	return k, inspectKey(k, k)
}

// public reads the key itself, when its certificate ends, and the certificate's SHA-256 in hexadecimal.
func (d KeyDraft) public() (k jwk.Key, ends time.Time, certificate string, err error) {
	text, jwkText := strings.TrimSpace(d.PEM), bytes.TrimSpace(d.JWK)
	switch {
	case text != "" && len(jwkText) > 0:
		return k, ends, "", refusal("pem", "key_form", "must be left out beside a JWK")
	case text != "":
		if k, ends, err = jwk.ParsePEM([]byte(text)); err != nil {
			return k, ends, "", refusal("pem", "key_form", "%s", err)
		}
		k.ID = ""
		if block, _ := pem.Decode([]byte(text)); block != nil && block.Type == "CERTIFICATE" {
			sum := sha256.Sum256(block.Bytes)
			certificate = hex.EncodeToString(sum[:])
		}
		return k, ends, certificate, nil
	case len(jwkText) > 0:
		if k, err = jwk.Parse(jwkText); err != nil {
			return k, ends, "", refusal("jwk", "key_form", "%s", err)
		}
		return k, ends, "", nil
	}
	return k, ends, "", refusal("pem", "key_form", "is missing: paste a public key or a certificate in PEM, or a JWK")
}

// inspectKey holds a key to its rules, and to what it was.
func inspectKey(was, k Key) error {
	i := &inspection{rule: "key"}
	if !boundedText(k.Name, maxKeyName) {
		i.refuse("name", "must be at most %d printable characters", maxKeyName)
	}
	if !printable(k.KID) || len(k.KID) > maxKID || strings.ContainsAny(k.KID, `"\`) {
		i.refuse("kid", "must be 1 to %d visible characters", maxKID)
	}
	fits := k.Public
	fits.Algorithm = ""
	if k.Algorithm != "" && !slices.Contains(fits.Algorithms(), k.Algorithm) {
		i.refuse("algorithm", "does not fit the key, which can be used with %s", strings.Join(fits.Algorithms(), ", "))
	}
	if k.ID != was.ID || k.KID != was.KID || k.Thumbprint != was.Thumbprint || k.Algorithm != was.Algorithm || k.Certificate != was.Certificate ||
		k.Source != was.Source || !k.CreatedAt.Equal(was.CreatedAt) || !k.RetiredAt.Equal(was.RetiredAt) {
		i.refuse("id", "names a key, which cannot be changed; add another key instead")
	}
	if len(i.found) > 0 {
		return &Invalid{Violations: i.found}
	}
	return nil
}
