package registry

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// Limits of client secrets.
const (
	DefaultSecretOverlap = 24 * time.Hour     // how long the older secrets live on after AddSecret
	MaxSecretOverlap     = 7 * 24 * time.Hour // at most
	MaxLiveSecrets       = 5                  // that may authenticate at the same time
	maxKeptSecrets       = 10                 // expired and retired ones that are kept to recognise their use
)

// Minted is a secret at the only moment when its value is known.
type Minted struct {
	Secret ClientSecret
	Value  secret.Secret
}

// SecretState is what a presented client secret turned out to be.
type SecretState string

// The states of a presented secret. All but SecretUsable are refused with the same words; operators see the difference.
const (
	SecretUsable  SecretState = "usable"
	SecretExpired SecretState = "expired"
	SecretRetired SecretState = "retired"
	SecretUnknown SecretState = "unknown"
)

// VerifySecret says which of the application's secrets value is, and whether it may authenticate at now. It hashes value
// once per data key and compares with every secret in constant time, so the answer takes equally long whichever matches.
func (a *Application) VerifySecret(keys *secret.Keyring, value string, now time.Time) (ClientSecret, SecretState) {
	hashes := keys.Hashes(secret.ForClientSecret, value)
	found := -1
	for i := range a.Secrets {
		for _, h := range hashes {
			if subtle.ConstantTimeCompare([]byte(h), []byte(a.Secrets[i].Hash)) == 1 {
				found = i
			}
		}
	}
	if found < 0 {
		return ClientSecret{}, SecretUnknown
	}
	s := a.Secrets[found]
	return s, s.state(now)
}

func (s ClientSecret) state(now time.Time) SecretState {
	switch {
	case !s.RetiredAt.IsZero():
		return SecretRetired
	case !s.Usable(now):
		return SecretExpired
	}
	return SecretUsable
}

// ReplaceSecret retires every secret at once and mints a new one: what to do when a secret leaked. It fails with *Invalid
// for a public application, and with ErrNotFound.
func (r *Registry) ReplaceSecret(ctx context.Context, actor audit.Actor, id string) (Application, Minted, error) {
	now := r.now()
	m := r.mint(actor, now, "")
	a, _, err := r.rewrite(ctx, actor, id, 0, "application.secret_replaced", now, func(_, a *Application) error {
		if err := mayHaveSecrets(a); err != nil {
			return err
		}
		retireAll(a.Secrets, now)
		a.Secrets = keptSecrets(append(a.Secrets, m.Secret), now)
		return nil
	})
	if err != nil {
		return Application{}, Minted{}, err
	}
	return a, m, nil
}

// AddSecret mints a secret beside the older ones, which live on for overlap (0 = DefaultSecretOverlap, at most
// MaxSecretOverlap) unless they end sooner: adding again never lengthens an older secret. expires ends the new secret; zero
// = never. It fails with *Invalid and ErrNotFound.
func (r *Registry) AddSecret(ctx context.Context, actor audit.Actor, id, name string, overlap time.Duration, expires time.Time) (Application, Minted, error) {
	now := r.now()
	if overlap == 0 {
		overlap = DefaultSecretOverlap
	}
	m := r.mint(actor, now, strings.TrimSpace(name))
	if !expires.IsZero() {
		m.Secret.ExpiresAt = expires.UTC().Truncate(time.Microsecond)
	}
	a, _, err := r.rewrite(ctx, actor, id, 0, "application.secret_added", now, func(_, a *Application) error {
		if err := mayAddSecret(a, m.Secret, overlap, now); err != nil {
			return err
		}
		shorten(a.Secrets, now.Add(overlap))
		a.Secrets = keptSecrets(append(a.Secrets, m.Secret), now)
		return nil
	})
	if err != nil {
		return Application{}, Minted{}, err
	}
	return a, m, nil
}

