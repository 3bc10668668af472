package registry

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"clientele/internal/audit"
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
	st.approved, st.live = document.Mapped, document.Mapped
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
	case s.KeySet != nil:
		st.seeKeys(*s.KeySet, nextKeySet)
	case s.Mapped.JWKSURI == "":
		st.keys, m.LiveKeys, m.KeysDueAt = nil, KeySetRef{}, time.Time{}
	case s.Mapped.JWKSURI != m.JWKSURI || m.KeysDueAt.IsZero():
		m.KeysDueAt = at.Add(time.Minute) // the set could not be had with its document: soon again
	}
	after.Keys = st.keys
	st.changes = Differences(st.mode(), before, after)
	st.fresh(at, exact(s.DueAt), s.Headers)
}

// seeKeys takes in a key set: a new version if its bytes are new.
func (st *step) seeKeys(k KeySetSighting, next int64) {
	m := st.app.Import
	m.KeysDueAt = exact(k.DueAt)
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
	m.Failures, m.Failure, m.FailedAt = 0, "", time.Time{}
	switch {
	case !m.WithdrawnAt.IsZero():
		if m.SuspendedWhy != SuspendedReturn {
			m.SuspendedAt, m.SuspendedWhy = at, SuspendedReturn
		}
	case m.SuspendedWhy == SuspendedGone || m.SuspendedWhy == SuspendedInvalid:
		m.SuspendedAt, m.SuspendedWhy = time.Time{}, ""
	}
}

// mode is how new versions are taken now: a document that was withdrawn is reviewed in every mode.
func (st *step) mode() FollowMode {
	if m := st.app.Import; m.Mode != Follow || m.WithdrawnAt.IsZero() {
		return m.Mode
	}
	return Review
}

// settle makes what was approved and is live what counts. What adds nothing that waits is approved by itself, on the word of
// whoever approved the version before.
func (st *step) settle() {
	m := st.app.Import
	pending := Differences(st.mode(), st.approved, st.live)
	if m.Approved.Version != m.Live.Version && m.WithdrawnAt.IsZero() && !waits(pending) {
		st.advance(m.Approved.By)
	}
	st.downgraded(hasClass(Differences(Review, st.approved, st.live), ClassDowngrade))
	use, held := chooseKeys(st.mode(), m.Keys.Version == 0, st.accepted, st.keys)
	if st.held = held; !held {
		m.Keys, st.accepted = m.LiveKeys, thumbprints(use)
	}
	st.app.documentKeys(use, st.at)
	st.app.act(both(st.mode(), st.approved, st.live), st.policy, st.at)
}

// advance approves the newest document.
func (st *step) advance(by string) {
	m := st.app.Import
	if renames(Compare(st.approved, st.live)) {
		m.Identity = identityOf(m.Live.Version)
	}
	m.Approved = DocumentRef{Version: m.Live.Version, Hash: m.Live.Hash, At: st.at, By: by}
	st.approved = st.live
}

// downgraded suspends the application while its document says that it needs no key any more and nobody confirmed that.
func (st *step) downgraded(down bool) {
	m := st.app.Import
	switch {
	case down && m.SuspendedAt.IsZero():
		m.SuspendedAt, m.SuspendedWhy = st.at, SuspendedDowngrade
	case !down && m.SuspendedWhy == SuspendedDowngrade:
		m.SuspendedAt, m.SuspendedWhy = time.Time{}, ""
	}
}

// approve takes the newest document and key set as they are, on somebody's word. A stranger becomes an operator's record. mode
// is how later ones are taken, empty for as before, or Review for what was a stranger.
func (st *step) approve(by string, mode FollowMode) {
	m := st.app.Import
	if m.Approved.Version != m.Live.Version || m.Approved.By == "" {
		st.advance(by)
	}
	m.Keys, st.accepted = m.LiveKeys, thumbprints(st.keys)
	m.WithdrawnAt = time.Time{}
	if m.SuspendedWhy == SuspendedReturn || m.SuspendedWhy == SuspendedDowngrade {
		m.SuspendedAt, m.SuspendedWhy = time.Time{}, ""
	}
	if m.By != ByOperator {
		m.By, m.Rule = ByOperator, ""
		mode = cmp.Or(mode, Review)
	}
	m.Mode = cmp.Or(mode, m.Mode)
	st.app.ExpiresAt = time.Time{}
	st.settle()
}

