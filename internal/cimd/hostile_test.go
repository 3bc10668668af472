package cimd_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// text is a document as it is sent.
func text(t testing.TB, changes ...map[string]any) string {
	t.Helper()
	b, err := json.Marshal(document(changes...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func squeezed(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(body)
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hostile is what a host can do instead of publishing a document, and what the operator reads about it.
var hostile = []struct {
	name    string
	kind    audit.FailureKind
	prepare func(t *testing.T, w *world)
}{
	{"no such name", audit.FailureDNS, func(_ *testing.T, w *world) { w.net.Resolve(appHost) }},
	{"a private address", audit.FailureAddress, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "10.0.0.1") }},
	{"loopback", audit.FailureAddress, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "127.0.0.1") }},
	{"loopback in IPv6", audit.FailureAddress, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "::1") }},
	{"mapped loopback", audit.FailureAddress, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "::ffff:127.0.0.1") }},
	{"cloud metadata", audit.FailureAddress, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "169.254.169.254") }},
	{"cloud metadata in IPv6", audit.FailureAddress, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "fd00:ec2::254") }},
	{"NAT64", audit.FailureAddress, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "64:ff9b::7f00:1") }},
	{"6to4", audit.FailureAddress, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "2002:7f00:1::") }},
	{"Teredo", audit.FailureAddress, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "2001:0:4136:e378:8000:63bf:80ff:fffe") }},
	{"carrier addresses", audit.FailureAddress, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "100.64.0.1") }},
	{"a public A and a private AAAA", audit.FailureAddress, func(_ *testing.T, w *world) {
		w.net.Resolve(appHost, w.host.Address.String(), "fd00::1")
	}},
	{"an address where nobody is", audit.FailureConnect, func(_ *testing.T, w *world) { w.net.Resolve(appHost, "23.192.9.9") }},
	{"a certificate of another name", audit.FailureTLS, func(_ *testing.T, w *world) {
		w.host.Present(w.net.Issue("www.example.com", w.Clock.Now().AddDate(1, 0, 0)))
	}},
	{"an expired certificate", audit.FailureTLS, func(_ *testing.T, w *world) {
		w.host.Present(w.net.Issue(appHost, w.Clock.Now().AddDate(0, 0, -1)))
	}},
	{"a redirect to loopback", audit.FailureRedirect, func(_ *testing.T, w *world) {
		w.host.Handle(appPath, http.RedirectHandler("https://127.0.0.1/", http.StatusFound))
	}},
	{"a redirect to http", audit.FailureRedirect, func(_ *testing.T, w *world) {
		w.host.Handle(appPath, http.RedirectHandler("http://"+appHost+appPath, http.StatusMovedPermanently))
	}},
	{"a redirect on the same host", audit.FailureRedirect, func(t *testing.T, w *world) {
		w.host.JSON("/other.json", text(t))
		w.host.Handle(appPath, http.RedirectHandler("/other.json", http.StatusTemporaryRedirect))
	}},
	{"a document that is not there", audit.FailureStatus, func(_ *testing.T, w *world) { w.host.Handle(appPath, nil) }},
	{"201 with the document", audit.FailureStatus, func(t *testing.T, w *world) {
		body := text(t)
		w.host.Handle(appPath, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(rw, body)
		}))
	}},
	{"a bot challenge", audit.FailureStatus, func(_ *testing.T, w *world) {
		w.host.Handle(appPath, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Cf-Mitigated", "challenge")
			rw.WriteHeader(http.StatusForbidden)
		}))
	}},
	{"a page instead of the document", audit.FailureNotJSON, func(_ *testing.T, w *world) {
		w.host.JSON(appPath, "<!doctype html><html></html>", "Content-Type", "text/html")
	}},
	{"a page that calls itself JSON", audit.FailureNotJSON, func(_ *testing.T, w *world) { w.host.JSON(appPath, "<!doctype html>") }},
	{"text/plain", audit.FailureNotJSON, func(t *testing.T, w *world) { w.host.JSON(appPath, text(t), "Content-Type", "text/plain") }},
	{"nothing", audit.FailureNotJSON, func(_ *testing.T, w *world) { w.host.JSON(appPath, "") }},
	{"an array", audit.FailureDocument, func(t *testing.T, w *world) { w.host.JSON(appPath, "["+text(t)+"]") }},
	{"null", audit.FailureDocument, func(_ *testing.T, w *world) { w.host.JSON(appPath, "null") }},
	{"client_id twice", audit.FailureDocument, func(t *testing.T, w *world) {
		w.host.JSON(appPath, strings.Replace(text(t), "{", `{"client_id":"https://evil.example.com/c",`, 1))
	}},
	{"a byte order mark", audit.FailureNotJSON, func(t *testing.T, w *world) { w.host.JSON(appPath, "\xef\xbb\xbf"+text(t)) }},
	{"bytes that are not UTF-8", audit.FailureDocument, func(t *testing.T, w *world) {
		w.host.JSON(appPath, strings.Replace(text(t), "Pretend", "Pret\xffend", 1))
	}},
	{"something after the document", audit.FailureNotJSON, func(t *testing.T, w *world) { w.host.JSON(appPath, text(t)+"{}") }},
	{"a number that is none", audit.FailureNotJSON, func(t *testing.T, w *world) {
		w.host.JSON(appPath, strings.Replace(text(t), "{", `{"x":NaN,`, 1))
	}},
	{"nesting without end", audit.FailureDocument, func(t *testing.T, w *world) {
		w.host.JSON(appPath, strings.Replace(text(t), "{", `{"x":`+strings.Repeat("[", 500)+strings.Repeat("]", 500)+",", 1))
	}},
	{"one byte too much", audit.FailureTooBig, func(t *testing.T, w *world) {
		body := text(t)
		w.host.JSON(appPath, body+strings.Repeat(" ", cimd.MaxDocument+1-len(body)))
	}},
	{"a gzip bomb", audit.FailureTooBig, func(t *testing.T, w *world) {
		w.host.JSON(appPath, squeezed(t, append([]byte(text(t)), make([]byte, 1<<20)...)), "Content-Encoding", "gzip")
	}},
	{"a body without end", audit.FailureTooBig, func(_ *testing.T, w *world) {
		w.host.Raw(appPath, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
			for gone.Err() == nil {
				if _, err := io.WriteString(conn, strings.Repeat(" ", 4096)); err != nil {
					return
				}
			}
		})
	}},
	{"half a document", audit.FailureConnect, func(t *testing.T, w *world) {
		body := text(t)
		w.host.Raw(appPath, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n"+body)
		})
	}},
	{"the document of another client", audit.FailureMismatch, func(t *testing.T, w *world) {
		w.host.JSON(appPath, text(t, map[string]any{"client_id": "https://" + appHost + "/other.json"}))
	}},
	{"the www form of itself", audit.FailureMismatch, func(t *testing.T, w *world) {
		w.host.JSON(appPath, text(t, map[string]any{"client_id": "https://www." + appHost + appPath}))
	}},
	{"a secret", audit.FailureDocument, func(t *testing.T, w *world) {
		w.host.JSON(appPath, text(t, map[string]any{"client_secret": ""}))
	}},
}

