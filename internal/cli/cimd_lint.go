package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"clientele/internal/cimd"
	"clientele/internal/server"
	"clientele/internal/settings"
)

// CIMDLintCmd runs the checklist over a metadata document.
type CIMDLintCmd struct {
	Document string `arg:"" help:"URL of the document, a file, or - for standard input."`
	URL      string `name:"url" help:"Of a file: the URL at which it will be. Default: its client_id." placeholder:"URL"`
	JSON     bool   `help:"Print the report as JSON."`
}

// Help is the long help.
func (c *CIMDLintCmd) Help() string {
	return `For those who publish a Client ID Metadata Document: every rule, what was found, and what to change. The exit code is 1 if
this server would refuse the document; warnings are none of that.

A file is read as it is: nothing is fetched, nothing is opened, and what cannot be known is skipped. A URL is fetched, with the
keys it points to. Where there is a server's data directory its settings and rules hold, and the report ends with the clients
that would be let in there; elsewhere the default settings hold.

Examples:
  clientele cimd lint https://app.example.com/client.json
  clientele cimd lint client.json --url https://app.example.com/client.json`
}

// Run prints the report.
func (c *CIMDLintCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	report, err := c.lint(ctx, g, out)
	if err != nil {
		return err
	}
	if c.JSON {
		err = out.printJSON(report)
	} else {
		err = out.report(report)
	}
	if err == nil && report.Failed() {
		return fmt.Errorf("the document would be refused: %s", counted(report.Count(cimd.LintFail), "row fails", "rows fail"))
	}
	return err
}

func (c *CIMDLintCmd) lint(ctx context.Context, g *Globals, out *Output) (cimd.Report, error) {
	if strings.Contains(c.Document, "://") {
		if c.URL != "" {
			return cimd.Report{}, Usagef("--url is for files; %s is a URL already", oneLine(c.Document))
		}
		return c.lintURL(ctx, g, out)
	}
	body, err := c.read(out)
	if err != nil {
		return cimd.Report{}, err
	}
	policy := server.DocumentPolicy(settings.Default(), nil)
	policy.Now = time.Now()
	return cimd.LintFile(body, c.URL, policy), nil
}

// maxLinted is how much of a file is read; what is longer fails the checklist anyway.
const maxLinted = 1 << 20

func (c *CIMDLintCmd) read(out *Output) ([]byte, error) {
	if c.Document == "-" {
		return io.ReadAll(io.LimitReader(out.In, maxLinted))
	}
	f, err := os.Open(c.Document)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxLinted))
}

func (c *CIMDLintCmd) lintURL(ctx context.Context, g *Globals, out *Output) (cimd.Report, error) {
	if g.kept() {
		o, documents, err := g.openDocuments(ctx)
		if err != nil {
			return cimd.Report{}, err
		}
		defer o.Close()
		return documents.Lint(ctx, o.Actor, c.Document)
	}
	away, err := g.wayOut()
	if err != nil {
		return cimd.Report{}, err
	}
	issuer, err := g.issuer()
	if err != nil {
		return cimd.Report{}, err
	}
	out.Notef("There is no server at %s; default settings.\n", g.describe())
	client := server.WayOut(away, issuer)
	policy := server.DocumentPolicy(settings.Default(), client.Exempt)
	return cimd.LintURL(ctx, cimd.Fetcher{Get: client.Get, Now: time.Now}, c.Document, policy)
}

// kept reports whether a server has its things here.
func (g *Globals) kept() bool {
	dsn, file := g.database()
	if !file {
		return true
	}
	_, err := os.Stat(dsn)
	return err == nil
}

// report prints every row in one line, and below those that want something what it is.
func (o *Output) report(r cimd.Report) error {
	o.Printf("%s\n\n", oneLine(r.URL))
	width := 0
	for _, row := range r.Rows {
		width = max(width, len(row.Title))
	}
	for _, row := range r.Rows {
		aside := row.Found
		wants := row.Verdict == cimd.LintWarn || row.Verdict == cimd.LintFail
		if wants || row.Verdict == cimd.LintSkipped {
			aside = ""
		}
		line := fmt.Sprintf("%-7s  %-5s  %-*s  %s", row.Verdict, row.ID, width, row.Title, oneLine(aside))
		o.Printf("%s\n", strings.TrimRight(line, " "))
		for _, more := range []string{row.Found, row.Mend, row.Spec} {
			if wants && more != "" {
				o.Printf("                  %s\n", oneLine(more))
			}
		}
	}
	o.Printf("\n%d pass, %d warn, %d fail, %d skipped\n", r.Count(cimd.LintPass), r.Count(cimd.LintWarn), r.Count(cimd.LintFail), r.Count(cimd.LintSkipped))
	if len(r.Clients) == 0 {
		return nil
	}
	o.Printf("\nWho would be let in here:\n")
	var rows [][]string
	for _, v := range r.Clients {
		rows = append(rows, []string{v.Client, string(v.Verdict), strings.TrimSpace(sentenceEnd(v.Why) + " " + v.Mend)})
	}
	return o.table("client|verdict|why", rows)
}

// sentenceEnd puts a full stop behind what has none.
func sentenceEnd(s string) string {
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
