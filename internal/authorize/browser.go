package authorize

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"clientele/internal/secret"
	"clientele/internal/ui"
)

// bind returns the value of the cookie that ties requests to this browser, and gives the browser one if it has none.
func (h *Handler) bind(w http.ResponseWriter, r *http.Request) string {
	if value := h.browser(r); value != "" {
		return value
	}
	value := secret.ID(32)
	name, secure := browserCookie(h.Issuer)
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return value
}

// browser is the value of that cookie, or empty.
func (h *Handler) browser(r *http.Request) string {
	name, _ := browserCookie(h.Issuer)
	cookie, err := r.Cookie(name)
	if err != nil || len(cookie.Value) != 32 {
		return ""
	}
	return cookie.Value
}

// browserCookie names the cookie: __Host- and Secure on https; on plain http, which is loopback only, with the port in the
// name, because cookies do not tell ports apart. RFC 6265 §8.5.
func browserCookie(issuer string) (name string, secure bool) {
	if strings.HasPrefix(issuer, "https://") {
		return "__Host-clientele_browser", true
	}
	port := "80"
	if u, err := url.Parse(issuer); err == nil && u.Port() != "" {
		port = u.Port()
	}
	return "clientele_" + port + "_browser", false
}

func (h *Handler) write(w http.ResponseWriter, r *http.Request, status int, page templ.Component) {
	if err := h.Site().Write(w, r, status, ui.Redirect, page); err != nil {
		h.Log.ErrorContext(r.Context(), "a page could not be written", slog.Any("error", err))
	}
}

// address is the IP address of the request, without port.
func address(r *http.Request) string {
	if with, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return with.Addr().Unmap().String()
	}
	return r.RemoteAddr
}
