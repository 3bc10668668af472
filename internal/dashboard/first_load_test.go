package dashboard_test

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// travels is what a browser gets for a path, as it comes over the wire.
func travels(t *testing.T, s *servertest.Server, b *servertest.Browser, path string) (h http.Header, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Path(path), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip") // asked for by hand, so that the client leaves it as it is
	answer, err := b.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(path, answer.StatusCode, err)
	}
	return answer.Header, body
}

func TestTheFirstLoadOfAFullListIsSmall(t *testing.T) {
	const most = 60_000 // bytes, without logos
	s := servertest.New(t)
	for i := range registry.DefaultPageSize + 1 {
		s.CreateApplication(registry.Draft{Name: "Orders service " + strconv.Itoa(i*7919%1000), Type: registry.RegularWeb})
	}
	b := signedIn(t, s, account.Owner)
	_, page := travels(t, s, b, "/dashboard/applications")
	sum := len(page)
	seen := map[string]bool{}
	text := b.Get("/dashboard/applications").Body
	for _, m := range regexp.MustCompile(`(?:href|src)="(/ui/[^"#]+)`).FindAllStringSubmatch(text, -1) {
		seen[m[1]] = true
	}
	for path := range seen {
		if dir, name, _ := cutLast(path); name == "main.js" {
			for _, m := range regexp.MustCompile(`import "\./([a-z_]+\.js)"`).FindAllStringSubmatch(b.Get(path).Body, -1) {
				seen[dir+"/"+m[1]] = true
			}
		}
	}
	for path := range seen {
		_, body := travels(t, s, b, path)
		sum += len(body)
	}
	t.Logf("%d bytes: the page %d, and %d files", sum, len(page), len(seen))
	if sum > most || len(seen) < 5 {
		t.Errorf("%d bytes in the page and %d files, want at most %d", sum, len(seen), most)
	}
}

func cutLast(path string) (dir, name string, ok bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

func TestPagesAskNobodyElseForAnything(t *testing.T) {
	s := servertest.New(t)
	app := newWeb(s)
	b := signedIn(t, s, account.Owner)
	loads := regexp.MustCompile(`<(?:img|script|link|iframe|use|source|video|audio|object|embed)\b[^>]*\b(?:src|href|data|srcset)="([^"]*)"`)
	for _, path := range []string{"", "/applications", "/applications/new", "/applications/" + app.ID, "/applications/" + app.ID + "/settings", "/apis", "/users", "/settings"} {
		h, _ := travels(t, s, b, "/dashboard"+path)
		if policy := h.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s: %s", path, policy)
		}
		for _, m := range loads.FindAllStringSubmatch(b.Get("/dashboard"+path).Body, -1) {
			if !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") {
				t.Errorf("%s asks for %s", path, m[1])
			}
		}
	}
}

func TestAPageWithASecretIsNotCompressed(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	form := b.Get("/dashboard/applications/new").Form("once", "name").Values
	form.Set("name", strings.Repeat("Orders ", 9))
	form.Set("type", string(registry.RegularWeb))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Path("/dashboard/applications/new"), strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := b.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.Header.Get("Content-Encoding") != "" || !strings.Contains(string(body), "This is the only time the secret is shown") {
		t.Error(err, answer.StatusCode, answer.Header.Get("Content-Encoding"))
	}
}
