package clientauth

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// KeyFetcher looks for a key that the kept key set of an application lacks. It decides how often it really looks. An error that
// says of itself that it is not Temporary is the client's: its key set is there and cannot be used. Every other one is trouble
// on the way or here.
type KeyFetcher interface {
	Keys(ctx context.Context, app *registry.Application, kid string) ([]registry.Key, error)
}

// prover finds the key of app that signed the assertion. If none did, the application's key set is looked at once more, for
// a key that was published since, under a new kid or under one that is known. Keys that nobody saw for too long do not count
// before that. It returns a reason, or an error for trouble on the way. RFC 7523 §3, CIMD-02 §8.6.
func (a *Authenticator) prover(ctx context.Context, app *registry.Application, s *assertion, now time.Time) (registry.Key, *reason, error) {
	tried := app.Keys
	if app.KeysStale(now) {
		tried = nil
	}
	key, why := s.provenBy(app, tried, now)
	if why == nil || !a.mayFetchKeys(app) {
		return key, why, nil
	}
	keys, err := a.Fetcher.Keys(ctx, app, s.kid)
	passing, known := errors.AsType[temporary](err)
	switch {
	case known && passing.Temporary():
		return registry.Key{}, nil, oauth.Refuse(oauth.CodeTemporarilyUnavailable, "the client's keys cannot be had right now; try again in a few seconds").Because(err)
	case known:
		return registry.Key{}, keysUnavailable, nil
	case err != nil:
		return registry.Key{}, nil, err
	}
	if sameKeys(tried, keys, now) {
		return key, why, nil
	}
	key, why = s.provenBy(app, keys, now)
	return key, why, nil
}

// sameKeys reports whether two lists have the same keys in use, under the same names.
func sameKeys(before, after []registry.Key, now time.Time) bool {
	inUse := func(keys []registry.Key) (list []string) {
		for _, k := range keys {
			if k.Usable(now) {
				list = append(list, k.Thumbprint+" "+k.Algorithm+" "+k.KID)
			}
		}
		slices.Sort(list)
		return list
	}
	return slices.Equal(inUse(before), inUse(after))
}

// temporary is an error that knows whether it passes.
type temporary interface {
	error
	Temporary() bool
}

// mayFetchKeys reports whether a look at the key set could help.
func (a *Authenticator) mayFetchKeys(app *registry.Application) bool {
	return a.Fetcher != nil && app.Import != nil && app.Import.JWKSURI != "" && app.Enabled && app.Accepts(oauth.AuthPrivateKeyJWT)
}

// provenBy tries the keys that the assertion can mean: those with its kid and those without any, as far as they fit its
// algorithm, the ones in use first, and of those the ones with its kid. What cannot be tried costs what a trial does. A retired
// key is recognised, and refused.
func (a *assertion) provenBy(app *registry.Application, keys []registry.Key, now time.Time) (registry.Key, *reason) {
	candidates := slices.DeleteFunc(slices.Clone(keys), func(k registry.Key) bool { return !a.mayBeOf(app, k) })
	slices.SortStableFunc(candidates, func(x, y registry.Key) int { return a.rank(x, now) - a.rank(y, now) })
	for _, k := range candidates[:min(len(candidates), a.trials(app))] {
		if a.verify(k.Public) {
			return k, stateOf(k, now)
		}
	}
	if len(candidates) == 0 {
		a.pretend()
		return registry.Key{}, assertionNoKey.of(a.kid)
	}
	return registry.Key{}, assertionSignature
}

// How many keys one assertion is tried with: of an operator's application that names one, all that it may have in use, and
// some. Whoever publishes a document could make many of one kind, and make this server try them for anybody who asks.
const (
	maxTrials    = registry.MaxKeys + 8
	fewestTrials = 4
)

func (a *assertion) trials(app *registry.Application) int {
	if a.kid == "" || app.Import != nil {
		return fewestTrials
	}
	return maxTrials
}

func (a *assertion) rank(k registry.Key, now time.Time) int {
	rank := 0
	if !k.Usable(now) {
		rank += 2
	}
	if k.KID != a.kid && k.Thumbprint != a.kid {
		rank++
	}
	return rank
}

func (a *assertion) mayBeOf(app *registry.Application, k registry.Key) bool {
	named := a.kid == "" || k.KID == "" || k.KID == a.kid || k.Thumbprint == a.kid
	only := app.Import == nil || allows(app.Import.Algorithm, a.algorithm)
	return named && only && allows(k.Algorithm, a.algorithm) && fits(k.Public, a.algorithm)
}

