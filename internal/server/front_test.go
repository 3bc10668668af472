package server_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"clientele/internal/servertest"
)

// ask sends a request and returns the answer with its body.
func ask(t *testing.T, s *servertest.Server, method, path, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.Path(path), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

const form = "application/x-www-form-urlencoded"

func TestANULInAnAddressIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	s := servertest.New(t)
	for path, status := range map[string]int{
		"/dashboard/applications/a%00b":      http.StatusBadRequest,
		"/dashboard/applications?q=a%00b":    http.StatusBadRequest,
		"/api/v2/clients/a%00b":              http.StatusBadRequest,
		"/api/v2/clients?q=%00":              http.StatusBadRequest,
		"/dashboard/applications?q=100%2500": http.StatusSeeOther, // a percent sign and digits: on to the sign-in
	} {
		if resp, body := ask(t, s, http.MethodGet, path, ""); resp.StatusCode != status {
			t.Errorf("%s got %d, want %d: %.200s", path, resp.StatusCode, status, body)
		}
	}
}

func TestAnotherHostIsMisdirected(t *testing.T) {
	s := servertest.New(t)
	for host, status := range map[string]int{
		"id.example.test":      http.StatusOK,
		"ID.example.test":      http.StatusOK,
		"id.example.test:443":  http.StatusOK,
		"id.example.test:8443": http.StatusMisdirectedRequest,
		"id.example.test.":     http.StatusMisdirectedRequest,
		"evil.example.test":    http.StatusMisdirectedRequest,
		"127.0.0.1":            http.StatusMisdirectedRequest,
	} {
		if resp, _ := ask(t, s, http.MethodGet, "/.well-known/openid-configuration", "", "Host", host); resp.StatusCode != status {
			t.Errorf("Host %s got %d, want %d", host, resp.StatusCode, status)
		}
		if resp, _ := ask(t, s, http.MethodGet, "/healthz", "", "Host", host); resp.StatusCode != http.StatusOK {
			t.Errorf("the health check with Host %s got %d", host, resp.StatusCode)
		}
	}
}

func TestTheIssuerNeverComesFromTheRequest(t *testing.T) {
	s := servertest.New(t)
	_, body := ask(t, s, http.MethodGet, "/.well-known/openid-configuration", "",
		"X-Forwarded-Host", "evil.example.test", "X-Forwarded-Proto", "http", "Forwarded", "host=evil.example.test")
	if strings.Contains(body, "evil") || !strings.Contains(body, `"issuer":"https://id.example.test/"`) {
		t.Errorf("got %s", body)
	}
}

func TestEveryAnswerCarriesSafeHeaders(t *testing.T) {
	s := servertest.New(t)
	for _, path := range []string{"/healthz", "/.well-known/jwks.json", "/signin", "/nothing", "/oauth/token"} {
		resp, _ := ask(t, s, http.MethodGet, path, "")
		for name, want := range map[string]string{
			"X-Content-Type-Options":    "nosniff",
			"Referrer-Policy":           "same-origin",
			"Strict-Transport-Security": "max-age=31536000",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if got := resp.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || !strings.Contains(got, "frame-ancestors 'none'") {
			t.Errorf("%s: Content-Security-Policy is %q", path, got)
		}
	}
}

func TestPlainHTTPOnLoopbackGetsNoHSTS(t *testing.T) {
	s := servertest.New(t, servertest.WithPublicURL("http://localhost:8080"))
	if resp, _ := ask(t, s, http.MethodGet, "/healthz", ""); resp.Header.Get("Strict-Transport-Security") != "" {
		t.Error("a browser would remember that localhost has TLS")
	}
}

func TestAnotherSiteCannotWriteThroughAPersonsCookies(t *testing.T) {
	s := servertest.New(t)
	for _, path := range []string{"/signin", "/signout", "/signup", "/consent"} {
		resp, _ := ask(t, s, http.MethodPost, path, "email=a", "Content-Type", form, "Origin", "https://evil.example.test", "Sec-Fetch-Site", "cross-site")
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("POST %s from another site got %d", path, resp.StatusCode)
		}
	}
}

// A neighbour is another origin of the same site, to which a cookie goes along whatever its SameSite says. Every form of the pages
// for people and for operators is asked, those that are yet to be made too.
func TestANeighbourCannotWriteThroughAPersonsCookies(t *testing.T) {
	s := servertest.New(t)
	posts := regexp.MustCompile(`"POST (/[^"]*)"`)
	asked := 0
	for _, rooms := range []string{"../signin/*.go", "../dashboard/*.go", "../dashboard/*/*.go"} {
		files, err := filepath.Glob(rooms)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range posts.FindAllStringSubmatch(string(source), -1) {
				asked++
				resp, body := ask(t, s, http.MethodPost, found[1], "a=b", "Content-Type", form, "Origin", "https://blog.example.test", "Sec-Fetch-Site", "same-site")
				if resp.StatusCode != http.StatusForbidden || !strings.Contains(body, "cross-origin request") {
					t.Errorf("POST %s from a neighbour got %d: %.80s", found[1], resp.StatusCode, body)
				}
			}
		}
	}
	if asked < 60 {
		t.Errorf("only %d forms were found", asked)
	}
}

