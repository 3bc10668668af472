package protocol

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// transcript is one rule: what is done, step by step.
type transcript struct {
	steps []step
	files map[string]string
}

// step is one command with the lines that belong to it.
type step struct {
	line    int
	comment string // the comment above it, for failures
	words   []string
	lines   []string // indented below
}

// read reads a transcript from a file.
func read(path string) (transcript, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return transcript{}, err
	}
	archive := txtar.Parse(raw)
	t := transcript{files: make(map[string]string)}
	for _, f := range archive.Files {
		t.files[f.Name] = strings.TrimSuffix(string(f.Data), "\n")
	}
	comment := ""
	for i, line := range strings.Split(string(archive.Comment), "\n") {
		text := strings.TrimSpace(line)
		switch {
		case text == "":
		case text[0] == '#':
			comment = strings.TrimSpace(text[1:])
		case line[0] == ' ' || line[0] == '\t':
			if len(t.steps) == 0 {
				return t, fmt.Errorf("line %d belongs to nothing", i+1)
			}
			last := &t.steps[len(t.steps)-1]
			last.lines = append(last.lines, text)
		default:
			t.steps = append(t.steps, step{line: i + 1, comment: comment, words: strings.Fields(text)})
		}
	}
	if len(t.steps) == 0 {
		return t, fmt.Errorf("the transcript has no steps")
	}
	return t, nil
}

var variable = regexp.MustCompile(`\$(\{[A-Za-z0-9_.]+\}|[A-Za-z0-9_]+(\.(secret|kid|id))?)`)

// expand replaces variables by what was kept under their names.
func expand(s string, kept map[string]string) (string, error) {
	var err error
	text := variable.ReplaceAllStringFunc(s, func(match string) string {
		name := strings.Trim(match[1:], "{}")
		value, ok := kept[name]
		if !ok {
			err = fmt.Errorf("nothing was kept as $%s", name)
		}
		return value
	})
	return text, err
}

// options splits words into those with a name and those without.
func options(words []string) (named map[string]string, plain []string) {
	named = make(map[string]string)
	for _, word := range words {
		if name, value, ok := strings.Cut(word, "="); ok {
			named[name] = value
			continue
		}
		plain = append(plain, word)
	}
	return named, plain
}

// list splits a list at its commas; empty is none, and not nil.
func list(s string) []string {
	if s == "" {
		return []string{}
	}
	return strings.Split(s, ",")
}
