package registry

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"clientele/internal/audit"
)

// errOlder means that somebody saw a later answer already.
var errOlder = fmt.Errorf("a later answer was seen already: %w", ErrStale)

// withdrawAfter is how long a document must be gone, at least, before a second look decides that it is.
const withdrawAfter = 10 * time.Minute

// ObservedFailure is a fetch of a document that gave nothing to act on. At most one of the first four is true; with none of them
// the document is there and breaks a rule.
type ObservedFailure struct {
	Kind      audit.FailureKind
	Transport bool // nobody knows what the document says now
	Gone      bool // 404 or 410
	Mismatch  bool // the document names another client_id
	Expired   bool // the document says that it is over
	NoKeys    bool // the document's own keys are gone, or given away
	At        time.Time
	RetryAt   time.Time // when it is to be tried again
}

// Observe takes in a valid document of an application. What it takes away is gone at once; what it adds counts at once only
// where the document is followed. revision is that of the state the caller saw: if it moved, or the document was seen before
// the one that is known, it fails with ErrStale. It fails with *Invalid if the document breaks a rule. The differences are
// from the document before.
func (r *Registry) Observe(ctx context.Context, id string, revision int64, s Sighting) (Application, []Difference, error) {
	if err := r.checkSighting(s); err != nil {
		return Application{}, nil, err
	}
	st, err := r.begin(ctx, id, revision)
	if err != nil {
		return Application{}, nil, err
	}
	if s.URL != st.app.ExternalID {
		return Application{}, nil, refusal("client_id", "client_url", "is another one than that of the application")
	}
	if exact(s.At).Before(st.app.Import.FetchedAt) {
		return Application{}, nil, errOlder
	}
	next, err := r.nextKeySet(ctx, st, s.KeySet)
	if err != nil {
		return Application{}, nil, err
	}
	st.see(s, next)
	st.settle()
	if err := r.commit(ctx, watcher, st, st.happened(), ""); err != nil {
		return Application{}, nil, err
	}
	return st.app, st.changes, nil
}

// ObserveKeys takes in a valid key set of the application's jwks_uri. It fails with ErrStale if the state moved.
func (r *Registry) ObserveKeys(ctx context.Context, id string, revision int64, k KeySetSighting) (Application, error) {
	st, err := r.begin(ctx, id, revision)
	if err != nil {
		return Application{}, err
	}
	next, err := r.nextKeySet(ctx, st, &k)
	if err != nil {
		return Application{}, err
	}
	if exact(k.At).Before(st.app.Import.KeysAt) {
		return Application{}, errOlder
	}
	before, after := st.live, st.live
	before.Keys = st.keys
	st.seeKeys(k, next)
	after.Keys = st.keys
	st.changes = Differences(st.mode(), before, after)
	st.settle()
	if err := r.commit(ctx, watcher, st, st.happened(), ""); err != nil {
		return Application{}, err
	}
	return st.app, nil
}

// KeysFailure is a fetch of a key set that gave none.
type KeysFailure struct {
	Transport bool      // nobody knows what the set is now
	At        time.Time // of the question
	RetryAt   time.Time // when it is to be asked again
}

// ObserveKeysFailure notes that the key set of the application's jwks_uri could not be had, or has no keys to use. Trouble on
// the way leaves the keys as they are; every other answer takes them away at once. It fails with ErrStale if the state moved.
func (r *Registry) ObserveKeysFailure(ctx context.Context, id string, revision int64, f KeysFailure) (Application, error) {
	st, err := r.begin(ctx, id, revision)
	if err != nil {
		return Application{}, err
	}
	at, due := exact(f.At), exact(f.RetryAt)
	if at.Before(st.app.Import.KeysAt) {
		return Application{}, errOlder
	}
	st.app.Import.KeysDueAt = due
	if !f.Transport {
		before, after := st.live, st.live
		before.Keys = st.keys
		st.noKeys(at, due)
		st.changes = Differences(st.mode(), before, after)
		st.settle()
	}
	if err := r.commit(ctx, watcher, st, st.happened(), ""); err != nil {
		return Application{}, err
	}
	return st.app, nil
}

