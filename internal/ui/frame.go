package ui

import (
	"context"
	"io"
)

// Link is a place to go. Href is a root path of ours.
type Link struct {
	Label   string
	Href    string
	Icon    string // empty = none
	Current bool
	Count   int // how many things wait there; 0 shows nothing
}

// Page is what Frame draws around the content of a dashboard page.
type Page struct {
	Title   string // what the page is about: the last crumb, and the window's title
	Tab     string // which page of it; the window's title begins with it
	Crumbs  []Link // the way here, without the page itself
	Nav     []Link // the rail
	Person  string // who is signed in; empty = nobody
	Role    string // what they may do, in a word
	Profile string // root path of ours; empty = none
	SignOut string // where the sign-out form posts
	Here    string // this page's path, to come back to after choosing light or dark
	Search  string // where the search in the bar leads; empty = none, as on a list that has its own
	Flash   Alert  // what just happened; no text means nothing
	Wide    bool   // content may be wider than 1040 px
}

// window is the title of the window: of several tabs in a browser, the first word tells them apart.
func (p Page) window() string {
	if p.Tab == "" {
		return p.Title
	}
	return p.Tab + " · " + p.Title
}

// Tabs are the pages of one thing.
type Tabs struct {
	Label string // of what, for screen readers
	Links []Link
}

// Render writes the tabs.
func (t Tabs) Render(ctx context.Context, w io.Writer) error { return tabs(t).Render(ctx, w) }

// Column is the head of one column of a Table.
type Column struct {
	Label  string
	Hidden bool   // the label is for screen readers only
	End    bool   // numbers and buttons stand at the end of the line
	Tick   bool   // the column of TickCell; where scripts run, the box in its head ticks all
	Sort   string // the list sorted by this column; empty = it cannot be
	Sorted string // ascending or descending, if the list is
}

// Pager leads to the next page of a list, to the one before, and back to the first.
type Pager struct {
	First string // empty on the first page
	Back  string // the page before this one; empty where it cannot be known
	Next  string // empty on the last page
	Shown string // 50 applications
}

// Render writes the pager, or nothing if all fits on one page.
func (p Pager) Render(ctx context.Context, w io.Writer) error { return pager(p).Render(ctx, w) }

// SaveBar stands at the foot of a form made with FormNamed. With script it appears when something changed and counts the changes.
// Children stand behind the count.
type SaveBar struct {
	Form    string // id of the form
	Discard string // where discarding leads: the page itself
	Dirty   bool   // the form came back with errors, so there is something to save already
}

// Render writes the bar.
func (b SaveBar) Render(ctx context.Context, w io.Writer) error { return saveBar(b).Render(ctx, w) }

// SearchBox filters a list. The key / takes the focus to it.
type SearchBox struct {
	Name        string
	Label       string // for screen readers
	Value       string
	Placeholder string
}

// Render writes the box.
func (s SearchBox) Render(ctx context.Context, w io.Writer) error { return searchBox(s).Render(ctx, w) }

// SecretOnce shows a secret on the only page it will ever be on: value, copy, download as .env.
type SecretOnce struct {
	Value string
	Env   []Hidden // the lines of the .env file, in order
	File  string   // name of the downloaded file
}

// Render writes the box.
func (s SecretOnce) Render(ctx context.Context, w io.Writer) error {
	return secretOnce(s).Render(ctx, w)
}

func (s SecretOnce) env() string {
	text := ""
	for _, line := range s.Env {
		text += line.Name + "=" + line.Value + "\n"
	}
	return text
}

// initials are two letters for a person, from the e-mail address.
func initials(person string) string {
	letters := []rune{}
	begin := true
	for _, r := range person {
		if r == '@' || len(letters) == 2 {
			break
		}
		if r == '.' || r == '-' || r == '_' || r == '+' {
			begin = true
			continue
		}
		if begin {
			letters = append(letters, r)
			begin = false
		}
	}
	return string(letters)
}
