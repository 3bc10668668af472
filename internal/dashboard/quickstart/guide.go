package quickstart

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// A guide is a folder: guide.txt says what it is and walks through it, the files beside it are what a person copies.
//
//go:embed all:guides
var guideFiles embed.FS

// guide is one way to write an application, from nothing to something that runs.
type guide struct {
	Key      string // its folder, and how a link names it
	Title    string
	Types    []registry.Type
	Kind     string // what is made: Web application, Page in the browser …
	Language string
	Library  string // who does the protocol
	Mark     string // two letters that stand for it
	Callback string // where its code listens; empty if nobody signs in
	Needs    []string
	End      string // what there will be at the end
	Order    int
	Steps    []guideStep
}

// guideStep is one heading and what stands under it.
type guideStep struct {
	Title  string
	Blocks []guideBlock
}

// guideBlock is a paragraph, a command for the terminal, a file, or something that goes wrong with its mend.
type guideBlock struct {
	Kind blockKind
	Name string // of a file: how it is called there; of trouble: what is seen
	Text string // a template, until it is filled
}

type blockKind int

const (
	proseBlock blockKind = iota
	commandBlock
	fileBlock
	troubleBlock
)

// guideKinds are the words of the header for what is made.
var guideKinds = map[string]string{
	"web": "Web application", "page": "Page in the browser", "native": "App on a device", "machine": "Program without a person", "protect": "API to protect", "agent": "Agent",
}

// guideTypes are the words of the header for the types of application.
var guideTypes = map[string]registry.Type{
	"native": registry.Native, "spa": registry.SinglePage, "regular_web": registry.RegularWeb, "machine": registry.MachineToMachine, "generic": registry.Generic,
}

// allGuides are the guides in the order of their tiles.
var allGuides = sync.OnceValues(func() ([]guide, error) { return readGuides(guideFiles) })

func readGuides(files fs.FS) ([]guide, error) {
	folders, err := fs.ReadDir(files, "guides")
	if err != nil {
		return nil, err
	}
	var guides []guide
	for _, folder := range folders {
		text, err := fs.ReadFile(files, "guides/"+folder.Name()+"/guide.txt")
		if err != nil {
			return nil, err
		}
		g, err := parseGuide(files, folder.Name(), string(text))
		if err != nil {
			return nil, fmt.Errorf("guide %s: %w", folder.Name(), err)
		}
		guides = append(guides, g)
	}
	slices.SortStableFunc(guides, func(x, y guide) int { return x.Order - y.Order })
	return guides, nil
}

func parseGuide(files fs.FS, key, text string) (guide, error) {
	head, body, ok := strings.Cut(text, "\n---\n")
	if !ok {
		return guide{}, errors.New("no line --- after the header")
	}
	g := guide{Key: key}
	for line := range strings.SplitSeq(head, "\n") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			return guide{}, fmt.Errorf("the header line %q is no name: value", line)
		}
		if err := g.set(name, value); err != nil {
			return guide{}, err
		}
	}
	return g, g.walk(files, body)
}

// set takes one line of the header.
func (g *guide) set(name, value string) error {
	texts := map[string]*string{
		"title": &g.Title, "language": &g.Language, "library": &g.Library, "mark": &g.Mark, "callback": &g.Callback, "end": &g.End,
	}
	if to := texts[name]; to != nil {
		*to = value
		return nil
	}
	var err error
	switch name {
	case "types":
		for word := range strings.FieldsSeq(value) {
			t, known := guideTypes[word]
			if !known {
				return fmt.Errorf("there is no type %q", word)
			}
			g.Types = append(g.Types, t)
		}
	case "kind":
		if g.Kind = guideKinds[value]; g.Kind == "" {
			err = fmt.Errorf("there is no kind %q", value)
		}
	case "needs":
		g.Needs = strings.Fields(value)
	case "order":
		g.Order, err = strconv.Atoi(value)
	default:
		err = fmt.Errorf("there is no header %q", name)
	}
	return err
}

// walk reads the steps. A line that begins with # is a heading, with $ a command, with = a file (its name there, and < its name
// here if that is another one), with ! a symptom and, after a bar, what mends it. Everything else is prose.
func (g *guide) walk(files fs.FS, body string) error {
	for line := range strings.SplitSeq(strings.TrimSpace(body), "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		if mark == "#" {
			g.Steps = append(g.Steps, guideStep{Title: rest})
			continue
		}
		if len(g.Steps) == 0 {
			return errors.New("it begins without a heading")
		}
		step := &g.Steps[len(g.Steps)-1]
		switch mark {
		case "":
		case "$":
			step.add(guideBlock{Kind: commandBlock, Text: rest})
		case "=":
			shown, kept, other := strings.Cut(rest, " < ")
			if !other {
				kept = shown
			}
			code, err := fs.ReadFile(files, path.Join("guides", g.Key, kept))
			if err != nil {
				return err
			}
			step.add(guideBlock{Kind: fileBlock, Name: shown, Text: string(code)})
		case "!":
			symptom, mend, ok := strings.Cut(rest, " | ")
			if !ok {
				return fmt.Errorf("%q has no mend after a bar", rest)
			}
			step.add(guideBlock{Kind: troubleBlock, Name: symptom, Text: mend})
		default:
			step.add(guideBlock{Kind: proseBlock, Text: line})
		}
	}
	return nil
}

// add puts a block under the heading; commands in a row are one block.
func (s *guideStep) add(b guideBlock) {
	if n := len(s.Blocks); n > 0 && b.Kind == commandBlock && s.Blocks[n-1].Kind == commandBlock {
		s.Blocks[n-1].Text += "\n" + b.Text
		return
	}
	s.Blocks = append(s.Blocks, b)
}

// needs reports whether the header says that the guide needs something: secret, api.
func (g *guide) needs(what string) bool { return slices.Contains(g.Needs, what) }

// guidesFor are the guides that make sense for an application. Nobody here writes the code of one that comes from a URL, but
// the API it calls may be ours.
func guidesFor(all []guide, a *registry.Application) []guide {
	want := a.Type
	if !frame.SignsPeopleIn(a) && a.Allows(oauth.ClientCredentials) {
		want = registry.MachineToMachine
	}
	var list []guide
	for _, g := range all {
		if a.Import != nil && g.Kind == guideKinds["protect"] || a.Import == nil && slices.Contains(g.Types, want) {
			list = append(list, g)
		}
	}
	return list
}

// theGuide is the one that a link names, else the first.
func theGuide(list []guide, key string) guide {
	for _, g := range list {
		if g.Key == key {
			return g
		}
	}
	return list[0]
}
