package ui

import (
	"testing"
	"time"
)

func TestTimesReadAsPeopleSayThem(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	for want, at := range map[string]time.Time{
		"just now":      now.Add(-20 * time.Second),
		"1 minute ago":  now.Add(-70 * time.Second),
		"5 minutes ago": now.Add(-5 * time.Minute),
		"3 hours ago":   now.Add(-3 * time.Hour),
		"4 days ago":    now.Add(-4 * 24 * time.Hour),
		"1 Jan 2026":    time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC),
		"in 3 hours":    now.Add(3 * time.Hour),
	} {
		if got := (Time{At: at, Now: now}).words(); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}

func TestDaysAreCountedByTheCalendar(t *testing.T) {
	now := time.Date(2026, 5, 4, 0, 30, 0, 0, time.UTC)
	for want, at := range map[string]time.Time{
		"today":      time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC),
		"yesterday":  time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC),
		"2 days ago": time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC),
	} {
		if got := (Time{At: at, Now: now, Day: true}).words(); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}

func TestALongIDKeepsItsEnds(t *testing.T) {
	if got := cut("tXObxxPq81Lm4sVw9ZrTuYhN2cKdhqBIJ"); got != "tXObxxPq…dhqBIJ" {
		t.Error(got)
	}
	if got := cut("short"); got != "short" {
		t.Error(got)
	}
}

func TestInitialsComeFromTheAddress(t *testing.T) {
	for person, want := range map[string]string{"ada.lovelace@example.com": "al", "grace@example.com": "g", "": "", "a.b.c@x": "ab"} {
		if got := initials(person); got != want {
			t.Errorf("%s: %s, not %s", person, got, want)
		}
	}
}
