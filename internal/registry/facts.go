package registry

import (
	"time"

	"clientele/internal/oauth"
)

// Facts is what is known of how an application is used, beside the days that stand with its parts. The security check reads
// them. The zero value is that nothing is known.
type Facts struct {
	Tried     map[string]Tried        // by id of a secret or key: a retired or expired one that was presented again
	Scopes    map[string]oauth.Scopes // by API id: every scope that was granted or refreshed lately
	Granted   int                     // how many authorizations Scopes was read from
	Shared    map[string][]Sharer     // by key thumbprint: the other applications that have the key
	DeadHosts map[string]time.Time    // redirect hosts that no longer have an address, and since when
	Since     time.Time               // where lately begins; zero if nothing is known
}

// Tried is how often something was tried, and when last.
type Tried struct {
	Count int
	Last  time.Time
}

// Sharer is another application that has the same key.
type Sharer struct{ ID, Name string }
