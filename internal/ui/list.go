package ui

import (
	"context"
	"io"
)

// FilterBar is what stands over a list: search, filters and order as one form that asks for the page again. Its children are
// SearchBox and Select; a Select with the attribute data-send sends the form when it changes.
type FilterBar struct {
	Action string // the list
	Label  string // for screen readers: Filter applications
	On     bool   // something is chosen, so there is something to take back
	Keep   []Hidden
}

// BulkBar is what can be done with the rows that are ticked: a form at the foot of the table, to which the boxes of TickCell
// belong wherever they stand. Where scripts run it shows itself once something is ticked, and says how many. It asks for a
// page that confirms, so it is sent with GET.
type BulkBar struct {
	ID      string // of the form
	Action  string // the page that confirms
	Keep    []Hidden
	Word    string // what is ticked, one of it: application
	Words   string // more of it: applications
	Actions []Button
}

// Render writes the bar.
func (b BulkBar) Render(ctx context.Context, w io.Writer) error { return bulkBar(b).Render(ctx, w) }
