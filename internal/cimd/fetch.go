package cimd

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/outbound"
	"clientele/internal/registry"
)

// What is fetched, at most: bytes after decompression. CIMD-02 §8.7 recommends 5 kB for documents.
const (
	MaxDocument = 5120
	MaxKeySet   = 64 << 10
	maxLogo     = 256 << 10
)

// fetchDeadline is for one document, key set or logo: connection, headers and body.
const fetchDeadline = 4 * time.Second

// accepted is asked for. RFC 9110 §12.5.1.
const accepted = "application/json, application/*+json;q=0.9"

// Fetcher gets documents and key sets. It keeps nothing: not an answer, and never an error.
type Fetcher struct {
	Get func(ctx context.Context, r outbound.Request) (*outbound.Response, error)
	Now func() time.Time
}

// fetched is one good answer.
type fetched struct {
	Body        []byte // nil if NotModified
	Hash        string // of Body
	NotModified bool   // what is kept is still good
	At          time.Time
	DueAt       time.Time
	Address     string
	Headers     map[string]string // those that are kept with a version
	Fetched     Fetched           // for people
}

// keptHeaders are the headers of an answer that are kept with a version of a document.
var keptHeaders = []string{"Content-Type", "Cache-Control", "ETag", "Last-Modified", "Date", "Age", "Expires"}

// document gets the document at u. With kept it asks only for a newer one than that. The error is a *Failure, an
// *outbound.Busy, or that of ctx; only the first says anything about the document. CIMD-02 §5.
func (f Fetcher) document(ctx context.Context, u oauth.ClientURL, kept *registry.Import, lane outbound.Lane) (fetched, error) {
	r := outbound.Request{URL: u.String(), Accept: accepted, MaxBytes: MaxDocument, Deadline: fetchDeadline, Lane: lane}
	if kept != nil && kept.Live.Hash != "" {
		r.ETag, r.LastModified = kept.ETag, kept.LastModified
	}
	return f.get(ctx, r)
}

// get gets JSON.
func (f Fetcher) get(ctx context.Context, r outbound.Request) (fetched, error) {
	asked := f.Now()
	answer, err := f.Get(ctx, r)
	if err != nil {
		return fetched{}, failed(err)
	}
	got := f.describe(answer, asked)
	if answer.NotModified() {
		got.NotModified = true
		return got, nil
	}
	if failure := checkMediaType(answer.Header); failure != nil {
		failure.Detail = got.Fetched.detail()
		return got, failure
	}
	got.Body, got.Hash = answer.Body, hashOf(answer.Body)
	return got, nil
}

// describe dates an answer back to its question: what is asked for later is newer, whichever answer comes first.
func (f Fetcher) describe(answer *outbound.Response, asked time.Time) fetched {
	now := f.Now()
	got := fetched{At: asked, DueAt: now.Add(freshFor(answer.Header, now)), Headers: map[string]string{}}
	if answer.Address.IsValid() {
		got.Address = answer.Address.String()
	}
	for _, name := range keptHeaders {
		if value := answer.Header.Get(name); value != "" {
			got.Headers[strings.ToLower(name)] = shorten(value)
		}
	}
	got.Fetched = Fetched{
		Status: answer.Status, ContentType: got.Headers["content-type"], Bytes: len(answer.Body), Took: answer.Took,
		Address: got.Address, FreshFor: got.DueAt.Sub(now), Cache: got.Headers["cache-control"],
	}
	return got
}

// ETag is the validator of the answer. It is kept as it came or not at all.
func (f fetched) ETag() string { return f.validator("etag") }

// LastModified is the other validator.
func (f fetched) LastModified() string { return f.validator("last-modified") }

func (f fetched) validator(name string) string {
	if value := f.Headers[name]; len(value) < maxHeader {
		return value
	}
	return ""
}

// detail is for traces.
func (f Fetched) detail() map[string]string {
	all := map[string]string{"status": strconv.Itoa(f.Status), "bytes": strconv.Itoa(f.Bytes), "took": f.Took.Round(time.Millisecond).String()}
	if f.ContentType != "" {
		all["content_type"] = f.ContentType
	}
	if f.Address != "" {
		all["address"] = f.Address
	}
	return all
}

// checkMediaType accepts application/json and application/*+json, whatever their parameters. CIMD-02 §4.
func checkMediaType(h http.Header) *Failure {
	value := h.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(value)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		kind = ""
	}
	name, found := strings.CutPrefix(kind, "application/")
	if found && (name == "json" || strings.HasSuffix(name, "+json") && name != "+json") && oneValue(h.Values("Content-Type")) {
		return nil
	}
	failure := &Failure{
		Kind: audit.FailureNotJSON, Value: shorten(value), Side: audit.SideClient, Spec: "CIMD-02 §4", Status: http.StatusOK,
		Message: fmt.Sprintf("The media type of the answer is %s, not application/json.", quotedOr(value, "missing")),
		Mend:    "Serve it with Content-Type: application/json.",
	}
	switch {
	case h.Get("Cf-Mitigated") != "":
		failure.Message = "The answer is a bot challenge, not JSON."
		failure.Mend = "Let the host's bot protection pass requests for this path."
	case kind == "text/html":
		failure.Message = "The answer is an HTML page, not JSON: perhaps that of a single-page application, which answers every path."
		failure.Mend = "Serve the document itself at this path, with Content-Type: application/json."
	case kind == "text/plain":
		failure.Mend += " Sites that show source files send text/plain; publish the document elsewhere."
	}
	return failure
}

func oneValue(values []string) bool {
	for _, v := range values {
		if v != values[0] {
			return false
		}
	}
	return true
}

func quotedOr(value, none string) string {
	if value == "" {
		return none
	}
	return strconv.Quote(shorten(value))
}

// hashOf names a body: its SHA-256 in base64url.
func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

const maxHeader = 256

// shorten cuts what came from the other side, and what no log or page should have.
func shorten(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return -1
		}
		return r
	}, s)
	if len(s) > maxHeader {
		s = strings.ToValidUTF8(s[:maxHeader-len("…")], "") + "…"
	}
	return s
}