// Nothing of a hostile host comes in, the operator reads what it was, and what was mended counts at once. CIMD-02 §5.2, §8.6.
func TestWhateverAHostDoesIsNamedAndNothingOfItStays(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, registry.AdmitOpen)
			c.prepare(t, w)
			_, err := w.svc.Resolve(t.Context(), arrival("usr_ada"))
			refusal, ok := errors.AsType[*cimd.Refusal](err)
			if !ok {
				t.Fatalf("it was let in: %v", err)
			}
			trace := w.trace(refusal.Reference)
			if trace.Kind != c.kind || trace.Message == "" || trace.Mend == "" {
				t.Errorf("the trace is %+v; want kind %s", trace, c.kind)
			}
			if want := c.kind == audit.FailureMismatch || c.kind == audit.FailureDocument || c.kind == audit.FailureNotJSON || c.kind == audit.FailureTooBig; want && refusal.Reason != cimd.Invalid {
				t.Errorf("the person is told %s", refusal.Reason)
			}
			if _, err := w.Directory().Find(t.Context(), oauth.ClientID(appURL)); !errors.Is(err, registry.ErrNotFound) {
				t.Errorf("something of it was kept: %v", err)
			}
			w.net.Resolve(appHost, w.host.Address.String())
			w.host.Present(w.net.Issue(appHost, w.Clock.Now().AddDate(1, 0, 0)))
			w.host.JSON(appPath, document())
			w.resolve(arrival("usr_grace"), "")
		})
	}
}

