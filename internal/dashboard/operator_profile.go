package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/ui"
)

// profileForm is an operator's own page as it was and as it is shown again. A password is never shown again.
type profileForm struct {
	values             url.Values
	HasPassword        bool
	Stale              []frame.StaleField
	Wrong              frame.Faults
	Passkeys           ui.PasskeyList
	Sessions           ui.SessionList
	PasskeysWork, Full bool
	Demanded           bool // the instance demands a passkey of operators
}

func (f profileForm) get(name string) string { return f.values.Get(name) }

// profileFields are the fields of the form, in the order of the page.
var profileFields = []string{"email", "name"}

var profileTitles = map[string]string{"email": "E-mail address", "name": "Name"}

var profileWords = map[string]func(string) string{"email": frame.AsIs, "name": frame.AsIs}

func profileFormOf(u *account.User) profileForm {
	values := url.Values{"email": {u.Email}, "name": {u.Name}, "revision": {strconv.FormatInt(u.Revision, 10)}}
	values.Set("seen", frame.SeenOf(values, profileFields))
	return profileForm{values: values, HasPassword: u.PasswordHash != "", Wrong: frame.Faults{}}
}

func (d *Dashboard) profile(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return d.showProfile(w, r, v, http.StatusOK, profileFormOf(&v.User))
}

