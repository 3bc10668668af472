package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"clientele/internal/secret"
	"clientele/internal/strictjson"
)

// CeremonyLifetime is how long a challenge is good.
const CeremonyLifetime = 5 * time.Minute

// ceremonyKind is the kind under which the store remembers challenges that were answered.
const ceremonyKind = "passkey"

// Ceremony is what a page hands to the browser to use or make a passkey.
type Ceremony struct {
	Options []byte // JSON: PublicKeyCredentialRequestOptions or PublicKeyCredentialCreationOptions
	State   string // comes back with the answer: sealed, good for 5 minutes and for one answer
}

// Errors of ceremonies.
var (
	ErrCeremony    = errors.New("the request for the passkey is too old or was answered before")
	ErrPasskey     = errors.New("the passkey is not known here")
	ErrNoPasskeys  = errors.New("there are no passkeys at this address: it is an IP address and not a name")
	ErrBadResponse = errors.New("what the browser sent is no answer about a passkey")
)

// ceremony is what the state says once it is opened.
type ceremony struct {
	Challenge string `json:"c"`
	For       string `json:"f"` // what the answer is good for
	User      string `json:"u,omitempty"`
	Session   string `json:"s,omitempty"` // in which a passkey is made
}

const forEnrolment = "enrol"

// forSignIn keeps an answer that was given to one door from being good at the other.
func forSignIn(kind SessionKind) string { return "sign in: " + string(kind) }

// PasskeysWork reports whether browsers use passkeys at this server's address: they do not at an IP address.
// Web Authentication Level 3 §5.1.2.
func (a *Accounts) PasskeysWork() bool {
	host, _, err := a.ownPlace()
	return err == nil && host != ""
}

// ownPlace is the relying party's id, which is the host of the public URL, and the one origin that answers may come from.
func (a *Accounts) ownPlace() (id, origin string, err error) {
	u, err := url.Parse(a.Issuer)
	if err != nil {
		return "", "", fmt.Errorf("the issuer is no URL: %w", err)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Hostname() == "" {
		return "", "", ErrNoPasskeys
	}
	return strings.ToLower(u.Hostname()), u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// relyingParty is this server as the library knows it. Attestation is not asked for: it would tell us the make of the
// authenticator, and keep people out. The person is always verified, and the credential is always discoverable.
// Web Authentication Level 3 §5.4.
func (a *Accounts) relyingParty() (*webauthn.WebAuthn, error) {
	id, origin, err := a.ownPlace()
	if err != nil {
		return nil, err
	}
	needed := true
	party, err := webauthn.New(&webauthn.Config{
		RPID: id, RPDisplayName: a.Policy().InstanceName, RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &needed, UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Timeout: CeremonyLifetime},
			Registration: webauthn.TimeoutConfig{Timeout: CeremonyLifetime},
		},
		// Password managers answer with extensions that nobody asked for. None of them is read.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys: %w", err)
	}
	return party, nil
}

// sessionOf is c as the library wants it.
func (c ceremony) session(party *webauthn.WebAuthn) webauthn.SessionData {
	data := webauthn.SessionData{
		Challenge: c.Challenge, RelyingPartyID: party.Config.RPID, UserVerification: protocol.VerificationRequired,
		CredParams: webauthn.CredentialParametersRecommendedL3(),
	}
	if c.For == forEnrolment {
		data.UserID = []byte(c.User)
	}
	return data
}

// seal makes what a page carries of a ceremony.
func (a *Accounts) seal(options any, c ceremony) (Ceremony, error) {
	shown, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, fmt.Errorf("write the options of a passkey: %w", err)
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return Ceremony{}, fmt.Errorf("write the state of a ceremony: %w", err)
	}
	return Ceremony{Options: shown, State: a.Keys.SealToken(secret.ForPasskey, plain, a.Now().Add(CeremonyLifetime))}, nil
}

// open opens the state of an answer, and uses up its challenge: right or wrong, there is no second answer to it. It fails with
// ErrCeremony. Web Authentication Level 3 §13.4.3.
func (a *Accounts) open(ctx context.Context, state, wanted string) (ceremony, error) {
	var c ceremony
	now := a.Now()
	plain, err := a.Keys.OpenToken(secret.ForPasskey, state, now)
	if err != nil || json.Unmarshal(plain, &c) != nil || c.For != wanted || c.Challenge == "" {
		return ceremony{}, ErrCeremony
	}
	first, err := a.Store.UseOnce(ctx, ceremonyKind, a.Keys.Hash(secret.ForPasskey, c.Challenge), now, now.Add(CeremonyLifetime))
	if err != nil {
		return ceremony{}, err
	}
	if !first {
		return ceremony{}, ErrCeremony
	}
	return c, nil
}

// maxAnswer bounds what a browser says about a passkey, in bytes. An attestation that was not asked for may be some kilobytes.
const maxAnswer = 32 << 10

// readAnswer is the gate in front of the library's parsers: strict JSON of a bounded size.
func readAnswer(answer []byte) error {
	err := strictjson.Check(answer, strictjson.MaxBytes(maxAnswer), strictjson.MaxDepth(8), strictjson.MaxMembers(40), strictjson.MaxElements(200))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadResponse, err)
	}
	return nil
}

// holder is a user as the library asks for one. Its handle is the user's id, which says nothing of the person.
// Web Authentication Level 3 §14.6.1.
type holder struct {
	user     User
	passkeys []webauthn.Credential
}

// WebAuthnID is the user handle.
func (h holder) WebAuthnID() []byte { return []byte(h.user.ID) }

// WebAuthnName is what tells accounts apart in the browser's list.
func (h holder) WebAuthnName() string { return h.user.Email }

// WebAuthnDisplayName is what the person is called there.
func (h holder) WebAuthnDisplayName() string {
	if h.user.Name != "" {
		return h.user.Name
	}
	return h.user.Email
}

// WebAuthnCredentials are the passkeys in question.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.passkeys }
