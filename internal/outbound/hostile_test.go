package outbound_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/outbound"
	"clientele/internal/outbound/outboundtest"
)

// soon is a deadline for hosts that never come to an end.
const soon = 150 * time.Millisecond

func gzipped(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// forever writes the same until the other side has left.
func forever(gone context.Context, conn io.Writer, what string) {
	for gone.Err() == nil {
		if _, err := io.WriteString(conn, what); err != nil {
			return
		}
	}
}

const headers = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

func TestAHostileHostCostsLittleAndIsNamed(t *testing.T) {
	bomb := string(gzipped(t, make([]byte, 1<<20)))
	empty := string(gzipped(t, nil))
	for _, c := range []struct {
		name string
		kind audit.FailureKind
		raw  func(gone context.Context, conn io.Writer)
	}{
		{"no headers", audit.FailureTimeout, func(gone context.Context, _ io.Writer) { <-gone.Done() }},
		{"half a header", audit.FailureTimeout, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Ty")
			<-gone.Done()
		}},
		{"headers without end", audit.FailureTooBig, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			forever(gone, conn, "X-More: "+strings.Repeat("x", 1000)+"\r\n")
		}},
		{"one header without end", audit.FailureTooBig, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX-More: ")
			forever(gone, conn, strings.Repeat("x", 1000))
		}},
		{"no body", audit.FailureTimeout, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Length: 10\r\n\r\n")
			<-gone.Done()
		}},
		{"half a body", audit.FailureTimeout, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Length: 10\r\n\r\n{")
			<-gone.Done()
		}},
		{"half a chunk", audit.FailureTimeout, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Transfer-Encoding: chunked\r\n\r\n5\r\n{")
			<-gone.Done()
		}},
		{"a body without end", audit.FailureTooBig, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"\r\n")
			forever(gone, conn, strings.Repeat("x", 1000))
		}},
		{"chunks without end", audit.FailureTooBig, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Transfer-Encoding: chunked\r\n\r\n")
			forever(gone, conn, "1\r\nx\r\n")
		}},
		{"a length that is too much", audit.FailureTooBig, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Length: 1000000\r\n\r\n")
			<-gone.Done()
		}},
		{"a length that is more than comes", audit.FailureConnect, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Length: 10\r\n\r\n{}")
		}},
		{"a chunk that is more than comes", audit.FailureConnect, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Transfer-Encoding: chunked\r\n\r\n5\r\n{}")
		}},
		{"two lengths", audit.FailureConnect, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")
		}},
		{"a negative length", audit.FailureConnect, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Length: -2\r\n\r\n{}")
		}},
		{"a gzip bomb", audit.FailureTooBig, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Encoding: gzip\r\n\r\n"+bomb)
		}},
		{"empty gzip members without end", audit.FailureTooBig, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Encoding: gzip\r\n\r\n")
			forever(gone, conn, empty)
		}},
		{"gzip that is none", audit.FailureConnect, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Encoding: gzip\r\n\r\n{}")
		}},
		{"half a gzip", audit.FailureConnect, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Encoding: gzip\r\n\r\n"+empty[:12])
		}},
		{"an encoding that was not asked for", audit.FailureNotJSON, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Encoding: br\r\n\r\n{}")
		}},
		{"gzip in gzip", audit.FailureNotJSON, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, headers+"Content-Encoding: gzip, gzip\r\n\r\n{}")
		}},
		{"100 Continue without end", audit.FailureTooBig, func(gone context.Context, conn io.Writer) {
			forever(gone, conn, "HTTP/1.1 100 Continue\r\n\r\n")
		}},
		{"103 Early Hints without end", audit.FailureTooBig, func(gone context.Context, conn io.Writer) {
			forever(gone, conn, "HTTP/1.1 103 Early Hints\r\nLink: </"+strings.Repeat("x", 1000)+">\r\n\r\n")
		}},
		{"101 Switching Protocols", audit.FailureStatus, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
			<-gone.Done()
		}},
		{"something else than HTTP", audit.FailureConnect, func(_ context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, "220 mail.example.com ESMTP\r\n")
		}},
		{"HTTP/2 where HTTP/1.1 was agreed on", audit.FailureConnect, func(gone context.Context, conn io.Writer) {
			_, _ = io.WriteString(conn, "\x00\x00\x00\x04\x00\x00\x00\x00\x00\r\n")
			<-gone.Done()
		}},
		{"a connection that closes", audit.FailureConnect, func(context.Context, io.Writer) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := outboundtest.New(t)
			net.Host("app.example.com").Raw("/c", c.raw)
			r := ask("https://app.example.com/c")
			if c.kind == audit.FailureTimeout {
				r.Deadline = soon
			}
			refused(t, net.Client(), r, c.kind)
		})
	}
}

