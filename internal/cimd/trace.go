package cimd

import (
	"context"
	"errors"
	"strconv"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// kinds say of each failure what the person is told, who can mend it, and how, where the failure itself does not know better.
// An address for special use reads like a name without one: who asks from outside must not learn what is where inside.
var kinds = map[audit.FailureKind]struct {
	reason Reason
	side   audit.Side
	mend   string
	spec   string
}{
	audit.FailureURL:      {Invalid, audit.SideClient, "use an https URL with a path as client ID, exactly as the document says it", "CIMD-02 §3"},
	audit.FailurePolicy:   {NotAdmitted, audit.SideOperator, "import the application, or add a rule that allows it", "CIMD-02 §8.9"},
	audit.FailureDNS:      {Unreachable, audit.SideNetwork, "check that the host name exists in public DNS", "CIMD-02 §5"},
	audit.FailureAddress:  {Unreachable, audit.SideOperator, "publish the document at a public address, or start the server with an exception for this host (--outbound-allow)", "CIMD-02 §8.6"},
	audit.FailureConnect:  {Unreachable, audit.SideNetwork, "check that the host answers on port 443 from this server", "CIMD-02 §5"},
	audit.FailureTLS:      {Unreachable, audit.SideClient, "serve a certificate that a public authority issued for this host", "CIMD-02 §5"},
	audit.FailureTimeout:  {Unreachable, audit.SideNetwork, "make the host answer within five seconds", "CIMD-02 §5"},
	audit.FailureStatus:   {Invalid, audit.SideClient, "answer a plain GET without cookies with status 200", "CIMD-02 §5"},
	audit.FailureRedirect: {Invalid, audit.SideClient, "serve the document at the client ID itself, or use the address it redirects to as client ID", "CIMD-02 §5"},
	audit.FailureTooBig:   {Invalid, audit.SideClient, "keep the document below five kilobytes", "CIMD-02 §8.7"},
	audit.FailureNotJSON:  {Invalid, audit.SideClient, "serve one JSON object as application/json", "CIMD-02 §4"},
	audit.FailureDocument: {Invalid, audit.SideClient, "correct the document; clientele cimd lint lists all that is wrong", "CIMD-02 §4"},
	audit.FailureMismatch: {Invalid, audit.SideClient, "make client_id in the document the URL it is served at, to the letter", "CIMD-02 §4"},
}

// reason is what the person is told about the failure.
func (f *Failure) reason() Reason {
	if f.Transport() {
		return Unreachable
	}
	if k, ok := kinds[f.Kind]; ok {
		return k.reason
	}
	return Invalid
}

// Temporary reports whether the failure passes without anybody's doing: trouble on the way, or load.
func (f *Failure) Temporary() bool { return f.load || f.Transport() }

// complete fills in what the table knows of the kind, and returns f.
func (f *Failure) complete() *Failure {
	k := kinds[f.Kind]
	if f.Mend == "" {
		f.Mend = sentence(k.mend)
	}
	if f.Spec == "" {
		f.Spec = k.spec
	}
	if f.Side == "" {
		f.Side = k.side
	}
	if f.Rule == "" {
		f.Rule = string(f.Kind)
	}
	return f
}

// asFailure is the failure in err; anything else that is wrong with a document is told in its own words.
func asFailure(err error) *Failure {
	f, ok := errors.AsType[*Failure](err)
	if !ok {
		f = &Failure{Kind: audit.FailureDocument, Message: err.Error()}
	}
	return f.complete()
}

func reservedURL(url oauth.ClientURL, what, mend string) *Failure {
	f := &Failure{
		Kind: audit.FailureURL, Rule: "client_id_reserved", Value: url.String(), Message: "The client ID " + what + ".",
		Mend: mend, Spec: "CIMD-02 §7.1",
	}
	return f.complete()
}

// refuse leaves a trace of a refused arrival and says what the person may see of it.
func (s *Service) refuse(ctx context.Context, a Arrival, app *registry.Application, f *Failure, reason Reason) *Refusal {
	t := audit.Trace{
		Door: a.Door, ClientID: a.URL, UserID: a.UserID, Address: a.Address, Kind: f.Kind, Rule: f.Rule, Value: f.Value,
		Message: f.Message, Mend: f.Mend, Side: f.Side, Spec: f.Spec, Detail: f.details(),
	}
	if app != nil {
		t.ApplicationID = app.ID
	}
	return &Refusal{
		Reason: reason, Host: s.hostOf(a.URL), Reference: s.Traces.Trace(ctx, t), Retry: f.Retry, Kind: f.Kind,
		cause: f,
	}
}

func (f *Failure) details() map[string]string {
	all := make(map[string]string, len(f.Detail)+1)
	for name, value := range f.Detail {
		all[name] = value
	}
	if f.Status != 0 {
		all["status"] = strconv.Itoa(f.Status)
	}
	return all
}

// busy is a refusal because of load: nothing is wrong with the client.
func (s *Service) busy(ctx context.Context, a Arrival, rule, message string, wait time.Duration) *Refusal {
	f := &Failure{
		Rule: rule, Message: message, Retry: max(wait.Round(time.Second), time.Second), Side: audit.SideOperator,
		Mend: "nothing, if it was a moment of load; an application that is imported does not count against this limit",
	}
	return s.refuse(ctx, a, nil, f, Busy)
}

// hostOf is the host of a client URL, or nothing if it is none.
func (s *Service) hostOf(raw string) string {
	u, err := oauth.ParseClientURL(raw, s.Policy().URLRules())
	if err != nil {
		return ""
	}
	return u.Host()
}

func isNotFound(err error) bool { return errors.Is(err, registry.ErrNotFound) }
