package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// The kinds of use event that a sign-in leaves.
const (
	UseSignedIn     = "signin.succeeded"
	UseRefused      = "signin.failed"
	UsePasskeyAsked = "signin.passkey_asked" // the password was right, and is not enough where operators need a passkey
)

// Why a sign-in was refused. The page says the same for both.
var (
	ErrWrongPassword = errors.New("the e-mail address or the password is wrong")
	ErrBlocked       = errors.New("the user is blocked")
	ErrUsePasskey    = errors.New("the instance asks operators for a passkey, and this one has one")
	errNoOperator    = fmt.Errorf("no operator signs in like that: %w", ErrWrongPassword)
)

// Attempt is one try to sign in.
type Attempt struct {
	Email    string
	Password string
	Address  string      // of the browser, without port
	Device   string      // what DeviceToken gave this browser at an earlier sign-in; empty if nothing
	Kind     SessionKind // at which door; empty is that of people
}

// Authenticate is SignIn without a device token.
func (a *Accounts) Authenticate(ctx context.Context, email, password, address string) (User, error) {
	return a.SignIn(ctx, Attempt{Email: email, Password: password, Address: address})
}

// SignIn returns the user with this address and password. It fails with ErrWrongPassword, whether the user is unknown or the
// password wrong; with ErrBlocked if everything is right but the user may not sign in; and with *Throttled before it looks
// at anything, also if too many sign in at once. Show the person the same sentence for the first two. At the operators' door a
// person without a role has a wrong password, and an operator who needs a passkey and has one gets ErrUsePasskey.
// NIST SP 800-63B-4 §3.2.2.
func (a *Accounts) SignIn(ctx context.Context, try Attempt) (User, error) {
	key, err := EmailKey(try.Email)
	if err != nil {
		key = "?" // no user has it; it is counted and takes its time like any other
	}
	at := a.attemptFor(key, try.Address)
	u, err := a.Store.UserByEmail(ctx, key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return User{}, err
	}
	err = a.check(ctx, at, try, u)
	a.record(ctx, try, u, err)
	if err != nil {
		return User{}, err
	}
	if err := a.welcome(ctx, at, try, &u); err != nil {
		return User{}, err
	}
	return u, nil
}

// check asks the throttle, then argon2. The throttle is asked again when the turn has come, so that a crowd that got in line
// while the lane was open gets no more tries than there are slots.
func (a *Accounts) check(ctx context.Context, at attempt, try Attempt, u User) error {
	if err := a.admit(ctx, at, try, u); err != nil {
		return err
	}
	release, err := a.Passwords.enter(ctx)
	if errors.Is(err, ErrBusy) {
		return &Throttled{Until: a.Now().Add(5 * time.Second)}
	}
	if err != nil {
		return err
	}
	defer release()
	if err := a.admit(ctx, at, try, u); err != nil {
		return err
	}
	fits, err := a.Passwords.fits(u.PasswordHash, try.Password)
	switch {
	case err != nil:
		return err
	case !fits:
		return a.refused(ctx, at, ErrWrongPassword)
	case try.Kind == OperatorSession && !u.Role.Operator(): // counted, so that the throttle does not say that the password is right
		return a.refused(ctx, at, errNoOperator)
	case u.Blocked:
		return ErrBlocked
	case try.Kind == OperatorSession:
		return a.passwordIsEnough(ctx, u)
	}
	return nil
}

// refused counts a failure, and says why.
func (a *Accounts) refused(ctx context.Context, at attempt, why error) error {
	if err := a.failed(context.WithoutCancel(ctx), at); err != nil {
		return err
	}
	return why
}

// passwordIsEnough fails with ErrUsePasskey if the instance asks operators for a passkey and u has one: the password alone is
// enough only to add the first.
func (a *Accounts) passwordIsEnough(ctx context.Context, u User) error {
	if !a.Policy().OperatorPasskeys || !a.PasskeysWork() {
		return nil
	}
	held, err := a.Store.Passkeys(ctx, u.ID)
	if err == nil && len(held) > 0 {
		return ErrUsePasskey
	}
	return err
}

