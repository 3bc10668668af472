package endpoint_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"clientele/internal/endpoint"
	"clientele/internal/oauth"
)

func TestRFC6750_2_OneTransportPerRequest(t *testing.T) {
	for name, test := range map[string]struct {
		method, url, body string
		headers           []string
		token             string
		code              oauth.ErrorCode // empty and no token: ErrNoToken
	}{
		"the header":                    {method: "GET", url: "/userinfo", headers: []string{"Bearer abc.def"}, token: "abc.def"},
		"the header in other letters":   {method: "GET", url: "/userinfo", headers: []string{"bearer abc"}, token: "abc"},
		"the header with two spaces":    {method: "GET", url: "/userinfo", headers: []string{"Bearer  abc"}, token: "abc"},
		"the body":                      {method: "POST", url: "/userinfo", body: "access_token=abc", token: "abc"},
		"the header of a POST":          {method: "POST", url: "/userinfo", body: "x=y", headers: []string{"Bearer abc"}, token: "abc"},
		"nothing":                       {method: "GET", url: "/userinfo"},
		"another scheme":                {method: "GET", url: "/userinfo", headers: []string{"Basic abc"}},
		"the body of a GET":             {method: "GET", url: "/userinfo", body: "access_token=abc"},
		"header and body":               {method: "POST", url: "/userinfo", body: "access_token=abc", headers: []string{"Bearer abc"}, code: "invalid_request"},
		"two headers":                   {method: "GET", url: "/userinfo", headers: []string{"Bearer abc", "Bearer abc"}, code: "invalid_request"},
		"twice in the body":             {method: "POST", url: "/userinfo", body: "access_token=a&access_token=b", code: "invalid_request"},
		"the URL":                       {method: "GET", url: "/userinfo?access_token=abc", code: "invalid_request"},
		"the URL beside the header":     {method: "GET", url: "/userinfo?access_token=abc", headers: []string{"Bearer abc"}, code: "invalid_request"},
		"no token after Bearer":         {method: "GET", url: "/userinfo", headers: []string{"Bearer"}, code: "invalid_request"},
		"characters that no token has":  {method: "GET", url: "/userinfo", headers: []string{"Bearer a,b"}, code: "invalid_request"},
		"such characters in the body":   {method: "POST", url: "/userinfo", body: "access_token=a%22b", code: "invalid_token"},
		"only padding":                  {method: "GET", url: "/userinfo", headers: []string{"Bearer =="}, code: "invalid_request"},
		"two tokens in one header line": {method: "GET", url: "/userinfo", headers: []string{"Bearer a b"}, code: "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.url, strings.NewReader(test.body))
			if test.body != "" {
				r.Header.Set("Content-Type", formType)
			}
			r.Header["Authorization"] = test.headers
			token, err := endpoint.Bearer(r)
			if token != test.token {
				t.Errorf("got the token %q", token)
			}
			e, _ := errors.AsType[*oauth.Error](err)
			switch {
			case test.code != "" && (e == nil || e.Code != test.code):
				t.Errorf("got %v, want %s", err, test.code)
			case test.code == "" && test.token == "" && !errors.Is(err, endpoint.ErrNoToken):
				t.Errorf("got %v, want ErrNoToken", err)
			case test.token != "" && err != nil:
				t.Error(err)
			}
		})
	}
}

func TestRFC6750_3_Challenges(t *testing.T) {
	for name, test := range map[string]struct {
		err       error
		status    int
		challenge string
	}{
		"no token":          {endpoint.ErrNoToken, 401, `Bearer realm="clientele"`},
		"a bad token":       {oauth.Refuse(oauth.CodeInvalidToken, "it \"expired\""), 401, `Bearer realm="clientele", error="invalid_token", error_description="it 'expired'"`},
		"too little scope":  {oauth.Refuse(oauth.CodeInsufficientScope, "x"), 403, `Bearer realm="clientele", error="insufficient_scope", error_description="x", scope="openid"`},
		"a malformed one":   {oauth.InvalidRequest("x"), 400, `Bearer realm="clientele", error="invalid_request", error_description="x"`},
		"trouble of ours":   {errors.New("disk on fire"), 500, ""},
		"no time to answer": {oauth.Refuse(oauth.CodeTemporarilyUnavailable, "x"), 503, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodGet, "/userinfo", nil)
			endpoint.WriteBearerError(w, r, slog.New(slog.DiscardHandler), test.err, "openid")
			if w.Code != test.status || w.Header().Get("WWW-Authenticate") != test.challenge {
				t.Errorf("got %d %q", w.Code, w.Header().Get("WWW-Authenticate"))
			}
			if strings.Contains(w.Body.String(), "disk") || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("got %s, %v", w.Body, w.Header())
			}
			if (test.err == endpoint.ErrNoToken) == strings.Contains(w.Body.String(), `"error":`) { //nolint:errorlint // the sentinel itself
				t.Errorf("got %s", w.Body)
			}
		})
	}
}