// happened names what the step did, the gravest thing first; empty if there is nothing to tell.
func (st *step) happened() string {
	was, is := st.was.Import, st.app.Import
	switch {
	case was.WithdrawnAt.IsZero() && !is.WithdrawnAt.IsZero():
		return "application.withdrawn"
	case is.SuspendedWhy == SuspendedReturn && was.SuspendedWhy != SuspendedReturn:
		return "application.returned"
	case !is.SuspendedAt.IsZero() && is.SuspendedWhy != was.SuspendedWhy:
		return "application.suspended"
	case st.held && was.LiveKeys != is.LiveKeys:
		return "application.keys_held"
	case st.document != nil:
		return "application.document_changed"
	case was.LiveKeys != is.LiveKeys:
		return "application.keys_changed"
	case is.SuspendedAt.IsZero() && !was.SuspendedAt.IsZero():
		return "application.resumed"
	case !reflect.DeepEqual(st.was.view(), st.app.view()):
		return "application.document_applied"
	}
	return ""
}

// view is what the document decides about an application.
func (a *Application) view() []string {
	var list []string
	for _, f := range applicationFields {
		if f.owner == FromDocument {
			list = append(list, f.show(a))
		}
	}
	return append(list, a.Import.Identity, a.Import.JWKSURI, a.Import.Algorithm, strings.Join(a.Import.Scopes, " "))
}

// statuses are what became of the versions that were there.
func (st *step) statuses() []VersionChange {
	was, is := st.was.Import, st.app.Import
	list := fates(false, was.Approved.Version, was.Live.Version, is.Approved.Version, is.Live.Version)
	list = append(list, fates(true, was.Keys.Version, was.LiveKeys.Version, is.Keys.Version, is.LiveKeys.Version)...)
	if st.document != nil {
		st.document.Status = fate(is.Approved.Version, is.Live.Version)
		st.document.DocumentRef = is.Live
		if is.Approved.Version == is.Live.Version {
			st.document.By = is.Approved.By
		}
	}
	if st.keySet != nil {
		st.keySet.Status = fate(is.Keys.Version, is.LiveKeys.Version)
	}
	return list
}

func fate(approved, live int64) VersionStatus {
	if approved == live {
		return VersionApproved
	}
	return VersionWaiting
}

// fates: who is neither approved nor live any more was replaced; who was live and is approved now was approved.
func fates(keySet bool, wasApproved, wasLive, approved, live int64) []VersionChange {
	var list []VersionChange
	for _, v := range distinct([]int64{wasApproved, wasLive}) {
		switch {
		case v == 0 || v == wasApproved && v == approved:
		case v == approved:
			list = append(list, VersionChange{keySet, v, VersionApproved})
		case v != live:
			list = append(list, VersionChange{keySet, v, VersionReplaced})
		}
	}
	return list
}

// commit writes the step: with an event if something happened, else the state alone.
func (r *Registry) commit(ctx context.Context, actor audit.Actor, st *step, kind, waitingID string) error {
	id := st.app.ID
	if kind == "" {
		if reflect.DeepEqual(st.was.Import, st.app.Import) && st.was.ExpiresAt.Equal(st.app.ExpiresAt) {
			return nil
		}
		if err := r.Store.SaveImportState(ctx, id, st.was.Import.Revision, *st.app.Import); err != nil {
			return err
		}
		st.app.Import.Revision = st.was.Import.Revision + 1
		r.committed(KindApplication, id)
		return nil
	}
	st.app.UpdatedAt = st.at
	w := ImportWrite{
		Application: st.app, Was: st.was.Revision, WasImport: st.was.Import.Revision, WaitingID: waitingID,
		Statuses: st.statuses(), Document: st.document, KeySet: st.keySet,
		Event: r.event(actor, st.at, kind, KindApplication, id, st.app.Name, Change{Fields: st.told()}),
	}
	if err := r.Store.SaveImport(ctx, w); err != nil {
		return err
	}
	st.app.Revision, st.app.Import.Revision = w.Was+1, w.WasImport+1
	r.committed(KindApplication, id)
	return nil
}

// told is what the event says: the differences of the document, then what the application is after them.
func (st *step) told() []audit.FieldChange {
	var c Change
	for _, d := range st.changes {
		field := d.Field + " (" + string(d.Class)
		if !d.Applies {
			field += ", waits"
		}
		c.add(field+")", strings.Join(d.Removed, "\n"), strings.Join(d.Added, "\n"))
	}
	was, is := st.was.Import, st.app.Import
	c.add("suspended", string(was.SuspendedWhy), string(is.SuspendedWhy))
	c.add("withdrawn", instant(was.WithdrawnAt), instant(is.WithdrawnAt))
	c.Fields = append(c.Fields, changed(&st.was, &st.app).Fields...)
	return c.Fields
}

// watcher is who acts when a document changes by itself.
var watcher = audit.Actor{Kind: audit.ActorSystem, Name: "Clientele", Door: "system"}

// exact is a time as the store keeps it.
func exact(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}
