package ui

import (
	"context"
	"io"
	"slices"
	"strings"
)

// VerdictTable says of each value of something that came from elsewhere what it becomes here, and why.
type VerdictTable struct {
	Caption string
	Rows    []VerdictRow
}

// VerdictRow is one member with its values.
type VerdictRow struct {
	Member string
	Owner  string // who can change it
	Values []VerdictValue
}

// VerdictValue is one value, what becomes of it, and the verdict as a word with a meaning.
type VerdictValue struct {
	Text    string
	Becomes string // empty: nothing
	Verdict Badge
	Why     string // for everything but a plain yes
}

// owned reports whether the owner of a row says anything: where all have the same one, the column is left out.
func (t VerdictTable) owned() bool {
	return slices.ContainsFunc(t.Rows, func(r VerdictRow) bool { return r.Owner != t.Rows[0].Owner })
}

// Render writes the table.
func (t VerdictTable) Render(ctx context.Context, w io.Writer) error {
	return verdictTable(t).Render(ctx, w)
}

// Diff is what changed, field by field.
type Diff struct{ Fields []DiffField }

// DiffField is one field before and after.
type DiffField struct {
	Name    string
	Badges  []Badge // what kind of change it is, and when it counts
	Removed []string
	Added   []string
	Plain   bool // the values are words for people, not for machines
}

// Render writes the difference.
func (d Diff) Render(ctx context.Context, w io.Writer) error { return diff(d).Render(ctx, w) }

// Report is a text for somebody else: shown when it is asked for, with a button that copies it.
type Report struct {
	Title string // of the block: report
	Text  string
}

// Render writes the report.
func (r Report) Render(ctx context.Context, w io.Writer) error { return report(r).Render(ctx, w) }

// Problem is one thing that is wrong: what and where, what is written about it, and what its owner should change.
type Problem struct {
	Kind    Meaning // Danger, or Warn if it refuses nothing
	Title   string  // what is wrong
	Where   string  // member or step
	Value   string
	Mend    string
	Written string // section of the specification; empty = our own rule
}

// Render writes the problem.
func (p Problem) Render(ctx context.Context, w io.Writer) error { return problem(p).Render(ctx, w) }

// Facts are short facts in one line, with a tick in front if they are good news.
type Facts struct {
	Kind  Meaning
	Items []string
}

// Render writes the line.
func (f Facts) Render(ctx context.Context, w io.Writer) error { return facts(f).Render(ctx, w) }

// TwoWays are the ways to do one thing, as links of which one is chosen.
type TwoWays struct {
	Label string
	Links []Link
}

// Render writes the links.
func (c TwoWays) Render(ctx context.Context, w io.Writer) error { return twoWays(c).Render(ctx, w) }

// textOr is s, or other words if there is nothing to show.
func textOr(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}
