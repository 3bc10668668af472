package cimd

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/outbound"
	"clientele/internal/outbound/outboundtest"
	"clientele/internal/registry"
)

const clientURL = "https://app.example.com/client.json"

func parsedURL(t testing.TB) oauth.ClientURL {
	t.Helper()
	u, err := oauth.ParseClientURL(clientURL, oauth.ClientURLRules{})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

var fetchedAt = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func fetcherOn(net *outboundtest.Internet) Fetcher {
	return Fetcher{Get: net.Client().Get, Now: func() time.Time { return fetchedAt }}
}

// wantFailure fails the test unless err is a failure of the kind that says what would mend it.
func wantFailure(t *testing.T, err error, kind audit.FailureKind) *Failure {
	t.Helper()
	failure, ok := errors.AsType[*Failure](err)
	if !ok || failure.Kind != kind {
		t.Fatalf("the error is %v; want kind %s", err, kind)
	}
	if failure.Message == "" || failure.Mend == "" || failure.Side == "" {
		t.Errorf("the failure says too little: %+v", failure)
	}
	return failure
}

func TestADocumentComesWithWhatIsKeptOfItsAnswer(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	host.JSON("/client.json", `{"client_id":"x"}`, "Cache-Control", "max-age=600", "ETag", `"one"`, "Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT", "X-Other", "y")
	got, err := fetcherOn(net).document(t.Context(), parsedURL(t), nil, outbound.Known)
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Body) != `{"client_id":"x"}` || got.Hash != hashOf(got.Body) || got.NotModified {
		t.Errorf("the answer is %+v", got)
	}
	if got.DueAt != fetchedAt.Add(10*time.Minute) || got.Address != host.Address.String() || got.ETag() != `"one"` || got.LastModified() == "" {
		t.Errorf("the answer is due %s, from %s, with %q and %q", got.DueAt, got.Address, got.ETag(), got.LastModified())
	}
	if got.Headers["x-other"] != "" || got.Headers["cache-control"] != "max-age=600" {
		t.Errorf("the headers that are kept are %v", got.Headers)
	}
	if got.Fetched.Status != 200 || got.Fetched.Bytes != 17 || got.Fetched.FreshFor != 10*time.Minute {
		t.Errorf("people are told %+v", got.Fetched)
	}
}

// RFC 9111 §4.3: a 304 renews what is kept.
func TestWhatIsKeptIsAskedForConditionally(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	host.Handle("/client.json", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=900")
		if r.Header.Get("If-None-Match") == `"one"` && r.Header.Get("If-Modified-Since") == "Sun, 22 Nov 2026 10:00:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
		}
	}))
	kept := &registry.Import{ETag: `"one"`, LastModified: "Sun, 22 Nov 2026 10:00:00 GMT", Live: registry.DocumentRef{Hash: "h"}}
	got, err := fetcherOn(net).document(t.Context(), parsedURL(t), kept, outbound.Known)
	if err != nil || !got.NotModified || got.DueAt != fetchedAt.Add(15*time.Minute) {
		t.Errorf("the answer is %+v, %v", got, err)
	}
}

func TestA304ToAnUnconditionalRequestIsNoAnswer(t *testing.T) {
	net := outboundtest.New(t)
	net.Host("app.example.com").Status("/client.json", http.StatusNotModified)
	_, err := fetcherOn(net).document(t.Context(), parsedURL(t), nil, outbound.Known)
	wantFailure(t, err, audit.FailureStatus)
}

