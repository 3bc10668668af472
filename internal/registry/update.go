package registry

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"clientele/internal/audit"
)

// maxAttempts is how often a change that named no revision is tried again when somebody else wrote in between.
const maxAttempts = 5

// Update changes an application. change edits a copy; then every rule runs again, whatever was changed. revision is the one
// the caller saw, 0 if any will do. Secrets and keys have verbs of their own and stay as they are, except that keys can be
// switched on and off, and that an application that becomes public retires them. Of an imported application only what the operator owns can be changed, and of what the
// document owns the grant types narrowed and the type chosen. Nothing is written if nothing changed.
//
// It fails with *Invalid, ErrNotFound, ErrStale, or the error of change.
func (r *Registry) Update(ctx context.Context, actor audit.Actor, id string, revision int64, change func(*Application) error) (Application, Change, error) {
	now := r.now()
	return r.rewrite(ctx, actor, id, revision, "application.updated", now, func(was, a *Application) error {
		if err := change(a); err != nil {
			return err
		}
		a.keepVerbed(was)
		a.UpdatedAt = now
		a.tidy(was, actor, now)
		if err := r.limit(ctx, was, a); err != nil {
			return err
		}
		if err := inspect(a, was, r.policy()); err != nil {
			return err
		}
		if !a.usesSecret() {
			retireAll(a.Secrets, now)
		}
		if a.Public() && a.Origin != Imported {
			a.Keys = retireKeys(a.Keys, now)
		}
		return nil
	})
}

// SetEnabled switches an application on or off. Switching off always works, also if today's rules would refuse the
// application as it is. It fails with ErrNotFound.
func (r *Registry) SetEnabled(ctx context.Context, actor audit.Actor, id string, enabled bool) (Application, error) {
	return r.SetEnabledAt(ctx, actor, id, 0, enabled)
}

// SetEnabledAt is SetEnabled of the revision that the caller saw, 0 if any will do. It fails with ErrStale too.
func (r *Registry) SetEnabledAt(ctx context.Context, actor audit.Actor, id string, revision int64, enabled bool) (Application, error) {
	kind := "application.disabled"
	if enabled {
		kind = "application.enabled"
	}
	a, _, err := r.rewrite(ctx, actor, id, revision, kind, r.now(), func(_, a *Application) error {
		a.Enabled = enabled
		return nil
	})
	return a, err
}

// Delete removes an application with its client grants and ends everything it was granted. Its id stays taken for ever.
// It fails with ErrNotFound.
func (r *Registry) Delete(ctx context.Context, actor audit.Actor, id string) error {
	a, err := r.Application(ctx, id)
	if err != nil {
		return err
	}
	now := r.now()
	e := r.event(actor, now, "application.deleted", KindApplication, a.ID, a.Name, changed(&a, &Application{}))
	if err := r.Store.DeleteApplication(ctx, id, now, e); err != nil {
		return err
	}
	r.committed(KindApplication, id)
	return nil
}

// rewrite reads, edits and writes an application with a condition on its revision, so that of two concurrent edits one is
// refused or tried again on top of the other.
func (r *Registry) rewrite(ctx context.Context, actor audit.Actor, id string, revision int64, kind string, now time.Time, edit func(was, a *Application) error) (Application, Change, error) {
	for attempt := 1; ; attempt++ {
		was, err := r.Application(ctx, id)
		if err != nil {
			return Application{}, Change{}, err
		}
		if revision != 0 && was.Revision != revision {
			return Application{}, Change{}, ErrStale
		}
		a := was.clone()
		if err := edit(&was, &a); err != nil {
			return Application{}, Change{}, err
		}
		c := changed(&was, &a)
		if c.Empty() {
			return was, c, nil
		}
		a.UpdatedAt = now
		err = r.save(ctx, &was, &a, r.event(actor, now, kind, KindApplication, a.ID, a.Name, c))
		if errors.Is(err, ErrStale) && revision == 0 && attempt < maxAttempts {
			continue
		}
		if err != nil {
			return Application{}, Change{}, err
		}
		r.committed(KindApplication, a.ID)
		a.Revision = was.Revision + 1
		return a, c, nil
	}
}

