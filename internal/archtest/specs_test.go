package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// citation finds what looks like the name of a specification: an RFC by its number, the others by their family and version.
var citation = regexp.MustCompile(`RFC \d+|OpenID Connect [A-Z][A-Za-z-]*(?: [A-Z][A-Za-z-]*)* \d\.\d|OAuth 2\.1|OAuth 2\.0 (?:Multiple Response Type Encoding Practices|Form Post Response Mode)|FAPI \d\.\d|CIMD-\d\d|MCP \d{4}-\d\d-\d\d|rfc7523bis-\d\d|OpenID RP Metadata Choices \d\.\d|Content Security Policy Level \d|Web Authentication Level \d`)

type spec struct{ name, revision, status string }

func specs(t *testing.T) []spec {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs/specs.md"))
	if err != nil {
		t.Fatal(err)
	}
	var all []spec
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || strings.HasPrefix(cells[1], "---") || strings.TrimSpace(cells[1]) == "Specification" {
			continue
		}
		all = append(all, spec{strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])})
	}
	return all
}

func TestEveryCitedSpecificationIsListed(t *testing.T) {
	listed := specs(t)
	for _, s := range sources(t) {
		for i, line := range strings.Split(s.text, "\n") {
			for _, name := range citation.FindAllString(line, -1) {
				if !slices.ContainsFunc(listed, func(l spec) bool { return l.name == name }) {
					t.Errorf("%s:%d cites %s, which docs/specs.md does not list", s.path, i+1, name)
				}
			}
		}
	}
}

func TestEverySupportedSpecificationIsCitedByCode(t *testing.T) {
	cited := map[string]bool{}
	for _, s := range sources(t) {
		if s.test || s.room == "archtest" {
			continue
		}
		for _, name := range citation.FindAllString(s.text, -1) {
			cited[name] = true
		}
	}
	for _, l := range specs(t) {
		if l.revision == "" || !slices.Contains([]string{"supported", "in part", "background"}, l.status) {
			t.Errorf("docs/specs.md: %s: revision %q, status %q", l.name, l.revision, l.status)
		}
		if l.status != "background" && !cited[l.name] {
			t.Errorf("docs/specs.md says %s is %s, but no code cites it", l.name, l.status)
		}
	}
}

// Citations have one form, so that a search for `RFC 6749 §4.1.2` finds all of them.
func TestCitationsHaveOneForm(t *testing.T) {
	wrong := regexp.MustCompile(`\bRFC\d|RFC-\d|RFC \d+,? (?:[Ss]ection|[Ss]ec\.|s\.) ?\d|\b[Ss]ection \d+(?:\.\d+)* of RFC`)
	goNames := regexp.MustCompile(`time\.RFC\d+|RFC9068`) // identifiers, not citations
	for _, s := range sources(t) {
		if s.room == "archtest" {
			continue
		}
		for i, line := range strings.Split(s.text, "\n") {
			line = goNames.ReplaceAllString(line, "")
			if found := wrong.FindString(line); found != "" {
				t.Errorf("%s:%d: %q: write RFC 6749 §4.1.2", s.path, i+1, found)
			}
		}
	}
}