func TestAnotherSiteMayPostToTheProtocolDoors(t *testing.T) {
	s := servertest.New(t)
	for _, path := range []string{"/authorize", "/oauth/token"} {
		resp, _ := ask(t, s, http.MethodPost, path, "client_id=x", "Content-Type", form, "Origin", "https://app.example.test", "Sec-Fetch-Site", "cross-site")
		if resp.StatusCode == http.StatusForbidden {
			t.Errorf("POST %s from another site was refused as such", path)
		}
	}
}

func TestABodyAboveItsCapIsRefused(t *testing.T) {
	s := servertest.New(t)
	long := "grant_type=client_credentials&x=" + strings.Repeat("a", 64<<10)
	for _, path := range []string{"/oauth/token", "/signin"} {
		resp, _ := ask(t, s, http.MethodPost, path, long, "Content-Type", form)
		if resp.StatusCode < 400 || resp.StatusCode > 499 {
			t.Errorf("POST %s with a long body got %d", path, resp.StatusCode)
		}
	}
}

func TestTheLogHasNoQueryNoHeaderAndNoBody(t *testing.T) {
	var out bytes.Buffer
	s := servertest.New(t, servertest.WithLog(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	ask(t, s, http.MethodGet, "/authorize?client_id=q-secret&code=q-secret", "")
	ask(t, s, http.MethodPost, "/oauth/token", "grant_type=authorization_code&code=b-secret&client_id=b-secret", "Content-Type", form)
	ask(t, s, http.MethodPost, "/oauth/token", "grant_type=client_credentials", "Content-Type", form, "Authorization", "Basic aDpoLXNlY3JldA==")
	ask(t, s, http.MethodPost, "/signin", "email=ada@example.com&password=b-secret", "Content-Type", form)
	if text := out.String(); strings.Contains(text, "-secret") || strings.Contains(text, "aDpoLXNlY3JldA") {
		t.Errorf("the log tells too much:\n%s", text)
	}
	if !strings.Contains(out.String(), "path=/oauth/token") {
		t.Error("the log has no line for a request")
	}
}

func TestTheMetadataStandsAtEveryWellKnownForm(t *testing.T) {
	for _, c := range []struct {
		public string
		forms  []string
		absent []string
	}{
		{
			"https://id.example.test",
			[]string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "//.well-known/openid-configuration", "//.well-known/oauth-authorization-server"},
			[]string{"/.well-known/openid-configuration/auth"},
		},
		{
			"https://example.test/auth",
			[]string{
				"/auth/.well-known/openid-configuration", "/auth/.well-known/oauth-authorization-server",
				"/.well-known/oauth-authorization-server/auth", "/.well-known/oauth-authorization-server/auth/",
				"/.well-known/openid-configuration/auth", "/.well-known/openid-configuration/auth/",
				"/auth//.well-known/openid-configuration",
			},
			[]string{"/.well-known/openid-configuration", "/.well-known/openid-configuration/other", "/authx/.well-known/openid-configuration"},
		},
	} {
		s := servertest.New(t, servertest.WithPublicURL(c.public))
		root := &url.URL{Scheme: "https", Host: s.Host()}
		var first string
		for _, path := range append(c.forms, c.absent...) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, root.String()+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := s.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if first == "" {
				first = string(body)
			}
			here := resp.StatusCode == http.StatusOK && string(body) == first
			if want := !contains(c.absent, path); here != want {
				t.Errorf("%s %s: %d, same bytes: %v", c.public, path, resp.StatusCode, here)
			}
		}
		if !strings.Contains(first, `"issuer":"`+c.public+`/"`) {
			t.Errorf("%s: %s", c.public, first)
		}
	}
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

func TestNothingStandsOutsideThePathOfTheIssuer(t *testing.T) {
	s := servertest.New(t, servertest.WithPublicURL("https://example.test/auth"))
	for path, status := range map[string]int{
		"/auth/oauth/token": http.StatusMethodNotAllowed, "/oauth/token": http.StatusNotFound, "/authority": http.StatusNotFound, "/": http.StatusNotFound,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.test"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("GET %s got %d, want %d", path, resp.StatusCode, status)
		}
	}
}
