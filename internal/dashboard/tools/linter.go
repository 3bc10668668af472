package tools

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"clientele/internal/cimd"
	"clientele/internal/dashboard/frame"
	"clientele/internal/ui"
)

// linterForm is the page as it was and as it is shown again.
type linterForm struct {
	URL    string
	Text   string // of a document that is not published yet
	Fault  string
	Report *cimd.Report
}

func (d *Pages) linter(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return v.Write(w, r, http.StatusOK, linterPage(v, linterForm{URL: r.URL.Query().Get("url")}))
}

// lint runs the checklist over what is at the URL, or over the text that was pasted; then nothing is fetched.
func (d *Pages) lint(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := linterForm{URL: strings.TrimSpace(r.PostForm.Get("url")), Text: strings.TrimSpace(r.PostForm.Get("document"))}
	var report cimd.Report
	var err error
	switch {
	case f.Text != "":
		report, err = d.Linter.LintBytes(r.Context(), f.URL, []byte(f.Text))
	case f.URL == "":
		f.Fault = "Write the URL of a document, or paste one below."
		return v.Write(w, r, http.StatusUnprocessableEntity, linterPage(v, f))
	default:
		report, err = d.Linter.Lint(r.Context(), v.Actor(), f.URL)
	}
	if retry, busy := frame.BusyFor(err); busy {
		f.Fault = "Too many documents were fetched just now. Try again in " + retry + "."
		return v.Write(w, r, http.StatusTooManyRequests, linterPage(v, f))
	}
	if err != nil {
		return err
	}
	f.Report = &report
	return v.Write(w, r, http.StatusOK, linterPage(v, f))
}

// lintOrder is the order in which the page shows the rows: what to change first.
var lintOrder = []cimd.LintVerdict{cimd.LintFail, cimd.LintWarn, cimd.LintPass, cimd.LintSkipped}

// lintRows are the rows with the verdict.
func lintRows(report *cimd.Report, v cimd.LintVerdict) []cimd.LintRow {
	var list []cimd.LintRow
	for _, row := range report.Rows {
		if row.Verdict == v {
			list = append(list, row)
		}
	}
	return list
}

// lintFacts count the rows by their verdict.
func lintFacts(report *cimd.Report) ui.Facts {
	f := ui.Facts{Kind: ui.Good}
	switch {
	case report.Failed():
		f.Kind = ui.Danger
	case report.Count(cimd.LintWarn) > 0:
		f.Kind = ui.Warn
	}
	for _, v := range lintOrder {
		if n := report.Count(v); n > 0 {
			f.Items = append(f.Items, strconv.Itoa(n)+" "+lintNouns[v])
		}
	}
	return f
}

var lintNouns = map[cimd.LintVerdict]string{cimd.LintFail: "failed", cimd.LintWarn: "with a warning", cimd.LintPass: "passed", cimd.LintSkipped: "skipped"}

func lintTitle(report *cimd.Report) string {
	switch {
	case report.Failed():
		return "This server would refuse the document"
	case report.Count(cimd.LintWarn) > 0:
		return "This server would take the document, with something to know"
	}
	return "This server would take the document"
}

// lintReport is the checklist as text, for whoever publishes the document.
func lintReport(report *cimd.Report) string {
	var sb strings.Builder
	fmt.Fprintf(&sb, "%s: %s\n%s\n", report.URL, lintTitle(report), strings.Join(lintFacts(report).Items, " · "))
	for _, v := range lintOrder {
		for _, row := range lintRows(report, v) {
			fmt.Fprintf(&sb, "\n%s: %s", frame.LintBadges[v].Text, row.Title)
			for _, line := range [][2]string{{"found", row.Found}, {"change", row.Mend}, {"written in", row.Spec}} {
				if line[1] != "" && v != cimd.LintPass {
					fmt.Fprintf(&sb, "\n  %s: %s", line[0], line[1])
				}
			}
		}
	}
	return sb.String() + "\n"
}
