package store

import (
	"context"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// How many versions of a document and of a key set are kept for an application, and how many are listed. Those that are
// approved, or wait for it, are kept whatever their number.
const (
	keptVersions   = 200
	keptOfStranger = 5 // of an application that nobody approved: whoever publishes its document decides how often it changes
	listedVersions = 50
)

// saveVersions writes the versions that a step brought, and what became of older ones.
func saveVersions(ctx context.Context, c *sqldb.Conn, w *registry.ImportWrite) error {
	id := w.Application.ID
	if w.Document != nil {
		if err := insertDocument(ctx, c, id, w.Document); err != nil {
			return taken(err, registry.ErrStale)
		}
		i := w.Application.Import
		if err := dropVersions(ctx, c, "application_documents", id, w.Document.Version-kept(i), i.Approved.Version, i.Live.Version); err != nil {
			return err
		}
	}
	if w.KeySet != nil {
		if err := saveKeySet(ctx, c, id, w.KeySet); err != nil {
			return err
		}
		i := w.Application.Import
		if err := dropVersions(ctx, c, "key_sets", id, w.KeySet.Version-kept(i), i.Keys.Version, i.LiveKeys.Version); err != nil {
			return err
		}
	}
	for _, v := range w.Statuses {
		if err := saveStatus(ctx, c, w, v); err != nil {
			return err
		}
	}
	return nil
}

func insertDocument(ctx context.Context, c *sqldb.Conn, id string, d *registry.DocumentVersion) error {
	return exec(ctx, c, `INSERT INTO application_documents (application_id, version, hash, body, fetched_at, approved_by, mapped, address, headers, status)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		id, d.Version, d.Hash, bytesOf(d.Body), d.At.UnixMicro(), d.By, sqldb.JSON(d.Mapped), d.Address, sqldb.JSON(d.Headers), string(d.Status))
}

// saveKeySet writes a new version, or that one is seen again. One that is there with other bytes is somebody else's.
func saveKeySet(ctx context.Context, c *sqldb.Conn, id string, k *registry.KeySetVersion) error {
	changed, err := c.Exec(ctx, `INSERT INTO key_sets (application_id, version, hash, body, thumbprints, first_seen, last_seen, status)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (application_id, version) DO UPDATE SET last_seen = excluded.last_seen, status = excluded.status
			WHERE key_sets.hash = excluded.hash`,
		id, k.Version, k.Hash, bytesOf(k.Body), sqldb.Words(k.Thumbprints), k.FirstSeen.UnixMicro(), k.LastSeen.UnixMicro(), string(k.Status))
	return mustHit(changed, err, registry.ErrStale)
}

// kept is how many versions are kept of an application.
func kept(i *registry.Import) int64 {
	if i.By == registry.ByOperator {
		return keptVersions
	}
	return keptOfStranger
}

// dropVersions removes the versions up to last, which are too old to be kept. The two that the application's state names stay.
func dropVersions(ctx context.Context, c *sqldb.Conn, table, id string, last, one, other int64) error {
	return exec(ctx, c, `DELETE FROM `+table+` WHERE application_id = $1 AND version <= $2 AND status = 'replaced' AND version NOT IN ($3, $4)`,
		id, last, one, other)
}

// saveStatus says what became of a version. Who approved a document is who approved the application's.
func saveStatus(ctx context.Context, c *sqldb.Conn, w *registry.ImportWrite, v registry.VersionChange) error {
	if v.KeySet {
		return exec(ctx, c, `UPDATE key_sets SET status = $3 WHERE application_id = $1 AND version = $2`, w.Application.ID, v.Version, string(v.Status))
	}
	by := ""
	if approved := w.Application.Import.Approved; approved.Version == v.Version {
		by = approved.By
	}
	return exec(ctx, c, `UPDATE application_documents SET status = $3, approved_by = CASE WHEN $4 = '' THEN approved_by ELSE $4 END
		WHERE application_id = $1 AND version = $2`, w.Application.ID, v.Version, string(v.Status), by)
}

// Documents returns the versions of an application's metadata document, newest first, at most 50.
func (s *Store) Documents(ctx context.Context, id string) (versions []registry.DocumentVersion, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		versions, err = sqldb.All(ctx, c, scanDocument, documentSelect+` WHERE application_id = $1 ORDER BY version DESC LIMIT $2`, id, listedVersions)
		return err
	})
	return versions, err
}

// Document returns one version of it, however old. It fails with registry.ErrNotFound.
func (s *Store) Document(ctx context.Context, id string, version int64) (d registry.DocumentVersion, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		d, err = scanDocument(c.QueryRow(ctx, documentSelect+` WHERE application_id = $1 AND version = $2`, id, version))
		return absent(err, registry.ErrNotFound)
	})
	return d, err
}

const documentSelect = `SELECT version, hash, body, fetched_at, approved_by, mapped, address, headers, status FROM application_documents`

func scanDocument(row sqldb.Scanner) (d registry.DocumentVersion, err error) {
	err = row.Scan(&d.Version, &d.Hash, &d.Body, sqldb.ScanTime(&d.At), &d.By, sqldb.ScanJSON(&d.Mapped), &d.Address,
		sqldb.ScanJSON(&d.Headers), &d.Status)
	return d, err
}

// KeySets returns the versions of an application's key set, newest first, at most 50.
func (s *Store) KeySets(ctx context.Context, id string) (versions []registry.KeySetVersion, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		versions, err = sqldb.All(ctx, c, scanKeySet, keySetSelect+` WHERE application_id = $1 ORDER BY version DESC LIMIT $2`, id, listedVersions)
		return err
	})
	return versions, err
}

// KeySet returns one version of it, however old. It fails with registry.ErrNotFound.
func (s *Store) KeySet(ctx context.Context, id string, version int64) (k registry.KeySetVersion, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		k, err = scanKeySet(c.QueryRow(ctx, keySetSelect+` WHERE application_id = $1 AND version = $2`, id, version))
		return absent(err, registry.ErrNotFound)
	})
	return k, err
}

const keySetSelect = `SELECT version, hash, body, thumbprints, first_seen, last_seen, status FROM key_sets`

func scanKeySet(row sqldb.Scanner) (k registry.KeySetVersion, err error) {
	err = row.Scan(&k.Version, &k.Hash, &k.Body, sqldb.ScanWords(&k.Thumbprints), sqldb.ScanTime(&k.FirstSeen), sqldb.ScanTime(&k.LastSeen), &k.Status)
	return k, err
}

// bytesOf is b as it is kept: no bytes are an empty value, not the lack of one.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
