package ui

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Emphasis says how strongly a button asks.
type Emphasis string

// The emphases of a button. A page has one primary button.
const (
	Secondary  Emphasis = ""
	Primary    Emphasis = "primary"
	Quiet      Emphasis = "quiet"
	Dangerous  Emphasis = "danger"
	DangerLine Emphasis = "danger-line"
)

// Button submits its form.
type Button struct {
	Label    string // a verb: Create application
	Kind     Emphasis
	Icon     string // name in the sprite; empty = none
	Name     string // sent with the form if not empty
	Value    string
	Form     string // id of the form, if the button stands outside it
	Wide     bool   // as wide as its container
	Small    bool
	Disabled bool
	IconOnly bool // the label is for screen readers only
	Busy     bool // what it asked for is under way; every button is that from its press to the answer
	Attrs    templ.Attributes
}

// Render writes the button.
func (b Button) Render(ctx context.Context, w io.Writer) error { return button(b).Render(ctx, w) }

// LinkButton is a link that looks like a button.
type LinkButton struct {
	Label    string
	Href     string // root path of ours, or a whole URL
	Kind     Emphasis
	Icon     string
	Wide     bool
	Small    bool
	External bool // opens elsewhere and says so
}

// Render writes the link.
func (b LinkButton) Render(ctx context.Context, w io.Writer) error {
	return linkButton(b).Render(ctx, w)
}

// Field is one line of input with its label, help and error.
type Field struct {
	Name         string
	ID           string // empty = Name
	Label        string
	Type         string // text if empty
	Value        string
	Help         string
	Error        string // stands under the field: what to type instead
	Optional     bool   // says so beside the label
	Required     bool
	ReadOnly     string // why it cannot be changed; empty = it can
	Placeholder  string
	Autocomplete string // off if empty
	InputMode    string
	Suffix       string // unit, behind the input
	Mono         bool   // for values a machine reads
	Narrow       bool
	Focus        bool // gets the focus when the page opens
	MaxLength    int
	Attrs        templ.Attributes
}

// Render writes the field.
func (f Field) Render(ctx context.Context, w io.Writer) error { return field(f).Render(ctx, w) }

func (f Field) id() string { return idOf(f.ID, f.Name) }

// TextArea is a field of several lines. With List, each line is one value.
type TextArea struct {
	Name        string
	ID          string // empty = Name
	Label       string
	Value       string
	Help        string
	Errors      []string // stand under the field, one a line
	Optional    bool
	ReadOnly    string // why it cannot be changed; empty = it can
	Placeholder string
	Rows        int // 3 if 0
	Mono        bool
	MaxLength   int
}

// Render writes the field.
func (f TextArea) Render(ctx context.Context, w io.Writer) error { return textArea(f).Render(ctx, w) }

func (f TextArea) id() string { return idOf(f.ID, f.Name) }

func (f TextArea) rows() int {
	if f.Rows == 0 {
		return 3
	}
	return f.Rows
}

// Option is one choice of a Select or of RadioCards.
type Option struct {
	Value    string
	Label    string
	Text     string // RadioCards: one line under the label
	Note     string // RadioCards: a second, fainter line
	Glyph    string // RadioCards: type glyph; empty = none
	Says     string // RadioCards: shown under the cards while this one is chosen
	Disabled bool
}

// Select chooses one of several.
type Select struct {
	Name     string
	ID       string // empty = Name
	Label    string
	Hidden   bool // the label is for screen readers only
	Value    string
	Options  []Option
	Help     string
	Error    string
	Narrow   bool
	Disabled bool
	Attrs    templ.Attributes
}

// Render writes the field.
func (s Select) Render(ctx context.Context, w io.Writer) error { return selectField(s).Render(ctx, w) }

func (s Select) id() string { return idOf(s.ID, s.Name) }

// Check is one thing that is on or off. As a Switch it looks like one; it stays a check box for the form.
type Check struct {
	Name     string
	ID       string // empty = Name
	Value    string // on if empty
	Label    string
	Text     string // what it does, under the label
	Error    string
	Mono     bool // the label is a value a machine reads
	Switch   bool
	Checked  bool
	Disabled bool
	Attrs    templ.Attributes
}

// Render writes the field.
func (c Check) Render(ctx context.Context, w io.Writer) error { return check(c).Render(ctx, w) }

func (c Check) id() string { return idOf(c.ID, c.Name) }

func (c Check) value() string {
	if c.Value == "" {
		return "on"
	}
	return c.Value
}

// RadioCards is a choice of one among a few that deserve a word of explanation. Arrow keys move the choice.
type RadioCards struct {
	Name    string
	Legend  string
	Value   string
	Options []Option
	Columns int // on a wide page; 2 if 0
	Help    string
	Error   string
}

// Render writes the cards.
func (c RadioCards) Render(ctx context.Context, w io.Writer) error {
	return radioCards(c).Render(ctx, w)
}

// RadioList is a choice of one among a few, one under the other.
type RadioList struct {
	Name    string
	Legend  string
	Value   string
	Options []Option
	Help    string
	Error   string
}

// Render writes the list.
func (l RadioList) Render(ctx context.Context, w io.Writer) error { return radioList(l).Render(ctx, w) }

func idOf(id, name string) string {
	if id != "" {
		return id
	}
	return "f-" + name
}

// described lists the ids of what explains an input, for aria-describedby.
func described(id string, help, fault bool) string {
	switch {
	case help && fault:
		return id + "-error " + id + "-help"
	case fault:
		return id + "-error"
	case help:
		return id + "-help"
	}
	return ""
}

// sentence ends what is a sentence with a full stop, for messages that are also parts of longer ones elsewhere.
func sentence(text string) string {
	if text == "" || strings.HasSuffix(text, "/") || strings.ContainsAny(text[len(text)-1:], ".:?…") {
		return text
	}
	return text + "."
}
