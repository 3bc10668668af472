package cimd

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/outbound"
	"clientele/internal/registry"
)

// LintVerdict is what became of one row of the checklist.
type LintVerdict string

// The verdicts. A row is skipped if what it looks at was not there to be looked at.
const (
	LintPass    LintVerdict = "pass"
	LintWarn    LintVerdict = "warn"
	LintFail    LintVerdict = "fail"
	LintSkipped LintVerdict = "skipped"
)

// LintRow is one row of the checklist with what was found.
type LintRow struct {
	ID      string      `json:"id"` // stable: CM-01
	Title   string      `json:"title"`
	Verdict LintVerdict `json:"verdict"`
	Found   string      `json:"found,omitempty"`
	Mend    string      `json:"mend,omitempty"` // what to change; empty unless there is something to
	Spec    string      `json:"spec,omitempty"` // section; empty for our own rules
}

// Report is the whole checklist over one document, for whoever publishes it.
type Report struct {
	URL     string          `json:"url"`
	Rows    []LintRow       `json:"rows"`
	Clients []ClientVerdict `json:"clients,omitempty"` // who would be let in at this server; nil if no server was asked
}

// Count is how many rows have the verdict.
func (r Report) Count(v LintVerdict) (n int) {
	for _, row := range r.Rows {
		if row.Verdict == v {
			n++
		}
	}
	return n
}

// Failed reports whether this server would refuse the document.
func (r Report) Failed() bool { return r.Count(LintFail) > 0 }

// LintFile runs the checklist over a document that is not published yet. url is where it will be; empty = as its client_id
// says. Nothing is fetched and nothing is opened: what cannot be known is skipped.
func LintFile(body []byte, url string, p Policy) Report {
	if url == "" {
		url = ownURL(body)
	}
	s := &subject{url: url, body: body}
	if !s.parse(p) {
		return s.report()
	}
	s.readDocument(p)
	return s.report()
}

// ownURL is the client_id of a document that may be none.
func ownURL(body []byte) string {
	var d struct {
		ClientID string `json:"client_id"`
	}
	_ = json.Unmarshal(body, &d)
	return d.ClientID
}

// LintURL fetches a document, and the keys it points to, and runs the checklist over them. The error is that of ctx, or an
// *outbound.Busy.
func LintURL(ctx context.Context, f Fetcher, url string, p Policy) (Report, error) {
	s := &subject{url: url}
	return s.lint(ctx, f, p)
}

func (s *subject) lint(ctx context.Context, f Fetcher, p Policy) (Report, error) {
	if !s.parse(p) {
		return s.report(), nil
	}
	if s.taken != nil { // it is reported, not returned
		s.failure = s.taken
		return s.report(), nil //nolint:nilerr // the report tells it
	}
	got, err := f.document(ctx, s.parsed, nil, outbound.Known)
	if failure, ok := errors.AsType[*Failure](err); ok {
		s.failure = failure
		return s.report(), nil
	}
	if err != nil {
		return Report{}, err
	}
	s.fetched, s.body = &got.Fetched, got.Body
	p.Now = got.At
	s.readDocument(p)
	if s.reading == nil || s.reading.Mapped.JWKSURI == "" {
		return s.report(), nil
	}
	set, err := f.keys(ctx, s.reading.Mapped.JWKSURI, outbound.Known)
	s.keys, s.badKeys = set.Keys, set.Bad
	if failure, ok := errors.AsType[*Failure](err); ok {
		s.keysFailure = failure
		return s.report(), nil
	}
	return s.report(), err
}

// subject is what the checklist is run over, as far as it was to be had.
type subject struct {
	url    string
	parsed oauth.ClientURL
	body   []byte

	fetched     *Fetched // nil: a file
	failure     *Failure // of the fetch, or of text that is no document
	here        bool     // it is judged for a certain server
	taken       *Failure // why the URL cannot be a client's there
	reading     *reader  // nil: there is no document to read
	keys        []registry.Key
	badKeys     []string
	keysFailure *Failure
	findings    []Finding // of URL and document
	fails       map[string]bool
}

// parse reads the URL and reports whether it is one.
func (s *subject) parse(p Policy) bool {
	var err error
	s.parsed, err = oauth.ParseClientURL(s.url, p.URLRules())
	if refused, ok := errors.AsType[*oauth.URIError](err); ok {
		s.note(true, URLFinding(s.url, refused))
		return false
	}
	return true
}

