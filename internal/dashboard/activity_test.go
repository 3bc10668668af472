package dashboard_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// uses keeps use events as the server does.
func uses(t *testing.T, s *servertest.Server, all ...audit.Use) {
	t.Helper()
	if err := s.Store.AppendUses(t.Context(), all); err != nil {
		t.Fatal(err)
	}
}

func TestTheLogSaysWhatHappenedInWords(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	app, person := newWeb(s), s.CreateUser("person@example.com", account.NoRole)
	now := s.Clock.Now()
	uses(
		t, s,
		audit.Use{At: now, Kind: "token.issued", ApplicationID: app.ID, UserID: person.ID, Address: "192.0.2.7", Detail: map[string]string{"grant_type": "authorization_code"}},
		audit.Use{At: now, Kind: "signin.failed", UserID: person.ID, Reason: "the password is wrong"},
		audit.Use{At: now, Kind: "authorize.refused", Reason: "not known", Detail: map[string]string{"client_id": "<script>alert(1)</script>"}},
		audit.Use{At: now, Kind: "weather.changed", ApplicationID: "gone", Detail: map[string]string{"wind": "west"}},
	)
	page := b.Get("/dashboard/activity")
	wants(t, page, http.StatusOK, "Orders web", "got tokens", "person@example.com", "could not sign in", "The password is wrong", "&lt;script&gt;", "weather.changed", "created", "192.0.2.7")
	servertest.CheckMarkup(t, "activity", page.Body)
	for query, want := range map[string][2]string{
		"show=change":                        {"created", "got tokens"},
		"show=use":                           {"got tokens", "Place in the record"},
		"show=refused":                       {"could not sign in", "got tokens"},
		"kind=token.":                        {"got tokens", "could not sign in"},
		"kind=weather.changed":               {"weather.changed", "got tokens"},
		"application=" + app.ID:              {"got tokens", "could not sign in"},
		"person=person%40example.com":        {"could not sign in", "weather.changed"},
		"person=nobody%40example.com":        {"Nobody has this e-mail address.", "got tokens"},
		"application=gone":                   {"weather.changed", "got tokens"},
		"q=hello":                            {"A reference looks like 7KQ2-MD4F.", "got tokens"},
		"q=7KQ2-MD4F&show=use":               {"Nothing like that is in the log", "got tokens"},
		"since=yesterday":                    {"Type a day like 2026-07-31.", "got tokens"},
		"until=2020-01-01":                   {"Nothing like that is in the log", "got tokens"},
		"since=2020-01-01&until=2199-01-01":  {"got tokens", "Nothing like that"},
		"after=nonsense":                     {"got tokens", "Nothing like that"},
		"show=nonsense&kind=&application=++": {"got tokens", "Nothing like that"},
	} {
		page := b.Get("/dashboard/activity?" + query)
		body := between(t, page, "<form class=\"toolbar", "</main>")
		if page.Status != http.StatusOK || !strings.Contains(body, want[0]) || strings.Contains(body, want[1]) {
			t.Errorf("%s: %d, want %q and not %q:\n%s", query, page.Status, want[0], want[1], body)
		}
		servertest.CheckMarkup(t, query, page.Body)
	}
}

func TestTheLogIsPagedWithItsFilters(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	var all []audit.Use
	for i := range 120 {
		all = append(all, audit.Use{At: s.Clock.Now().Add(time.Duration(i) * time.Second), Kind: "token.issued", Address: fmt.Sprintf("192.0.2.%d", i)})
	}
	uses(t, s, all...)
	page := b.Get("/dashboard/activity?kind=token.")
	seen := strings.Count(page.Body, "log-line")
	for range 2 {
		next := strings.ReplaceAll(between(t, page, `class="button " href="/dashboard/activity?after=`, `"`), "&amp;", "&")
		page = b.Get("/dashboard/activity?after=" + next)
		seen += strings.Count(page.Body, "log-line")
		wants(t, page, http.StatusOK, "First page")
	}
	if seen != 120 || strings.Contains(page.Body, "Next page") {
		t.Errorf("%d of 120 lines on three pages", seen)
	}
}

func TestAReferenceIsFoundFromEverywhere(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	trace := audit.Trace{Reference: "7KQ2-MD4F", At: s.Clock.Now(), Door: "authorize", ClientID: "https://client.example/x", Message: "the answer is not 200", Mend: "answer 200"}
	if err := s.Store.SaveTraces(t.Context(), []audit.Trace{trace}); err != nil {
		t.Fatal(err)
	}
	uses(t, s, audit.Use{At: s.Clock.Now(), Kind: "authorize.refused", Reference: "USED-2222", Reason: "no redirect URI"})
	for _, path := range []string{"/dashboard/applications?q=7kq2-md4f", "/dashboard/activity?q=ref+7KQ2-MD4F", "/dashboard/activity/refusals/7KQ2-MD4F"} {
		wants(t, b.Get(path), http.StatusOK, "The answer is not 200", "Why client.example was refused")
	}
	for _, path := range []string{"/dashboard/applications?q=USED-2222", "/dashboard/activity?q=used-2222", "/dashboard/activity/refusals/USED-2222"} {
		wants(t, b.Get(path), http.StatusOK, "No redirect URI", "was refused at sign-in")
	}
	wants(t, b.Get("/dashboard/applications?q=ZZZZ-2222"), http.StatusNotFound, "Nothing is known of ZZZZ-2222")
	wants(t, b.Get("/dashboard/activity?q=ZZZZ-2222"), http.StatusOK, "Nothing like that is in the log")
}

