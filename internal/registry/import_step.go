package registry

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"clientele/internal/jwk"
)

// step is one step in the life of an imported application: what was, what becomes of it, and what is written with it.
type step struct {
	was, app Application
	at       time.Time
	policy   Policy

	approved Mapped   // the approved document
	live     Mapped   // the newest one
	accepted []string // thumbprints of the accepted key set
	keys     []Key    // of the newest one

	document *DocumentVersion // new
	keySet   *KeySetVersion   // new
	held     bool             // keys wait
	unseen   bool             // who approves did not see the key set
	changes  []Difference     // for the event and the caller
}

// begin reads an imported application with what is needed to decide about it. revision is that of its state, 0 if any will do.
func (r *Registry) begin(ctx context.Context, id string, revision int64) (*step, error) {
	app, err := r.Application(ctx, id)
	if err != nil {
		return nil, err
	}
	if app.Import == nil {
		return nil, refusal("id", "not_imported", "has no metadata document")
	}
	if revision != 0 && app.Import.Revision != revision {
		return nil, ErrStale
	}
	st := &step{was: app, app: app.clone(), at: r.now(), policy: r.policy()}
	return st, r.recall(ctx, st)
}

// recall reads the versions that the state names.
func (r *Registry) recall(ctx context.Context, st *step) error {
	m, id := st.app.Import, st.app.ID
	document, err := r.Store.Document(ctx, id, m.Approved.Version)
	if err != nil {
		return moved(err)
	}
	st.approved, st.live = m.Left(document.Mapped), document.Mapped
	if m.Live.Version != m.Approved.Version {
		if document, err = r.Store.Document(ctx, id, m.Live.Version); err != nil {
			return moved(err)
		}
		st.live = document.Mapped
	}
	if m.Keys.Version != 0 {
		set, err := r.Store.KeySet(ctx, id, m.Keys.Version)
		if err != nil {
			return moved(err)
		}
		st.accepted = set.Thumbprints
	}
	if m.LiveKeys.Version != 0 {
		set, err := r.Store.KeySet(ctx, id, m.LiveKeys.Version)
		if err != nil {
			return moved(err)
		}
		st.keys = set.keys()
	}
	return nil
}

// moved makes of a version that ought to be there and is not somebody else's write in between: versions go with the
// application only.
func moved(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrStale
	}
	return err
}

// keys reads the keys of a version that was accepted as valid.
func (v *KeySetVersion) keys() []Key {
	parsed, _, err := jwk.ParseSet(v.Body)
	if err != nil {
		return nil
	}
	keys := make([]Key, 0, len(v.Thumbprints))
	for _, public := range parsed {
		print, err := public.Thumbprint()
		if err == nil && slices.Contains(v.Thumbprints, print) {
			keys = append(keys, Key{Public: public, KID: public.ID, Thumbprint: print, Algorithm: public.Algorithm})
		}
	}
	return distinctKeys(keys)
}

// distinctKeys keeps the first of keys with the same thumbprint, and no more than may be.
func distinctKeys(keys []Key) []Key {
	list := make([]Key, 0, min(len(keys), MaxKeys))
	for _, k := range keys {
		if k.Thumbprint == "" {
			k.Thumbprint, _ = k.Public.Thumbprint()
		}
		if len(list) < MaxKeys && k.Thumbprint != "" && !slices.ContainsFunc(list, func(l Key) bool { return l.Thumbprint == k.Thumbprint }) {
			list = append(list, k)
		}
	}
	return list
}

// see takes in a document: a new version if its bytes are new.
func (st *step) see(s Sighting, nextKeySet int64) {
	m := st.app.Import
	at := exact(s.At)
	before, after := st.live, s.Mapped
	before.Keys, after.Keys = st.keys, st.keys
	mapped := s.Mapped
	mapped.Keys = nil
	// The same bytes can come to something else under other settings or in a later version of this server.
	if s.Hash != m.Live.Hash || len(Differences(Follow, st.live, mapped)) > 0 {
		ref := DocumentRef{Version: m.Live.Version + 1, Hash: s.Hash, At: at}
		st.document = &DocumentVersion{DocumentRef: ref, Body: bytes.Clone(s.Body), Mapped: mapped, Address: s.Address, Headers: s.Headers}
		m.Live, st.live = ref, mapped
	}
	switch {
	case s.KeySet != nil && st.olderKeys(s):
	case s.KeySet != nil:
		st.seeKeys(*s.KeySet, nextKeySet)
	case s.Mapped.JWKSURI == "":
		st.noKeys(time.Time{}, time.Time{})
	case s.NoKeys:
		st.noKeys(at, at.Add(noKeysPause))
	case s.Mapped.JWKSURI != m.JWKSURI || m.KeysDueAt.IsZero():
		m.KeysDueAt = at.Add(time.Minute) // the set could not be had with its document: soon again
	}
	after.Keys = st.keys
	st.changes = Differences(st.mode(), before, after)
	st.fresh(at, exact(s.DueAt), s.Headers)
}

// olderKeys reports whether a later answer of the same jwks_uri was seen already.
func (st *step) olderKeys(s Sighting) bool {
	m := st.app.Import
	return s.Mapped.JWKSURI != "" && s.Mapped.JWKSURI == m.JWKSURI && s.KeySet != nil && exact(s.KeySet.At).Before(m.KeysAt)
}

// noKeysPause is when a jwks_uri that gave no keys is asked again, unless an assertion asks before.
const noKeysPause = 10 * time.Minute

// noKeys takes the keys away. Those that were accepted stay known: what comes after has to share one with them.
func (st *step) noKeys(at, due time.Time) {
	m := st.app.Import
	st.keys, m.LiveKeys, m.KeysAt, m.KeysDueAt = nil, KeySetRef{}, at, due
}

// seeKeys takes in a key set: a new version if its bytes are new.
func (st *step) seeKeys(k KeySetSighting, next int64) {
	m := st.app.Import
	m.KeysAt, m.KeysDueAt = exact(k.At), exact(k.DueAt)
	if k.Hash == m.LiveKeys.Hash {
		return
	}
	st.keys = distinctKeys(k.Keys)
	m.LiveKeys = KeySetRef{Version: next, Hash: k.Hash}
	st.keySet = &KeySetVersion{
		KeySetRef: m.LiveKeys, Body: bytes.Clone(k.Body), Thumbprints: thumbprints(st.keys), FirstSeen: exact(k.At), LastSeen: exact(k.At),
	}
}

// fresh notes a valid answer.
func (st *step) fresh(at, due time.Time, headers map[string]string) {
	m := st.app.Import
	m.FetchedAt, m.DueAt = at, due
	m.ETag, m.LastModified = headers["etag"], headers["last-modified"]
	m.Failures, m.Failure, m.FailedAt, m.GoneAt = 0, "", time.Time{}, time.Time{}
	switch {
	case !m.WithdrawnAt.IsZero():
		if m.SuspendedWhy != SuspendedReturn {
			m.SuspendedAt, m.SuspendedWhy = at, SuspendedReturn
		}
	case m.SuspendedWhy == SuspendedGone || m.SuspendedWhy == SuspendedInvalid:
		m.SuspendedAt, m.SuspendedWhy = time.Time{}, ""
	}
}

// exact is a time as the store keeps it.
func exact(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}