// RevokeSecret retires one secret at once. The last one may go too: the application then cannot authenticate until it gets
// another. It fails with ErrNotFound if there is no such secret.
func (r *Registry) RevokeSecret(ctx context.Context, actor audit.Actor, id, secretID string) (Application, error) {
	return r.RevokeSecretAt(ctx, actor, id, 0, secretID)
}

// RevokeSecretAt is RevokeSecret of the application's revision that the caller saw, 0 if any will do. It fails with ErrStale too.
func (r *Registry) RevokeSecretAt(ctx context.Context, actor audit.Actor, id string, revision int64, secretID string) (Application, error) {
	now := r.now()
	a, _, err := r.rewrite(ctx, actor, id, revision, "application.secret_revoked", now, func(_, a *Application) error {
		i := slices.IndexFunc(a.Secrets, func(s ClientSecret) bool { return s.ID == secretID })
		if i < 0 {
			return ErrNotFound
		}
		retireAll(a.Secrets[i:i+1], now)
		return nil
	})
	return a, err
}

func (r *Registry) mint(actor audit.Actor, now time.Time, name string) Minted {
	value := secret.Mint(secret.PrefixClientSecret)
	return Minted{Value: value, Secret: ClientSecret{
		ID: mintSecretID(), Name: name, Hash: r.Keys.Hash(secret.ForClientSecret, value.Reveal()),
		LastFour: value.LastFour(), CreatedAt: now, CreatedBy: actor.Name,
	}}
}

func mayHaveSecrets(a *Application) error {
	switch {
	case a.Origin == Imported:
		return refusal("secrets", "auth_method_imported", "cannot be: an application with a metadata document has no shared secret")
	case a.usesSecret():
		return nil
	case !a.Public():
		return refusal("auth_methods", "secret_method",
			"is private_key_jwt alone, which needs no secret. Choose client_secret_basic or client_secret_post first, if the program cannot sign")
	}
	return refusal("auth_methods", "secret_public",
		"is none: a public application has no secret. Choose client_secret_basic or client_secret_post first, if the program can keep one")
}

func mayAddSecret(a *Application, s ClientSecret, overlap time.Duration, now time.Time) error {
	if err := mayHaveSecrets(a); err != nil {
		return err
	}
	var live int
	for _, old := range a.Secrets {
		if old.Usable(now) {
			live++
		}
	}
	switch {
	case live >= MaxLiveSecrets:
		return refusal("secrets", "secret_count", "are %d already, which is the most that may work at the same time; revoke one first", live)
	case overlap < 0 || overlap > MaxSecretOverlap:
		return refusal("overlap", "secret_overlap", "must be between nothing and 7 days; the older secrets end after it")
	case !s.ExpiresAt.IsZero() && !s.ExpiresAt.After(now):
		return refusal("expires_at", "secret_expiry", "is in the past; leave it out for a secret that does not end")
	case !boundedText(s.Name, maxSecretName):
		return refusal("name", "secret_name", "must be at most %d printable characters", maxSecretName)
	}
	return nil
}

const maxSecretName = 64

func retireAll(secrets []ClientSecret, now time.Time) {
	for i := range secrets {
		if secrets[i].RetiredAt.IsZero() {
			secrets[i].RetiredAt = now
		}
	}
}

func shorten(secrets []ClientSecret, end time.Time) {
	for i := range secrets {
		if s := &secrets[i]; s.ExpiresAt.IsZero() || s.ExpiresAt.After(end) {
			s.ExpiresAt = end
		}
	}
}

// keptSecrets drops the oldest of those that can no longer authenticate, so that a row does not grow for ever.
func keptSecrets(secrets []ClientSecret, now time.Time) []ClientSecret {
	var dead int
	for _, s := range secrets {
		if !s.Usable(now) {
			dead++
		}
	}
	return slices.DeleteFunc(secrets, func(s ClientSecret) bool {
		if s.Usable(now) || dead <= maxKeptSecrets {
			return false
		}
		dead--
		return true
	})
}
