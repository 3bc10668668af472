package grant

import "time"

// Connection is a grant of a person that still gives access: one installation of an application, in one browser or on one
// device.
type Connection struct {
	Grant
	Stays    bool      // it has a refresh token that is good, so it goes on until it is ended
	LastUsed time.Time // of its refresh token, or when it was made
	Expires  time.Time // of its refresh token, used or not; zero if never or if there is none
}

// AfterGrant is how long a grant without a refresh token is shown as a connection: access tokens of it may be alive.
const AfterGrant = 24 * time.Hour

// ConnectionQuery selects connections, newest first.
type ConnectionQuery struct {
	UserID        string
	ApplicationID string // empty = of every application
	Now           time.Time
	After         string // cursor of the page before; empty = first
	Limit         int    // 50 if 0
}

// ConnectionPage is one page of connections.
type ConnectionPage struct {
	Connections []Connection
	Next        string // cursor of the next page; empty = last
}
