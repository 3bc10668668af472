package ui

import (
	"context"
	"io"
	"time"
)

// Risk is one finding of the security check: what is the matter, what was seen, why it matters and what mends it.
type Risk struct {
	Severity string // high, moderate, low or info
	Title    string
	Seen     []Seen
	Why      string
	Written  string // section of the specification; empty = our own advice
	Fix      string
	Where    Link      // the place to mend it at; empty = none
	Mend     OneClick  // what mends all of it; empty = nothing does safely
	Now      time.Time // for dates
	Short    bool      // while somebody types: without the reasons
}

// Seen is what a finding is about: a value, a date.
type Seen struct {
	Label string
	Value string
	At    time.Time
	Link  string   // to the thing; empty = none
	Mend  OneClick // what mends this one alone
}

// OneClick is a change that one button makes.
type OneClick struct {
	Label  string // empty = there is none
	Effect string // what happens then
	Action string // where the form goes
	Value  string // of its field mend
}

// Render writes the finding.
func (r Risk) Render(ctx context.Context, w io.Writer) error { return risk(r).Render(ctx, w) }

// SeverityBadge is a severity as a word with a meaning.
func SeverityBadge(severity string) Badge {
	switch severity {
	case "high":
		return Badge{Kind: Danger, Text: "High"}
	case "moderate":
		return Badge{Kind: Warn, Text: "Moderate"}
	case "low":
		return Badge{Kind: Note, Text: "Low"}
	}
	return Badge{Text: "Info"}
}

// Score is how safe an application is, of 100, and when that was found out.
type Score struct {
	Of     int
	Words  string // what the number comes from
	Badges []Badge
}

// Render writes the score.
func (s Score) Render(ctx context.Context, w io.Writer) error { return score(s).Render(ctx, w) }