func TestTheLogIsExportedAsJSONLines(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	app := newWeb(s)
	var all []audit.Use
	for i := range 2500 { // more than two pages
		all = append(all, audit.Use{At: s.Clock.Now(), Kind: "token.issued", ApplicationID: app.ID, Address: fmt.Sprint(i)})
	}
	uses(t, s, all...)
	page := b.Get("/dashboard/activity/export.jsonl?show=use&application=" + app.ID)
	if h := page.Header; page.Status != http.StatusOK || h.Get("Cache-Control") != "no-store" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") ||
		!strings.HasPrefix(h.Get("Content-Type"), "application/jsonl") || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", page.Status, h)
	}
	n := 0
	for lines := bufio.NewScanner(strings.NewReader(page.Body)); lines.Scan(); n++ {
		var line struct {
			At            time.Time
			Source, Kind  string
			ApplicationID string `json:"application_id"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Kind != "token.issued" || line.ApplicationID != app.ID || line.At.IsZero() || line.Source != "use" {
			t.Fatalf("%v: %s", err, lines.Text())
		}
	}
	if n != 2500 {
		t.Errorf("%d of 2500 lines", n)
	}
	whole := b.Get("/dashboard/activity/export.jsonl?show=change")
	wants(t, whole, http.StatusOK, `"kind":"application.created"`, `"target":{"kind":"application"`, `"actor":{`)
	wants(t, b.Get("/dashboard/activity/export.jsonl?since=yesterday"), http.StatusUnprocessableEntity, "Type a day like 2026-07-31.")
}

func TestAnApplicationHasItsOwnActivity(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	app, other := newWeb(s), func() registry.Application {
		a, _ := s.CreateApplication(registry.Draft{Name: "Another", Type: registry.MachineToMachine})
		return a
	}()
	uses(
		t, s,
		audit.Use{At: s.Clock.Now(), Kind: "token.issued", ApplicationID: app.ID}, audit.Use{At: s.Clock.Now(), Kind: "token.issued", ApplicationID: app.ID},
		audit.Use{At: s.Clock.Now(), Kind: "token.refused", ApplicationID: app.ID, Reason: "the code has expired"},
		audit.Use{At: s.Clock.Now(), Kind: "token.issued", ApplicationID: other.ID, Address: "192.0.2.99"},
	)
	page := b.Get("/dashboard/applications/" + app.ID + "/activity")
	wants(t, page, http.StatusOK, `<span class="chart-number">2</span> issued`, `<span class="chart-number">1</span> refused`, "The code has expired", "created")
	if strings.Contains(page.Body, "192.0.2.99") {
		t.Error("another application's activity is there")
	}
	servertest.CheckMarkup(t, "activity", page.Body)
	refused := between(t, b.Get("/dashboard/applications/"+app.ID+"/activity?show=refused"), `<ol class="log">`, "</ol>")
	if !strings.Contains(refused, "The code has expired") || strings.Contains(refused, "got tokens") {
		t.Errorf("only what was refused: %s", refused)
	}
	wants(t, b.Get("/dashboard/applications/none/activity"), http.StatusNotFound)
}

func TestHomeSaysWhatNeedsAttention(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	page := b.Get("/dashboard")
	wants(t, page, http.StatusOK, "First steps", "Create an application", "Nobody signed in.")
	app := newWeb(s)
	s.CreateAPI("https://orders.example.com/", "read:orders")
	s.CreateUser("person@example.com", account.NoRole)
	page = b.Get("/dashboard")
	wants(t, page, http.StatusOK, "Nothing needs you now", "Newest activity")
	if strings.Contains(page.Body, "First steps") {
		t.Error("the first steps stay")
	}
	servertest.CheckMarkup(t, "home", page.Body)
	waiting := registry.Waiting{ID: "wtg_1", URL: "https://client.example/x", Hash: "h", FirstAt: s.Clock.Now(), LastAt: s.Clock.Now(), ExpiresAt: s.Clock.Now().Add(time.Hour)}
	if _, err := s.Store.Enqueue(t.Context(), waiting, "usr_1", s.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Registry.AddSecret(t.Context(), audit.Actor{Kind: audit.ActorSystem}, app.ID, "short", time.Hour, s.Clock.Now().Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.PutImported("https://agent.example.com/client.json", func(a *registry.Application) {
		a.Import.SuspendedAt, a.Import.SuspendedWhy = s.Clock.Now(), registry.SuspendedGone
	})
	page = b.Get("/dashboard")
	wants(t, page, http.StatusOK, "<strong>1</strong> application waits for approval", "<strong>1</strong> secret ends within 14 days",
		"/dashboard/applications/"+app.ID+"/credentials", "<strong>1</strong> application is suspended because of its document")
	servertest.CheckMarkup(t, "home", page.Body)
	for _, kind := range registry.ConcernKinds() {
		page := b.Get("/dashboard/attention/" + string(kind))
		wants(t, page, http.StatusOK)
		servertest.CheckMarkup(t, string(kind), page.Body)
	}
	wants(t, b.Get("/dashboard/attention/secrets_expiring"), http.StatusOK, "Orders web", "short")
	wants(t, b.Get("/dashboard/attention/suspended"), http.StatusOK, "The document is gone")
	wants(t, b.Get("/dashboard/attention/weather"), http.StatusNotFound)
}

func TestTheLogIsBehindTheSignIn(t *testing.T) {
	s := servertest.New(t)
	for _, path := range []string{"/dashboard/activity", "/dashboard/activity/export.jsonl", "/dashboard/attention/suspended", "/dashboard/applications/x/activity"} {
		page := s.Browser().Get(path)
		wants(t, page, http.StatusOK, "Sign in")
	}
}