// CIMD-02 §4: application/json and application/*+json, nothing else.
func TestTheMediaTypeDecides(t *testing.T) {
	for value, good := range map[string]bool{
		"application/json": true, "application/json; charset=utf-8": true, "APPLICATION/JSON": true, "application/json;": true,
		"application/cimd+json": true, "application/ld+json": true, "application/json; charset": true,
		"text/plain": false, "text/plain; charset=utf-8": false, "text/html": false, "text/json": false, "application/octet-stream": false,
		"application/jsonp": false, "application/+json": false, "json": false, "application/json, text/html": false, "image/svg+json": false,
	} {
		if failure := checkMediaType(http.Header{"Content-Type": {value}}); (failure == nil) != good {
			t.Errorf("%q is judged %v", value, failure)
		}
	}
	if checkMediaType(http.Header{}) == nil {
		t.Error("an answer without a media type passes")
	}
	if checkMediaType(http.Header{"Content-Type": {"application/json", "text/html"}}) == nil {
		t.Error("an answer with two media types passes")
	}
	if f := checkMediaType(http.Header{"Content-Type": {"text/html"}, "Cf-Mitigated": {"challenge"}}); !strings.Contains(f.Message, "bot challenge") {
		t.Errorf("a bot challenge is called %q", f.Message)
	}
}

func TestADocumentHasAtMost5120Bytes(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	host.JSON("/client.json", bytes.Repeat([]byte(" "), MaxDocument))
	if _, err := fetcherOn(net).document(t.Context(), parsedURL(t), nil, outbound.Known); err != nil {
		t.Error(err)
	}
	host.JSON("/client.json", bytes.Repeat([]byte(" "), MaxDocument+1))
	_, err := fetcherOn(net).document(t.Context(), parsedURL(t), nil, outbound.Known)
	wantFailure(t, err, audit.FailureTooBig)
}

func TestAFailureSaysWhoCanMendIt(t *testing.T) {
	for _, c := range []struct {
		name            string
		from            outbound.Failure
		side            audit.Side
		transport, gone bool
	}{
		{"a 404 is the publisher's", outbound.Failure{Kind: audit.FailureStatus, Status: 404}, audit.SideClient, false, true},
		{"a 500 passes", outbound.Failure{Kind: audit.FailureStatus, Status: 500}, audit.SideNetwork, true, false},
		{"a 429 passes", outbound.Failure{Kind: audit.FailureStatus, Status: 429, RetryAfter: time.Minute}, audit.SideNetwork, true, false},
		{"a bot challenge is the publisher's", outbound.Failure{Kind: audit.FailureStatus, Status: 503, Challenge: true}, audit.SideClient, true, false},
		{"no connection passes", outbound.Failure{Kind: audit.FailureConnect}, audit.SideNetwork, true, false},
		{"a bad certificate is the publisher's", outbound.Failure{Kind: audit.FailureTLS}, audit.SideClient, true, false},
		{"an address is the publisher's", outbound.Failure{Kind: audit.FailureAddress}, audit.SideClient, false, false},
		{"a redirect is the publisher's", outbound.Failure{Kind: audit.FailureRedirect, Status: 301}, audit.SideClient, false, false},
	} {
		failure, ok := errors.AsType[*Failure](failed(&c.from))
		if !ok || failure.Side != c.side || failure.Transport() != c.transport || failure.Gone() != c.gone || (failure.Retry > 0) != c.transport {
			t.Errorf("%s: %+v", c.name, failure)
		}
	}
}

func TestABudgetThatIsUsedUpSaysNothingAboutTheDocument(t *testing.T) {
	f := Fetcher{Now: time.Now, Get: func(context.Context, outbound.Request) (*outbound.Response, error) {
		return nil, &outbound.Busy{Retry: time.Second}
	}}
	_, err := f.document(t.Context(), parsedURL(t), nil, outbound.Strangers)
	if _, ok := errors.AsType[*outbound.Busy](err); !ok {
		t.Errorf("the error is %v", err)
	}
}

// CIMD-02 §5.2: errors are not kept.
func TestAFailureIsNotRemembered(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	f := fetcherOn(net)
	_, err := f.document(t.Context(), parsedURL(t), nil, outbound.Strangers)
	wantFailure(t, err, audit.FailureStatus)
	host.JSON("/client.json", "{}")
	if _, err := f.document(t.Context(), parsedURL(t), nil, outbound.Strangers); err != nil {
		t.Errorf("the document is there, and yet: %v", err)
	}
}
