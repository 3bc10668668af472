package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// Enqueue puts an unknown client into the queue, or counts another attempt of one that waits already, and returns it as it
// is kept. The first attempt decides its id, reference and end; the newest document replaces an older one. Of concurrent
// calls each counts after the other. It fails with registry.ErrQueueFull or registry.ErrTooManyWaiting.
func (s *Store) Enqueue(ctx context.Context, w registry.Waiting, userID string, now time.Time) (kept registry.Waiting, err error) {
	err = s.db.Update(ctx, func(c *sqldb.Conn) error {
		if err := exec(ctx, c, `UPDATE import_queue_turn SET taken = $1 WHERE id = 1`, now.UnixMicro()); err != nil {
			return err // the row makes concurrent callers take turns
		}
		if err := exec(ctx, c, `DELETE FROM import_queue WHERE url = $1 AND expires_at <= $2`, w.URL, now.UnixMicro()); err != nil {
			return err
		}
		id, err := again(ctx, c, &w)
		began := errors.Is(err, sql.ErrNoRows)
		if began {
			id, err = w.ID, begin(ctx, c, &w, userID, now)
		}
		if err != nil {
			return err
		}
		if err := exec(ctx, c, `INSERT INTO import_queue_people (waiting_id, user_id, began, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (waiting_id, user_id) DO NOTHING`, id, userID, began, now.UnixMicro()); err != nil {
			return err
		}
		kept, err = scanWaiting(c.QueryRow(ctx, waitingSelect+` WHERE id = $1`, id))
		return err
	})
	return kept, err
}

// again counts another attempt. Without a row there is none to count.
func again(ctx context.Context, c *sqldb.Conn, w *registry.Waiting) (id string, err error) {
	err = c.QueryRow(ctx, `UPDATE import_queue SET attempts = attempts + 1,
			last_at = CASE WHEN last_at < $2 THEN $2 ELSE last_at END WHERE url = $1 RETURNING id`,
		w.URL, w.LastAt.UnixMicro()).Scan(&id)
	if err != nil {
		return "", err
	}
	return id, exec(ctx, c, `UPDATE import_queue SET hash = $3, key_set_hash = $4, body = $5, address = $6, headers = $7, name = $8,
			redirect_uris = $9 WHERE id = $1 AND last_at <= $2`,
		id, w.LastAt.UnixMicro(), w.Hash, w.KeySetHash, bytesOf(w.Body), w.Address, sqldb.JSON(w.Headers), w.Name, sqldb.JSON(w.RedirectURIs))
}

// begin writes a new entry, if the queue and the person have room for it. Who waited for something that has left the queue
// meanwhile has still begun it.
func begin(ctx context.Context, c *sqldb.Conn, w *registry.Waiting, userID string, now time.Time) error {
	var all, mine int
	err := c.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM import_queue WHERE expires_at > $1),
			(SELECT COUNT(*) FROM import_queue_people WHERE user_id = $2 AND at > $3 AND began)`,
		now.UnixMicro(), userID, now.Add(-24*time.Hour).UnixMicro()).Scan(&all, &mine)
	switch {
	case err != nil:
		return err
	case mine >= registry.MaxWaitingPerPerson:
		return registry.ErrTooManyWaiting
	case all >= registry.MaxWaiting:
		return registry.ErrQueueFull
	}
	return exec(ctx, c, `INSERT INTO import_queue (id, url, hash, key_set_hash, body, address, headers, name, redirect_uris, reference,
			door, first_at, last_at, expires_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)`,
		w.ID, w.URL, w.Hash, w.KeySetHash, bytesOf(w.Body), w.Address, sqldb.JSON(w.Headers), w.Name, sqldb.JSON(w.RedirectURIs), w.Reference,
		w.Door, w.FirstAt.UnixMicro(), w.LastAt.UnixMicro(), now.Add(registry.WaitingLifetime).UnixMicro())
}

const waitingSelect = `SELECT id, url, hash, key_set_hash, body, address, headers, name, redirect_uris, reference, door, first_at, last_at,
	expires_at, attempts, (SELECT COUNT(*) FROM import_queue_people p WHERE p.waiting_id = import_queue.id AND p.user_id <> '') FROM import_queue`

func scanWaiting(row sqldb.Scanner) (w registry.Waiting, err error) {
	err = row.Scan(&w.ID, &w.URL, &w.Hash, &w.KeySetHash, &w.Body, &w.Address, sqldb.ScanJSON(&w.Headers), &w.Name,
		sqldb.ScanJSON(&w.RedirectURIs), &w.Reference, &w.Door, sqldb.ScanTime(&w.FirstAt), sqldb.ScanTime(&w.LastAt),
		sqldb.ScanTime(&w.ExpiresAt), &w.Attempts, &w.People)
	return w, err
}

// WaitingClients returns one page of the queue, newest first.
func (s *Store) WaitingClients(ctx context.Context, after string, limit int) (page registry.Page[registry.Waiting], err error) {
	text, args, limit := selectWaiting(after, limit)
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		page = registry.Page[registry.Waiting]{}
		all, err := sqldb.All(ctx, c, scanWaiting, text, args...)
		var more bool
		if page.Items, more = cut(all, limit); more {
			page.Next = newestCursor(page.Items[limit-1].FirstAt, page.Items[limit-1].ID)
		}
		return err
	})
	return page, err
}

// CountWaiting is how many entries the queue has.
func (s *Store) CountWaiting(ctx context.Context) (n int, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error { return c.QueryRow(ctx, `SELECT COUNT(*) FROM import_queue`).Scan(&n) })
	return n, err
}

func selectWaiting(after string, most int) (text string, args []any, limit int) {
	limit = pageSize(most)
	var f filter
	f.olderThan("first_at", "id", after)
	return waitingSelect + f.where() + " ORDER BY first_at DESC, id DESC LIMIT " + f.arg(limit+1), f.args, limit
}

// WaitingClient returns an entry of the queue. It fails with registry.ErrNotFound.
func (s *Store) WaitingClient(ctx context.Context, id string) (registry.Waiting, error) {
	return s.waiting(ctx, "id", id)
}

// WaitingByURL returns what waits under a URL. It fails with registry.ErrNotFound.
func (s *Store) WaitingByURL(ctx context.Context, url string) (registry.Waiting, error) {
	return s.waiting(ctx, "url", url)
}

func (s *Store) waiting(ctx context.Context, column, value string) (w registry.Waiting, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		w, err = scanWaiting(c.QueryRow(ctx, waitingSelect+` WHERE `+column+` = $1`, value))
		return absent(err, registry.ErrNotFound)
	})
	return w, err
}

// DeleteWaiting takes an entry out of the queue with its event. It fails with registry.ErrNotFound.
func (s *Store) DeleteWaiting(ctx context.Context, id string, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `DELETE FROM import_queue WHERE id = $1`, id)
		if err := mustHit(changed, err, registry.ErrNotFound); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}
