package cli_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/store"
)

// publish serves the files of the directory site over TLS as example.com, and lets the verbs reach it. In the files $SITE is where
// that is.
func publish(ts *testscript.TestScript, _ bool, _ []string) {
	directory := ts.MkAbs("site")
	site := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := os.ReadFile(filepath.Join(directory, filepath.Base(r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(published(text, "https://"+strings.Replace(r.Host, "127.0.0.1", "example.com", 1)))
	}))
	ts.Defer(site.Close)
	host := strings.Replace(site.Listener.Addr().String(), "127.0.0.1", "example.com", 1)
	authority := ts.MkAbs("ca.pem")
	ts.Check(os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: site.Certificate().Raw}), 0o600))
	ts.Setenv("SITE", "https://"+host)
	ts.Setenv("CLIENTELE_OUTBOUND_ALLOW", host+"=127.0.0.1/32")
	ts.Setenv("CLIENTELE_OUTBOUND_CA", authority)
}

func published(text []byte, site string) []byte {
	return bytes.ReplaceAll(text, []byte("$SITE"), []byte(site))
}

// waits puts the document of that name into the queue, as a person does who comes with it, and keeps the entry's id as WAITING.
func waits(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	kept, err := store.Open(ctx, ts.MkAbs("data/clientele.db"), store.WithoutMigrating())
	ts.Check(err)
	defer func() { _ = kept.Close() }()
	body := published([]byte(ts.ReadFile("site/"+args[0])), ts.Getenv("SITE"))
	sum := sha256.Sum256(body)
	r := &registry.Registry{Store: kept, Now: time.Now, Issuer: "http://localhost/"}
	w, err := r.Enqueue(ctx, registry.Waiting{
		URL: ts.Getenv("SITE") + "/" + args[0], Hash: base64.RawURLEncoding.EncodeToString(sum[:]), Body: body, Name: "Agent",
		RedirectURIs: []string{"http://localhost/callback"}, Reference: audit.NewReference(), Door: "authorize",
	}, "")
	ts.Check(err)
	ts.Setenv("WAITING", w.ID)
}
