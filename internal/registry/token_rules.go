package registry

import (
	"slices"
	"strings"
	"time"

	"clientele/internal/oauth"
)

// Algorithms are those that tokens can be signed with, the default first. Ed25519 is what RFC 9864 calls EdDSA with that curve.
var Algorithms = []string{"RS256", "ES256", "PS256", "EdDSA", "Ed25519"}

// The bounds of lifetimes.
const (
	MaxIDTokenLifetime = 30 * 24 * time.Hour
	MaxRefreshLifetime = 157788000 * time.Second // five years
	MaxRefreshLeeway   = 10 * time.Minute
)

func checkIDToken(i *inspection) {
	p := i.app.IDToken
	if !wholeSeconds(p.Lifetime) || p.Lifetime < time.Second || p.Lifetime > MaxIDTokenLifetime {
		i.refuse("id_token.lifetime", "must be whole seconds between 1 and %d", int64(MaxIDTokenLifetime/time.Second))
	}
	if !slices.Contains(Algorithms, p.Algorithm) {
		i.refuse("id_token.algorithm", "must be one of %s; HS256 would need a secret that is known in clear", strings.Join(Algorithms, ", "))
	}
}

func checkRefreshLimits(i *inspection) {
	p := i.app.Refresh
	for _, f := range []struct {
		field string
		value time.Duration
		limit time.Duration
	}{
		{"refresh.lifetime", p.Lifetime, MaxRefreshLifetime},
		{"refresh.idle_lifetime", p.IdleLifetime, MaxRefreshLifetime},
		{"refresh.leeway", p.Leeway, MaxRefreshLeeway},
	} {
		if !wholeSeconds(f.value) || f.value < 0 || f.value > f.limit {
			i.refuse(f.field, "must be whole seconds, at most %d", int64(f.limit/time.Second))
		}
	}
	if p.Lifetime > 0 && p.IdleLifetime >= p.Lifetime {
		i.refuse("refresh.idle_lifetime", "must be shorter than the lifetime, or it never matters")
	}
}

func wholeSeconds(d time.Duration) bool { return d%time.Second == 0 }

// The document of an imported application may drop the grant at any time; rotation then waits for it to come back.
func checkRotationGrant(i *inspection) {
	if i.app.Refresh.Rotating && !i.app.Allows(oauth.RefreshToken) {
		i.refuse("refresh.rotating", "needs the refresh_token grant; add the grant, or switch rotation off")
	}
}

// A family that never ends could be kept alive by a thief for ever.
func checkRotationExpiry(i *inspection) {
	if !i.app.Refresh.Expires() {
		i.refuse("refresh.lifetime", "is missing: rotating refresh tokens must end; set a lifetime or an idle lifetime")
	}
}

// A public client's refresh token is bound to nothing, so a copy shows only by rotation. RFC 9700 §2.2.2.
func checkPublicRotation(i *inspection) {
	if i.app.Allows(oauth.RefreshToken) && !i.app.Refresh.Rotating {
		i.refuse("refresh.rotating", "must be on for an application that authenticates with none; the leeway helps programs that refresh twice at a time")
	}
}

func checkThirdPartyRefresh(i *inspection) {
	if !i.app.Allows(oauth.RefreshToken) {
		return
	}
	if i.app.Refresh.Lifetime == 0 {
		i.refuse("refresh.lifetime", "is missing: refresh tokens of third-party applications must end")
	}
	if i.app.Refresh.IdleLifetime == 0 {
		i.refuse("refresh.idle_lifetime", "is missing: refresh tokens of third-party applications must end when they are not used")
	}
}