func TestWhatIsOnlyUnusualIsStillAnAnswer(t *testing.T) {
	small := string(gzipped(t, []byte(`{"a":1}`)))
	for name, answer := range map[string]string{
		"a length that is less than comes":        headers + "Content-Length: 7\r\n\r\n{\"a\":1}trailing",
		"no length":                               headers + "\r\n{\"a\":1}",
		"chunks":                                  headers + "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n",
		"gzip although it was not asked":          headers + "Content-Encoding: gzip\r\n\r\n" + small,
		"100 Continue before it":                  "HTTP/1.1 100 Continue\r\n\r\n" + headers + "\r\n{\"a\":1}",
		"HTTP/1.0":                                "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":1}",
		"a Refresh header, which is not followed": headers + "Refresh: 0; url=http://127.0.0.1/\r\n\r\n{\"a\":1}",
	} {
		net := outboundtest.New(t)
		net.Host("app.example.com").Raw("/c", func(_ context.Context, conn io.Writer) { _, _ = io.WriteString(conn, answer) })
		response, err := net.Client().Get(t.Context(), ask("https://app.example.com/c"))
		if err != nil || string(response.Body) != `{"a":1}` {
			t.Errorf("%s: %v, %v", name, response, err)
		}
		if len(net.Dials()) != 1 {
			t.Errorf("%s: %v were dialled", name, net.Dials())
		}
	}
}

// CIMD-02 §5: redirects are not followed, wherever they point.
func TestNoRedirectIsFollowed(t *testing.T) {
	for _, status := range []int{300, 301, 302, 303, 307, 308} {
		for _, to := range []string{
			"https://127.0.0.1/", "http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "http://app.example.com/c", "https://www.example.com/c",
			"https://app.example.com/other", "/other", "file:///etc/passwd", "",
		} {
			net := outboundtest.New(t)
			host := net.Host("app.example.com")
			host.JSON("/other", "{}")
			net.Host("www.example.com").JSON("/c", "{}")
			host.Handle("/c", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if to != "" {
					w.Header().Set("Location", to)
				}
				w.WriteHeader(status)
			}))
			failure := refused(t, net.Client(), ask("https://app.example.com/c"), audit.FailureRedirect)
			if failure.Status != status || failure.Detail["location"] != to || failure.Transport() || failure.Gone() {
				t.Errorf("%d to %q: %+v", status, to, failure)
			}
			if len(net.Dials()) != 1 || host.Count("/other") != 0 {
				t.Errorf("%d to %q was followed", status, to)
			}
		}
	}
}

// CIMD-02 §5: 200 and nothing else.
func TestOnly200IsSuccess(t *testing.T) {
	for _, status := range []int{201, 202, 203, 204, 205, 206, 226, 304, 305, 400, 401, 402, 403, 404, 405, 406, 410, 418, 429, 451, 500, 501, 502, 503, 504, 599} {
		net := outboundtest.New(t)
		net.Host("app.example.com").Status("/c", status)
		kind := audit.FailureStatus
		if status == 305 {
			kind = audit.FailureRedirect
		}
		failure := refused(t, net.Client(), ask("https://app.example.com/c"), kind)
		if failure.Status != status || failure.Mend == "" {
			t.Errorf("%d: %+v", status, failure)
		}
		if want := status == 403 || status == 429 || status >= 500; failure.Transport() != want {
			t.Errorf("%d is trouble on the way: %v", status, failure.Transport())
		}
		if want := status == 404 || status == 410; failure.Gone() != want {
			t.Errorf("%d means gone: %v", status, failure.Gone())
		}
	}
}