func (s *subject) note(fails bool, findings ...Finding) {
	if s.fails == nil {
		s.fails = map[string]bool{}
	}
	for _, f := range findings {
		s.fails[f.Row] = s.fails[f.Row] || fails
	}
	s.findings = append(s.findings, findings...)
}

func (s *subject) readDocument(p Policy) {
	s.reading, s.failure = readDocument(s.parsed, s.body, p)
	if s.reading == nil {
		return
	}
	s.keys = s.reading.Mapped.Keys
	s.note(true, s.reading.Violations...)
	s.note(false, s.reading.Warnings...)
}

// bytes is how long the document is; 0 if that is not known.
func (s *subject) bytes() int {
	if s.body != nil {
		return len(s.body)
	}
	if s.fetched != nil {
		return s.fetched.Bytes
	}
	return 0
}

// notFetched is why there is no document.
func (s *subject) notFetched() string {
	switch {
	case s.fails != nil && s.parsed.IsZero():
		return "not looked at: the URL is refused"
	case s.failure != nil:
		return "not looked at: there is no document"
	}
	return "not looked at: the document is a file"
}

// failureRows are the rows that the kinds of failure belong to.
var failureRows = map[audit.FailureKind]string{
	audit.FailureURL: "CU-12", audit.FailurePolicy: "CU-07", audit.FailureAddress: "CS-01", audit.FailureDNS: "CF-06", audit.FailureConnect: "CF-06",
	audit.FailureTLS: "CF-06", audit.FailureTimeout: "CF-06", audit.FailureStatus: "CF-01", audit.FailureRedirect: "CF-02", audit.FailureTooBig: "CF-05",
	audit.FailureNotJSON: "CF-04", audit.FailureDocument: "CF-07",
}

func (s *subject) report() Report {
	r := Report{URL: s.url}
	broken := "" // the row that the fetch ended at
	if s.failure != nil {
		broken = failureRows[s.failure.Kind]
		switch {
		case s.failure == s.taken:
			broken = "CU-16"
		case s.body != nil:
			broken = "CF-07"
		}
	}
	ended := false
	for _, c := range checklist {
		row := s.judge(c, broken, ended)
		row.ID, row.Title = c.id, c.title
		if row.Spec == "" {
			row.Spec = c.spec
		}
		ended = ended || c.id == broken
		r.Rows = append(r.Rows, row)
	}
	return r
}

func (s *subject) judge(c check, broken string, ended bool) LintRow {
	urlRefused := s.parsed.IsZero()
	switch {
	case c.id == broken:
		return LintRow{Verdict: LintFail, Found: display(s.failure.Message), Mend: s.failure.Mend, Spec: s.failure.Spec}
	case s.has(c.id):
		return s.found(c.id)
	case urlRefused && strings.HasPrefix(c.id, "CU-"):
		return skipped("not looked at: the URL is refused for another reason")
	case urlRefused, ended, c.stage == ofDocument && s.reading == nil, c.stage == ofFetch && s.fetched == nil && s.failure == nil:
		return skipped(s.notFetched())
	case c.look == nil, c.stage == ofFetch && s.fetched == nil:
		return passed("")
	}
	row := c.look(s)
	if row.Verdict == "" {
		row.Verdict = LintPass
	}
	return row
}

func (s *subject) has(id string) bool {
	return slices.ContainsFunc(s.findings, func(f Finding) bool { return f.Row == id })
}

// found puts the findings of a row into one.
func (s *subject) found(id string) LintRow {
	row := LintRow{Verdict: LintWarn}
	if s.fails[id] {
		row.Verdict = LintFail
	}
	var what, mend []string
	for _, f := range s.findings {
		if f.Row != id {
			continue
		}
		text := f.Field + " " + f.Message
		if f.Value != "" && f.Field != "url" {
			text = f.Field + ": " + f.Value + " " + f.Message
		}
		what = append(what, text)
		if m := sentence(f.Mend); !slices.Contains(mend, m) {
			mend = append(mend, m)
		}
		row.Spec = f.Spec
	}
	row.Found, row.Mend = strings.Join(what, "; "), strings.Join(mend, " ")
	return row
}

func passed(found string) LintRow { return LintRow{Verdict: LintPass, Found: found} }

func skipped(why string) LintRow { return LintRow{Verdict: LintSkipped, Found: why} }

func warned(found, mend string) LintRow {
	return LintRow{Verdict: LintWarn, Found: found, Mend: sentence(mend)}
}
