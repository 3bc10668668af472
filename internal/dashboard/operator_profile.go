package dashboard

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"clientele/internal/account"
	"clientele/internal/ui"
)

// profileForm is an operator's own page as it was and as it is shown again. A password is never shown again.
type profileForm struct {
	Email, Name, Revision string
	HasPassword           bool
	Stale                 bool
	Wrong                 faults
	Passkeys              ui.PasskeyList
	Sessions              ui.SessionList
	PasskeysWork, Full    bool
	Demanded              bool // the instance demands a passkey of operators
}

func profileFormOf(v *visit) profileForm {
	u := &v.user
	return profileForm{Email: u.Email, Name: u.Name, Revision: strconv.FormatInt(u.Revision, 10), HasPassword: u.PasswordHash != "", Wrong: faults{}}
}

func (d *Dashboard) profile(w http.ResponseWriter, r *http.Request, v *visit) error {
	return d.showProfile(w, r, v, http.StatusOK, profileFormOf(v))
}

func (d *Dashboard) showProfile(w http.ResponseWriter, r *http.Request, v *visit, status int, f profileForm) error {
	held, err := d.Accounts.Passkeys(r.Context(), v.user.ID)
	if err != nil {
		return err
	}
	sessions, err := d.Accounts.Sessions(r.Context(), v.user.ID, "")
	if err != nil {
		return err
	}
	f.PasskeysWork, f.Full, f.Demanded = d.Accounts.PasskeysWork(), len(held) >= account.MaxPasskeys, d.Settings.Current().OperatorPasskeys
	f.Passkeys.Base, f.Passkeys.Now, f.Passkeys.Rows = "/dashboard/profile/passkeys", v.now, passkeyRows(held)
	f.Sessions = ui.SessionList{Action: "/dashboard/profile/sessions", Now: v.now, Rows: sessionRows(sessions, v.session.ID)}
	return v.write(w, r, status, profilePage(v, f))
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
func (d *Dashboard) saveProfile(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := profileFormOf(v)
	f.Email, f.Name = strings.TrimSpace(r.PostForm.Get("email")), strings.TrimSpace(r.PostForm.Get("name"))
	_, err := d.Accounts.Update(r.Context(), v.actor(), v.user.ID, revisionOf(r), func(u *account.User) error {
		u.Email, u.Name = f.Email, f.Name
		return nil
	})
	invalid, wrong := errors.AsType[*account.Invalid](err)
	status := http.StatusUnprocessableEntity
	switch {
	case err == nil:
		return d.done(w, r, "/dashboard/profile", "Saved.")
	case wrong:
		f.Wrong.addAccount(invalid)
	case errors.Is(err, account.ErrConflict):
		f.Wrong.add("email", "There is a user with this e-mail address already.")
	case errors.Is(err, account.ErrStale):
		f.Stale, status = true, http.StatusConflict
	default:
		return err
	}
	return d.showProfile(w, r, v, status, f)
}

// saveOwnPassword asks for the password until now although the sign-in is fresh: a browser that was left open must not be enough.
func (d *Dashboard) saveOwnPassword(w http.ResponseWriter, r *http.Request, v *visit) error {
	change := account.OwnPassword{Current: r.PostForm.Get("current"), New: r.PostForm.Get("password"), Address: v.address, Session: v.session.ID}
	if device, err := r.Cookie(d.cookieName(deviceCookie)); err == nil {
		change.Device = device.Value
	}
	err := d.Accounts.ChangePassword(r.Context(), v.actor(), v.user.ID, change)
	f := profileFormOf(v)
	invalid, wrong := errors.AsType[*account.Invalid](err)
	throttled, slow := errors.AsType[*account.Throttled](err)
	status := http.StatusUnprocessableEntity
	switch {
	case err == nil:
		return d.done(w, r, "/dashboard/profile", "Password saved. Your other browsers were signed out.")
	case wrong:
		f.Wrong.addAccount(invalid)
	case errors.Is(err, account.ErrWrongPassword):
		f.Wrong.add("current", "This is not your current password.")
	case slow:
		wait := max(throttled.Until.Sub(v.now).Round(time.Second), time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
		status = http.StatusTooManyRequests
		f.Wrong.add("current", "Too many attempts failed. The next one is taken in "+ui.Span(wait)+".")
	case errors.Is(err, account.ErrStale):
		f.Stale, status = true, http.StatusConflict
	default:
		return err
	}
	return d.showProfile(w, r, v, status, f)
}

// endOwnSessions signs the operator out of one browser, or of all others.
func (d *Dashboard) endOwnSessions(w http.ResponseWriter, r *http.Request, v *visit) error {
	which := r.PostForm.Get("session")
	if which == "others" {
		if err := d.Accounts.EndOtherSessions(r.Context(), v.actor(), v.user, v.session.ID); err != nil {
			return err
		}
		return d.done(w, r, "/dashboard/profile", "Signed out everywhere else.")
	}
	err := d.Accounts.EndSessionOf(r.Context(), v.user.ID, which)
	if errors.Is(err, account.ErrNotFound) {
		return d.sent(w, r, "/dashboard/profile", ui.Note, "That session has ended already.")
	}
	if err != nil {
		return err
	}
	return d.done(w, r, "/dashboard/profile", "Signed out there.")
}

// profileRoutes are what an operator does about the own account. Every role may.
func (d *Dashboard) profileRoutes() []route {
	return []route{
		{"GET /dashboard/passkey", account.ActView, false, d.demanded},
		{"POST /dashboard/passkey", account.ActView, false, d.addDemanded},
		{"GET /dashboard/profile", account.ActView, false, d.profile},
		{"POST /dashboard/profile", account.ActView, true, d.saveProfile},
		{"POST /dashboard/profile/password", account.ActView, true, d.saveOwnPassword},
		{"POST /dashboard/profile/passkeys/new", account.ActView, true, d.newPasskey},
		{"POST /dashboard/profile/passkeys", account.ActView, false, d.addPasskey},
		{"POST /dashboard/profile/passkeys/rename", account.ActView, false, d.renamePasskey},
		{"POST /dashboard/profile/passkeys/remove", account.ActView, true, d.removePasskey},
		{"POST /dashboard/profile/sessions", account.ActView, false, d.endOwnSessions},
	}
}
