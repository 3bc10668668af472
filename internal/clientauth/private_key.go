package clientauth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/secret"
)

// audiences are what the aud of an assertion may be before it is known whose it is.
func (a *Authenticator) audiences(v visit) []string {
	if v.TokenEndpoint == "" {
		return []string{a.Issuer}
	}
	return []string{a.Issuer, v.TokenEndpoint}
}

// proofByKey verifies an assertion: what it says, then who signed it, then whether this client may say it so.
// RFC 7523 §3, rfc7523bis-11 §4.
func (a *Authenticator) proofByKey(ctx context.Context, v *visit) (*reason, error) {
	if v.flaw != nil {
		return a.audienceInWords(v.flaw), nil
	}
	if flaw := v.assertion.check(v.client, a.audiences(*v), v.now); flaw != nil {
		return a.audienceInWords(flaw), nil
	}
	key, why, err := a.prover(ctx, v.caller.Application, &v.assertion, v.now)
	v.caller.KeyID, v.caller.KeyThumbprint = key.ID, key.Thumbprint
	if why != nil || err != nil {
		return why, err
	}
	if v.assertion.audience != a.Issuer && !v.excepted() {
		return assertionTokenEndpoint.of(v.assertion.audience).naming(a.Issuer), nil
	}
	return nil, nil
}

// audienceInWords names the mistake of clients that were written when the token endpoint was an audience too, and the issuer.
func (a *Authenticator) audienceInWords(flaw *reason) *reason {
	if flaw.rule != assertionAudience.rule {
		return flaw
	}
	if flaw.value == a.Issuer+"oauth/token" {
		flaw = assertionTokenEndpoint.of(flaw.value)
	}
	return flaw.naming(a.Issuer)
}

// excepted reports whether an operator allowed this client to name the token endpoint, and the time is not over.
func (v *visit) excepted() bool {
	state := v.caller.Application.Import
	return state != nil && v.now.Before(state.AudienceUntil)
}

// spend uses up the assertion, so that whoever reads it on its way cannot send it again. It comes last: an assertion that is
// refused for another reason is not spent. The hash is not keyed, so that it is the same after a new data key.
// OpenID Connect Core 1.0 §9.
func (a *Authenticator) spend(ctx context.Context, v visit) (Caller, *oauth.Error) {
	sum := sha256.Sum256([]byte(v.assertion.jti))
	hash := secret.Hash(base64.RawURLEncoding.EncodeToString(sum[:]))
	first, err := a.Once.UseOnce(ctx, "assertion:"+v.caller.Application.ID, hash, v.now, v.assertion.expires)
	if err != nil {
		return Caller{}, trouble(err)
	}
	if !first {
		return Caller{}, a.refuse(ctx, v, assertionReplayed)
	}
	if v.assertion.audience != a.Issuer {
		a.Uses.Record(ctx, audit.Use{
			At: v.now, Kind: "assertion.audience_exception", ApplicationID: v.caller.Application.ID, SecretID: v.caller.KeyID, Address: v.Address,
			Detail: map[string]string{"aud": v.assertion.audience, "until": v.caller.Application.Import.AudienceUntil.UTC().Format("2006-01-02")},
		})
	}
	return v.caller, nil
}
