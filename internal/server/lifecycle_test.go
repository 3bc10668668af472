package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/server"
	"clientele/internal/servertest"
	"clientele/internal/signing"
)

// running is a server that listens, with the function that tells it to stop and the channel that says how that went.
func running(t *testing.T, s *servertest.Server, tlsConfig *tls.Config) (address string, stop context.CancelFunc, stopped <-chan error) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, server.Listener{Listener: l, TLS: tlsConfig}) }()
	return l.Addr().String(), cancel, done
}

func TestAStopLetsTheRequestInFlightFinish(t *testing.T) {
	s := servertest.New(t, servertest.WithPublicURL("http://localhost:8080"))
	address, stop, stopped := running(t, s, nil)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := "grant_type=client_credentials&client_id=x"
	head := "POST /oauth/token HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: "
	if _, err := io.WriteString(conn, head+"41\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 12) // the server reads the body now: the request is in flight
	if _, err := io.ReadFull(conn, first); err != nil || string(first) != "HTTP/1.1 100" {
		t.Fatalf("%q, %v", first, err)
	}
	stop()
	for s.Ready(t.Context()) == nil {
		select {
		case err := <-stopped:
			t.Fatalf("the server stopped under the request: %v", err)
		default:
		}
	}
	if _, err := io.WriteString(conn, body); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.Contains(string(answer), "HTTP/1.1 401") {
		t.Errorf("the request in flight got %q, %v", answer, err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("the server stopped with %v", err)
	}
}

func TestWhatWasRecordedIsKeptWhenTheServerStops(t *testing.T) {
	s := servertest.New(t, servertest.WithPublicURL("http://localhost:8080"))
	app, _ := s.CreateApplication(registry.Draft{Name: "Job", Type: registry.MachineToMachine})
	_, stop, stopped := running(t, s, nil)
	s.Uses().Record(t.Context(), audit.Use{At: s.Clock.Now(), Kind: "token.issued", ApplicationID: app.ID})
	stop()
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	kept, err := s.Store.Application(t.Context(), app.ID)
	if err != nil || kept.LastUsed.IsZero() {
		t.Errorf("last used %v, %v", kept.LastUsed, err)
	}
}

func TestNothingRunsOnAfterTheServerHasStopped(t *testing.T) {
	s := servertest.New(t, servertest.WithPublicURL("http://localhost:8080"))
	before := goleak.IgnoreCurrent()
	_, stop, stopped := running(t, s, nil)
	stop()
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	goleak.VerifyNone(t, before)
}

func TestAServerThatStopsIsNotReady(t *testing.T) {
	s := servertest.New(t, servertest.WithPublicURL("http://localhost:8080"))
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, stop, stopped := running(t, s, nil)
	stop()
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if resp, _ := ask(t, s, http.MethodGet, "/readyz", ""); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("readyz answered %d", resp.StatusCode)
	}
	if resp, _ := ask(t, s, http.MethodGet, "/healthz", ""); resp.StatusCode != http.StatusOK {
		t.Errorf("healthz answered %d", resp.StatusCode)
	}
}

func TestAServerWhoseStoreIsGoneIsNotReady(t *testing.T) {
	s := servertest.New(t)
	if err := s.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if resp, _ := ask(t, s, http.MethodGet, "/readyz", ""); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("readyz answered %d", resp.StatusCode)
	}
}

// What another process writes (the command line, another node) reaches this one through the notices.
func TestAChangeByAnotherProcessIsSeen(t *testing.T) {
	s := servertest.New(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Before", Type: registry.MachineToMachine})
	if found, err := s.Directory().ByID(t.Context(), app.ID); err != nil || found.Name != "Before" {
		t.Fatalf("%v, %v", found, err)
	}
	beside := &registry.Registry{Store: s.Store, Keys: s.Keys, Now: s.Clock.Now, Issuer: s.Issuer()}
	if _, _, err := beside.Update(t.Context(), servertest.Actor, app.ID, 0, func(a *registry.Application) error { a.Name = "After"; return nil }); err != nil {
		t.Fatal(err)
	}
	if found, _ := s.Directory().ByID(t.Context(), app.ID); found.Name != "Before" {
		t.Fatal("the test does not test the cache")
	}
	s.Follow(t.Context())
	if found, err := s.Directory().ByID(t.Context(), app.ID); err != nil || found.Name != "After" {
		t.Errorf("%v, %v", found, err)
	}
}

func TestASettingByAnotherProcessIsSeen(t *testing.T) {
	s := servertest.New(t)
	event := audit.Event{At: s.Clock.Now(), Kind: "setting.changed", Actor: servertest.Actor, TargetKind: "setting", TargetID: "instance_name"}
	if err := s.Store.SaveSetting(t.Context(), "instance_name", "Acme", event); err != nil {
		t.Fatal(err)
	}
	s.Follow(t.Context())
	if got := s.Settings.Current().InstanceName; got != "Acme" {
		t.Errorf("the instance is called %q", got)
	}
}

func TestASigningKeyByAnotherProcessIsPublished(t *testing.T) {
	s := servertest.New(t)
	before := s.Signing.JWKSTag()
	beside, err := signing.Open(t.Context(), s.Store, servertest.Master(), s.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := beside.Rotate(t.Context(), servertest.Actor, signing.ES256); err != nil {
		t.Fatal(err)
	}
	s.Follow(t.Context())
	if s.Signing.JWKSTag() == before || s.Signing.JWKSTag() != beside.JWKSTag() {
		t.Error("the keys that are published are not those of the store")
	}
}

func TestAnAlgorithmIsPublishedWhenItIsChosen(t *testing.T) {
	s := servertest.New(t)
	api := registry.API{Name: "Orders", Identifier: "https://orders.example.com/", SigningAlgorithm: string(signing.EdDSA)}
	if _, err := s.Registry.CreateAPI(t.Context(), servertest.Actor, api); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(s.Signing.Algorithms(), signing.EdDSA) {
		t.Fatal("it is published before anybody chose it")
	}
	s.Follow(t.Context())
	if got := s.Signing.Algorithms(); !slices.Contains(got, signing.EdDSA) || !slices.Contains(got, signing.Ed25519) {
		t.Errorf("published are %v", got)
	}
}

// certificateFor writes a self-signed certificate for the name.
func certificateFor(t *testing.T, dir, name string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

func TestTheServerSpeaksTLSForAnyHostName(t *testing.T) {
	certFile, keyFile := certificateFor(t, t.TempDir(), "login.example.test")
	config, err := server.LoadTLS(certFile, keyFile, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.New(t, servertest.WithPublicURL("https://login.example.test"))
	address, stop, stopped := running(t, s, config)
	roots := x509.NewCertPool()
	pemBytes, err := os.ReadFile(certFile)
	if err != nil {
		t.Fatal(err)
	}
	roots.AppendCertsFromPEM(pemBytes)
	client := &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true,
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}}
	resp, err := client.Get("https://login.example.test/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 {
		t.Errorf("got %s %s", resp.Proto, resp.Status)
	}
	client.CloseIdleConnections()
	stop()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestACertificateWithoutItsKeyIsRefused(t *testing.T) {
	certFile, _ := certificateFor(t, t.TempDir(), "a.example.test")
	_, keyFile := certificateFor(t, t.TempDir(), "b.example.test")
	if _, err := server.LoadTLS(certFile, keyFile, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a key of another certificate was accepted")
	}
	if _, err := server.LoadTLS(certFile, filepath.Join(t.TempDir(), "none.pem"), slog.New(slog.DiscardHandler)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing key file: %v", err)
	}
}
