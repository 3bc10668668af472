package registry

import (
	"context"
	"reflect"
	"strings"

	"clientele/internal/audit"
)

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
		st.keySet.Status = VersionApproved
		if st.held {
			st.keySet.Status = VersionWaiting
		}
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
