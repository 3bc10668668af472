package ui

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Site is what pages show of the instance, and where it lives.
type Site struct {
	Base    string // path of the issuer without a trailing slash; empty at the root
	Name    string // shown on every page
	LogoURL string // same-origin path or https URL; empty = name only
	Accent  string // #rrggbb; empty = the default ink-blue
	Theme   string // light or dark; empty = as the device says. Write reads it from the request
}

// Path is a root path of ours as a browser reaches it.
func (s Site) Path(path string) string {
	if strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") {
		return s.Base + path
	}
	return path
}

type siteKey struct{}

// With puts the site where components find it.
func (s Site) With(ctx context.Context) context.Context { return context.WithValue(ctx, siteKey{}, s) }

func siteOf(ctx context.Context) Site {
	s, ok := ctx.Value(siteKey{}).(Site)
	if !ok || s.Name == "" {
		s.Name = "Clientele"
	}
	return s
}

// Path is Site.Path for the site that ctx carries.
func Path(ctx context.Context, path string) string { return siteOf(ctx).Path(path) }

// Kind says which security headers a page gets.
type Kind int

// The kinds of page.
const (
	Plain    Kind = iota // forms go to this server only
	Redirect             // sign-in and consent, whose form may end at an application: Chromium applies form-action to the whole chain of redirects
)

// Write answers a request with a page. The page is made before the first byte is sent, so a page that fails is an error and
// never half a page.
func (s Site) Write(w http.ResponseWriter, r *http.Request, status int, kind Kind, page templ.Component) error {
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		s.Theme = c.Value
	}
	var body bytes.Buffer
	if err := page.Render(s.With(r.Context()), &body); err != nil {
		return err
	}
	h := w.Header()
	s.SecurityHeaders(h, kind)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding")
	sent := body.Bytes()
	if kind == Plain && len(sent) >= leastToZip && mayZip(r) {
		if small := zip(sent, gzip.BestSpeed); small != nil {
			h.Set("Content-Encoding", "gzip")
			sent = small
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(sent)))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, err := w.Write(sent)
	return err
}

// SecurityHeaders sets the headers of a page: nothing inline, nothing from elsewhere but the instance's logo, no framing.
// Content Security Policy Level 3 §6.
func (s Site) SecurityHeaders(h http.Header, kind Kind) {
	images := "'self'"
	if rest, ok := strings.CutPrefix(s.LogoURL, "https://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		if strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") == "" {
			images += " https://" + host
		}
	}
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src " + images +
		"; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	if kind != Redirect {
		policy += "; form-action 'self'"
		h.Set("Cross-Origin-Opener-Policy", "same-origin") // a sign-in page may be a pop-up of the application's
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
}
