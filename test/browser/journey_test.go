package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"clientele/internal/demo"
	"clientele/internal/secret"
)

const (
	operator = "ops@example.com"
	audience = "https://orders.example/"
)

// From an empty instance to called APIs, with nothing but what the pages show: the set-up link makes an operator, who creates
// an API and an application of each type; then four programs that know nothing of this server use the values copied from
// the pages.
func TestFromTheSetUpLinkToFourApplicationsThatWork(t *testing.T) {
	s := serve(t)
	b := open(t)
	setUp(t, s, b)
	createAPI(b, s)

	sample := httptest.NewUnstartedServer(nil)
	origin := "http://" + sample.Listener.Addr().String()
	web := create(b, s, "Orders web", "regular_web", origin+"/web/callback")
	spa := create(b, s, "Orders page", "spa", origin+"/spa/")
	native := create(b, s, "Orders app", "native", "http://127.0.0.1/callback")
	machine := create(b, s, "Nightly job", "non_interactive", "")
	permit(b)
	if spa.Secret != (secret.Secret{}) || native.Secret != (secret.Secret{}) {
		t.Fatal("a public application got a secret")
	}
	s.cli(password+"\n", "users", "create", person)

	sample.Config.Handler = (&demo.Client{
		Issuer: s.URL + "/", Origin: origin, Audience: audience, Web: web, SPA: spa, Native: native, Machine: machine,
		HTTP: http.DefaultClient, Now: time.Now,
		Verify: func(token string) ([]byte, error) {
			return []byte(`{"aud":"` + audience + `","scope":"read:orders"}`), nil
		},
	}).Handler()
	sample.Start()
	t.Cleanup(sample.Close)

	t.Run("regular web", func(t *testing.T) {
		b := b.in(t)
		b.visit(origin + "/web/login")
		signIn(b)
		b.until(`document.querySelector('#access-token')`)
		b.see(audience)
		b.see(person)
	})
	t.Run("single page", func(t *testing.T) {
		b := b.in(t)
		b.visit(origin + "/spa/")
		b.script(`document.querySelector('#login').click()`)
		b.until(`document.querySelector('#access-token')?.innerText.includes('read:orders') || location.pathname === '/consent'`)
		if strings.Contains(b.eval("location.pathname"), "consent") {
			b.press("Allow")
		}
		b.until(`document.querySelector('#access-token')?.innerText.includes('read:orders')`)
		b.see(person)
	})
	t.Run("native", func(t *testing.T) { throughNode(t, b.in(t), s, native) })
	t.Run("machine", func(t *testing.T) {
		got := node(t, "machine", map[string]string{"issuer": s.URL + "/", "clientId": machine.ID, "clientSecret": machine.Secret.Reveal(), "audience": audience}, nil)
		if got.Access.Claims["sub"] != machine.ID+"@clients" || got.Access.Claims["scope"] != "read:orders" {
			t.Errorf("the access token says %v", got.Access.Claims)
		}
	})
}

func setUp(t *testing.T, s *instance, b *tab) {
	t.Helper()
	b.visit(s.Setup)
	b.until(`location.hash === ''`)
	b.judge("set-up")
	b.fill("email", operator)
	b.fill("name", "Olga Operator")
	b.fill("password", password)
	b.press("Create operator")
	b.see("Applications")
	b.judge("home-empty")
	again := open(t)
	again.visit(s.Setup)
	again.see("is set up")
}

func createAPI(b *tab, s *instance) {
	b.t.Helper()
	b.visit(s.URL + "/dashboard/apis/new")
	b.fill("name", "Orders")
	b.fill("identifier", audience)
	b.fill("scopes", "read:orders See your orders\nwrite:orders Change your orders")
	b.judge("api-create")
	b.press("Create API")
	b.see("API created")
	b.script(`document.querySelector('[name=offline]').click()`)
	b.press("Save")
	b.see("Saved.")
}

// create makes an application on the page and returns the values that its pages offer for copying.
func create(b *tab, s *instance, name, kind, callback string) demo.Credentials {
	b.t.Helper()
	b.visit(s.URL + "/dashboard/applications/new")
	b.fill("name", name)
	b.choose("type", kind)
	b.judge("application-create-" + kind)
	b.press("Create application")
	var made demo.Credentials
	if value := b.eval(`document.querySelector('#secret-value')?.value ?? ''`); value != "" {
		b.judge("application-secret-" + kind)
		made.Secret = secret.New(value)
		b.press(b.eval(`[...document.querySelectorAll('a')].find(a => a.innerText.startsWith('I have stored it')).innerText.trim()`))
		if strings.Contains(b.eval(`document.documentElement.outerHTML`), value) {
			b.t.Error("the secret is shown again")
		}
	}
	made.ID = b.eval(`document.querySelector('[aria-label="Copy client ID"]').dataset.copy`)
	b.visit(s.URL + "/dashboard/applications/" + made.ID)
	if callback != "" {
		b.script(`document.querySelector('[name=callback]').closest('details').open = true`)
		b.fill("callback", callback)
		b.press("Add")
		b.until(`document.body.textContent.includes(` + strconv.Quote(callback) + `)`)
	}
	b.judge("application-quickstart-" + kind)
	return made
}

// permit gives the application at hand read:orders for itself.
func permit(b *tab) {
	b.t.Helper()
	b.visit(b.eval("location.origin + location.pathname") + "/apis")
	b.script(`[...document.querySelectorAll('tr')].find(r => r.innerText.includes('Orders')).querySelector('a[href*="/apis/"]').click()`)
	b.until(`document.readyState === 'complete' && document.querySelector('#f-client-scope-read\\:orders')`) // with its scripts, which choose what the box belongs to
	b.script(`document.querySelector('#f-client-scope-read\\:orders').click()`)
	b.judge("application-permissions")
	b.press("Save permissions")
	b.see("Saved.")
}

func signIn(b *tab) {
	b.t.Helper()
	b.fill("email", person)
	b.fill("password", password)
	b.press("Sign in")
	if b.eval(`location.pathname`) == "/consent" {
		b.press("Allow")
	}
}

// throughNode runs the native application, and is the browser it opens.
func throughNode(t *testing.T, b *tab, s *instance, native demo.Credentials) {
	t.Helper()
	values := map[string]string{"issuer": s.URL + "/", "clientId": native.ID, "audience": audience, "scope": "openid email offline_access read:orders"}
	got := node(t, "native", values, func(url string) {
		b.visit(url)
		if b.eval(`location.pathname`) == "/consent" {
			b.judge("confirm-loopback")
			b.press("Allow")
		}
		b.see("close this window")
	})
	if got.Claims["email"] != person || !got.Refreshed {
		t.Errorf("the native application got %v", got)
	}
}

// said is what client.mjs prints.
type said struct {
	TokenType string         `json:"tokenType"`
	Refreshed bool           `json:"refreshed"`
	Claims    map[string]any `json:"claims"`
	Access    struct {
		Claims map[string]any `json:"claims"`
	} `json:"access"`
}

// node runs a flow of test/interop with npm's openid-client and hands the URL it opens to browse.
func node(t *testing.T, flow string, values map[string]string, browse func(url string)) said {
	t.Helper()
	options, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "../interop/client.mjs", flow, string(options))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	var last string
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		last = lines.Text()
		if url, ok := strings.CutPrefix(last, "OPEN "); ok {
			browse(url)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%s: %v\n%s", flow, err, stderr.String())
	}
	var got said
	if err := json.Unmarshal([]byte(last), &got); err != nil {
		t.Fatal(fmt.Errorf("%s printed %q: %w", flow, last, err))
	}
	return got
}
