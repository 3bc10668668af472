package ui

import (
	"context"
	"io"
)

// Menu is a button with a short list of actions under it. It opens and closes without script (Esc and a press elsewhere close
// it, and the focus returns); with script arrow keys, Home and End walk through it.
type Menu struct {
	ID    string // of the list; once on a page
	Label string // for screen readers: Actions for Orders web
	Words string // on the button; empty = only the icon
	Icon  string // more if empty
	Small bool
	Items []MenuItem
}

// MenuItem is one action of a Menu: a link, or a form that posts.
type MenuItem struct {
	Label  string
	Icon   string // empty = none
	Href   string // where it leads; empty = it posts
	Post   string // action of the form
	Fields []Hidden
	Danger bool
	Apart  bool // a line stands above it
}

// Render writes the menu, or nothing if it has no items.
func (m Menu) Render(ctx context.Context, w io.Writer) error {
	if len(m.Items) == 0 {
		return nil
	}
	return menu(m).Render(ctx, w)
}

// DialogLink opens a Dialog of this page where scripts run, and leads to a page with the same content where they do not.
type DialogLink struct {
	Label  string
	Href   string // the plain page
	Dialog string // id of the Dialog
	Kind   Emphasis
	Icon   string
	Small  bool
}

// Render writes the link.
func (l DialogLink) Render(ctx context.Context, w io.Writer) error {
	return dialogLink(l).Render(ctx, w)
}

// Confirm asks before something that has no undo: what stops working, what must be typed, and the two ways on. It stands in a
// Dialog or on a page of its own.
type Confirm struct {
	Action string // where the form posts
	Fields []Hidden
	Text   string
	Stops  []string // what stops working, one a line
	Word   string   // what must be typed; empty = nothing
	Label  string   // over the field: Name of the application
	Error  string   // the form came back
	Button string   // a verb: Delete application
	Kind   Emphasis // Dangerous if empty
	Back   string   // where Cancel leads
}

// Render writes the form.
func (c Confirm) Render(ctx context.Context, w io.Writer) error { return confirm(c).Render(ctx, w) }

func (c Confirm) kind() Emphasis {
	if c.Kind == Secondary {
		return Dangerous
	}
	return c.Kind
}

// Toast says what the request before this one did. Where scripts run it floats at the foot of the page, is read out politely and
// leaves by itself; elsewhere it stands at the head of the content. A warning or a danger stays where it is read: use Alert.
type Toast struct {
	Kind Meaning
	Text string
}

// Render writes the toast.
func (t Toast) Render(ctx context.Context, w io.Writer) error { return toast(t).Render(ctx, w) }

// Skeleton keeps the place of what a script is fetching, so that nothing moves when it comes.
type Skeleton struct {
	Label string // for screen readers: Loading findings
	Lines int    // 3 if 0
	Card  bool   // on a surface of its own
}

// Render writes the skeleton.
func (s Skeleton) Render(ctx context.Context, w io.Writer) error { return skeleton(s).Render(ctx, w) }

func (s Skeleton) lines() int {
	if s.Lines == 0 {
		return 3
	}
	return s.Lines
}
