package management

import (
	"time"

	"clientele/internal/registry"
)

// jwtBody is jwt_configuration. What is left out stays as it is.
type jwtBody struct {
	LifetimeInSeconds *int64         `json:"lifetime_in_seconds,omitempty" minimum:"1"`
	SecretEncoded     *bool          `json:"secret_encoded,omitempty"`
	Alg               *string        `json:"alg,omitempty" doc:"RS256, ES256, PS256, EdDSA or Ed25519."`
	Scopes            map[string]any `json:"scopes,omitempty"`
}

// refreshBody is refresh_token. What is left out stays as it is.
type refreshBody struct {
	RotationType              string `json:"rotation_type" enum:"rotating,non-rotating"`
	ExpirationType            string `json:"expiration_type" enum:"expiring,non-expiring"`
	Leeway                    *int64 `json:"leeway,omitempty" minimum:"0"`
	TokenLifetime             *int64 `json:"token_lifetime,omitempty" minimum:"1" maximum:"157788000"`
	IdleTokenLifetime         *int64 `json:"idle_token_lifetime,omitempty" minimum:"1" maximum:"157788000"`
	InfiniteTokenLifetime     *bool  `json:"infinite_token_lifetime,omitempty"`
	InfiniteIdleTokenLifetime *bool  `json:"infinite_idle_token_lifetime,omitempty"`

	Policies Nullable[[]any] `json:"policies,omitzero" nullable:"true" doc:"Not supported: only null and an empty array are accepted."`
}

func (j jwtBody) apply(p *registry.IDTokenPolicy) {
	if j.LifetimeInSeconds != nil {
		p.Lifetime = duration(*j.LifetimeInSeconds)
	}
	if j.Alg != nil {
		p.Algorithm = *j.Alg
	}
}

func (r refreshBody) apply(p *registry.RefreshPolicy) {
	if p.Rotating = r.RotationType == "rotating"; !p.Rotating {
		p.Leeway = 0
	}
	switch {
	case r.Leeway != nil:
		p.Leeway = duration(*r.Leeway)
	case p.Rotating && p.Leeway == 0:
		p.Leeway = registry.DefaultRefreshLeeway
	}
	if r.ExpirationType == "non-expiring" {
		p.Lifetime, p.IdleLifetime = 0, 0
		return
	}
	p.Lifetime = lifetime(p.Lifetime, r.TokenLifetime, r.InfiniteTokenLifetime, registry.DefaultRefreshLifetime)
	p.IdleLifetime = lifetime(p.IdleLifetime, r.IdleTokenLifetime, r.InfiniteIdleTokenLifetime, registry.DefaultRefreshIdleLifetime)
}

func (r refreshBody) endless() bool {
	return r.ExpirationType == "expiring" && isTrue(r.InfiniteTokenLifetime) && isTrue(r.InfiniteIdleTokenLifetime)
}

// lifetime is one of the two ends of refresh tokens: none if it is infinite, else what is said, else what was, else the
// default.
func lifetime(was time.Duration, said *int64, infinite *bool, fallback time.Duration) time.Duration {
	switch {
	case isTrue(infinite):
		return 0
	case said != nil:
		return duration(*said)
	case was != 0:
		return was
	}
	return fallback
}

func isTrue(b *bool) bool { return b != nil && *b }

// duration turns seconds into a duration. Anything longer than a hundred years becomes that, so that it cannot overflow;
// the registry refuses it.
func duration(seconds int64) time.Duration {
	const century = 100 * 365 * 24 * 60 * 60
	return time.Duration(min(seconds, century)) * time.Second
}