// save writes a change of an application, with the state of its document if that changed too.
func (r *Registry) save(ctx context.Context, was, a *Application, e audit.Event) error {
	if was.Import == nil || reflect.DeepEqual(was.Import, a.Import) {
		return r.Store.SaveApplication(ctx, *a, was.Revision, e)
	}
	return r.Store.SaveImport(ctx, ImportWrite{Application: *a, Was: was.Revision, WasImport: was.Import.Revision, Event: e})
}

// keepVerbed leaves what has verbs of its own as it was: secrets, keys, and the state of the document.
func (a *Application) keepVerbed(was *Application) {
	kept := was.clone()
	if was.Origin != Imported {
		switchKeys(kept.Keys, a.Keys)
	}
	a.Secrets, a.Keys, a.Import, a.ExpiresAt = kept.Secrets, kept.Keys, kept.Import, kept.ExpiresAt
}

// switchKeys switches the keys of an application on and off as said says, which is all that an edit changes of them.
func switchKeys(keys, said []Key) {
	for i := range keys {
		at := slices.IndexFunc(said, func(k Key) bool { return k.ID == keys[i].ID })
		if at >= 0 {
			keys[i].Active = said[at].Active
		}
	}
}

// clone copies a so that an edit of the copy leaves a alone.
func (a *Application) clone() Application {
	c := *a
	c.Tags = slices.Clone(a.Tags)
	c.RedirectURIs = slices.Clone(a.RedirectURIs)
	c.LogoutURIs = slices.Clone(a.LogoutURIs)
	c.WebOrigins = slices.Clone(a.WebOrigins)
	c.CORSOrigins = slices.Clone(a.CORSOrigins)
	c.GrantTypes = slices.Clone(a.GrantTypes)
	c.AuthMethods = slices.Clone(a.AuthMethods)
	c.Metadata = maps.Clone(a.Metadata)
	c.Extras = slices.Clone(a.Extras)
	c.Secrets = slices.Clone(a.Secrets)
	c.Keys = slices.Clone(a.Keys)
	if a.Import != nil {
		state := *a.Import
		state.Scopes, state.Ceiling = slices.Clone(a.Import.Scopes), slices.Clone(a.Import.Ceiling)
		state.Dropped = slices.Clone(a.Import.Dropped)
		c.Import = &state
	}
	return c
}

// tidy trims what people type, drops repeated values, and says of every URI who added it: as before if it was there
// before, else the actor, now.
func (a *Application) tidy(was *Application, actor audit.Actor, now time.Time) {
	if was == nil {
		was = &Application{}
	}
	a.Name = strings.TrimSpace(a.Name)
	a.Description = strings.TrimSpace(a.Description)
	a.LogoURI = strings.TrimSpace(a.LogoURI)
	a.InitiateLoginURI = strings.TrimSpace(a.InitiateLoginURI)
	a.Tags = distinct(a.Tags)
	a.GrantTypes = distinct(a.GrantTypes)
	a.AuthMethods = distinct(a.AuthMethods)
	a.RedirectURIs = stamp(a.RedirectURIs, was.RedirectURIs, actor, now)
	a.LogoutURIs = stamp(a.LogoutURIs, was.LogoutURIs, actor, now)
	a.WebOrigins = stamp(a.WebOrigins, was.WebOrigins, actor, now)
	a.CORSOrigins = stamp(a.CORSOrigins, was.CORSOrigins, actor, now)
	a.LastUsed = was.LastUsed
}

func stamp(list, before []URI, actor audit.Actor, now time.Time) []URI {
	known := make(map[string]URI, len(before))
	for _, u := range before {
		known[u.Value] = u
	}
	seen := make(map[string]bool, len(list))
	stamped := make([]URI, 0, len(list))
	for _, u := range list {
		value := strings.TrimSpace(u.Value)
		if seen[value] {
			continue
		}
		seen[value] = true
		old, ok := known[value]
		if !ok {
			old = URI{Value: value, Source: FromOperator, AddedAt: now, AddedBy: actor.Name}
		}
		stamped = append(stamped, old)
	}
	return stamped
}

// distinct keeps the first of equal values, in order.
func distinct[T comparable](list []T) []T {
	kept := make([]T, 0, len(list))
	for _, v := range list {
		if !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}
