package ui_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"clientele/internal/ui"
)

func written(t *testing.T, r *http.Request, kind ui.Kind) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	page := ui.ErrorPage{Title: "It did not work", Text: strings.Repeat("Try again. ", 400)}
	if err := site.Write(w, r, http.StatusOK, kind, page); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAPageIsCompressedOnlyWhereNobodyElseCanPutWordsIntoIt(t *testing.T) {
	for name, c := range map[string]struct {
		method, accept, from string
		kind                 ui.Kind
		want                 bool
	}{
		"a link of ours":            {"GET", "gzip, br", "same-origin", ui.Plain, true},
		"an address that was typed": {"GET", "br;q=1, gzip;q=0.5", "none", ui.Plain, true},
		"no browser":                {"GET", "gzip", "", ui.Plain, true},
		"another site":              {"GET", "gzip", "cross-site", ui.Plain, false},
		"a neighbour":               {"GET", "gzip", "same-site", ui.Plain, false},
		"a form":                    {"POST", "gzip", "same-origin", ui.Plain, false},
		"a sign-in page":            {"GET", "gzip", "same-origin", ui.Redirect, false},
		"gzip is not wanted":        {"GET", "gzip;q=0, br", "same-origin", ui.Plain, false},
		"nothing is said":           {"GET", "", "same-origin", ui.Plain, false},
	} {
		r := httptest.NewRequest(c.method, "/", nil)
		r.Header.Set("Accept-Encoding", c.accept)
		r.Header.Set("Sec-Fetch-Site", c.from)
		w := written(t, r, c.kind)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != c.want {
			t.Errorf("%s: compressed %v, want %v", name, got, c.want)
		}
		if c.want && !strings.Contains(unzipped(t, w.Body), "Try again.") {
			t.Errorf("%s: the page is broken", name)
		}
		if !strings.Contains(w.Header().Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: a cache between would hand the page to others", name)
		}
	}
}

func unzipped(t *testing.T, r io.Reader) string {
	t.Helper()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAssetsAreCompressedForWhoReadsIt(t *testing.T) {
	mux := http.NewServeMux()
	ui.Mount(mux, func() ui.Site { return ui.Site{Name: "Example"} })
	for _, name := range []string{"style.css", "icons.svg", "copy.js"} {
		path := "/ui/x/" + name
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if w.Header().Get("Content-Encoding") != "gzip" || unzipped(t, w.Body) != get(t, path).Body.String() {
			t.Errorf("%s: %v", name, w.Header())
		}
	}
}

// What a browser loads for its first page of the dashboard, as it travels.
func TestTheFirstLoadOfThePartsThatAllPagesShareIsSmall(t *testing.T) {
	const most = 40_000 // of the 60 kB that a first load may have; the rest is for the page
	mux := http.NewServeMux()
	ui.Mount(mux, func() ui.Site { return ui.Site{Name: "Example"} })
	ask := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	sum := 0
	for _, name := range append([]string{"style.css", "icons.svg", "favicon.svg", "main.js"}, modules(t)...) {
		w := ask("/ui/x/" + name)
		if w.Code != http.StatusOK {
			t.Fatal(name, w.Code)
		}
		sum += w.Body.Len()
	}
	if sum > most {
		t.Errorf("%d bytes, want at most %d", sum, most)
	}
}

func modules(t *testing.T) (names []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`import "\./([a-z_]+\.js)"`).FindAllStringSubmatch(get(t, "/ui/x/main.js").Body.String(), -1) {
		names = append(names, m[1])
	}
	return names
}