func TestABotChallengeIsRecognised(t *testing.T) {
	for _, c := range []struct {
		status    int
		mitigated bool
		kind      string
		want      bool
	}{
		{403, true, "text/html; charset=UTF-8", true},
		{403, false, "text/html", true},
		{503, false, "text/html", true},
		{429, false, "text/html", true},
		{403, true, "application/json", true},
		{403, false, "application/json", false},
		{404, false, "text/html", false},
		{500, false, "text/html", false},
	} {
		net := outboundtest.New(t)
		net.Host("app.example.com").Handle("/c", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if c.mitigated {
				w.Header().Set("Cf-Mitigated", "challenge")
			}
			w.Header().Set("Content-Type", c.kind)
			w.WriteHeader(c.status)
		}))
		if failure := refused(t, net.Client(), ask("https://app.example.com/c"), audit.FailureStatus); failure.Challenge != c.want {
			t.Errorf("%d %s: %+v", c.status, c.kind, failure)
		}
	}
}

func TestTheCertificateMustProveTheHost(t *testing.T) {
	other := outboundtest.New(t)
	for name, prepare := range map[string]func(net *outboundtest.Internet, h *outboundtest.Host){
		"another authority": func(_ *outboundtest.Internet, h *outboundtest.Host) {
			h.Present(other.Issue("app.example.com", time.Now().Add(time.Hour)))
		},
		"another name": func(net *outboundtest.Internet, h *outboundtest.Host) {
			h.Present(net.Issue("www.example.com", time.Now().Add(time.Hour)))
		},
		"expired": func(net *outboundtest.Internet, h *outboundtest.Host) {
			h.Present(net.Issue("app.example.com", time.Now().Add(-time.Hour)))
		},
		"for the address": func(net *outboundtest.Internet, h *outboundtest.Host) {
			h.Present(net.Issue(h.Address.String(), time.Now().Add(time.Hour)))
		},
		"TLS 1.1": func(_ *outboundtest.Internet, h *outboundtest.Host) { h.AtMost(tls.VersionTLS11) },
	} {
		net := outboundtest.New(t)
		host := net.Host("app.example.com")
		host.JSON("/c", "{}")
		prepare(net, host)
		failure := refused(t, net.Client(), ask("https://app.example.com/c"), audit.FailureTLS)
		if host.Count("/c") != 0 || failure.Mend == "" {
			t.Errorf("%s: %d requests arrived; %v", name, host.Count("/c"), failure)
		}
	}
}

func TestAHostThatIsNotThereIsToldFromOneThatIsSlow(t *testing.T) {
	net := outboundtest.New(t)
	refused(t, net.Client(), ask("https://absent.example.com/c"), audit.FailureDNS)
	net.Resolve("dead.example.com", "23.192.9.9", "2606:4700::9999")
	refused(t, net.Client(), ask("https://dead.example.com/c"), audit.FailureConnect)
	if n := len(net.Dials()); n != 2 {
		t.Errorf("%d of two addresses were tried", n)
	}
	host := net.Host("app.example.com")
	host.JSON("/c", "{}")
	net.Resolve("app.example.com", "23.192.9.9", host.Address.String())
	if _, err := net.Client().Get(t.Context(), ask("https://app.example.com/c")); err != nil {
		t.Errorf("the second address was not tried: %v", err)
	}
	o := net.Options()
	o.Network = stuck{net}
	r := ask("https://app.example.com/c")
	r.Deadline = soon
	refused(t, outbound.New(o), r, audit.FailureTimeout)
}

func TestAnAddressThatIsSilentLeavesTimeForTheNext(t *testing.T) {
	net := outboundtest.New(t)
	net.Resolve("app.example.com", "23.192.9.1", "23.192.9.2", "23.192.9.3")
	o := net.Options()
	seen := &deadlines{Internet: net}
	o.Network = seen
	refused(t, outbound.New(o), ask("https://app.example.com/c"), audit.FailureConnect)
	if len(seen.all) != 3 || !seen.all[0].Before(seen.all[1]) || !seen.all[1].Before(seen.all[2]) {
		t.Errorf("the addresses had until %v", seen.all)
	}
}

// deadlines notes until when each dial may last.
type deadlines struct {
	*outboundtest.Internet
	all []time.Time
}

func (d *deadlines) DialContext(ctx context.Context, network, address string, guard outbound.Guard) (net.Conn, error) {
	if until, ok := ctx.Deadline(); ok {
		d.all = append(d.all, until)
	}
	return d.Internet.DialContext(ctx, network, address, guard)
}

