package signin

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"clientele/internal/account"
)

// sessionCookie names the cookie of a person's session: __Host- and Secure on https; on plain http, which is loopback only,
// with the port in the name, because cookies do not tell ports apart. RFC 6265 §8.5.
func sessionCookie(issuer string) (name string, secure bool) {
	if strings.HasPrefix(issuer, "https://") {
		return "__Host-clientele_session", true
	}
	port := "80"
	if u, err := url.Parse(issuer); err == nil && u.Port() != "" {
		port = u.Port()
	}
	return "clientele_" + port, false
}

// deviceCookie names the cookie by which a browser is known as one that a person signed in from. It signs nobody in.
func deviceCookie(issuer string) (name string, secure bool) {
	session, secure := sessionCookie(issuer)
	return strings.TrimSuffix(session, "_session") + "_device", secure
}

// Current is the person's session of the browser that sent r, and the person. It fails with account.ErrNoSession if nobody
// is signed in.
func (h *Handler) Current(r *http.Request) (account.Session, account.User, error) {
	name, _ := sessionCookie(h.Issuer)
	cookie, err := r.Cookie(name)
	if err != nil || cookie.Value == "" || len(cookie.Value) > 200 {
		return account.Session{}, account.User{}, account.ErrNoSession
	}
	session, user, err := h.People.SessionOf(r.Context(), cookie.Value, account.PersonSession)
	if err == nil && user.Blocked {
		return account.Session{}, account.User{}, account.ErrNoSession
	}
	return session, user, err
}

// begin starts a session for user, who proved who they are by amr, in this browser; the one it had ends, and its token is worth nothing any more.
func (h *Handler) begin(w http.ResponseWriter, r *http.Request, user account.User, amr []string) (account.Session, error) {
	before, _, err := h.Current(r)
	if err != nil {
		before = account.Session{}
	}
	session, token, err := h.People.StartSession(r.Context(), user, account.PersonSession, amr, shorten(text(r.UserAgent()), maxDevice), address(r), before.ID)
	if err != nil {
		return account.Session{}, err
	}
	name, secure := sessionCookie(h.Issuer)
	setCookie(w, name, token.Reveal(), session.Expires.Sub(h.Now()), secure)
	name, secure = deviceCookie(h.Issuer)
	setCookie(w, name, h.People.DeviceToken(user), account.DeviceLifetime, secure)
	return session, nil
}

// device is what an earlier sign-in left in this browser, or empty.
func (h *Handler) device(r *http.Request) string {
	name, _ := deviceCookie(h.Issuer)
	cookie, err := r.Cookie(name)
	if err != nil || len(cookie.Value) > 1000 {
		return ""
	}
	return cookie.Value
}

// setCookie sets a cookie for as long as age, or takes it away if age is negative.
func setCookie(w http.ResponseWriter, name, value string, age time.Duration, secure bool) {
	seconds := int(age / time.Second)
	if seconds == 0 {
		seconds = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds, Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// address is the IP address of the request, without port.
func address(r *http.Request) string {
	if with, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return with.Addr().Unmap().String()
	}
	return r.RemoteAddr
}
