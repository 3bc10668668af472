package registry

import (
	"time"

	"clientele/internal/oauth"
)

// Facts is what is known of how an application is used, beside the days that stand with its parts. The security check reads
// them. The zero value is that nothing is known.
type Facts struct {
	Tried     map[string]Tried     // by id of a secret or key: a retired or expired one that was presented again
	Shared    map[string][]Sharer  // by key thumbprint: the other applications that have the key
	DeadHosts map[string]time.Time // redirect hosts that no longer have an address, and since when

	ForPeople AskedScopes // by API id: what was granted for people, or refreshed
	ForItself AskedScopes // by API identifier: what tokens carried that it got for itself
}

// AskedScopes are the scopes that tokens carried lately.
type AskedScopes struct {
	Scopes map[string]oauth.Scopes
	Since  time.Time // where lately begins, or later if it is known only from then on; zero if nothing is known
}

// Tried is how often something was tried, and when last.
type Tried struct {
	Count int
	Last  time.Time
}

// Sharer is another application that has the same key.
type Sharer struct{ ID, Name string }

// WatchedHost is a host of redirect URIs whose address is looked up from time to time.
type WatchedHost struct {
	Host     string
	DueAt    time.Time // when it is looked up next
	FailedAt time.Time // the first time in a row that it had no address; zero if it has one
	DeadAt   time.Time // since when it counts as gone; zero if it does not
}
