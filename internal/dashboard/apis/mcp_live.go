package apis

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/dashboard/frame"
	"clientele/internal/outbound"
)

// fetched is what one GET brought: an answer or why there is none.
type fetched struct {
	URL     string
	Answer  *outbound.Response
	Failure *outbound.Failure
}

// lookLive does what a client does that knows nothing but the address: it asks the resource without a token, goes where the answer
// leads, else to the two well-known places in their order, and reads what is there. MCP 2026-07-28, RFC 9728 §3 and §5.
func (d *Pages) lookLive(ctx context.Context, p mcpPage) ([]cimd.LintRow, error) {
	resource, err := d.fetchLive(ctx, outbound.Request{URL: p.API.Identifier, Accept: "application/json, text/event-stream", MaxBytes: maxMetadata})
	if err != nil {
		return nil, err
	}
	if unreached(resource) {
		return []cimd.LintRow{silentRow(resource)}, nil
	}
	var tried []fetched
	for _, place := range documentPlaces(p.API.Identifier, p.WellKnown, namedBy(resource)) {
		document, err := d.fetchLive(ctx, outbound.Request{URL: place, Accept: "application/json", MaxBytes: maxMetadata})
		if err != nil {
			return nil, err
		}
		if tried = append(tried, document); document.Failure == nil || unreached(document) {
			break
		}
	}
	rows := compareChallenge(p.WellKnown, resource, discovered(tried, p.WellKnown))
	rows = append(rows, placeRow(p.WellKnown, namedBy(resource), tried))
	if len(tried) > 0 && tried[len(tried)-1].Failure == nil {
		rows = append(rows, compareMetadata(p.Want, tried[len(tried)-1].Answer)...)
	}
	return rows, nil
}

// fetchLive fetches by the strangers' lane: checking never uses up what known clients need. The error is an *outbound.Busy or that
// of ctx.
func (d *Pages) fetchLive(ctx context.Context, ask outbound.Request) (fetched, error) {
	ask.Deadline, ask.Lane = liveDeadline, outbound.Strangers
	answer, err := d.Outbound.Get(ctx, ask)
	got := fetched{URL: ask.URL, Answer: answer}
	if failure, ok := errors.AsType[*outbound.Failure](err); ok {
		got.Failure, err = failure, nil
	}
	return got, err
}

// namedBy is the URL of the document that the answer to a request without a token names; empty if it names none.
func namedBy(resource fetched) string {
	if resource.Failure == nil {
		return ""
	}
	value, _ := challengeParameter(resource.Failure.Authenticate, "resource_metadata")
	return value
}

// documentPlaces are where a client looks for the document, in its order. What the server itself names is the only place; without
// that it is the well-known URL with the path of the identifier, and then the one of the host alone, which MCP adds to RFC 9728.
// Another host than the identifier's is never asked from here.
func documentPlaces(identifier, wellKnown, named string) []string {
	own, err := url.Parse(identifier)
	if err != nil {
		return nil
	}
	root := own.Scheme + "://" + own.Host + resourceWellKnown
	switch to, err := url.Parse(named); {
	case named != "" && (err != nil || to.Scheme != own.Scheme || to.Host != own.Host || to.User != nil):
		return nil
	case named != "":
		return []string{named}
	case wellKnown == root:
		return []string{root}
	}
	return []string{wellKnown, root}
}

// discovered reports whether a client finds the document by itself, at the first place where it looks.
func discovered(tried []fetched, wellKnown string) bool {
	return len(tried) > 0 && tried[0].URL == wellKnown && tried[0].Failure == nil
}

// unreached reports whether nobody answered at all, so that asking once more at the same host is in vain.
func unreached(got fetched) bool {
	if got.Failure == nil {
		return false
	}
	switch got.Failure.Kind {
	case audit.FailureDNS, audit.FailureConnect, audit.FailureTLS, audit.FailureTimeout, audit.FailureAddress:
		return true
	}
	return false
}

// silentRow is all there is to say of a server that cannot be reached.
func silentRow(got fetched) cimd.LintRow {
	return cimd.LintRow{
		Title: "The server answers", Verdict: cimd.LintFail, Found: got.Failure.Message, Mend: got.Failure.Mend + " Nothing else was asked.", Spec: "RFC 9728 §3.1",
	}
}