// ObserveUnchanged notes that the document is as it was (304). It fails with ErrStale if the state moved.
func (r *Registry) ObserveUnchanged(ctx context.Context, id string, revision int64, at, due time.Time, headers map[string]string) error {
	st, err := r.begin(ctx, id, revision)
	if err != nil {
		return err
	}
	if exact(at).Before(st.app.Import.FetchedAt) {
		return errOlder
	}
	// What a 304 leaves out stays as it was. RFC 9111 §4.3.4.
	m := st.app.Import
	etag, modified := cmp.Or(headers["etag"], m.ETag), cmp.Or(headers["last-modified"], m.LastModified)
	st.fresh(exact(at), exact(due), nil)
	m.ETag, m.LastModified = etag, modified
	st.settle()
	return r.commit(ctx, watcher, st, st.happened(), "")
}

// ObserveFailure notes that the document could not be had, or cannot be used. A document that is gone, or names another
// client, suspends the application, and withdraws it if it is still so ten minutes later. One that breaks a rule suspends it
// until it is valid again; one that says that it is over is withdrawn. Trouble on the way never does. It fails with ErrStale if the state moved.
func (r *Registry) ObserveFailure(ctx context.Context, id string, revision int64, f ObservedFailure) (Application, error) {
	st, err := r.begin(ctx, id, revision)
	if err != nil {
		return Application{}, err
	}
	at := exact(f.At)
	if at.Before(st.app.Import.FetchedAt) {
		return Application{}, errOlder
	}
	st.fail(f, at)
	if err := r.commit(ctx, watcher, st, st.happened(), ""); err != nil {
		return Application{}, err
	}
	return st.app, nil
}

func (st *step) fail(f ObservedFailure, at time.Time) {
	m := st.app.Import
	if m.Failures == 0 {
		m.FailedAt = at
	}
	m.Failures++
	m.Failure, m.DueAt = f.Kind, exact(f.RetryAt)
	if f.NoKeys {
		st.noKeys(at, time.Time{})
		st.app.documentKeys(nil, st.at)
		m.ETag, m.LastModified = "", "" // whatever comes next is to be read with its keys
	}
	switch {
	case f.Transport:
	case f.Expired:
		st.expire(at)
	case f.Gone || f.Mismatch:
		st.gone(at)
	case m.SuspendedAt.IsZero():
		m.SuspendedAt, m.SuspendedWhy = at, SuspendedInvalid
	}
}

// gone: the first time suspends, the second time withdraws, whatever else was wrong before. That the document dropped its keys
// stays the reason: it stops more.
func (st *step) gone(at time.Time) {
	m := st.app.Import
	if m.SuspendedWhy != SuspendedGone && m.SuspendedWhy != SuspendedDowngrade {
		m.SuspendedAt, m.SuspendedWhy = at, SuspendedGone
	}
	if m.GoneAt.IsZero() {
		m.GoneAt = at
	}
	if m.WithdrawnAt.IsZero() && !at.Before(m.GoneAt.Add(withdrawAfter)) {
		m.WithdrawnAt = at
	}
}

// expire withdraws at once: the document itself says so.
func (st *step) expire(at time.Time) {
	m := st.app.Import
	m.SuspendedAt, m.SuspendedWhy = at, SuspendedGone
	if m.WithdrawnAt.IsZero() {
		m.WithdrawnAt = at
	}
}

// Documents are the versions of an application's metadata document, newest first, at most 50.
func (r *Registry) Documents(ctx context.Context, id string) ([]DocumentVersion, error) {
	if !plausible(id) {
		return nil, ErrNotFound
	}
	return r.Store.Documents(ctx, id)
}

// KeySets are the versions of its key set, newest first, at most 50.
func (r *Registry) KeySets(ctx context.Context, id string) ([]KeySetVersion, error) {
	if !plausible(id) {
		return nil, ErrNotFound
	}
	return r.Store.KeySets(ctx, id)
}
