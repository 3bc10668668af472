package ui

import (
	"context"
	"io"
	"time"
)

// Icon is a shape of the sprite, 16 px. It says nothing to screen readers: a word stands beside it.
type Icon struct {
	Name  string
	Class string
}

// Render writes the icon.
func (i Icon) Render(ctx context.Context, w io.Writer) error { return icon(i).Render(ctx, w) }

// TypeGlyph is the mark of a type of application: its own shape on its own tint. Type is native, spa, regular_web,
// non_interactive or empty.
type TypeGlyph struct {
	Type  string
	Large bool
}

// Render writes the glyph.
func (g TypeGlyph) Render(ctx context.Context, w io.Writer) error { return typeGlyph(g).Render(ctx, w) }

func (g TypeGlyph) shape() string {
	switch g.Type {
	case "native", "spa":
		return g.Type
	case "regular_web":
		return "web"
	case "non_interactive":
		return "machine"
	}
	return "generic"
}

// Meaning is one of the four meanings a colour may carry, always together with a word.
type Meaning string

// The meanings, and Neutral for none.
const (
	Neutral Meaning = ""
	Good    Meaning = "good"
	Note    Meaning = "note"
	Warn    Meaning = "warn"
	Danger  Meaning = "danger"
)

func (m Meaning) icon() string {
	switch m {
	case Good:
		return "check"
	case Warn, Danger:
		return "alert"
	}
	return "info"
}

// Alert says what happened, then what to do.
type Alert struct {
	Kind  Meaning
	Title string // optional, one line
	Text  string
}

// Render writes the alert.
func (a Alert) Render(ctx context.Context, w io.Writer) error { return alert(a).Render(ctx, w) }

// Badge is a word with a meaning.
type Badge struct {
	Kind Meaning
	Text string
	Dot  bool // a dot before the word: for states
}

// Render writes the badge.
func (b Badge) Render(ctx context.Context, w io.Writer) error { return badge(b).Render(ctx, w) }

// Copy is a button that copies a value and says so. It shows itself only where scripts run.
type Copy struct {
	Value string
	What  string // Copy client ID
	Label bool   // show the words, not only the icon
	Words string // what the label says; Copy if empty
}

// Render writes the button.
func (c Copy) Render(ctx context.Context, w io.Writer) error { return copyButton(c).Render(ctx, w) }

// ID is a long value that a machine reads, cut in the middle, with a copy button. The whole value is its title and what is
// copied.
type ID struct {
	Value string
	What  string // for the copy button: client ID
	Whole bool   // show all of it
	Shown string // what is shown in its place; empty = the value, cut
}

func (i ID) shown() string {
	if i.Shown != "" {
		return i.Shown
	}
	return cut(i.Value)
}

// Render writes the id.
func (i ID) Render(ctx context.Context, w io.Writer) error { return identifier(i).Render(ctx, w) }

// cut shortens a long value in the middle: its beginning and end are what people compare.
func cut(s string) string {
	if len(s) <= 18 {
		return s
	}
	return s[:8] + "…" + s[len(s)-6:]
}

// Time is a moment as people say it, with the exact one as its title.
type Time struct {
	At   time.Time
	Now  time.Time
	Day  bool   // only the day is known
	None string // what to say when there is none; — if empty
}

// Render writes the time.
func (t Time) Render(ctx context.Context, w io.Writer) error { return timeOf(t).Render(ctx, w) }

// Code is a block of code with a copy button.
type Code struct {
	Title string // what it is, or the name of the file it belongs in
	Text  string
}

// Render writes the block.
func (c Code) Render(ctx context.Context, w io.Writer) error { return code(c).Render(ctx, w) }
