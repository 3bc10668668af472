package store

import (
	"context"
	"time"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// SaveImport writes one step in the life of an imported application with its event: the application, new if w.Was is 0, the
// state of its metadata document, new versions of the document and of the key set, and what became of older ones. Whatever
// waits under its URL leaves the queue. It fails with registry.ErrConflict if somebody else imported the URL meanwhile,
// with registry.ErrStale if one of the two revisions is not the one that was seen, and with registry.ErrNotFound if the
// application is gone. A stranger that has expired and was not removed yet makes room.
func (s *Store) SaveImport(ctx context.Context, w registry.ImportWrite) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		removed, err := saveImported(ctx, c, &w)
		if err != nil {
			return err
		}
		if err := saveVersions(ctx, c, &w); err != nil {
			return err
		}
		if err := exec(ctx, c, `DELETE FROM import_queue WHERE id = $1 OR url = $2`, w.WaitingID, w.Application.ExternalID); err != nil {
			return err
		}
		if err := record(ctx, c, w.Event); err != nil {
			return err
		}
		return tell(ctx, c, registry.KindApplication, w.Event.At, removed...)
	})
}

// saveImported writes the application and its import, and returns the ids of those that made room for it.
func saveImported(ctx context.Context, c *sqldb.Conn, w *registry.ImportWrite) (removed []string, err error) {
	a := &w.Application
	if w.Was == 0 {
		if removed, err = makeRoom(ctx, c, a.ExternalID, w.Event.At); err != nil {
			return nil, err
		}
		return removed, insertWhole(ctx, c, a, w.Event.Actor.Name)
	}
	if err := updateWhole(ctx, c, a, w.Was, w.Event.Actor.Name); err != nil {
		return nil, err
	}
	if w.WasImport == 0 {
		return nil, taken(insertImport(ctx, c, a.ID, a.Import), registry.ErrStale)
	}
	changed, err := updateImport(ctx, c, a.ID, w.WasImport, a.Import)
	return nil, mustHit(changed, err, registry.ErrStale)
}

// makeRoom removes the stranger that has expired under a URL.
func makeRoom(ctx context.Context, c *sqldb.Conn, url string, now time.Time) ([]string, error) {
	return sqldb.All(ctx, c, func(row sqldb.Scanner) (id string, err error) { return id, row.Scan(&id) },
		`DELETE FROM applications WHERE external_id = $1 AND expires_at <= $2 RETURNING id`, url, now.UnixMicro())
}

// SaveImportState writes the state of an imported application's metadata document, if its revision is still was; the new
// one is was+1. The application's own row stays as it is. It fails with registry.ErrStale or registry.ErrNotFound.
func (s *Store) SaveImportState(ctx context.Context, id string, was int64, state registry.Import) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := updateImport(ctx, c, id, was, &state)
		if err != nil {
			return err
		}
		if changed == 0 {
			return staleOrGone(ctx, c, `SELECT EXISTS (SELECT 1 FROM imports WHERE application_id = $1)`, id, registry.ErrStale, registry.ErrNotFound)
		}
		return tell(ctx, c, registry.KindApplication, lastOf(&state), id)
	})
}

// lastOf is when the state last changed by itself. It dates the notice, which only decides how long that is kept.
func lastOf(i *registry.Import) time.Time {
	last := i.FetchedAt
	for _, at := range []time.Time{i.FailedAt, i.Live.At, i.SuspendedAt, i.WithdrawnAt, i.DueAt} {
		if at.After(last) {
			last = at
		}
	}
	return last
}

// importColumns are those of an import that change; $2 is the first of them.
const importColumns = `imported_by, mode, admission_rule, approved_version, approved_hash, approved_at, approved_by, live_version,
	live_hash, live_at, key_set_version, key_set_hash, live_keys_version, live_keys_hash, client_uri, terms_uri, policy_uri, jwks_uri,
	algorithm, scopes, identity, fetched_at, due_at, keys_due_at, next_at, etag, last_modified, failures, failure, failed_at,
	suspended_at, suspended_why, withdrawn_at, pinned_until, client_credentials, audience_until, logo_hash,
	ceiling, own_type, keys_at, gone_at, dropped`

const importPlaces = `$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
	$27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43`

