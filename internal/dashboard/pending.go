package dashboard

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"clientele/internal/dashboard/frame"
	"clientele/internal/secret"
	"clientele/internal/ui"
)

// pending is a form that waits for a sign-in.
type pending struct {
	To   string `json:"to"`
	Form string `json:"form"`
}

const (
	forPending = secret.Purpose("dashboard-pending")
	pendingFor = 5 * time.Minute
	pendingMax = 2600 // bytes of a form that fit into a cookie once they are sealed
)

// keepPending carries an interrupted form over the 303 that follows every sign-in: sealed, in a cookie of this browser. A form
// too large for that is taken up without the 303.
func (d *Dashboard) keepPending(w http.ResponseWriter, r *http.Request, p pending) error {
	if len(p.Form) > pendingMax {
		return d.takeUp(w, r, p)
	}
	plain, err := json.Marshal(p)
	if err != nil {
		return err
	}
	d.SetCookie(w, frame.PendingCookie, d.Keys.SealToken(forPending, plain, d.Now().Add(pendingFor)), pendingFor)
	http.Redirect(w, r, d.Path("/dashboard/continue"), http.StatusSeeOther)
	return nil
}

// resume shows the interrupted form with its one button; where scripts run it sends itself.
func (d *Dashboard) resume(w http.ResponseWriter, r *http.Request, _ *frame.Visit) error {
	cookie, err := r.Cookie(d.CookieName(frame.PendingCookie))
	if err != nil {
		return d.Sent(w, r, "/dashboard", ui.Neutral, "") // nothing waits
	}
	d.DropCookie(w, frame.PendingCookie)
	var p pending
	plain, err := d.Keys.OpenToken(forPending, cookie.Value, d.Now())
	if err != nil || json.Unmarshal(plain, &p) != nil {
		return d.Sent(w, r, "/dashboard", ui.Warn, "The form waited too long for the sign-in. Nothing was changed; fill it in once more.")
	}
	return d.takeUp(w, r, p)
}

func (d *Dashboard) takeUp(w http.ResponseWriter, r *http.Request, p pending) error {
	form, err := url.ParseQuery(p.Form)
	if err != nil {
		form = nil
	}
	return d.Site().Write(w, r, http.StatusOK, ui.Plain, continuePage(ownPath(p.To), hiddenOf(form)))
}

func hiddenOf(form url.Values) []ui.Hidden {
	var list []ui.Hidden
	for name, values := range form {
		for _, value := range values {
			list = append(list, ui.Hidden{Name: name, Value: value})
		}
	}
	return list
}

// carriedNames are fields of forms that nobody types: which thing a button is about, and what the page knew of it.
var carriedNames = []string{
	"algorithm", "blocked", "connection", "enabled", "hash", "keyset", "kid", "once", "passkey", "permissions", "revision", "revoke", "seen", "session",
	"sure", "was",
}

// typed reports whether somebody typed or chose something in the form that was interrupted.
func (f signInForm) typed() bool {
	form, err := url.ParseQuery(f.Pending)
	if err != nil {
		return false
	}
	for name, values := range form {
		carried := slices.Contains(carriedNames, name) || strings.HasPrefix(name, "was.")
		if !carried && slices.ContainsFunc(values, func(value string) bool { return value != "" }) {
			return true
		}
	}
	return false
}