func (d *Dashboard) showProfile(w http.ResponseWriter, r *http.Request, v *frame.Visit, status int, f profileForm) error {
	held, err := d.Accounts.Passkeys(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	sessions, err := d.Accounts.Sessions(r.Context(), v.User.ID, "")
	if err != nil {
		return err
	}
	f.PasskeysWork, f.Full, f.Demanded = d.Accounts.PasskeysWork(), len(held) >= account.MaxPasskeys, d.Settings.Current().OperatorPasskeys
	f.Passkeys.Base, f.Passkeys.Now, f.Passkeys.Rows = "/dashboard/profile/passkeys", v.Now, passkeyRows(held)
	f.Sessions = ui.SessionList{Action: "/dashboard/profile/sessions", Now: v.Now, Rows: sessionRows(sessions, v.Session.ID)}
	return v.Write(w, r, status, profilePage(v, f))
}

func passkeyRows(held []account.Passkey) []ui.PasskeyRow {
	rows := make([]ui.PasskeyRow, len(held))
	for i, p := range held {
		rows[i] = ui.PasskeyRow{ID: p.ID, Name: p.Name, Synced: p.Synced(), Created: p.CreatedAt, Used: p.LastUsed, Suspected: p.Suspected}
	}
	return rows
}

// sessionRows are sessions for a list. this is the one that asks; empty if it is none of them.
func sessionRows(sessions []account.Session, this string) []ui.SessionRow {
	rows := make([]ui.SessionRow, len(sessions))
	for i, s := range sessions {
		rows[i] = ui.SessionRow{
			ID: s.ID, Agent: s.UserAgent, Address: s.Address, Since: s.CreatedAt, Seen: s.SeenAt, Passkey: s.ByPasskey(), This: s.ID == this,
			Where: "applications",
		}
		if s.Kind == account.OperatorSession {
			rows[i].Where = "dashboard"
		}
	}
	return rows
}

// saveProfile changes the operator's own address and name. Both are sensitive: the address is what they sign in with.
func (d *Dashboard) saveProfile(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := profileFormOf(&v.User)
	f.values = r.PostForm
	frame.TakeTheirs(f.values, profileFormOf(&v.User).values, profileFields)
	_, err := d.Accounts.Update(r.Context(), v.Actor(), v.User.ID, frame.RevisionOf(r), func(u *account.User) error {
		u.Email, u.Name = strings.TrimSpace(f.get("email")), strings.TrimSpace(f.get("name"))
		return nil
	})
	invalid, wrong := errors.AsType[*account.Invalid](err)
	switch {
	case err == nil:
		return d.Done(w, r, "/dashboard/profile", "Saved.")
	case wrong:
		f.Wrong.AddAccount(invalid)
	case errors.Is(err, account.ErrConflict):
		f.Wrong.Add("email", "There is a user with this e-mail address already.")
	case errors.Is(err, account.ErrStale):
		return d.staleProfile(w, r, v, f)
	default:
		return err
	}
	return d.showProfile(w, r, v, http.StatusUnprocessableEntity, f)
}

// staleProfile answers a form whose account changed meanwhile with both versions. One that says what is there already was sent
// twice, or is about something else than what changed.
func (d *Dashboard) staleProfile(w http.ResponseWriter, r *http.Request, v *frame.Visit, f profileForm) error {
	u, err := d.Accounts.User(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	now := profileFormOf(&u)
	f.Stale = frame.StaleFields(profileFields, f.values, now.values, func(field string) string { return profileTitles[field] }, profileWords)
	if len(f.Stale) == 0 {
		return d.Done(w, r, "/dashboard/profile", "Saved.")
	}
	if err := d.SayWho(r.Context(), "user", u.ID, u.Revision-frame.RevisionOf(r), f.Stale); err != nil {
		return err
	}
	frame.KeepTheirs(f.values, now.values, f.Stale)
	return d.showProfile(w, r, v, http.StatusConflict, f)
}

// saveOwnPassword asks for the password until now although the sign-in is fresh: a browser that was left open must not be enough.
func (d *Dashboard) saveOwnPassword(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	change := account.OwnPassword{Current: r.PostForm.Get("current"), New: r.PostForm.Get("password"), Address: v.Address, Session: v.Session.ID}
	if device, err := r.Cookie(d.CookieName(frame.DeviceCookie)); err == nil {
		change.Device = device.Value
	}
	err := d.Accounts.ChangePassword(r.Context(), v.Actor(), v.User.ID, change)
	f := profileFormOf(&v.User)
	invalid, wrong := errors.AsType[*account.Invalid](err)
	throttled, slow := errors.AsType[*account.Throttled](err)
	status := http.StatusUnprocessableEntity
	switch {
	case err == nil:
		return d.Done(w, r, "/dashboard/profile", "Password saved. Your other browsers were signed out.")
	case wrong:
		f.Wrong.AddAccount(invalid)
	case errors.Is(err, account.ErrWrongPassword):
		f.Wrong.Add("current", "This is not your current password.")
	case slow:
		wait := max(throttled.Until.Sub(v.Now).Round(time.Second), time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
		status = http.StatusTooManyRequests
		f.Wrong.Add("current", "Too many attempts failed. The next one is taken in "+ui.Span(wait)+".")
	case errors.Is(err, account.ErrStale):
		status = http.StatusConflict
		f.Wrong.Add("password", "Your account was changed in the same moment, and the password was not. Save it once more.")
	default:
		return err
	}
	return d.showProfile(w, r, v, status, f)
}

// endOwnSessions signs the operator out of one browser, or of all others.
func (d *Dashboard) endOwnSessions(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	which := r.PostForm.Get("session")
	if which == "others" {
		if err := d.Accounts.EndOtherSessions(r.Context(), v.Actor(), v.User, v.Session.ID); err != nil {
			return err
		}
		return d.Done(w, r, "/dashboard/profile", "Signed out everywhere else.")
	}
	err := d.Accounts.EndOneSession(r.Context(), v.Actor(), v.User, which)
	if errors.Is(err, account.ErrNotFound) {
		return d.Sent(w, r, "/dashboard/profile", ui.Note, "That session has ended already.")
	}
	if err != nil {
		return err
	}
	return d.Done(w, r, "/dashboard/profile", "Signed out there.")
}

// profileRoutes are what an operator does about the own account. Every role may.
func (d *Dashboard) profileRoutes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/passkey", account.ActView, d.demanded),
		frame.On("POST /dashboard/passkey", account.ActView, d.addDemanded),
		frame.On("GET /dashboard/profile", account.ActView, d.profile),
		frame.OnFresh("POST /dashboard/profile", account.ActView, d.saveProfile),
		frame.OnFresh("POST /dashboard/profile/password", account.ActView, d.saveOwnPassword),
		frame.OnFresh("POST /dashboard/profile/passkeys/new", account.ActView, d.newPasskey),
		frame.On("POST /dashboard/profile/passkeys", account.ActView, d.addPasskey),
		frame.On("POST /dashboard/profile/passkeys/rename", account.ActView, d.renamePasskey),
		frame.OnFresh("POST /dashboard/profile/passkeys/remove", account.ActView, d.removePasskey),
		frame.On("POST /dashboard/profile/sessions", account.ActView, d.endOwnSessions),
	}
}
