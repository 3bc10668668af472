package registry

import "time"

// ConcernKind is a reason why an operator should look at an application.
type ConcernKind string

// The reasons.
const (
	SecretsExpiring  ConcernKind = "secrets_expiring"  // the last secret ends within ExpiresSoon
	SecretsExpired   ConcernKind = "secrets_expired"   // the last secret has ended
	DocumentsFailing ConcernKind = "documents_failing" // the metadata document could not be fetched when it was last due
	KeysWaiting      ConcernKind = "keys_waiting"      // a new key set waits for approval
	Suspended        ConcernKind = "suspended"         // nothing new begins, because of what the document says
)

// ConcernKinds are all of them, the most urgent first.
func ConcernKinds() []ConcernKind {
	return []ConcernKind{SecretsExpired, SecretsExpiring, Suspended, KeysWaiting, DocumentsFailing}
}

// ExpiresSoon is how long before its end a secret is a concern.
const ExpiresSoon = 14 * 24 * time.Hour

// Concern is one application that somebody should look at.
type Concern struct {
	ApplicationID string
	Name          string
	Detail        string    // name of the secret, kind of the failure, reason of the suspension
	At            time.Time // the end of the secret, or since when
}
