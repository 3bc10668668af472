package registry

import (
	"context"
	"strings"

	"clientele/internal/audit"
)

// maxWaitingText bounds what a stranger wrote and an operator reads in the queue, in bytes.
const maxWaitingText = 256

// Enqueue makes a client wait for an operator, or a person for a client that waits already. It fails with ErrQueueFull and
// with ErrTooManyWaiting.
func (r *Registry) Enqueue(ctx context.Context, w Waiting, userID string) (Waiting, error) {
	now := r.now()
	w.ID, w.FirstAt, w.LastAt, w.ExpiresAt, w.Attempts = mintWaitingID(), now, now, now.Add(WaitingLifetime), 1
	w.Name, w.Reference, w.Door = cut(w.Name), cut(w.Reference), cut(w.Door)
	w.RedirectURIs = w.RedirectURIs[:min(len(w.RedirectURIs), MaxRedirectURIs)]
	kept, err := r.Store.Enqueue(ctx, w, userID, now)
	if err == nil {
		r.committed(KindWaiting, kept.ID)
	}
	return kept, err
}

// WaitingClients is a page of the queue, newest first. What ended is not in it.
func (r *Registry) WaitingClients(ctx context.Context, after string, limit int) (Page[Waiting], error) {
	if !cursorOrNone(after) {
		return Page[Waiting]{}, nil
	}
	page, err := r.Store.WaitingClients(ctx, after, boundedLimit(limit))
	now, items := r.now(), page.Items[:0]
	for _, w := range page.Items {
		if now.Before(w.ExpiresAt) {
			items = append(items, w)
		}
	}
	page.Items = items
	return page, err
}

// WaitingClient is one entry of the queue. It fails with ErrNotFound.
func (r *Registry) WaitingClient(ctx context.Context, id string) (Waiting, error) {
	if !plausible(id) {
		return Waiting{}, ErrNotFound
	}
	w, err := r.Store.WaitingClient(ctx, id)
	if err == nil && !r.now().Before(w.ExpiresAt) {
		return Waiting{}, ErrNotFound
	}
	return w, err
}

// WaitingByURL is the entry of a client URL. It fails with ErrNotFound.
func (r *Registry) WaitingByURL(ctx context.Context, url string) (Waiting, error) {
	if !plausible(url) {
		return Waiting{}, ErrNotFound
	}
	w, err := r.Store.WaitingByURL(ctx, url)
	if err == nil && !r.now().Before(w.ExpiresAt) {
		return Waiting{}, ErrNotFound
	}
	return w, err
}

// RefuseWaiting takes a client out of the queue. Whether it may come again is for a rule to say. It fails with ErrNotFound.
func (r *Registry) RefuseWaiting(ctx context.Context, actor audit.Actor, id string) error {
	w, err := r.WaitingClient(ctx, id)
	if err != nil {
		return err
	}
	var c Change
	c.add("client_id", w.URL, "")
	c.add("client_name", w.Name, "")
	c.add("redirect_uris", strings.Join(w.RedirectURIs, "\n"), "")
	if err := r.Store.DeleteWaiting(ctx, id, r.event(actor, r.now(), "waiting_client.refused", KindWaiting, id, w.URL, c)); err != nil {
		return err
	}
	r.committed(KindWaiting, id)
	return nil
}

// Traces is a page of traces, newest first.
func (r *Registry) Traces(ctx context.Context, q TraceQuery) (Page[audit.Trace], error) {
	if !cursorOrNone(q.After) || len(q.ClientID) > maxCursor || !storable(q.ClientID) || !storable(q.Reference) || !storable(q.ApplicationID) {
		return Page[audit.Trace]{}, nil
	}
	q.Limit = boundedLimit(q.Limit)
	return r.Store.Traces(ctx, q)
}

// cut makes a text that strangers wrote short enough to keep.
func cut(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	if len(s) <= maxWaitingText {
		return s
	}
	return strings.ToValidUTF8(s[:maxWaitingText], "")
}