// A URL that no document can have costs neither a lookup nor a connection.
func TestAURLThatIsNoClientIDIsNeverLookedUp(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	for _, url := range []string{
		"http://app.example.com/c", "https://app.example.com", "https://u@app.example.com/c", "https://app.example.com/c#", "https://app.example.com/a/../c",
		"https://app.example.com/%2e%2e/c", "https://app.example.com\\c", "https://app.example.com/c\t", "https://äpp.example.com/c", "https://APP.example.com/c",
		"https://2130706433/c", "https://0x7f000001/c", "https://0177.0.0.1/c", "https://127.1/c", "https://127.0.0.1/c", "https://[::1]/c",
		"https://[::ffff:127.0.0.1]/c", "https://169.254.169.254/latest/meta-data/", "https://localhost/c", "https://app.local/c", "https://db.internal/c",
		"https://app.example.com./c", "https://app.example.com/c?x=1", servertest.PublicURL + "/c",
	} {
		a := arrival("usr_ada")
		a.URL = url
		_, err := w.svc.Resolve(t.Context(), a)
		refusal, ok := errors.AsType[*cimd.Refusal](err)
		if !ok || w.trace(refusal.Reference).Kind != audit.FailureURL {
			t.Errorf("%q: %v", url, err)
		}
	}
	if n := len(w.net.Dials()); n != 0 || w.net.Lookups(appHost) != 0 {
		t.Errorf("%d connections were made", n)
	}
}

// CIMD-02 §8.6: the guard holds for every URI that a document can name, whether anybody here fetches it or not.
func TestNoURIInADocumentIsCalledWhereItMustNotBe(t *testing.T) {
	const inside = "inside.example.com"
	for _, m := range oauth.ClientMembers() {
		if m.URI == oauth.URINone || m.URI == oauth.URIRedirect {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			w := newWorld(t, registry.AdmitOpen)
			w.set("cimd_foreign_keys", "on")
			w.net.Resolve(inside, "10.0.0.1")
			change := map[string]any{m.Name: "https://" + inside + "/x"}
			if m.Kind == oauth.MemberTexts {
				change[m.Name] = []string{"https://" + inside + "/x"}
			}
			if m.Name == "jwks_uri" {
				change["token_endpoint_auth_method"] = "private_key_jwt"
			}
			w.host.JSON(appPath, document(change))
			if _, err := w.svc.Preview(t.Context(), servertest.Actor, appURL); err != nil {
				t.Fatal(err)
			}
			_, err := w.svc.Register(t.Context(), servertest.Actor, appURL, cimd.RegisterOptions{})
			if declined, ok := errors.AsType[*cimd.Declined](err); err != nil && !ok {
				t.Fatalf("%v, %v", declined, err)
			}
			w.svc.RefreshDue(t.Context())
			for _, d := range w.net.Dials() {
				if d != netip.AddrPortFrom(w.host.Address, 443) {
					t.Errorf("%s was dialled", d)
				}
			}
			if n := w.net.Lookups(inside); n > 0 && m.Name != "jwks_uri" && m.Name != "logo_uri" {
				t.Errorf("%s was looked up, which nobody here fetches", m.Name)
			}
		})
	}
}

// The same name can point inside as soon as it was let in: keys and later fetches are judged anew. RFC 6890 §2.2.
func TestANameThatTurnsInsideAfterItWasLetInIsNotFollowed(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	app, _ := w.resolve(arrival("usr_ada"), "")
	w.net.Resolve(appHost, "127.0.0.1")
	w.net.Serve("127.0.0.1", w.host)
	dials := len(w.net.Dials())
	w.Clock.Set(app.Import.DueAt.Add(1))
	_, err := w.svc.Refresh(t.Context(), servertest.Actor, app.ID, "", "")
	if declined, ok := errors.AsType[*cimd.Declined](err); !ok || declined.Preview.Failure == nil || declined.Preview.Failure.Kind != audit.FailureAddress {
		t.Errorf("the refresh came to %v", err)
	}
	if len(w.net.Dials()) != dials {
		t.Errorf("%v were dialled", w.net.Dials()[dials:])
	}
}
