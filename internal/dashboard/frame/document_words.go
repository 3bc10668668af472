package frame

import (
	"fmt"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// Capital makes a sentence of a phrase.
func Capital(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if s == "" || s[0] < 'a' || s[0] > 'z' || strings.ContainsAny(first, "_.:") { // members, hosts and URLs stay as they are
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// failureWords say in a few words at which step it ended.
var failureWords = map[audit.FailureKind]string{
	audit.FailureURL: "this is no URL that can be a client ID", audit.FailurePolicy: "blocked here", audit.FailureDNS: "the name has no address",
	audit.FailureAddress: "the address is for special use", audit.FailureConnect: "nobody answers there", audit.FailureTLS: "the certificate does not prove the host",
	audit.FailureTimeout: "it took too long", audit.FailureStatus: "the answer was not 200", audit.FailureRedirect: "the answer is a redirect",
	audit.FailureTooBig: "the document is too long", audit.FailureNotJSON: "the answer is not JSON", audit.FailureDocument: "the document is not usable",
	audit.FailureMismatch: "the document names another client ID",
}

// FailureWord says in a few words why a document could not be fetched.
func FailureWord(kind audit.FailureKind) string {
	if w := failureWords[kind]; w != "" {
		return w
	}
	return "it failed"
}

// SideWords say who can mend something.
var SideWords = map[audit.Side]string{
	audit.SideClient: "whoever publishes the document", audit.SideOperator: "you, here", audit.SideNetwork: "nobody in particular: trouble on the way",
}

// WriteProblem adds a problem to a report that is copied as text.
func WriteProblem(sb *strings.Builder, word string, p ui.Problem) {
	fmt.Fprintf(sb, "\n%s: %s\n", word, p.Title)
	for _, line := range [][2]string{{"where", p.Where}, {"value", p.Value}, {"change", p.Mend}, {"written in", p.Written}} {
		if line[1] != "" {
			fmt.Fprintf(sb, "  %s: %s\n", line[0], line[1])
		}
	}
}

// LintBadges are the verdicts of the checklist as words.
var LintBadges = map[cimd.LintVerdict]ui.Badge{
	cimd.LintPass:    {Kind: ui.Good, Text: "pass"},
	cimd.LintWarn:    {Kind: ui.Warn, Text: "warning"},
	cimd.LintFail:    {Kind: ui.Danger, Text: "fail"},
	cimd.LintSkipped: {Text: "skipped"},
}

// DecisionWords say what a person would experience.
var DecisionWords = map[registry.DecisionVerdict]ui.Badge{
	registry.Admit:  {Kind: ui.Good, Text: "let in"},
	registry.Wait:   {Kind: ui.Warn, Text: "waits for approval"},
	registry.Refuse: {Kind: ui.Danger, Text: "refused"},
}

// FailureSentence says what went wrong with a document and what to do.
func FailureSentence(f *cimd.Failure) string {
	text := strings.TrimSuffix(Capital(f.Message), ".") + "."
	if f.Mend != "" {
		text += " " + strings.TrimSuffix(Capital(f.Mend), ".") + "."
	}
	return text
}
