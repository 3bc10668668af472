package browser

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// publisher is a web server on this machine that the server under test takes for app.example.com: it publishes metadata
// documents.
type publisher struct {
	Host string   // app.example.com:port
	Args []string // for serve

	mu   sync.Mutex
	docs map[string]any
	t    *testing.T
}

// publish starts a publisher.
func publish(t *testing.T) *publisher {
	t.Helper()
	p := &publisher{docs: map[string]any{}, t: t}
	srv := httptest.NewUnstartedServer(p)
	cert, ca := certificate(t, "app.example.com")
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	p.Host = fmt.Sprintf("app.example.com:%d", srv.Listener.Addr().(*net.TCPAddr).Port)
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	p.Args = []string{"--outbound-allow", p.Host + "=127.0.0.1/32", "--outbound-ca", file}
	return p
}

// URL is where a document is.
func (p *publisher) URL(path string) string { return "https://" + p.Host + path }

// Put publishes a document at a path; its client_id is filled in. nil takes it away.
func (p *publisher) Put(path string, doc map[string]any) {
	if doc != nil {
		if _, given := doc["client_id"]; !given {
			doc["client_id"] = p.URL(path)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.docs[path] = doc
}

// ServeHTTP answers with a document.
func (p *publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	doc := p.docs[r.URL.Path]
	body, err := json.Marshal(doc)
	p.mu.Unlock()
	if doc == nil || err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "max-age=3600")
	_, _ = w.Write(body)
}

// certificate is one for the name, and the authority in PEM that proves it: the certificate itself.
func certificate(t *testing.T, name string) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
