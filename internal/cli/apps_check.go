package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"clientele/internal/advisor"
	"clientele/internal/management"
	"clientele/internal/registry"
	"clientele/internal/server"
)

// AppsCheckCmd checks applications for security risks.
type AppsCheckCmd struct {
	IDs    []string `arg:"" optional:"" name:"id" help:"Applications, by either id; all of them if none is named."`
	FailOn string   `help:"Exit with 1 if there is a finding of this severity or a worse one: high, moderate, low or info." placeholder:"SEVERITY"`
	JSONFlag
}

// Help is the long help.
func (c *AppsCheckCmd) Help() string {
	return `Says of each application what could be used against it: what was seen, how to mend it, and why it matters. Every check is
listed in docs/checks.md. Nothing is changed but the counts of findings that lists show.

The exit code is 1 if something is as bad as --fail-on or worse, and if the check itself fails. Applications that are switched off
are shown and do not count for it.

Examples:
  clientele apps check
  clientele apps check tXObxxhqBIJ --fail-on moderate
  clientele apps check --json --fail-on high | jq -r '.[] | "\(.name): \(.findings[].title)"'`
}

// checkedAtOnce is how many applications are checked together.
const checkedAtOnce = 50

// Run prints what was found, and fails if something is as bad as --fail-on.
func (c *AppsCheckCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	limit := advisor.Severity(c.FailOn)
	if c.FailOn != "" && !limit.AtLeast(advisor.Info) {
		return Usagef("--fail-on %s: there are high, moderate, low and info", c.FailOn)
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	run := checkRun{out: out, json: c.JSON, limit: limit, found: []management.Findings{}, findings: map[advisor.Severity]int{}}
	if err := c.each(ctx, o, &run); err != nil {
		return err
	}
	return run.end()
}

// each hands the applications over some at a time.
func (c *AppsCheckCmd) each(ctx context.Context, o *opened, run *checkRun) error {
	check := server.Advisor(o.Registry, o.Store, o.Settings.Current, nil)
	if len(c.IDs) > 0 {
		apps, err := c.named(ctx, o)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(apps, checkedAtOnce) {
			if err := run.check(ctx, check, some); err != nil {
				return err
			}
		}
		return nil
	}
	q := registry.Query{Limit: checkedAtOnce}
	for {
		page, err := o.Registry.Applications(ctx, q)
		if err != nil {
			return err
		}
		if err := run.check(ctx, check, page.Items); err != nil || page.Next == "" {
			return err
		}
		q.After = page.Next
	}
}

// named are the applications whose ids were given, each once, by whichever of its ids.
func (c *AppsCheckCmd) named(ctx context.Context, o *opened) ([]registry.Application, error) {
	var apps []registry.Application
	for _, id := range c.IDs {
		app, err := findApp(ctx, o.Registry, id)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(apps, func(a registry.Application) bool { return a.ID == app.ID }) {
			apps = append(apps, app)
		}
	}
	return apps, nil
}

// checkRun collects or prints what is found.
type checkRun struct {
	out   *Output
	json  bool
	limit advisor.Severity
	found []management.Findings // only for JSON

	apps, bad int
	findings  map[advisor.Severity]int
}

func (r *checkRun) check(ctx context.Context, s *advisor.Service, apps []registry.Application) error {
	if len(apps) == 0 {
		return nil
	}
	reports, err := s.Reports(ctx, apps)
	if err != nil {
		return err
	}
	for i := range reports {
		r.apps++
		for _, f := range reports[i].Findings {
			r.findings[f.Severity]++
			if r.limit != "" && apps[i].Enabled && f.Severity.AtLeast(r.limit) {
				r.bad++
			}
		}
		if r.json {
			r.found = append(r.found, management.FindingsJSON(&apps[i], &reports[i]))
			continue
		}
		r.print(&apps[i], &reports[i])
	}
	return nil
}

// print writes one application: a line about it, and a block for each finding.
func (r *checkRun) print(a *registry.Application, report *advisor.Report) {
	state := ""
	if !a.Enabled {
		state = "  switched off"
	}
	r.out.Printf("%s  %s  score %d%s\n", oneLine(string(a.ClientID())), oneLine(a.Name), report.Score(), state)
	for _, f := range report.Findings {
		r.block(fmt.Sprintf("  %-8s  ", f.Severity), f.Title+" ("+f.Check+")")
		for _, e := range f.Evidence {
			r.block("", oneLine(evidence(e)))
		}
		r.block("", "Fix: "+f.Fix)
		r.block("", "Why: "+strings.TrimSpace(f.Why+" "+f.Spec))
	}
	if len(report.Findings) == 0 {
		r.block("", "nothing was found")
	}
	r.out.Printf("\n")
}

// The columns that people read, and where the words of a finding begin.
const (
	checkWidth  = 80
	checkIndent = 12
)

// block writes text in lines that fit, the first behind head. A value that is longer than a line stays whole.
func (r *checkRun) block(head, text string) {
	line, used := fmt.Sprintf("%-*s", checkIndent, head), 0
	for word := range strings.FieldsSeq(text) {
		size := utf8.RuneCountInString(word)
		if used > 0 && used+1+size > checkWidth-checkIndent {
			r.out.Printf("%s\n", line)
			line, used = strings.Repeat(" ", checkIndent), 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+size
	}
	r.out.Printf("%s\n", line)
}

func evidence(e advisor.Evidence) string {
	text := e.Label + ": " + e.Value
	if !e.At.IsZero() {
		text += " (" + e.At.UTC().Format(time.DateOnly) + ")"
	}
	return text
}

func (r *checkRun) end() error {
	if r.json {
		if err := r.out.printJSON(r.found); err != nil {
			return err
		}
	} else {
		r.out.Printf("%s\n", r.sum())
	}
	if r.bad > 0 {
		return fmt.Errorf("%s as bad as %s or worse", counted(r.bad, "finding is", "findings are"), r.limit)
	}
	return nil
}

// sum is the last line: how much was found in how many applications.
func (r *checkRun) sum() string {
	all := 0
	var parts []string
	for _, s := range advisor.Severities {
		if n := r.findings[s]; n > 0 {
			all += n
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	text := counted(all, "finding", "findings") + " in " + counted(r.apps, "application", "applications")
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}