// allows reports whether the algorithm that was set, if any, is the one. EdDSA with a key that can only be of Ed25519 is
// Ed25519. RFC 9864 §2.2.
func allows(set, algorithm string) bool {
	return set == "" || set == algorithm || isEd25519(set) && isEd25519(algorithm)
}

func isEd25519(algorithm string) bool { return algorithm == "Ed25519" || algorithm == "EdDSA" }

func fits(k jwk.Key, algorithm string) bool {
	if isEd25519(algorithm) {
		return slices.ContainsFunc(k.Algorithms(), isEd25519)
	}
	return slices.Contains(k.Algorithms(), algorithm)
}

func stateOf(k registry.Key, now time.Time) *reason {
	switch {
	case !k.RetiredAt.IsZero():
		return keyRetired
	case !k.Active:
		return keyInactive
	case !k.Usable(now):
		return keyExpired
	}
	return nil
}

func (a *assertion) verify(k jwk.Key) bool {
	if public, ok := k.Public.(ed25519.PublicKey); ok {
		_, err := a.signed.Verify(edwards(public))
		return err == nil
	}
	_, err := a.signed.Verify(k.Public)
	return err == nil
}

// edwards verifies under both names that Ed25519 has. RFC 8037 §3.1, RFC 9864 §2.2.
type edwards ed25519.PublicKey

// VerifyPayload is what the library calls.
func (e edwards) VerifyPayload(payload, signature []byte, alg jose.SignatureAlgorithm) error {
	if !isEd25519(string(alg)) || !ed25519.Verify(ed25519.PublicKey(e), payload, signature) {
		return jose.ErrCryptoFailure
	}
	return nil
}

// pretend verifies with a key that nobody has, so that time does not tell an unknown client from a known one.
func (a *assertion) pretend() {
	for _, k := range nobodys() {
		if fits(k, a.algorithm) {
			a.verify(k)
			return
		}
	}
}

// nobodys are public keys whose private parts are gone.
var nobodys = sync.OnceValue(func() []jwk.Key {
	keys := make([]jwk.Key, 0, len(nobodysKeys))
	for _, text := range nobodysKeys {
		if k, err := jwk.Parse([]byte(text)); err == nil {
			keys = append(keys, k)
		}
	}
	return keys
})

var nobodysKeys = []string{
	`{"kty":"RSA","n":"xNyCAhO3ow-H0dD77tGY7y9afcorH_REgGoINHB5g6E1tFkvxR_FLMyY2zWZkXorgS8--kQGjQ4ZzbzVWa2VJShLMWnezgdhHw3uCjKNVfKR2vyEatL7q_X7SYJ8N9qZPCTo1KbIuaB9OmjQRhmt1KGedPrElW_Jh-x7MLzRtF-iMq-XTiJ9ftXuEHivaQTaNn2yTGpIear5VkSL61b6XsNU3i_2CygG1vCZOLfDCDIk91VoPPRTlYo5XvvhheMBdEbMLSsnR7WIiR7T_GQIfiwwkvaUUnezRQUbijGVKMF4DZ04ynbmUgEj4a7oS9cardcWDjnh73SSw3JNk91vOw","e":"AQAB"}`,
	`{"kty":"EC","crv":"P-256","x":"CUMIz2IqSH1v_g_yuo_yZ4kBmb6lV4rW0uzaTV-s4_E","y":"BGN0IDKRwdkc7u0As2nTbClZ2-LIO_k17YKBL5N339M"}`, //nolint:misspell // a key
	`{"kty":"EC","crv":"P-384","x":"fC53_UV7myMJyVCQDrHp307V2tnIkgePBUD3QSxsTEYFblhL1jW5iUK9gcl4spe_","y":"dtdByz_qVgze8qk0CRyvIQWZtL4QY7ptHN1ArfmkGS_z9tXCH2L8yQKhjxbidlsc"}`,
	`{"kty":"EC","crv":"P-521","x":"AGlRTEjhHCFhv9GNG1z0BdeMR8Ni4IAPLv96LpcSMDacItDZIZfma8N7izzKbkBi2KoR5aDOkpzgw8X2z1XCicqA","y":"AcZFdqMG5JHaV3EF72b2O6OYb-I1C0vz-j76OCc9qzE05PR8Yw6yUxD_5l6inJw39aVrgTe9RSrsUVqcVNf6MFRM"}`,
	`{"kty":"OKP","crv":"Ed25519","x":"Cgzom8Zu2XP-o_sM5MG6bbb-UsnV913N4Ufs3VT9Zaw"}`,
}
