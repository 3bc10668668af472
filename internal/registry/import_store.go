package registry

import (
	"context"
	"time"

	"clientele/internal/audit"
)

// ImportStore keeps what imported applications have beside what all have. Every method is one transaction.
type ImportStore interface {
	// SaveImport writes an application with the state of its document. It fails with ErrStale if either revision moved, with
	// ErrConflict if a new one's URL is taken, with ErrNotFound if the application is gone.
	SaveImport(ctx context.Context, w ImportWrite) error
	// SaveImportState writes the state alone, if its revision is still was; the new one is was+1. ErrStale, ErrNotFound.
	SaveImportState(ctx context.Context, id string, was int64, state Import) error
	// CountUnfinished counts applications that have an end and did not come to it by now.
	CountUnfinished(ctx context.Context, now time.Time) (int, error)
}

// VersionStore reads the versions of documents and key sets that were seen, newest first, at most 50.
type VersionStore interface {
	Documents(ctx context.Context, id string) ([]DocumentVersion, error)
	KeySets(ctx context.Context, id string) ([]KeySetVersion, error)
	// Document and KeySet return one version, however old. ErrNotFound.
	Document(ctx context.Context, id string, version int64) (DocumentVersion, error)
	KeySet(ctx context.Context, id string, version int64) (KeySetVersion, error)
}

// AdmissionStore keeps admission rules. A pattern is there at most once: ErrConflict.
type AdmissionStore interface {
	AdmissionRules(ctx context.Context) ([]AdmissionRule, error)
	CreateAdmissionRule(ctx context.Context, r AdmissionRule, e audit.Event) error
	DeleteAdmissionRule(ctx context.Context, id string, e audit.Event) error
}

// WaitingStore keeps the clients that wait for an operator. Enqueue is by URL: who waits for one that is there already is
// added to it. It fails with ErrQueueFull and ErrTooManyWaiting.
type WaitingStore interface {
	Enqueue(ctx context.Context, w Waiting, userID string, now time.Time) (Waiting, error)
	WaitingClients(ctx context.Context, after string, limit int) (Page[Waiting], error)
	WaitingClient(ctx context.Context, id string) (Waiting, error)
	WaitingByURL(ctx context.Context, url string) (Waiting, error)
	DeleteWaiting(ctx context.Context, id string, e audit.Event) error
}

// TraceStore reads traces.
type TraceStore interface {
	Traces(ctx context.Context, q TraceQuery) (Page[audit.Trace], error)
}

// CIMDStore is all that applications from a URL need kept.
type CIMDStore interface {
	ImportStore
	VersionStore
	AdmissionStore
	WaitingStore
	TraceStore
}
