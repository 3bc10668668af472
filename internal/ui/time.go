package ui

import (
	"strconv"
	"time"
)

// words says how long ago or how far ahead the moment is.
func (t Time) words() string {
	if t.Day {
		return t.days()
	}
	d := t.Now.Sub(t.At)
	if d < 0 {
		return "in " + Span(-d)
	}
	if d < time.Minute {
		return "just now"
	}
	if d < 2*time.Minute {
		return "1 minute ago"
	}
	if d > 60*24*time.Hour {
		return t.At.UTC().Format("2 Jan 2006")
	}
	return Span(d) + " ago"
}

func (t Time) days() string {
	switch days := int(midnight(t.Now).Sub(midnight(t.At)).Hours() / 24); {
	case days <= 0:
		return "today"
	case days == 1:
		return "yesterday"
	case days <= 60:
		return strconv.Itoa(days) + " days ago"
	}
	return t.At.UTC().Format("2 Jan 2006")
}

func (t Time) exact() string {
	if t.Day {
		return t.At.UTC().Format("Monday 2 January 2006") + " (UTC)"
	}
	return t.At.UTC().Format("Monday 2 January 2006, 15:04:05") + " UTC"
}

func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// Span is a duration as people say it, in its largest unit: 36 hours, 30 days, 90 seconds. Whole numbers only; the rest is cut
// off from a minute on.
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 2*time.Minute:
		return count(int(d.Seconds()), "second")
	case d < 2*time.Hour:
		return count(int(d.Minutes()), "minute")
	case d < 2*day:
		return count(int(d.Hours()), "hour")
	}
	return count(int(d.Hours()/24), "day")
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}
