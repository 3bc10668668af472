package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

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
	return `Every check and its reason is listed in docs/checks.md.

Examples:
  clientele apps check
  clientele apps check tXObxxhqBIJ --fail-on moderate
  clientele apps check --json --fail-on high | jq -r '.[].findings[] | select(.severity == "high").title'`
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
	run := checkRun{out: out, json: c.JSON, limit: limit, found: []management.Findings{}}
	if err := c.each(ctx, o, &run); err != nil {
		return err
	}
	return run.end()
}

// each hands the applications over some at a time.
func (c *AppsCheckCmd) each(ctx context.Context, o *opened, run *checkRun) error {
	check := server.Advisor(o.Registry, o.Store, o.Settings.Current, nil)
	if len(c.IDs) > 0 {
		apps := make([]registry.Application, len(c.IDs))
		for i, id := range c.IDs {
			var err error
			if apps[i], err = findApp(ctx, o.Registry, id); err != nil {
				return err
			}
		}
		return run.check(ctx, check, apps)
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

// checkRun collects or prints what is found.
type checkRun struct {
	out   *Output
	json  bool
	limit advisor.Severity
	found []management.Findings // only for JSON

	apps, findings, bad int
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
			r.findings++
			if r.limit != "" && f.Severity.AtLeast(r.limit) {
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
	r.out.Printf("%s  %s  score %d\n", oneLine(string(a.ClientID())), oneLine(a.Name), report.Score())
	for _, f := range report.Findings {
		r.out.Printf("  %-8s  %s  %s\n", f.Severity, f.Check, f.Title)
		for _, e := range f.Evidence {
			r.out.Printf("            %s\n", oneLine(evidence(e)))
		}
		r.out.Printf("            %s\n", strings.TrimSpace(f.Fix+" "+f.Spec))
	}
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
		r.out.Printf("\n%s in %s\n", counted(r.findings, "finding", "findings"), counted(r.apps, "application", "applications"))
	}
	if r.bad > 0 {
		return fmt.Errorf("%s as bad as %s or worse", counted(r.bad, "finding is", "findings are"), r.limit)
	}
	return nil
}