func importArgs(id string, i *registry.Import) []any {
	return []any{
		id, string(i.By), string(i.Mode), i.Rule, i.Approved.Version, i.Approved.Hash, sqldb.Time(i.Approved.At), i.Approved.By,
		i.Live.Version, i.Live.Hash, sqldb.Time(i.Live.At), i.Keys.Version, i.Keys.Hash, i.LiveKeys.Version, i.LiveKeys.Hash,
		i.ClientURI, i.TermsURI, i.PolicyURI, i.JWKSURI, i.Algorithm, sqldb.Words(i.Scopes), i.Identity, sqldb.Time(i.FetchedAt),
		sqldb.Time(i.DueAt), sqldb.Time(i.KeysDueAt), sqldb.Time(earlier(i.DueAt, i.KeysDueAt)), i.ETag, i.LastModified, i.Failures,
		string(i.Failure), sqldb.Time(i.FailedAt), sqldb.Time(i.SuspendedAt), string(i.SuspendedWhy), sqldb.Time(i.WithdrawnAt),
		sqldb.Time(i.PinnedUntil), i.ClientCredentials, sqldb.Time(i.AudienceUntil), i.LogoHash,
		sqldb.Words(i.Ceiling), string(i.OwnType), sqldb.Time(i.KeysAt), sqldb.Time(i.GoneAt), sqldb.Words(i.Dropped),
	}
}

// earlier is the earlier of two times of which either may be zero, which is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// insertImport writes a new state; its revision is 1.
func insertImport(ctx context.Context, c *sqldb.Conn, id string, i *registry.Import) error {
	return exec(ctx, c, `INSERT INTO imports (application_id, `+importColumns+`, revision) VALUES ($1, `+importPlaces+`, 1)`, importArgs(id, i)...)
}

func updateImport(ctx context.Context, c *sqldb.Conn, id string, was int64, i *registry.Import) (changed int64, err error) {
	return c.Exec(ctx, `UPDATE imports SET (`+importColumns+`, revision) = (`+importPlaces+`, revision + 1)
		WHERE application_id = $1 AND revision = $44`, append(importArgs(id, i), was)...)
}

const importSelect = `SELECT application_id, imported_by, mode, admission_rule, approved_version, approved_hash, approved_at, approved_by,
	live_version, live_hash, live_at, key_set_version, key_set_hash, live_keys_version, live_keys_hash, client_uri, terms_uri,
	policy_uri, jwks_uri, algorithm, scopes, identity, fetched_at, due_at, keys_due_at, etag, last_modified, failures, failure,
	failed_at, suspended_at, suspended_why, withdrawn_at, pinned_until, client_credentials, audience_until, logo_hash, ceiling, own_type, keys_at, gone_at,
	dropped, revision FROM imports`

func scanImport(row sqldb.Scanner) (id string, i registry.Import, err error) {
	err = row.Scan(&id, &i.By, &i.Mode, &i.Rule, &i.Approved.Version, &i.Approved.Hash, sqldb.ScanTime(&i.Approved.At), &i.Approved.By,
		&i.Live.Version, &i.Live.Hash, sqldb.ScanTime(&i.Live.At), &i.Keys.Version, &i.Keys.Hash, &i.LiveKeys.Version, &i.LiveKeys.Hash,
		&i.ClientURI, &i.TermsURI, &i.PolicyURI, &i.JWKSURI, &i.Algorithm, sqldb.ScanWords(&i.Scopes), &i.Identity, sqldb.ScanTime(&i.FetchedAt),
		sqldb.ScanTime(&i.DueAt), sqldb.ScanTime(&i.KeysDueAt), &i.ETag, &i.LastModified, &i.Failures,
		&i.Failure, sqldb.ScanTime(&i.FailedAt), sqldb.ScanTime(&i.SuspendedAt), &i.SuspendedWhy, sqldb.ScanTime(&i.WithdrawnAt),
		sqldb.ScanTime(&i.PinnedUntil), &i.ClientCredentials, sqldb.ScanTime(&i.AudienceUntil), &i.LogoHash,
		sqldb.ScanWords(&i.Ceiling), &i.OwnType, sqldb.ScanTime(&i.KeysAt), sqldb.ScanTime(&i.GoneAt), sqldb.ScanWords(&i.Dropped), &i.Revision)
	return id, i, err
}

// loadImports fills in the state of those applications that were imported, and how many findings all of them have.
func loadImports(ctx context.Context, c *sqldb.Conn, apps []registry.Application, byID map[string]*registry.Application) error {
	if err := loadFindings(ctx, c, apps, byID); err != nil {
		return err
	}
	var ids []string
	for i := range apps {
		if apps[i].Origin == registry.Imported {
			ids = append(ids, apps[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var f filter
	return c.Each(ctx, importSelect+` WHERE application_id IN `+in(&f, ids), f.args, func(row sqldb.Scanner) error {
		id, i, err := scanImport(row)
		if a := byID[id]; a != nil {
			a.Import = &i
		}
		return err
	})
}