func (a *Accounts) admit(ctx context.Context, at attempt, try Attempt, u User) error {
	until, err := a.refusal(ctx, at, func() bool { return a.knows(ctx, u, try) })
	if err != nil {
		return err
	}
	if !until.IsZero() {
		return &Throttled{Until: until}
	}
	return nil
}

// knows reports whether u signed in from this browser or network before. It asks the store for an unknown user too, so that
// a closed lane takes as long for nobody as for somebody.
func (a *Accounts) knows(ctx context.Context, u User, try Attempt) bool {
	if try.Device != "" && u.ID != "" {
		id, err := a.Keys.OpenToken(secret.ForDevice, try.Device, a.Now())
		if err == nil && string(id) == u.ID {
			return true
		}
	}
	network := audit.Network(try.Address)
	sessions, err := a.Store.UserSessions(ctx, u.ID)
	return err == nil && network != "?" && slices.ContainsFunc(sessions, func(s Session) bool { return audit.Network(s.Address) == network })
}

// DeviceLifetime is how long a browser is remembered as one that a user signed in from.
const DeviceLifetime = 180 * 24 * time.Hour

// DeviceToken is what a browser may keep in a cookie after u signed in, so that strangers who guess at u's password from
// elsewhere do not slow u down here. It proves nothing else and does not sign anybody in.
func (a *Accounts) DeviceToken(u User) string {
	return a.Keys.SealToken(secret.ForDevice, []byte(u.ID), a.Now().Add(DeviceLifetime))
}

// welcome does what a good password brings with it.
func (a *Accounts) welcome(ctx context.Context, at attempt, try Attempt, u *User) error {
	if err := a.Store.ClearThrottle(ctx, at.here); err != nil {
		return err
	}
	now := a.Now()
	if err := a.Store.MarkSignedIn(ctx, u.ID, now); err != nil {
		return err
	}
	u.LastSignIn = now
	if !a.Passwords.Outdated(u.PasswordHash) {
		return nil
	}
	return a.rehash(ctx, try.Password, u)
}

// rehash keeps the password at today's cost. Somebody who changes the user in the same moment wins, and in a crowd it waits for the
// next sign-in.
func (a *Accounts) rehash(ctx context.Context, password string, u *User) error {
	hash, err := a.Passwords.Hash(ctx, password)
	if errors.Is(err, ErrBusy) {
		return nil
	}
	if err != nil {
		return err
	}
	renewed := *u
	renewed.PasswordHash = hash
	saved, err := a.save(ctx, "user.password_rehashed", audit.Actor{Kind: audit.ActorSystem, Door: "signin"}, *u, renewed)
	if errors.Is(err, ErrStale) {
		return nil
	}
	if err == nil {
		*u = saved
	}
	return err
}

func (a *Accounts) record(ctx context.Context, try Attempt, u User, refused error) {
	use := audit.Use{At: a.Now(), Kind: UseSignedIn, UserID: u.ID, Address: try.Address}
	switch {
	case errors.Is(refused, ErrUsePasskey):
		use.Kind, use.Reason = UsePasskeyAsked, "the password is right, and operators sign in with a passkey here"
	case refused != nil:
		use.Kind, use.Reason = UseRefused, reason(refused, u)
	}
	a.Uses.Record(ctx, use)
}

// reason is for operators, who may know more than the page says.
func reason(refused error, u User) string {
	_, throttled := errors.AsType[*Throttled](refused)
	switch {
	case throttled:
		return "too many failures before"
	case errors.Is(refused, ErrBlocked):
		return "the user is blocked"
	case errors.Is(refused, errNoOperator):
		return "the password is right, and the person is no operator"
	case errors.Is(refused, ErrWrongPassword) && u.ID == "":
		return "unknown e-mail address"
	case errors.Is(refused, ErrWrongPassword):
		return "wrong password"
	}
	return "the server could not check the password"
}
