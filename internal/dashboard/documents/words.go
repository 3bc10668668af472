package documents

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// verdictBadges are the verdicts on a value of a document as words.
var verdictBadges = map[cimd.Verdict]ui.Badge{
	cimd.Taken:   {Kind: ui.Good, Text: "ok"},
	cimd.Noted:   {Kind: ui.Note, Text: "note"},
	cimd.Dropped: {Kind: ui.Warn, Text: "asked, not granted"},
	cimd.Ignored: {Text: "ignored"},
	cimd.Refused: {Kind: ui.Danger, Text: "refused"},
}

// verdictTable is a document member by member.
func verdictTable(reading *cimd.Reading) ui.VerdictTable {
	table := ui.VerdictTable{Caption: "Members of the document and what becomes of them"}
	for _, row := range reading.Rows {
		values := make([]ui.VerdictValue, len(row.Values))
		said := ""
		for i, v := range row.Values {
			values[i] = ui.VerdictValue{Text: v.Text, Becomes: v.Becomes, Verdict: verdictBadges[v.Verdict]}
			if v.Why != said { // what is true of several values stands at the first
				values[i].Why = strings.TrimPrefix(v.Why, verdictBadges[v.Verdict].Text+": ")
			}
			said = v.Why
		}
		table.Rows = append(table.Rows, ui.VerdictRow{Member: row.Member, Owner: row.Owner, Values: values})
	}
	return table
}

// previewFacts are the facts of how the document came, in one line.
func previewFacts(p *cimd.Preview) ui.Facts {
	f := ui.Facts{Kind: ui.Good}
	if got := p.Fetched; got != nil {
		f.Items = append(f.Items, "reached in "+strconv.FormatInt(got.Took.Milliseconds(), 10)+" ms")
		if got.Status != 0 && got.Status != 200 {
			f.Kind = ui.Danger
			f.Items = append(f.Items, "answered "+strconv.Itoa(got.Status))
		}
		f.Items = append(f.Items, sizeWords(got.Bytes))
		if got.ContentType != "" {
			f.Items = append(f.Items, got.ContentType)
		}
		if got.FreshFor > 0 {
			f.Items = append(f.Items, "fresh for "+ui.Span(got.FreshFor))
		}
	}
	if p.Failure != nil {
		f.Kind = ui.Danger
		if p.Failure.Kind != audit.FailureStatus || p.Fetched == nil || p.Fetched.Status == 0 { // its number is there already
			f.Items = append(f.Items, frame.FailureWord(p.Failure.Kind))
		}
	} else if !p.Usable() {
		f.Kind = ui.Warn
	}
	if p.Host != "" {
		f.Items = append(f.Items, "controlled by "+p.Host)
	}
	return f
}

// sizeWords is a size as people say it: 840 bytes, 1.2 kB.
func sizeWords(n int) string {
	if n < 1000 {
		return strconv.Itoa(n) + " bytes"
	}
	return strconv.FormatFloat(float64(n)/1000, 'f', 1, 64) + " kB"
}

// problemsOf are what refuses a document, each with its mend.
func problemsOf(p *cimd.Preview) []ui.Problem {
	var list []ui.Problem
	if f := p.Failure; f != nil && (p.Reading == nil || len(p.Reading.Violations) == 0) {
		mend := f.Mend
		if f.Retry > 0 {
			mend = strings.TrimSpace(mend + " Trying again can help.")
		}
		list = append(list, ui.Problem{Kind: ui.Danger, Title: frame.Capital(f.Message), Value: f.Value, Mend: mend, Written: f.Spec})
	}
	if p.Reading != nil {
		for _, v := range p.Reading.Violations {
			list = append(list, problemOf(v, ui.Danger))
		}
	}
	return list
}

func problemOf(f cimd.Finding, kind ui.Meaning) ui.Problem {
	return ui.Problem{Kind: kind, Title: findingTitle(f), Where: f.Field, Value: f.Value, Mend: f.Mend, Written: f.Spec}
}

// warningsOf are what an operator should know of a document that can be accepted.
func warningsOf(p *cimd.Preview) []string {
	var list []string
	if p.Reading != nil {
		for _, w := range p.Reading.Warnings {
			list = append(list, findingLine(w))
		}
		if len(p.Reading.Unknown) > 0 {
			list = append(list, "Members that nobody here knows are kept and ignored: "+strings.Join(p.Reading.Unknown, ", ")+".")
		}
	}
	for _, k := range p.BadKeys {
		list = append(list, "A key cannot be used: "+k)
	}
	return list
}

