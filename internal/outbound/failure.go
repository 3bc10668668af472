package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"clientele/internal/audit"
)

// note adds to the detail of a failure, for traces.
func (f *Failure) note(name, value string) {
	if value == "" {
		return
	}
	if f.Detail == nil {
		f.Detail = map[string]string{}
	}
	if _, ok := f.Detail[name]; !ok {
		f.Detail[name] = value
	}
}

// late reports whether err is the end of the time there was.
func late(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}

func timeout(to target, doing string, err error) *Failure {
	return &Failure{
		Kind:    audit.FailureTimeout,
		Message: fmt.Sprintf("%s took too long %s.", to.host, doing),
		Mend:    "Serve it from a host that answers within two seconds.",
		cause:   err,
	}
}

func (c *Client) nameFailure(ctx context.Context, to target, err error) *Failure {
	if late(ctx, err) {
		return timeout(to, "to be found in DNS", err)
	}
	f := &Failure{
		Kind: audit.FailureDNS, Message: fmt.Sprintf("The name %s has no address in DNS.", to.host),
		Mend: "See whether the name is spelled right and has an A or AAAA record.", cause: err,
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && !dns.IsNotFound {
		f.Message = fmt.Sprintf("DNS does not answer for %s.", to.host)
		f.Mend = "See whether this server's resolver and the name servers of that zone work."
	}
	return f
}

func (c *Client) dialFailure(ctx context.Context, to target, err error) *Failure {
	if failure, ok := AsFailure(err); ok { // the guard's
		return failure
	}
	if late(ctx, err) {
		return timeout(to, "to accept a connection", err)
	}
	return &Failure{
		Kind:    audit.FailureConnect,
		Message: fmt.Sprintf("Nobody answers at %s port %d.", to.host, to.port),
		Mend:    "See whether the host is up and whether a firewall stands between.",
		cause:   err,
	}
}

func (c *Client) handshakeFailure(ctx context.Context, to target, err error) *Failure {
	if late(ctx, err) {
		return timeout(to, "with the TLS handshake", err)
	}
	problem, mend := tlsProblem(err)
	return &Failure{Kind: audit.FailureTLS, Message: to.host + " " + problem, Mend: mend, cause: err}
}

// tlsProblem is what is wrong with the other side's TLS, and what would mend it.
func tlsProblem(err error) (problem, mend string) {
	var (
		invalid  x509.CertificateInvalidError
		name     x509.HostnameError
		unknown  x509.UnknownAuthorityError
		noTLS    tls.RecordHeaderError
		oldAlert tls.AlertError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "has a certificate that is expired or not yet valid.", "Renew it."
	case errors.As(err, &name):
		return "has a certificate for another name.", "Get one for this name."
	case errors.As(err, &unknown):
		return "has a certificate from an authority that this server does not trust.", "Get one from a public authority and serve the whole chain, or let the operator start this server with --outbound-ca."
	case errors.As(err, &invalid):
		return "has a certificate that cannot be verified.", "Get a new one and serve the whole chain."
	case errors.As(err, &noTLS):
		return "does not speak TLS on that port.", "Serve https there."
	case errors.As(err, &oldAlert), strings.Contains(err.Error(), "protocol version"):
		return "ends the TLS handshake.", "Let it speak TLS 1.2 or 1.3 and know this name."
	}
	return "does not finish the TLS handshake.", "Let it speak TLS 1.2 or 1.3 and know this name."
}

// exchangeFailure is why there are no headers.
func (c *Client) exchangeFailure(ctx context.Context, to target, err error) *Failure {
	if failure, ok := AsFailure(err); ok {
		return failure
	}
	switch {
	case late(ctx, err):
		return timeout(to, "to answer", err)
	case strings.Contains(err.Error(), "response headers exceeded"):
		return &Failure{
			Kind:    audit.FailureTooBig,
			Message: fmt.Sprintf("%s sends more than %d bytes of headers.", to.host, maxHeaderBytes),
			Mend:    "Serve it with fewer headers.",
			cause:   err,
		}
	}
	return &Failure{
		Kind:    audit.FailureConnect,
		Message: to.host + " takes the connection and sends no proper HTTP answer.",
		Mend:    "See what listens there.",
		cause:   err,
	}
}

// bodyFailure is why the body did not arrive whole.
func (c *Client) bodyFailure(ctx context.Context, to target, err error) *Failure {
	if late(ctx, err) {
		return timeout(to, "to send the whole answer", err)
	}
	return &Failure{
		Kind:    audit.FailureConnect,
		Message: to.host + " breaks off in the middle of the answer, or sends another length than it says.",
		Mend:    "See what serves it.",
		cause:   err,
	}
}

// burst is for a panic of ours over what came from the other side.
func burst(to target, cause any) *Failure {
	return &Failure{
		Kind: audit.FailureConnect, Message: to.host + " sends something that cannot be read.", Mend: "See what serves it.",
		cause: fmt.Errorf("panic: %v", cause),
	}
}

// cut shortens what came from the other side.
func cut(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s), "�")
}