// A panic on the goroutine of a shared request would end the server.
func TestAPanicOnTheWayIsAFailureAndGivesItsPlaceBack(t *testing.T) {
	net := outboundtest.New(t)
	o := net.Options()
	o.Network = bursting{net}
	o.Budgets.Strangers.AtOnce = 1
	client := outbound.New(o)
	for range 2 {
		refused(t, client, ask("https://app.example.com/c"), audit.FailureConnect)
	}
}

// bursting is a network whose DNS panics, as a parser of what came from outside might.
type bursting struct{ *outboundtest.Internet }

func (bursting) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	panic("out of range")
}

// stuck is a network whose DNS never answers.
type stuck struct{ *outboundtest.Internet }

func (stuck) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestABodyOfExactlyTheLimitPassesAndOneByteMoreDoesNot(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	for _, encoding := range []string{"", "gzip"} {
		for size, good := range map[int]bool{0: true, 99: true, 100: true, 101: false, 5000: false} {
			body := bytes.Repeat([]byte("x"), size)
			if encoding != "" {
				body = gzipped(t, body)
			}
			path := fmt.Sprint("/", encoding, size)
			host.JSON(path, body, "Content-Encoding", encoding)
			if good {
				response, err := net.Client().Get(t.Context(), ask("https://app.example.com"+path))
				if err != nil || len(response.Body) != size {
					t.Errorf("%s: %v, %v", path, response, err)
				}
				continue
			}
			refused(t, net.Client(), ask("https://app.example.com"+path), audit.FailureTooBig)
		}
	}
}

// What was fetched is not kept here: the second answer is the second document.
func TestADocumentThatIsSwappedIsSeenAsItIs(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	client := net.Client()
	for _, body := range []string{`{"a":1}`, `{"a":2}`} {
		host.JSON("/c", body, "Cache-Control", "max-age=3600", "ETag", `"same"`)
		response, err := client.Get(t.Context(), ask("https://app.example.com/c"))
		if err != nil || string(response.Body) != body {
			t.Errorf("the answer is %v, %v; want %s", response, err, body)
		}
	}
}

func TestAHostThatAsksToBeLeftInPeaceIsLeft(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	status := http.StatusTooManyRequests
	host.Handle("/c", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(status)
	}))
	now := time.Now()
	o := net.Options()
	o.Now = func() time.Time { return now }
	client := outbound.New(o)
	for range 3 {
		failure := refused(t, client, ask("https://app.example.com/c"), audit.FailureStatus)
		if failure.RetryAfter != 2*time.Minute || failure.Status != 429 {
			t.Errorf("the failure is %+v", failure)
		}
	}
	if n := host.Count("/c"); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
	now = now.Add(2 * time.Minute)
	status = http.StatusOK
	if _, err := client.Get(t.Context(), ask("https://app.example.com/c")); err != nil {
		t.Errorf("after that time: %v", err)
	}
}

func TestAFailureLeavesNothingBehind(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	client := net.Client()
	for range 3 {
		host.Status("/c", http.StatusServiceUnavailable)
		refused(t, client, ask("https://app.example.com/c"), audit.FailureStatus)
		host.JSON("/c", "{}")
		if _, err := client.Get(t.Context(), ask("https://app.example.com/c")); err != nil {
			t.Error(err)
		}
	}
}

func TestABudgetThatIsUsedUpIsNoFailureOfTheHost(t *testing.T) {
	net := outboundtest.New(t)
	net.Host("app.example.com").JSON("/c", "{}")
	o := net.Options()
	o.Budgets.Strangers.HostBurst, o.Budgets.Strangers.HostRate = 1, 0.5
	client := outbound.New(o)
	if _, err := client.Get(t.Context(), ask("https://app.example.com/c")); err != nil {
		t.Fatal(err)
	}
	_, err := client.Get(t.Context(), ask("https://app.example.com/c"))
	if busy, ok := err.(*outbound.Busy); !ok || busy.Retry <= 0 || busy.Retry > 2*time.Second { //nolint:errorlint // it is documented to be just that
		t.Errorf("the error is %v", err)
	}
	known := ask("https://app.example.com/c")
	known.Lane = outbound.Known
	if _, err := client.Get(t.Context(), known); err != nil {
		t.Errorf("strangers used up what known clients need: %v", err)
	}
}
