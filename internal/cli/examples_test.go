package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// words splits a line as a shell does, as far as our documentation goes: double quotes, no variables, redirections cut off.
func words(line string) []string {
	var all []string
	line, _, _ = strings.Cut(line, " < ")
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 0 {
			all = append(all, strings.Fields(part)...)
			continue
		}
		all = append(all, part)
	}
	return all
}

func TestEveryCommandInTheDocumentationIsOne(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			args, ok := strings.CutPrefix(strings.TrimSpace(line), "clientele ")
			if !ok || strings.Contains(args, "…") {
				continue
			}
			found++
			parser, err := kong.New(&commands{}, kong.Exit(func(int) { t.Errorf("%s: help", line) }))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(words(args)); err != nil {
				t.Errorf("%s: clientele %s: %v", filepath.Base(page), args, err)
			}
		}
	}
	if found < 6 {
		t.Errorf("found only %d commands", found)
	}
}
