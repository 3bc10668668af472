package signin_test

import (
	"net/http"
	"net/url"
	"testing"

	"clientele/internal/servertest"
)

// What no id, address or token can be is no fault of the server's, on either engine.
func TestWhatNothingCanBeCalledIsNotThere(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := server(t, on)
		open(t, s)
		b := s.Browser()
		signIn(b, person, servertest.Password)
		for _, strange := range []string{"\x00", "a\x00b", "\xff\xfe", "ses_\xc3\x28", "%", "'"} {
			for path, form := range map[string]url.Values{
				"/account/sessions":        {"session": {strange}},
				"/account/disconnect":      {"grant": {strange}},
				"/account/disconnect?":     {"application": {strange}},
				"/account/passkeys/rename": {"passkey": {strange}, "name": {strange}},
				"/account/passkeys/remove": {"passkey": {strange}},
				"/account/passkeys":        {"state": {strange}, "answer": {strange}, "name": {strange}},
				"/account/password":        {"current": {strange}, "password": {strange}},
				"/signin":                  {"email": {strange}, "password": {strange}, "request": {strange}},
				"/signin?":                 {"email": {strange + "@example.com"}, "password": {strange}},
				"/signin/passkey":          {"state": {strange}, "answer": {strange}},
				"/signup":                  {"email": {strange + "@example.com"}, "name": {strange}, "password": {strange + "a long enough phrase"}},
				"/consent":                 {"request": {strange}, "decision": {strange}},
				"/reset":                   {"token": {strange}, "password": {strange}},
			} {
				if page := b.Post(path, form); page.Status >= http.StatusInternalServerError {
					t.Errorf("POST %s %q: %d", path, form.Encode(), page.Status)
				}
			}
			q := url.QueryEscape(strange)
			for _, path := range []string{"/account?after=", "/account?said=", "/consent?request=", "/signin?request=", "/signin?next=", "/reset?token=", "/logos/"} {
				if page := b.Get(path + q); page.Status >= http.StatusInternalServerError {
					t.Errorf("GET %s%q: %d", path, strange, page.Status)
				}
			}
		}
		page := b.Get("/account?after=" + url.QueryEscape("zz~\xff"))
		if page.Status >= http.StatusInternalServerError {
			t.Errorf("a made-up cursor: %d", page.Status)
		}
	})
}
