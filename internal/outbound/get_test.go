package outbound_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"

	"clientele/internal/audit"
	"clientele/internal/outbound"
	"clientele/internal/outbound/outboundtest"
)

// ask is what most tests ask for.
func ask(url string) outbound.Request {
	return outbound.Request{URL: url, Accept: "application/json", MaxBytes: 100, Lane: outbound.Strangers}
}

// refused fetches and fails the test unless the failure is of the kind.
func refused(t *testing.T, c *outbound.Client, r outbound.Request, kind audit.FailureKind) *outbound.Failure {
	t.Helper()
	response, err := c.Get(t.Context(), r)
	failure, ok := outbound.AsFailure(err)
	if !ok {
		t.Fatalf("%s: the answer is %v, %v; want a failure of kind %s", r.URL, response, err, kind)
	}
	if failure.Kind != kind {
		t.Fatalf("%s: %v; want kind %s", r.URL, failure, kind)
	}
	if failure.Message == "" {
		t.Errorf("%s: the failure says nothing", r.URL)
	}
	return failure
}

func TestADocumentIsFetchedFromThePublicAddressOfItsHost(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	host.JSON("/client.json", map[string]string{"client_id": "x"}, "Cache-Control", "max-age=60")
	response, err := net.Client().Get(t.Context(), ask("https://app.example.com/client.json"))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(response.Body); response.Status != http.StatusOK || got != `{"client_id":"x"}` || response.Header.Get("Cache-Control") != "max-age=60" {
		t.Errorf("the answer is %d %s %v", response.Status, got, response.Header)
	}
	if response.Address != host.Address {
		t.Errorf("it came from %s; want %s", response.Address, host.Address)
	}
}

// CIMD-02 §8.6: what is fetched learns nothing about the people here.
func TestARequestCarriesNothingButWhoAsks(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	t.Setenv("ALL_PROXY", "http://127.0.0.1:1")
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	host.JSON("/client.json", "{}", "Set-Cookie", "a=b")
	client := net.Client()
	for range 2 {
		if _, err := client.Get(t.Context(), ask("https://app.example.com/client.json")); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range host.Requests() {
		var names []string
		for name := range r.Header {
			names = append(names, name)
		}
		slices.Sort(names)
		if want := []string{"Accept", "Accept-Encoding", "Connection", "User-Agent"}; !slices.Equal(names, want) {
			t.Errorf("the headers are %v; want %v", names, want)
		}
		if r.Method != http.MethodGet || r.Header.Get("Accept-Encoding") != "identity" || r.Header.Get("User-Agent") != "Clientele-test" || r.TLS.ServerName != "app.example.com" {
			t.Errorf("the request is %s with %v for %q", r.Method, r.Header, r.TLS.ServerName)
		}
	}
	if n := len(net.Dials()); n != 2 {
		t.Errorf("two requests used %d connections; each has its own", n)
	}
}

func TestAThousandWhoAskAtOnceShareOneRequest(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	release := make(chan struct{})
	host.Handle("/client.json", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-release
		_, _ = w.Write([]byte("{}"))
	}))
	client := net.Client()
	var waiting, answered sync.WaitGroup
	waiting.Add(1000)
	for range 1000 {
		answered.Go(func() {
			ctx := &noticed{Context: t.Context(), waits: sync.OnceFunc(waiting.Done)}
			if _, err := client.Get(ctx, ask("https://app.example.com/client.json")); err != nil {
				t.Error(err)
			}
		})
	}
	waiting.Wait()
	close(release)
	answered.Wait()
	if n := host.Count("/client.json"); n != 1 {
		t.Errorf("1000 callers caused %d requests", n)
	}
}

// noticed tells when somebody waits for the context, which a caller does once it is on the flight.
type noticed struct {
	context.Context
	waits func()
}

func (n *noticed) Done() <-chan struct{} {
	n.waits()
	return n.Context.Done()
}

func TestACallerWhoLeavesTakesNothingFromTheOthers(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	arrived, release := make(chan struct{}), make(chan struct{})
	host.Handle("/client.json", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-release
		_, _ = w.Write([]byte("{}"))
	}))
	client := net.Client()
	impatient, leave := context.WithCancel(t.Context())
	left, stayed := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := client.Get(impatient, ask("https://app.example.com/client.json"))
		left <- err
	}()
	<-arrived
	go func() {
		_, err := client.Get(t.Context(), ask("https://app.example.com/client.json"))
		stayed <- err
	}()
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	go func() { // the one who stays may have come too late for the first flight
		select {
		case <-arrived:
		case <-t.Context().Done():
		}
	}()
	close(release)
	if err := <-stayed; err != nil {
		t.Errorf("who stayed got %v", err)
	}
}
