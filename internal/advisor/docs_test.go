package advisor

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var updateDocs = flag.Bool("update", false, "write the page of checks")

const docsFile = "../../docs/checks.md"

// The page that people read is made from the table that runs.
func TestTheDocsPageListsEveryCheck(t *testing.T) {
	want := []byte(docsPage())
	if *updateDocs {
		if err := os.WriteFile(docsFile, want, 0o644); err != nil { //nolint:gosec // a page of the documentation
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Fatalf("%s is out of date; run: go test ./internal/advisor -run Docs -update", docsFile)
	}
}

func docsPage() string {
	var sb strings.Builder
	sb.WriteString(docsHead)
	for _, severity := range Severities {
		fmt.Fprintf(&sb, "\n## %s\n", severityTitles[severity])
		for _, c := range checks {
			if c.severity != severity {
				continue
			}
			fmt.Fprintf(&sb, "\n### `%s`\n\n**%s.** %s", c.id, c.title, c.why)
			if c.spec != "" {
				fmt.Fprintf(&sb, " (%s)", c.spec)
			}
			fmt.Fprintf(&sb, "\n\n%s", c.fix)
			if m, ok := MendFor(c.mend); ok {
				fmt.Fprintf(&sb, " One click: *%s*. %s", m.Label, m.Effect)
			}
			sb.WriteString("\n")
		}
	}
	return sb.String()
}

var severityTitles = map[Severity]string{
	High:     "High: somebody could take over a sign-in, or get tokens that are not theirs",
	Moderate: "Moderate: a mistake somewhere else would make it one of those",
	Low:      "Low: good practice that is missing",
	Info:     "Info: worth knowing",
}

const docsHead = `# The security check

<!-- Made by go test ./internal/advisor -run Docs -update from internal/advisor/checks.go. -->

Every application is checked for what could be used against it. A finding says what was seen (the value, the date, the count),
why it matters, where that is written, and what mends it.

| Where | What is checked |
|---|---|
| Dashboard, an application's *Security* tab | the stored application, its permissions and its use, with a score |
| Dashboard, *Settings*, *Advanced*, *Create application*, *Import from URL* | what is typed or would be registered, before it is saved |
| Dashboard, *Applications* and *Home* | how many findings there are; checked within seconds of a change and at least daily |
| ` + "`GET /api/v2/clients/{id}/findings`" + ` | the same report, with the scope ` + "`read:clients`" + ` |
| ` + "`clientele apps check [ID…] [--json] [--fail-on high]`" + ` | the same for the command line and CI; exits with 1 if there is something as bad |

The score is 100, less 30 for each finding of high severity, 12 for moderate, 4 for low; never below 0. What is *info* costs nothing.

*Unused* means for 90 days. Callback hosts are looked up in DNS once a day, through the way out that everything is fetched by; one
counts as gone only if it had no address twice, at least an hour apart. Which permissions tokens carried is noted from the first
check on: those for people with the 40 days before, those that programs got for themselves from then on. A permission counts as
unused after 90 days, or after 30 if more is not known; the finding says since when. Tries of retired secrets are seen for as long as
use events are kept (30 days unless the settings say otherwise).

A *permission* of an application is a client grant in the Management API and on the command line. What a metadata document owns only
its owner can change; such a finding says so, and no button is offered. What is refused when an application is saved (implicit and
password grants, a secret in a single page application, public clients without PKCE or rotation) can be found only in applications
that were stored before a rule came, and in what is typed. On an instance whose public URL is on loopback, callback URLs, origins
and logout URLs on localhost or plain http are no finding.

## As JSON

The Management API answers with one report, ` + "`clientele apps check --json`" + ` with a list of them:

` + "```json" + `
{
  "client_id": "M4pcxcb53q2ciLfnWSn6CVAIg1QR6Uwf",
  "name": "Orders web",
  "checked_at": "2026-11-22T07:40:44.526Z",
  "score": 70,
  "counts": {"high": 1, "moderate": 0, "low": 0, "info": 0},
  "findings": [
    {
      "check": "redirect_localhost",
      "severity": "high",
      "title": "A callback URL is on localhost",
      "evidence": [{"label": "Callback URL", "value": "http://localhost:3000/callback"}],
      "why": "Any program on a person's device can listen there and take the authorization code. …",
      "spec": "RFC 8252 §8.3",
      "fix": "Remove it from this instance; use an application of its own for development.",
      "field": "callbacks"
    }
  ],
  "passed": ["redirect_wildcard", "redirect_http"]
}
` + "```" + `

` + "`check`" + ` never changes its meaning; the words may. ` + "`field`" + ` is the property of the client, or one of ` + "`secrets`, `keys`, `client_grants`,\n`apis` and `document`" + `. Evidence may also have ` + "`at`" + `, the date it speaks of, and ` + "`resource_server_id`" + `, the API.

The command exits with 0, with 1 if something is as bad as ` + "`--fail-on`" + ` or worse, or if the check failed, with 2 if it was called
wrongly, and with 3 if an application is not there. Findings of applications that are switched off are shown and do not count for
` + "`--fail-on`" + `.
`
