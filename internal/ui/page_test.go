package ui_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"clientele/internal/servertest"
	"clientele/internal/ui"
)

var site = ui.Site{Name: "Example", Base: "/tenant"}

func render(t *testing.T, s ui.Site, page templ.Component) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := s.Write(w, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, ui.Plain, page); err != nil {
		t.Fatal(err)
	}
	return w.Body.String()
}

func get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	mux := http.NewServeMux()
	ui.Mount(mux, func() ui.Site { return ui.Site{Name: "Example"} })
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestEveryPageIsWhatABrowserAndAScreenReaderExpect(t *testing.T) {
	field := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Field{Name: "email", Label: "E-mail address", Type: "email", Error: "is empty"}.Render(ctx, w)
	})
	pages := map[string]templ.Component{
		"sign-in card": childOf(ui.AuthPage("Sign in", "to continue"), field),
		"error":        ui.ErrorPage{Title: "It did not work", Text: "Try again.", Detail: "redirect_uri", Reference: "7KQ2-MD4F", Action: ui.LinkButton{Label: "Back", Href: "/"}},
		"form post":    ui.FormPost{Action: "https://app.example.com/cb", Fields: []ui.Hidden{{Name: "code", Value: `"><script>`}}},
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) { servertest.CheckMarkup(t, name, render(t, site, page)) })
	}
	servertest.CheckMarkup(t, "style guide", get(t, "/styleguide").Body.String())
}

func childOf(parent, child templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, child), w)
	})
}

func TestEveryIconThatIsUsedIsInTheSprite(t *testing.T) {
	page := get(t, "/styleguide").Body.String()
	sprite := get(t, regexp.MustCompile(`/ui/[0-9a-f]+/icons\.svg`).FindString(page)).Body.String()
	for _, use := range regexp.MustCompile(`icons\.svg#([a-z-]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(sprite, `<symbol id="`+use[1]+`"`) {
			t.Errorf("the sprite has no shape %q", use[1])
		}
	}
}

func TestPagesAllowNothingInlineAndNothingFromElsewhere(t *testing.T) {
	h := http.Header{}
	ui.Site{}.SecurityHeaders(h, ui.Plain)
	policy := h.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Error("the policy has an exception:", policy)
	}
}

func TestSignInPagesCarryNoFormAction(t *testing.T) {
	h := http.Header{}
	ui.Site{}.SecurityHeaders(h, ui.Redirect)
	if strings.Contains(h.Get("Content-Security-Policy"), "form-action") {
		t.Error("Chromium would block the redirect to the application:", h.Get("Content-Security-Policy"))
	}
	if got := h.Get("Cross-Origin-Opener-Policy"); got != "" {
		t.Error("a sign-in in a pop-up would lose its opener:", got)
	}
}

func TestOnlyTheLogosHostMaySendImages(t *testing.T) {
	for logo, want := range map[string]string{
		"https://cdn.example.com/logo.png":    "img-src 'self' https://cdn.example.com;",
		"/logo.png":                           "img-src 'self';",
		"https://evil.example; script-src */": "img-src 'self';",
	} {
		h := http.Header{}
		ui.Site{LogoURL: logo}.SecurityHeaders(h, ui.Plain)
		if got := h.Get("Content-Security-Policy"); !strings.Contains(got, want) {
			t.Errorf("%s: %s", logo, got)
		}
	}
}

func TestLinksStandBelowThePathOfTheIssuer(t *testing.T) {
	page := render(t, site, ui.ErrorPage{Title: "x", Action: ui.LinkButton{Label: "Home", Href: "/dashboard"}})
	if !strings.Contains(page, `href="/tenant/dashboard"`) || !strings.Contains(page, `href="/tenant/ui/`) {
		t.Error(page)
	}
}

func TestAPageThatFailsIsNotHalfAPage(t *testing.T) {
	w := httptest.NewRecorder()
	broken := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, _ = w.Write([]byte("<h1>half"))
		return context.Canceled
	})
	if err := site.Write(w, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, ui.Plain, broken); err == nil || w.Body.Len() > 0 {
		t.Error(err, w.Body)
	}
}

func TestAssetsAreKeptForEverUnderANameThatChanges(t *testing.T) {
	path := regexp.MustCompile(`/ui/[0-9a-f]+/style\.css`).FindString(get(t, "/styleguide").Body.String())
	w := get(t, path)
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Error(w.Code, w.Header())
	}
	if old := get(t, "/ui/0000/style.css"); old.Code != http.StatusOK || strings.Contains(old.Header().Get("Cache-Control"), "immutable") {
		t.Error("a page of another version:", old.Code, old.Header())
	}
	if none := get(t, path+"x"); none.Code != http.StatusNotFound {
		t.Error(none.Code)
	}
}

func TestTheStylesheetAsksForNothing(t *testing.T) {
	css := get(t, "/ui/x/style.css").Body.String()
	if strings.Contains(css, "url(") || strings.Contains(css, "@import") || len(css) < 1000 {
		t.Error("the stylesheet loads something, or is empty")
	}
}

func TestEveryModuleIsServedAndImportsOnlyItsNeighbours(t *testing.T) {
	main := get(t, "/ui/x/main.js").Body.String()
	for _, m := range regexp.MustCompile(`import "\./([a-z]+\.js)"`).FindAllStringSubmatch(main, -1) {
		w := get(t, "/ui/x/"+m[1])
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Error(m[1], w.Code, w.Header())
		}
		for _, forbidden := range []string{"innerHTML", "eval(", "http://", "https://", "document.write"} {
			if strings.Contains(w.Body.String(), forbidden) {
				t.Errorf("%s has %s", m[1], forbidden)
			}
		}
	}
}

func TestTheThemeIsKeptInACookieAndLeadsBackHere(t *testing.T) {
	for _, c := range []struct{ theme, back, cookie, to string }{
		{"dark", "/dashboard/apis", "dark", "/dashboard/apis"},
		{"auto", "/dashboard", "", "/dashboard"},
		{"dark", "//evil.example", "dark", "/dashboard"},
		{"dark", `/\evil.example`, "dark", "/dashboard"},
		{`"><script>`, "/dashboard", "", "/dashboard"},
	} {
		mux := http.NewServeMux()
		ui.Mount(mux, func() ui.Site { return ui.Site{} })
		r := httptest.NewRequest(http.MethodPost, "/ui/theme", strings.NewReader("theme="+c.theme+"&back="+c.back))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		cookies := w.Result().Cookies()
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != c.to || len(cookies) != 1 || cookies[0].Value != c.cookie {
			t.Errorf("%+v: %d %s %v", c, w.Code, w.Header().Get("Location"), cookies)
		}
	}
}
