package registry

import "time"

// Standing is whether an imported application may go on, as far as its metadata document is concerned.
type Standing string

// The standings. Whoever is not good begins no authorization. A withdrawn one, and one that is suspended for
// SuspendedDowngrade or for a day for SuspendedInvalid, gets no tokens for codes and refresh tokens either; a stale one gets
// them again when its document can be fetched; grants of the others go on.
const (
	StandingGood      Standing = "good"
	StandingSuspended Standing = "suspended"
	StandingWithdrawn Standing = "withdrawn"
	StandingStale     Standing = "stale"
)

// How long an application stands on what was fetched last when its document cannot be fetched.
const (
	LastKnownGood = 24 * time.Hour  // that an operator approved: from the last valid fetch on
	StrangerGrace = 5 * time.Minute // that nobody approved: from the first failed fetch on
)

// Standing says whether the application's document lets it go on at now, and if not why, in words for operators. Every
// application that is not imported is good. Whether it is enabled is another question.
func (a *Application) Standing(now time.Time) (s Standing, why string) {
	m := a.Import
	switch {
	case m == nil:
		return StandingGood, ""
	case !m.WithdrawnAt.IsZero() && m.SuspendedWhy == SuspendedReturn:
		return StandingWithdrawn, "its metadata document was withdrawn and is there again; approve it first"
	case !m.WithdrawnAt.IsZero():
		return StandingWithdrawn, "its metadata document was withdrawn"
	case !m.SuspendedAt.IsZero():
		return StandingSuspended, suspensions[m.SuspendedWhy]
	case m.Failures == 0 || now.Before(m.PinnedUntil):
		return StandingGood, ""
	case m.By != ByOperator && !now.Before(m.FailedAt.Add(StrangerGrace)):
		return StandingStale, "its metadata document cannot be fetched (" + string(m.Failure) + "), and no operator approved it"
	case m.By == ByOperator && !now.Before(m.FetchedAt.Add(LastKnownGood)):
		return StandingStale, "its metadata document could not be fetched for a day (" + string(m.Failure) + "); pin the copy that is kept if it is to go on"
	}
	return StandingGood, ""
}

var suspensions = map[SuspendReason]string{
	SuspendedGone:      "its metadata document is gone, or names another client_id",
	SuspendedInvalid:   "its metadata document breaks a rule",
	SuspendedDowngrade: "its metadata document had keys and now says none; approve that first",
	SuspendedReturn:    "its metadata document was withdrawn and is there again; approve it first",
}

// Ended reports whether a and its codes and refresh tokens are refused: its document is withdrawn, dropped the keys that it
// authenticated with, or has broken a rule for as long as a last good copy counts.
func (a *Application) Ended(now time.Time) bool {
	switch s, _ := a.Standing(now); s {
	case StandingWithdrawn:
		return true
	case StandingSuspended:
		m := a.Import
		return m.SuspendedWhy == SuspendedDowngrade || m.SuspendedWhy == SuspendedInvalid && !now.Before(m.SuspendedAt.Add(LastKnownGood))
	}
	return false
}

// Overdue reports whether the document ought to have been fetched again long ago, and nobody managed to: it did not even fail.
func (a *Application) Overdue(now time.Time) bool {
	m := a.Import
	if m == nil || now.Before(m.PinnedUntil) {
		return false
	}
	grace := StrangerGrace
	if m.By == ByOperator {
		grace = LastKnownGood
	}
	return !now.Before(m.DueAt.Add(grace))
}

// KeysStale reports whether the keys of a jwks_uri were seen so long ago that they must be looked at again before they count.
func (a *Application) KeysStale(now time.Time) bool {
	m := a.Import
	return m != nil && m.JWKSURI != "" && !m.KeysAt.IsZero() && !now.Before(m.PinnedUntil) && !now.Before(m.KeysAt.Add(LastKnownGood))
}