// placeRow says where the document was found, or that it was not.
func placeRow(wellKnown, named string, tried []fetched) cimd.LintRow {
	row := cimd.LintRow{Title: "The document is where clients look", Verdict: cimd.LintFail, Spec: "RFC 9728 §3.1, MCP 2026-07-28"}
	if len(tried) == 0 {
		row.Verdict, row.Found = cimd.LintWarn, "WWW-Authenticate names "+frame.Shortened(named)+", on another host, which is not asked from here"
		row.Mend = "See there yourself whether it is the document above, or serve it at " + wellKnown + " and name that."
		return row
	}
	last := tried[len(tried)-1]
	switch {
	case last.Failure == nil && len(tried) == 1:
		row.Verdict, row.Found = cimd.LintPass, last.URL
	case last.Failure == nil:
		row.Verdict, row.Found = cimd.LintWarn, "at "+last.URL+" only"
		row.Mend = "Serve it at " + wellKnown + " too, or name it in WWW-Authenticate: MCP clients look at the host's own place second, other clients not at all."
	case len(tried) == 1:
		row.Found, row.Mend = last.URL+": "+last.Failure.Message, "Serve the document there, with 200 and without a token. "+last.Failure.Mend
	default:
		row.Found = tried[0].URL + ": " + tried[0].Failure.Message + " " + last.URL + ": " + last.Failure.Message
		row.Mend = "Serve the document at " + wellKnown + " with 200 and without a token. " + tried[0].Failure.Mend
	}
	return row
}

// compareChallenge says whether a request without a token is told where to find the document. Where clients find it by themselves,
// being told is a help and no more. RFC 9728 §5.1, MCP 2026-07-28.
func compareChallenge(wellKnown string, got fetched, discovered bool) []cimd.LintRow {
	row := cimd.LintRow{Title: "Without a token it answers 401", Spec: "RFC 9728 §5.1, RFC 6750 §3"}
	switch f := got.Failure; {
	case f == nil:
		row.Verdict, row.Found, row.Mend = cimd.LintFail, fmt.Sprintf("answers %d", got.Answer.Status), "Refuse every request without a token with 401 and the header above."
	case f.Kind == audit.FailureStatus && f.Status == http.StatusUnauthorized:
		row.Verdict, row.Found = cimd.LintPass, "401"
		return []cimd.LintRow{row, headerRow(wellKnown, f.Authenticate, discovered)}
	case f.Kind == audit.FailureStatus && f.Status == http.StatusMethodNotAllowed:
		row.Verdict, row.Found, row.Mend = cimd.LintWarn, "answers 405 to GET", "Nothing but GET is tried from here. See with POST whether it answers 401 with the header above."
	default:
		row.Verdict, row.Found, row.Mend = cimd.LintFail, f.Message, "Answer 401 with the header above."
	}
	return []cimd.LintRow{row}
}

func headerRow(wellKnown string, headers []string, discovered bool) cimd.LintRow {
	row := cimd.LintRow{Title: "WWW-Authenticate leads to the document", Verdict: cimd.LintFail, Mend: `Send WWW-Authenticate: Bearer resource_metadata="` + wellKnown + `".`, Spec: "RFC 9728 §5.1, MCP 2026-07-28"}
	value, bearer := challengeParameter(headers, "resource_metadata")
	if value == "" && discovered {
		row.Verdict = cimd.LintWarn
		row.Mend += " Clients of today find the document without it, older ones do not."
	}
	switch {
	case len(headers) == 0:
		row.Found = "no WWW-Authenticate"
	case !bearer:
		row.Found = "no Bearer challenge: " + frame.Shortened(headers[0])
	case value == "":
		row.Found = "a Bearer challenge without resource_metadata"
	case value != wellKnown:
		row.Verdict, row.Found = cimd.LintWarn, "leads to "+frame.Shortened(value)
		row.Mend = "Clients that were refused go there. Those that look by themselves go to " + wellKnown + ": serve it there too."
	default:
		row.Verdict, row.Found, row.Mend = cimd.LintPass, frame.Shortened(value), ""
	}
	return row
}
