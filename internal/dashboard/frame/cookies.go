package frame

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"clientele/internal/secret"
	"clientele/internal/ui"
)

// The cookies of the dashboard. The first is the operator's session, another than the person's.
const (
	SessionCookie = "operator"
	DeviceCookie  = "operator-device" // that an operator signed in from this browser before
	flashCookie   = "flash"           // what the last form did, for one page
	PendingCookie = "pending"         // a form that waits for a sign-in, sealed
)

// CookieName is the name a cookie has on the wire. On https it carries the prefix that keeps subdomains from setting it; on
// loopback the port keeps two servers apart.
func (d *Base) CookieName(name string) string {
	if d.Secure() {
		return "__Host-clientele-" + name
	}
	port := "80"
	if u, err := url.Parse(d.Issuer); err == nil && u.Port() != "" {
		port = u.Port()
	}
	return "clientele_" + port + "_" + name
}

// SetCookie sets a cookie for this browser session, or for age if it is not 0. A negative age removes it.
func (d *Base) SetCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: d.CookieName(name), Value: value, Path: "/", MaxAge: int(age / time.Second),
		Secure: d.Secure(), HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

// DropCookie removes a cookie.
func (d *Base) DropCookie(w http.ResponseWriter, name string) {
	d.SetCookie(w, name, "", -time.Second)
}

// Done answers a form that worked: 303 to a page that says so once.
func (d *Base) Done(w http.ResponseWriter, r *http.Request, to, said string) error {
	return d.Sent(w, r, to, ui.Good, said)
}

// Sent is done with another meaning.
func (d *Base) Sent(w http.ResponseWriter, r *http.Request, to string, kind ui.Meaning, said string) error {
	if said != "" {
		d.SetCookie(w, flashCookie, base64.RawURLEncoding.EncodeToString([]byte(string(kind)+"|"+said)), time.Minute)
	}
	http.Redirect(w, r, d.Path(to), http.StatusSeeOther)
	return nil
}

// TakeFlash reads what the last form said, once. Only pages show it, so a POST leaves it alone.
func (d *Base) TakeFlash(w http.ResponseWriter, r *http.Request) ui.Alert {
	cookie, err := r.Cookie(d.CookieName(flashCookie))
	if err != nil || r.Method != http.MethodGet {
		return ui.Alert{}
	}
	d.DropCookie(w, flashCookie)
	raw, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	kind, text, found := strings.Cut(string(raw), "|")
	if err != nil || !found {
		return ui.Alert{}
	}
	return ui.Alert{Kind: ui.Meaning(kind), Text: text}
}

// onceKind is the kind under which the store remembers used forms.
const onceKind = "dashboard_form"

// onceFor is how long a form that makes a secret may stay open in a browser.
const onceFor = 24 * time.Hour

// NewOnce is the value of a hidden field that makes a form work once. It is sealed, so it can be told from one that is made
// up, and it ends, so the store need not remember it for ever.
func (d *Base) NewOnce() string {
	return d.Keys.SealToken(secret.ForForm, []byte(secret.ID(22)), d.Now().Add(onceFor))
}

// UseOnce reports whether the form is used for the first time. A value that is too old or made up counts as used.
func (d *Base) UseOnce(r *http.Request) (bool, error) {
	id, err := d.Keys.OpenToken(secret.ForForm, r.PostForm.Get("once"), d.Now())
	if err != nil {
		return false, nil //nolint:nilerr // made up or too old: the same answer as used
	}
	now := d.Now()
	return d.Store.UseOnce(r.Context(), onceKind, d.Keys.Hash(secret.ForForm, string(id)), now, now.Add(onceFor))
}
