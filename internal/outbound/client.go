package outbound

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"clientele/internal/audit"
)

// MaxDeadline is the longest that anything outside is waited for, connection, headers and body together.
const MaxDeadline = 5 * time.Second

// Options say how a client behaves. The zero value is the safe one.
type Options struct {
	UserAgent  string         // names the product and where its operator can be found
	Own        []string       // host[:port] of this server, which does not call itself
	Exceptions []Exception    // hosts for which the guard makes an exception
	Roots      *x509.CertPool // nil = those of the machine
	Network    Network        // nil = the real one
	Now        func() time.Time
	Budgets    Budgets // the zero value is DefaultBudgets

	// NAT64 says that this machine is on an IPv6-only network that shows IPv4 hosts behind 64:ff9b::/96. Such an address is then
	// judged by the IPv4 address it carries; otherwise it is refused.
	NAT64 bool
}

// Client makes every request that leaves this server. It is safe for concurrent use and keeps no connection open.
type Client struct {
	o       Options
	flights singleflight.Group
	budget  *budget
	later   *memo
}

// New makes a client.
func New(o Options) *Client {
	if o.Network == nil {
		o.Network = internet{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.UserAgent == "" {
		o.UserAgent = "Clientele"
	}
	if o.Budgets == (Budgets{}) {
		o.Budgets = DefaultBudgets()
	}
	o.Own = slices.Clone(o.Own)
	for i, own := range o.Own {
		if host, port, err := splitHostPort(strings.ToLower(own)); err == nil {
			o.Own[i] = joinHostPort(host, port)
		}
	}
	return &Client{o: o, budget: newBudget(o.Budgets), later: &memo{}}
}

// Exempt reports whether there is an exception for host[:port]; the port is 443 unless it says otherwise.
func (c *Client) Exempt(hostport string) bool {
	host, port, err := splitHostPort(strings.ToLower(hostport))
	return err == nil && slices.ContainsFunc(c.o.Exceptions, func(e Exception) bool { return e.Host == host && e.Port == port })
}

// OwnHost is the host[:port] of an issuer, for Options.Own.
func OwnHost(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	if u.Scheme == "http" && u.Port() == "" {
		return u.Host + ":" + strconv.Itoa(80)
	}
	return u.Host
}

// Get fetches r.URL. The error is a *Failure, a *Busy if there is no budget left, or that of ctx if the caller gave up first.
// Callers who ask for the same at the same time share one request, which goes on if one of them leaves: nobody may change the
// response. A failure is never remembered, but for a Retry-After: until then the other side is left in peace.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	to, failure := c.aim(r.URL)
	if failure != nil {
		return nil, failure
	}
	key := strings.Join([]string{r.URL, r.ETag, r.LastModified, r.Accept, strconv.Itoa(r.MaxBytes), strconv.Itoa(int(r.Lane))}, "\n")
	flight := c.flights.DoChan(key, func() (any, error) { return c.fly(context.WithoutCancel(ctx), to, r) })
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case answer := <-flight:
		if answer.Err != nil {
			return nil, answer.Err
		}
		response, _ := answer.Val.(*Response)
		return response, nil
	}
}

// fly makes one request, within the budgets and the deadline. It runs on nobody's goroutine, where a panic would end the
// server: whatever an answer can do to a parser ends here.
func (c *Client) fly(ctx context.Context, to target, r Request) (response *Response, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			response, err = nil, burst(to, cause)
		}
	}()
	start := c.o.Now()
	if failure := c.later.get(r.URL, start); failure != nil {
		return nil, failure
	}
	done, busy := c.budget.take(to, r.Lane, start)
	if busy != nil {
		return nil, busy
	}
	defer done()
	deadline := MaxDeadline
	if r.Deadline > 0 && r.Deadline < deadline {
		deadline = r.Deadline
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	got, failure := c.exchange(ctx, to, r)
	if failure == nil {
		got.Took = c.o.Now().Sub(start)
		return got, nil
	}
	failure.note("took", c.o.Now().Sub(start).Round(time.Millisecond).String())
	c.later.put(r.URL, start, failure)
	return nil, failure
}

// exchange makes the request and reads the answer. Everything that it uses ends with it.
func (c *Client) exchange(ctx context.Context, to target, r Request) (*Response, *Failure) {
	line := &line{client: c, to: to}
	transport := line.transport(ctx)
	defer transport.CloseIdleConnections()
	req, err := c.request(ctx, r)
	if err != nil {
		return nil, &Failure{Kind: audit.FailureURL, Message: "The URL cannot be called: it is no URL.", Mend: "Use a plain https URL with a public host name.", cause: err}
	}
	answer, err := transport.RoundTrip(req)
	if err != nil {
		failure := c.exchangeFailure(ctx, to, err)
		failure.note("address", line.addressText())
		return nil, failure
	}
	defer answer.Body.Close()
	response, failure := c.read(ctx, to, r, answer)
	if failure != nil {
		failure.note("address", line.addressText())
		failure.note("status", strconv.Itoa(answer.StatusCode))
		failure.note("content_type", cut(answer.Header.Get("Content-Type")))
		return nil, failure
	}
	response.Address = line.address()
	return response, nil
}

// request is all that the other side learns: what is asked for, what is kept of it, and who asks. RFC 9110 §13.1.
func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{"User-Agent": {c.o.UserAgent}, "Accept-Encoding": {"identity"}}
	for name, value := range map[string]string{"Accept": r.Accept, "If-None-Match": r.ETag, "If-Modified-Since": r.LastModified} {
		if value != "" && len(value) <= maxValidator && !strings.ContainsAny(value, "\r\n\x00") {
			req.Header.Set(name, value)
		}
	}
	return req, nil
}

// maxValidator caps what is sent back of a header that came from the other side, in bytes.
const maxValidator = 512

// AsFailure is the *Failure in err, if there is one.
func AsFailure(err error) (*Failure, bool) { return errors.AsType[*Failure](err) }
