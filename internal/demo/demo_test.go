package demo_test

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"clientele/internal/demo"
	"clientele/internal/servertest"
)

// both is a browser's way to the two hosts of the demo: the server, and the sample client.
type both struct {
	server http.RoundTripper
	client http.Handler
	origin string
}

func (b both) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.String(), b.origin) {
		return b.server.RoundTrip(r)
	}
	in := r.Clone(r.Context())
	in.RequestURI, in.Host = r.URL.RequestURI(), r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	b.client.ServeHTTP(rec, in)
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

type stage struct {
	server  *servertest.Server
	sample  demo.Sample
	browser *http.Client
	origin  string
	t       *testing.T
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := servertest.New(t, servertest.WithPublicURL("http://localhost:8080"))
	origin := "http://127.0.0.1:8081"
	sample, err := demo.Seed(t.Context(), s.Accounts, s.Registry, origin)
	if err != nil {
		t.Fatal(err)
	}
	client := &demo.Client{
		Issuer: s.Issuer(), Origin: origin, Audience: demo.Audience,
		Web: sample.Web, SPA: sample.SPA, Native: sample.Native, Machine: sample.Machine,
		HTTP:   &http.Client{Transport: s.Transport()},
		Verify: func(token string) ([]byte, error) { return s.Signing.Verify(token, "at+jwt") },
		Now:    s.Clock.Now,
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Transport: both{s.Transport(), client.Handler(), origin}}
	return &stage{s, sample, browser, origin, t}
}

func (s *stage) do(method, address string, form url.Values) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := s.browser.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, html.UnescapeString(string(body))
}

// signIn goes through the sign-in form as the person, and allows: a redirect to the person's own device always asks.
func (s *stage) signIn() (*http.Response, string) {
	s.t.Helper()
	resp, body := s.do(http.MethodGet, s.origin+"/web/login", nil)
	request := regexp.MustCompile(`name="request" value="([^"]+)"`).FindStringSubmatch(body)
	if request == nil {
		s.t.Fatalf("no sign-in form at %s:\n%s", resp.Request.URL, body)
	}
	resp, body = s.do(http.MethodPost, "http://localhost:8080/signin", url.Values{
		"email": {s.sample.Person.Email}, "password": {s.sample.Person.Password.Reveal()}, "request": {request[1]},
	})
	allow := url.Values{"decision": {"allow"}}
	for _, field := range regexp.MustCompile(`name="(request|shown)" value="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		allow.Set(field[1], field[2])
	}
	if len(allow) == 1 {
		return resp, body
	}
	return s.do(http.MethodPost, "http://localhost:8080/consent", allow)
}

func TestThePersonSignsInThroughTheRegularWebApplication(t *testing.T) {
	s := newStage(t)
	resp, body := s.signIn()
	if resp.Request.URL.String() != s.origin+"/" || !strings.Contains(body, "Signed in through the regular web application") {
		t.Fatalf("arrived at %s:\n%s", resp.Request.URL, body)
	}
	for _, want := range []string{`"https://orders.example/"`, `"scope": "`, "read:orders", `"nonce": "`, `"email": "ada@example.com"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not show %s:\n%s", want, body)
		}
	}
	if _, body := s.do(http.MethodPost, s.origin+"/web/refresh", url.Values{}); !strings.Contains(body, "Signed in through") {
		t.Errorf("refreshing shows:\n%s", body)
	}
	if _, body := s.do(http.MethodPost, s.origin+"/web/logout", url.Values{}); !strings.Contains(body, "Sign a person in") {
		t.Errorf("forgetting shows:\n%s", body)
	}
}

func TestAnAnswerThatThisBrowserDidNotAskForIsRefused(t *testing.T) {
	s := newStage(t)
	for _, query := range []string{"code=x&state=y&iss=" + url.QueryEscape(s.server.Issuer()), "code=x", ""} {
		if resp, _ := s.do(http.MethodGet, s.origin+"/web/callback?"+query, nil); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("callback?%s got %d", query, resp.StatusCode)
		}
	}
}

func TestTheNightlyJobGetsATokenThatTheOrdersAPIAccepts(t *testing.T) {
	s := newStage(t)
	if _, body := s.do(http.MethodPost, s.origin+"/machine", url.Values{}); !strings.Contains(body, `"gty": "client-credentials"`) {
		t.Errorf("the page shows:\n%s", body)
	}
	form := url.Values{"grant_type": {"client_credentials"}, "audience": {demo.Audience}, "client_id": {s.sample.Machine.ID}, "client_secret": {s.sample.Machine.Secret.Reveal()}}
	_, body := s.do(http.MethodPost, "http://localhost:8080/oauth/token", form)
	token := regexp.MustCompile(`"access_token":"([^"]+)"`).FindStringSubmatch(body)
	if token == nil {
		t.Fatal(body)
	}
	for bearer, status := range map[string]int{"Bearer " + token[1]: 200, "Bearer " + token[1] + "x": 401, "": 401, "Bearer clat_x": 401} {
		if got := s.call(bearer); got != status {
			t.Errorf("the API answers %d to %.20q, want %d", got, bearer, status)
		}
	}
	s.server.Clock.Advance(2 * 3600e9)
	if got := s.call("Bearer " + token[1]); got != http.StatusUnauthorized {
		t.Errorf("the API answers %d to an expired token", got)
	}
}

func (s *stage) call(authorization string) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), http.MethodGet, s.origin+"/api/orders", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization)
	resp, err := s.browser.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestTheSinglePageIsToldWhereTheServerIs(t *testing.T) {
	s := newStage(t)
	resp, body := s.do(http.MethodGet, s.origin+"/spa/", nil)
	if !strings.Contains(body, `data-issuer="http://localhost:8080/"`) || !strings.Contains(body, s.sample.SPA.ID) {
		t.Errorf("the page is:\n%s", body)
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "connect-src 'self' http://localhost:8080;") {
		t.Errorf("its policy is %s", policy)
	}
	for _, name := range []string{"spa.js", "sample.css"} {
		if resp, _ := s.do(http.MethodGet, s.origin+"/assets/"+name, nil); resp.StatusCode != http.StatusOK {
			t.Errorf("%s got %d", name, resp.StatusCode)
		}
	}
	if resp, _ := s.do(http.MethodGet, s.origin+"/assets/pages.html", nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a template is served: %d", resp.StatusCode)
	}
}
