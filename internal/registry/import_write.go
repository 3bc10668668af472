package registry

import (
	"errors"

	"clientele/internal/audit"
)

// The refusals of the queue of waiting clients.
var (
	ErrQueueFull      = errors.New("as many clients wait for approval as there may be")
	ErrTooManyWaiting = errors.New("this person has made as many clients wait today as a person may")
)

// ImportWrite is everything that one step in the life of an imported application writes, in one transaction or not at all.
type ImportWrite struct {
	Application Application // with Import
	Was         int64       // the application's revision that this step saw; 0 = it is new
	WasImport   int64       // the revision of its Import that this step saw
	Document    *DocumentVersion
	KeySet      *KeySetVersion // one that is there already is seen again: LastSeen and Status count
	Statuses    []VersionChange
	WaitingID   string // leaves the queue, as does whatever waits under the same URL
	Event       audit.Event
}

// VersionChange says what became of a version of a document or of a key set.
type VersionChange struct {
	KeySet  bool // of the key set, not of the document
	Version int64
	Status  VersionStatus
}
