package ui

import (
	"context"
	"io"
	"strconv"
)

// Stat is one number that matters, with what it counts. With Href it leads to what is counted. Put several into Stats.
type Stat struct {
	Label string
	Value string
	Note  string  // one line below: of 12 in all
	Href  string  // root path of ours; empty = leads nowhere
	Icon  string  // empty = none
	Kind  Meaning // Neutral if the number is neither good nor bad
}

// Render writes the number.
func (s Stat) Render(ctx context.Context, w io.Writer) error { return stat(s).Render(ctx, w) }

// Progress is how far something is: a bar with its words beside it, so that the bar never speaks alone.
type Progress struct {
	Label string // what it is of
	Value int
	Max   int
	Words string // what the value says; value of max if empty
	Kind  Meaning
}

// Render writes the bar.
func (p Progress) Render(ctx context.Context, w io.Writer) error { return progress(p).Render(ctx, w) }

func (p Progress) words() string {
	return textOr(p.Words, strconv.Itoa(p.Value)+" of "+strconv.Itoa(p.Max))
}