func findingLine(f cimd.Finding) string {
	line := strings.TrimSuffix(findingTitle(f), ".") + "."
	if f.Mend != "" {
		line += " " + strings.TrimSuffix(frame.Capital(f.Mend), ".") + "."
	}
	return line
}

// findingTitle says what is wrong with which member. A message that begins with a verb is about its member.
func findingTitle(f cimd.Finding) string {
	verb, _, _ := strings.Cut(f.Message, " ")
	subject := f.Field
	if subject == "url" {
		subject = "The URL"
	}
	switch {
	case subject == "" || subject == "fetch" || strings.Contains(f.Message, f.Field):
		return frame.Capital(f.Message)
	case slices.Contains([]string{"is", "are", "must", "has", "have", "may", "names", "uses", "needs", "says", "cannot", "asks", "leads", "holds"}, verb):
		return subject + " " + f.Message
	}
	return subject + ": " + f.Message
}

// previewReport is the preview as text, for whoever publishes the document.
func previewReport(p *cimd.Preview, at time.Time) string {
	var sb strings.Builder
	fmt.Fprintf(&sb, "Metadata document %s\nlooked at %s\n%s\n", p.URL, at.UTC().Format(time.RFC3339), strings.Join(previewFacts(p).Items, " · "))
	for _, problem := range problemsOf(p) {
		frame.WriteProblem(&sb, "refused", problem)
	}
	if p.Reading != nil {
		for _, w := range p.Reading.Warnings {
			frame.WriteProblem(&sb, "warning", problemOf(w, ui.Warn))
		}
		for _, row := range p.Reading.Rows {
			for _, v := range row.Values {
				fmt.Fprintf(&sb, "\n%s: %s → %s [%s]", row.Member, v.Text, orNothing(v.Becomes), verdictBadges[v.Verdict].Text)
				if v.Why != "" {
					sb.WriteString(" " + v.Why)
				}
			}
		}
	}
	return strings.TrimSpace(sb.String()) + "\n"
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// documentFields are what the pages call the fields that a document owns.
var documentFields = map[string]string{
	"name": "Name", "description": "Description", "logo_uri": "Logo", "client_uri": "Home page", "tos_uri": "Terms", "terms_uri": "Terms",
	"policy_uri": "Privacy policy", "type": "Type", "redirect_uris": "Callback URLs", "grant_types": "Grant types", "auth_methods": "Authentication",
	"client_name": "Name", "application_type": "Type", "token_endpoint_auth_method": "Authentication", "token_endpoint_auth_methods": "Authentication",
	"token_endpoint_auth_signing_alg": "Signing algorithm", "scope": "Permissions it asks for", "jwks": "Keys", "algorithm": "Signing algorithm", "jwks_uri": "Where its keys are", "keys": "Keys", "scopes": "Permissions it asks for",
}

// classBadges say what a difference means for those who trusted the document before.
var classBadges = map[registry.ChangeClass]ui.Badge{
	registry.ClassCosmetic:  {Text: "looks only"},
	registry.ClassIdentity:  {Kind: ui.Note, Text: "who it is"},
	registry.ClassWidening:  {Kind: ui.Warn, Text: "may do more"},
	registry.ClassNarrowing: {Kind: ui.Good, Text: "may do less"},
	registry.ClassKey:       {Kind: ui.Note, Text: "keys"},
	registry.ClassDowngrade: {Kind: ui.Danger, Text: "no key any more"},
}

// diffOf writes differences for people. timing adds whether each applies by itself or waits.
func diffOf(list []registry.Difference, timing bool) ui.Diff {
	var d ui.Diff
	for _, x := range list {
		name := documentFields[x.Field]
		if name == "" {
			name = x.Field
		}
		f := ui.DiffField{Name: name, Badges: []ui.Badge{classBadges[x.Class]}, Added: x.Added, Removed: x.Removed}
		f.Plain = slices.Contains([]string{"name", "client_name", "description"}, x.Field)
		if timing && x.Applies {
			f.Badges = append(f.Badges, ui.Badge{Kind: ui.Good, Text: "applies at once"})
		} else if timing {
			f.Badges = append(f.Badges, ui.Badge{Kind: ui.Warn, Text: "waits for approval"})
		}
		d.Fields = append(d.Fields, f)
	}
	return d
}

// followOptions are what may happen when a document changes.
var followOptions = []ui.Option{
	{Value: string(registry.Review), Label: "Review", Text: "Whatever lets it do more waits for you; whatever it gives up counts at once."},
	{Value: string(registry.Follow), Label: "Follow", Text: "Everything counts at once, within the rules."},
	{Value: string(registry.Frozen), Label: "Keep this version", Text: "Additions are noted and never asked about; what it gives up still counts at once."},
}
