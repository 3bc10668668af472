package ui

import "time"

// OwnPage is a page of somebody's own account.
type OwnPage struct {
	Title string
	Lead  string // one sentence under the title
	Who   string // e-mail address
	Tabs  []Link
	Flash Alert
}

// PasskeyRow is one passkey in a list.
type PasskeyRow struct {
	ID        string
	Name      string
	Synced    bool
	Created   time.Time
	Used      time.Time // zero if never
	Suspected time.Time // zero if never
}

// PasskeyList is somebody's passkeys with what can be done to each. Base is the root path of ours that …/rename and …/remove stand
// under.
type PasskeyList struct {
	Base  string
	Now   time.Time
	Rows  []PasskeyRow
	Fault string // of the name of the passkey Which
	Which string
	Typed string
}

// SessionRow is one browser that is signed in.
type SessionRow struct {
	ID      string
	Agent   string // user agent
	Address string
	Since   time.Time
	Seen    time.Time
	Where   string // what it is signed in to; empty = nothing to say
	Passkey bool
	This    bool // the one that asks
}

// SessionList is where somebody is signed in. Action is the root path of ours that a session is ended at, by the field session.
type SessionList struct {
	Action string
	Now    time.Time
	Rows   []SessionRow
}

func (l SessionList) others() bool {
	for _, r := range l.Rows {
		if !r.This {
			return true
		}
	}
	return false
}
