package audit

import (
	"slices"
	"time"
)

// Entry is one line of the activity log: a change, a use, or a refused attempt of a client. Exactly one of the three is set.
type Entry struct {
	At    time.Time
	Event *Event
	Use   *Use
	Trace *Trace
}

// ActivityQuery selects lines of the activity log, newest first.
type ActivityQuery struct {
	Sources       []Source // empty = all
	Kind          string   // a kind, or the beginning of some: token. or application.secret_; refusal. and a door for traces
	ApplicationID string   // changes of it and what it did
	UserID        string   // changes of them, what they did, as operator or as a person
	Reference     string
	Refused       bool // only what was refused
	Since, Until  time.Time
	After         string // cursor of the page before; empty = first
	Limit         int
}

// Source is where a line of the activity log comes from.
type Source string

// The sources.
const (
	Changes  Source = "change"
	Uses     Source = "use"
	Refusals Source = "refusal"
)

// ActivityPage is one page of the log.
type ActivityPage struct {
	Entries []Entry
	Next    string // cursor of the next page; empty = last
}

// Tally is how often something happened on a day.
type Tally struct {
	Day   time.Time // in UTC
	Kind  string    // as Use.Kind
	Count int64
}

// NoRefusals are the kinds of use events that have a reason although nothing was refused.
func NoRefusals() []string {
	return []string{"refresh.retried", "token.revoke_ignored", "cimd.recovered", "cimd.changed"}
}

// Refused reports whether the event tells of something that was refused, or went wrong.
func (u *Use) Refused() bool { return u.Reason != "" && !slices.Contains(NoRefusals(), u.Kind) }
