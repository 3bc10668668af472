package cimd

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/outbound/outboundtest"
	"clientele/internal/registry"
)

func lintRow(t *testing.T, r Report, id string) LintRow {
	t.Helper()
	i := slices.IndexFunc(r.Rows, func(row LintRow) bool { return row.ID == id })
	if i < 0 {
		t.Fatalf("there is no row %s", id)
	}
	return r.Rows[i]
}

// Every finding belongs to a row, so that none is lost in the report.
func TestEveryFindingHasARowOfTheChecklist(t *testing.T) {
	rows := map[string]bool{}
	for _, c := range checklist {
		if rows[c.id] || c.title == "" {
			t.Errorf("%s is there twice or has no title", c.id)
		}
		rows[c.id] = true
	}
	for name, r := range rules {
		if !rows[r.row] {
			t.Errorf("%s belongs to %s, which is no row", name, r.row)
		}
	}
	for name, row := range urlRows {
		if !rows[row] {
			t.Errorf("%s belongs to %s, which is no row", name, row)
		}
	}
	for kind, row := range failureRows {
		if !rows[row] {
			t.Errorf("%s belongs to %s, which is no row", kind, row)
		}
	}
	for _, name := range []string{"uri_fragment", "redirect_uri_wildcard", "redirect_uri_scheme_host", "uri_scheme_dangerous", "redirect_uri_host_policy", "uri_length"} {
		if !rows[redirectRule(name).row] {
			t.Errorf("%s belongs to no row", name)
		}
	}
}

func TestAFileIsLintedWithoutTheNetwork(t *testing.T) {
	_, body := published(t, "vscode")
	r := LintFile(body, "", usual)
	if r.Failed() || r.URL != "https://vscode.dev/oauth/client-metadata.json" || r.Clients != nil {
		t.Errorf("%+v", r)
	}
	for id, want := range map[string]LintVerdict{
		"CU-01": LintPass, "CF-01": LintSkipped, "CF-04": LintSkipped, "CC-02": LintSkipped, "CF-05": LintPass, "CF-07": LintPass, "CM-01": LintPass, "CM-09": LintWarn,
		"CA-05": LintPass, "CX-04": LintPass, "CL-01": LintSkipped,
	} {
		if row := lintRow(t, r, id); row.Verdict != want {
			t.Errorf("%s: %+v, want %s", id, row, want)
		}
	}
}

func TestWhatIsWrongIsInItsRowWithTheMend(t *testing.T) {
	for name, c := range map[string]struct {
		body, url, row string
		verdict        LintVerdict
	}{
		"another client_id":    {with(""), "https://www.app.example.com/client.json", "CM-01", LintFail},
		"a secret":             {with(`"client_secret":"x"`), clientURL, "CM-02", LintFail},
		"an upper-case host":   {with(""), "https://App.example.com/client.json", "CU-13", LintFail},
		"no URL":               {`{}`, "", "CU-09", LintFail},
		"no JSON":              {`<html>`, clientURL, "CF-07", LintFail},
		"a name is missing":    {with(""), clientURL, "CM-07", LintWarn},
		"no method is said":    {with(""), clientURL, "CA-01", LintWarn},
		"a public web client":  {with(""), clientURL, "CA-12", LintWarn},
		"localhost only":       {withRedirects("", "http://localhost/cb"), clientURL, "CX-03", LintWarn},
		"a dropped redirect":   {withRedirects("", "http://127.0.0.1/cb", "http://localhost:*/cb"), clientURL, "CX-05", LintWarn},
		"a dangerous redirect": {withRedirects("", "javascript:alert(1)"), clientURL, "CX-08", LintFail},
		"too long":             {with(`"x":"` + strings.Repeat("a", 2000) + `","y":"` + strings.Repeat("a", 2000) + `","z":"` + strings.Repeat("a", 2000) + `"`), clientURL, "CF-05", LintFail},
		"an SVG":               {with(`"logo_uri":"https://app.example.com/logo.svg"`), clientURL, "CL-01", LintWarn},
	} {
		r := LintFile([]byte(c.body), c.url, usual)
		row := lintRow(t, r, c.row)
		if row.Verdict != c.verdict || row.Found == "" || row.Mend == "" || r.Failed() != (c.verdict == LintFail) {
			t.Errorf("%s: %+v", name, row)
		}
	}
}

