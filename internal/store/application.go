package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// CreateApplication writes a new application with its event, and with the state of its metadata document if it has one. It fails with registry.ErrConflict if the id or the external
// id is taken, also by an application that was deleted.
func (s *Store) CreateApplication(ctx context.Context, a registry.Application, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error { return createApplication(ctx, c, &a, e) })
}

func createApplication(ctx context.Context, c *sqldb.Conn, a *registry.Application, e audit.Event) error {
	if err := insertWhole(ctx, c, a, e.Actor.Name); err != nil {
		return err
	}
	return record(ctx, c, e)
}

// insertWhole writes a new application with all its parts.
func insertWhole(ctx context.Context, c *sqldb.Conn, a *registry.Application, by string) error {
	var gone bool
	if err := c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM application_tombstones WHERE id = $1)`, a.ID).Scan(&gone); err != nil {
		return err
	}
	if gone {
		return registry.ErrConflict
	}
	place, err := insertApplication(ctx, c, a, by)
	if err != nil {
		return taken(err, registry.ErrConflict)
	}
	if err := insertEntry(ctx, c, a, place); err != nil {
		return err
	}
	if err := insertParts(ctx, c, a, place); err != nil {
		return taken(err, registry.ErrConflict)
	}
	if a.Import == nil {
		return nil
	}
	return insertImport(ctx, c, a.ID, a.Import)
}

// Import creates many applications in one transaction: all that fill calls create with, or none. Nobody else writes
// meanwhile.
func (s *Store) Import(ctx context.Context, fill func(create func(registry.Application, audit.Event) error) error) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		return fill(func(a registry.Application, e audit.Event) error { return createApplication(ctx, c, &a, e) })
	})
}

func insertApplication(ctx context.Context, c *sqldb.Conn, a *registry.Application, by string) (place int64, err error) {
	err = c.QueryRow(ctx, `INSERT INTO applications (id, external_id, origin, ownership, name, description, logo_uri, type,
			enabled, initiate_login_uri, grant_types, auth_methods, require_pkce, id_token_lifetime, id_token_algorithm,
			refresh_rotating, refresh_leeway, refresh_lifetime, refresh_idle, metadata, extras,
			created_at, created_by, updated_at, updated_by, revision, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
		RETURNING place`,
		a.ID, sqldb.Text(a.ExternalID), string(a.Origin), string(a.Ownership), a.Name, a.Description, a.LogoURI, string(a.Type),
		a.Enabled, a.InitiateLoginURI, sqldb.Words(a.GrantTypes), sqldb.Words(a.AuthMethods), a.RequirePKCE,
		sqldb.Span(a.IDToken.Lifetime), a.IDToken.Algorithm,
		a.Refresh.Rotating, sqldb.Span(a.Refresh.Leeway), sqldb.Span(a.Refresh.Lifetime), sqldb.Span(a.Refresh.IdleLifetime),
		metadata(a), string(a.Extras), sqldb.Time(a.CreatedAt), a.CreatedBy, sqldb.Time(a.UpdatedAt), by, a.Revision,
		sqldb.Time(a.ExpiresAt)).Scan(&place)
	return place, err
}

func metadata(a *registry.Application) string {
	if len(a.Metadata) == 0 {
		return ""
	}
	return sqldb.JSON(a.Metadata)
}

// SaveApplication writes a changed application with its event, if its revision is still was; the new one is was+1. It fails
// with registry.ErrStale or registry.ErrNotFound. Origin, ownership, ids, creation, use and the state of a metadata document
// stay what they are, and an application that has no end gets none.
func (s *Store) SaveApplication(ctx context.Context, a registry.Application, was int64, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if err := updateWhole(ctx, c, &a, was, e.Actor.Name); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

// updateWhole writes an application that is there with all its parts.
func updateWhole(ctx context.Context, c *sqldb.Conn, a *registry.Application, was int64, by string) error {
	var place int64
	err := c.QueryRow(ctx, `UPDATE applications SET name = $3, description = $4, logo_uri = $5, type = $6, enabled = $7,
			initiate_login_uri = $8, grant_types = $9, auth_methods = $10, require_pkce = $11,
			id_token_lifetime = $12, id_token_algorithm = $13, refresh_rotating = $14, refresh_leeway = $15,
			refresh_lifetime = $16, refresh_idle = $17, metadata = $18, extras = $19, updated_at = $20, updated_by = $21,
			expires_at = CASE WHEN expires_at IS NULL THEN expires_at ELSE $22 END, revision = revision + 1
		WHERE id = $1 AND revision = $2 RETURNING place`,
		a.ID, was, a.Name, a.Description, a.LogoURI, string(a.Type), a.Enabled, a.InitiateLoginURI,
		sqldb.Words(a.GrantTypes), sqldb.Words(a.AuthMethods), a.RequirePKCE,
		sqldb.Span(a.IDToken.Lifetime), a.IDToken.Algorithm, a.Refresh.Rotating, sqldb.Span(a.Refresh.Leeway),
		sqldb.Span(a.Refresh.Lifetime), sqldb.Span(a.Refresh.IdleLifetime), metadata(a), string(a.Extras),
		sqldb.Time(a.UpdatedAt), by, sqldb.Time(a.ExpiresAt)).Scan(&place)
	if errors.Is(err, sql.ErrNoRows) {
		return staleOrGone(ctx, c, `SELECT EXISTS (SELECT 1 FROM applications WHERE id = $1)`, a.ID, registry.ErrStale, registry.ErrNotFound)
	}
	if err != nil {
		return err
	}
	if err := updateEntry(ctx, c, a, place); err != nil {
		return err
	}
	return taken(saveParts(ctx, c, a, place), registry.ErrConflict)
}

// staleOrGone tells the two reasons apart for which a conditional update changed nothing.
func staleOrGone(ctx context.Context, c *sqldb.Conn, exists, id string, stale, gone error) error {
	var there bool
	if err := c.QueryRow(ctx, exists, id).Scan(&there); err != nil {
		return err
	}
	if there {
		return stale
	}
	return gone
}

// DeleteApplication removes an application with everything that hangs on it: secrets, client grants, consents, grants,
// codes and refresh families. Its id stays taken. It fails with registry.ErrNotFound.
func (s *Store) DeleteApplication(ctx context.Context, id string, now time.Time, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		var name, external string
		err := c.QueryRow(ctx, `DELETE FROM applications WHERE id = $1 RETURNING name, external_id`, id).
			Scan(&name, sqldb.ScanText(&external))
		if err != nil {
			return absent(err, registry.ErrNotFound)
		}
		if err := exec(ctx, c, `INSERT INTO application_tombstones (id, external_id, name, deleted_at) VALUES ($1, $2, $3, $4)`,
			id, sqldb.Text(external), name, now.UnixMicro()); err != nil {
			return err
		}
		if err := exec(ctx, c, `DELETE FROM application_usage WHERE application_id = $1`, id); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

// Application returns an application by its internal id. It fails with registry.ErrNotFound.
func (s *Store) Application(ctx context.Context, id string) (registry.Application, error) {
	return s.application(ctx, "a.id", id)
}

// ApplicationByClientID returns an application by its wire id: the URL of an imported one, the internal id of all others.
// It fails with registry.ErrNotFound; the internal id of an imported application is not a client ID.
func (s *Store) ApplicationByClientID(ctx context.Context, id oauth.ClientID) (registry.Application, error) {
	a, err := s.application(ctx, "a.id", string(id))
	if errors.Is(err, registry.ErrNotFound) {
		return s.application(ctx, "a.external_id", string(id))
	}
	if err == nil && a.ExternalID != "" {
		return registry.Application{}, registry.ErrNotFound
	}
	return a, err
}

func (s *Store) application(ctx context.Context, column, value string) (registry.Application, error) {
	apps := make([]registry.Application, 1)
	err := s.db.View(ctx, func(c *sqldb.Conn) (err error) {
		apps[0], err = scanApplication(c.QueryRow(ctx, applicationSelect+" WHERE "+column+" = $1", value))
		if err != nil {
			return absent(err, registry.ErrNotFound)
		}
		return loadParts(ctx, c, apps)
	})
	return apps[0], err
}

const applicationColumns = `a.id, a.external_id, a.origin, a.ownership, a.name, a.description, a.logo_uri, a.type, a.enabled,
	a.initiate_login_uri, a.grant_types, a.auth_methods, a.require_pkce, a.id_token_lifetime, a.id_token_algorithm,
	a.refresh_rotating, a.refresh_leeway, a.refresh_lifetime, a.refresh_idle, a.metadata, a.extras,
	a.created_at, a.created_by, a.updated_at, a.revision, a.expires_at,
	(SELECT u.last_used FROM application_usage u WHERE u.application_id = a.id)`

const applicationSelect = "SELECT " + applicationColumns + " FROM applications a"

func scanApplication(row sqldb.Scanner) (a registry.Application, err error) {
	var extras string
	err = row.Scan(&a.ID, sqldb.ScanText(&a.ExternalID), &a.Origin, &a.Ownership, &a.Name, &a.Description, &a.LogoURI,
		&a.Type, &a.Enabled, &a.InitiateLoginURI, sqldb.ScanWords(&a.GrantTypes), sqldb.ScanWords(&a.AuthMethods), &a.RequirePKCE,
		sqldb.ScanSpan(&a.IDToken.Lifetime), &a.IDToken.Algorithm,
		&a.Refresh.Rotating, sqldb.ScanSpan(&a.Refresh.Leeway), sqldb.ScanSpan(&a.Refresh.Lifetime), sqldb.ScanSpan(&a.Refresh.IdleLifetime),
		sqldb.ScanJSON(&a.Metadata), &extras, sqldb.ScanTime(&a.CreatedAt), &a.CreatedBy, sqldb.ScanTime(&a.UpdatedAt),
		&a.Revision, sqldb.ScanTime(&a.ExpiresAt), sqldb.ScanTime(&a.LastUsed))
	if extras != "" {
		a.Extras = json.RawMessage(extras)
	}
	return a, err
}
