package outbound

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"clientele/internal/audit"
)

// read judges the status and takes the body in. Only 200 is success, and 304 where something is kept. CIMD-02 §5.
func (c *Client) read(ctx context.Context, to target, r Request, answer *http.Response) (*Response, *Failure) {
	response := &Response{Status: answer.StatusCode, Header: answer.Header}
	switch {
	case answer.StatusCode == http.StatusNotModified && (r.ETag != "" || r.LastModified != ""):
		return response, nil
	case answer.StatusCode >= 300 && answer.StatusCode < 400 && answer.StatusCode != http.StatusNotModified:
		return nil, redirected(to, answer)
	case answer.StatusCode != http.StatusOK:
		return nil, c.statusFailure(to, answer)
	}
	body, failure := c.body(ctx, to, r.MaxBytes, answer)
	response.Body = body
	return response, failure
}

// body reads at most max bytes, counted after decompression, and as many of what travels.
func (c *Client) body(ctx context.Context, to target, limit int, answer *http.Response) ([]byte, *Failure) {
	tooBig := &Failure{
		Kind:    audit.FailureTooBig,
		Message: fmt.Sprintf("The answer of %s is longer than %d bytes.", to.host, limit),
		Mend:    "Make it shorter.",
	}
	if answer.ContentLength > int64(limit) && answer.Header.Get("Content-Encoding") == "" {
		tooBig.note("bytes", strconv.FormatInt(answer.ContentLength, 10))
		return nil, tooBig
	}
	travelling := &counted{r: answer.Body, left: limit + gzipOverhead}
	reader, failure := decoded(travelling, to, answer.Header)
	if failure == nil {
		var body []byte
		var err error
		body, err = io.ReadAll(io.LimitReader(reader, int64(limit)+1))
		switch {
		case len(body) > limit || errors.Is(err, errTooLong):
			return nil, tooBig
		case err == nil:
			return body, nil
		}
		return nil, c.bodyFailure(ctx, to, err)
	}
	return nil, failure
}

// gzipOverhead is by how much a body may grow by being compressed.
const gzipOverhead = 1 << 10

var errTooLong = errors.New("longer than allowed")

// counted gives up after as many bytes as are left.
type counted struct {
	r    io.Reader
	left int
}

// Read counts.
func (c *counted) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTooLong
	}
	if len(p) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= n
	return n, err
}

// decoded undoes gzip, which some hosts send although identity was asked for. RFC 9110 §12.5.3.
func decoded(body io.Reader, to target, h http.Header) (io.Reader, *Failure) {
	encoding := strings.ToLower(strings.TrimSpace(strings.Join(h.Values("Content-Encoding"), ",")))
	switch encoding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		return &lazyGzip{from: body}, nil
	}
	return nil, &Failure{
		Kind:    audit.FailureNotJSON,
		Message: fmt.Sprintf("%s sends the answer encoded (%s) although identity was asked for.", to.host, cut(encoding)),
		Mend:    "Serve it without Content-Encoding.",
	}
}

// lazyGzip reads the header of the stream with its first byte, so that what is wrong with it is an error of reading.
type lazyGzip struct {
	from io.Reader
	z    *gzip.Reader
}

// Read decompresses.
func (l *lazyGzip) Read(p []byte) (int, error) {
	if l.z == nil {
		z, err := gzip.NewReader(l.from)
		if err != nil {
			return 0, err
		}
		l.z = z
	}
	return l.z.Read(p)
}

func redirected(to target, answer *http.Response) *Failure {
	where := "nowhere"
	if location := answer.Header.Get("Location"); location != "" {
		where = cut(location)
	}
	f := &Failure{
		Kind: audit.FailureRedirect, Status: answer.StatusCode,
		Message: fmt.Sprintf("%s answers %d and points to %s. Redirects are not followed.", to.host, answer.StatusCode, where),
		Mend:    "Use the URL at which it really is.",
	}
	f.note("location", cut(answer.Header.Get("Location")))
	return f
}

func (c *Client) statusFailure(to target, answer *http.Response) *Failure {
	f := &Failure{
		Kind: audit.FailureStatus, Status: answer.StatusCode, Challenge: challenged(answer),
		RetryAfter: retryAfter(answer.Header.Get("Retry-After"), c.o.Now()), Authenticate: answer.Header.Values("WWW-Authenticate"),
	}
	f.Message = fmt.Sprintf("%s answers %d.", to.host, answer.StatusCode)
	switch {
	case f.Challenge:
		f.Message = fmt.Sprintf("%s answers %d with a bot challenge.", to.host, answer.StatusCode)
		f.Mend = "Let the host's bot protection pass requests for this path, or those of this server's User-Agent."
	case f.Gone():
		f.Mend = "Publish it there again, or use the URL where it is."
	case answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden:
		f.Mend = "Let everybody read it, without signing in."
	case answer.StatusCode == http.StatusTooManyRequests:
		f.Mend = "Try again later, or raise the host's limit for this path."
	case answer.StatusCode >= 500:
		f.Mend = "Something is wrong on that host: try again later."
	default:
		f.Mend = "Only 200 is an answer: serve it with that."
	}
	return f
}

// challenged reports whether an answer is a page that asks for a person instead of the document.
func challenged(answer *http.Response) bool {
	if answer.Header.Get("Cf-Mitigated") != "" {
		return true
	}
	switch answer.StatusCode {
	case http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		kind, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
		return err == nil && (kind == "text/html" || kind == "application/xhtml+xml")
	}
	return false
}

// maxRetryAfter is the longest that another side is left in peace because it asked so.
const maxRetryAfter = time.Hour

// retryAfter reads the header: seconds or a date. RFC 9110 §10.2.3.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0
	}
	var wait time.Duration
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if errors.Is(err, strconv.ErrRange) && value[0] != '-' {
		wait = maxRetryAfter
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return max(0, min(wait, maxRetryAfter))
}