func TestARefusedURLLeavesTheRestSkipped(t *testing.T) {
	r := LintFile([]byte(with("")), "http://app.example.com/client.json", usual)
	for _, row := range r.Rows {
		want := LintSkipped
		switch row.ID {
		case "CU-01":
			want = LintFail
		case "CF-05":
			want = row.Verdict
		}
		if row.Verdict != want {
			t.Errorf("%+v", row)
		}
	}
}

func TestAPublishedDocumentIsFetchedAndLintedWithItsKeys(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	host.JSON("/client.json", []byte(with(`"client_name":"x","token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://app.example.com/jwks"`)))
	host.JSON("/jwks", keySet(publicJWK(t, "one")))
	r, err := LintURL(context.Background(), fetcherOn(net), clientURL, usual)
	if err != nil || r.Failed() {
		t.Fatalf("%v %+v", err, r)
	}
	for id, want := range map[string]LintVerdict{"CF-01": LintPass, "CF-04": LintPass, "CC-02": LintWarn, "CM-12": LintPass} {
		if row := lintRow(t, r, id); row.Verdict != want {
			t.Errorf("%+v, want %s", row, want)
		}
	}
	if found := lintRow(t, r, "CM-12").Found; found != "1 usable" {
		t.Errorf("keys: %s", found)
	}
}

func TestAFailedFetchIsInItsRow(t *testing.T) {
	net := outboundtest.New(t)
	r, err := LintURL(context.Background(), fetcherOn(net), "https://app.example.com/missing.json", usual)
	if err != nil || !r.Failed() {
		t.Fatalf("%v %+v", err, r)
	}
	if row := lintRow(t, r, "CF-06"); row.Verdict != LintFail || row.Mend == "" {
		t.Errorf("%+v", row)
	}
	if row := lintRow(t, r, "CM-01"); row.Verdict != LintSkipped {
		t.Errorf("%+v", row)
	}
}

func TestKnownClientsAreJudgedByThisServersRules(t *testing.T) {
	admit := func(oauth.ClientURL) registry.Decision {
		return registry.Decision{Verdict: registry.Admit, Why: "every client is admitted"}
	}
	open := Here{Policy: usual, Flag: true, None: true, Decide: admit}
	noNone, noFlag, keysOnly := open, open, open
	noNone.None, noFlag.Flag, keysOnly.Policy.ConfidentialOnly = false, false, true
	for name, c := range map[string]struct {
		here Here
		in   []string
	}{
		"open":                          {open, []string{"ChatGPT", "Claude", "Claude Code", "Codex", "opencode", "Visual Studio Code"}},
		"none is not advertised":        {noNone, []string{"ChatGPT", "Visual Studio Code"}},
		"nothing is advertised":         {noFlag, nil},
		"only clients that have a key":  {keysOnly, []string{"ChatGPT"}},
		"open, with a rule against one": {Here{usual, true, true, denyHost("claude.ai")}, []string{"ChatGPT", "Codex", "opencode", "Visual Studio Code"}},
	} {
		var in []string
		for _, v := range KnownClients(c.here) {
			if v.Why == "" || v.URL == "" || v.Verdict != registry.Admit && v.Mend == "" {
				t.Errorf("%s: %+v says too little", name, v)
			}
			if v.Verdict == registry.Admit {
				in = append(in, v.Client)
			}
		}
		if !slices.Equal(in, c.in) {
			t.Errorf("%s: %q are let in, want %q", name, in, c.in)
		}
	}
	if len(KnownClients(open)) != len(knownClients) {
		t.Error("a document is missing")
	}
}

func denyHost(host string) func(oauth.ClientURL) registry.Decision {
	rules := []registry.AdmissionRule{{Pattern: host, Effect: registry.Deny}}
	return func(u oauth.ClientURL) registry.Decision { return registry.Decide(u, registry.AdmitOpen, rules) }
}

func TestAReportIsTheSameInJSON(t *testing.T) {
	r := LintFile([]byte(with(`"client_secret":1`)), clientURL, Policy{Now: time.Unix(1, 0)})
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var again Report
	if err := json.Unmarshal(text, &again); err != nil || len(again.Rows) != len(r.Rows) || !strings.Contains(string(text), `"verdict":"fail"`) {
		t.Errorf("%v %s", err, text)
	}
}
