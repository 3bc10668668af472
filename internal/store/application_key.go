package store

import (
	"context"
	"fmt"

	"clientele/internal/jwk"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// saveKeys makes the keys of an application what a says. When a key was first seen, and when it was used, stays.
func saveKeys(ctx context.Context, c *sqldb.Conn, a *registry.Application) error {
	have := make(map[string]placed[registry.Key])
	err := c.Each(ctx, keySelect+` WHERE application_id = $1`, []any{a.ID}, func(row sqldb.Scanner) error {
		_, p, err := scanKey(row)
		have[p.value.ID] = p
		return err
	})
	if err != nil {
		return err
	}
	return replace(have, a.Keys, func(k registry.Key) string { return k.ID }, sameKey,
		func(id string) error {
			return exec(ctx, c, `DELETE FROM application_keys WHERE application_id = $1 AND id = $2`, a.ID, id)
		},
		func(i int, k registry.Key) error { return insertKey(ctx, c, a.ID, i, k) },
		func(i int, k registry.Key) error {
			return exec(ctx, c, `UPDATE application_keys SET position = $3, name = $4, kid = $5, algorithm = $6, public_jwk = $7,
					certificate = $8, active = $9, source = $10, expires_at = $11, retired_at = $12
				WHERE application_id = $1 AND id = $2`, a.ID, k.ID, i, k.Name, k.KID, k.Algorithm, sqldb.JSON(k.Public),
				k.Certificate, k.Active, string(k.Source), sqldb.Time(k.ExpiresAt), sqldb.Time(k.RetiredAt))
		})
}

func sameKey(a, b registry.Key) bool {
	return a.Name == b.Name && a.KID == b.KID && a.Algorithm == b.Algorithm && a.Certificate == b.Certificate && a.Active == b.Active &&
		a.Source == b.Source && a.ExpiresAt.Equal(b.ExpiresAt) && a.RetiredAt.Equal(b.RetiredAt) && sqldb.JSON(a.Public) == sqldb.JSON(b.Public)
}

func insertKey(ctx context.Context, c *sqldb.Conn, id string, i int, k registry.Key) error {
	return exec(ctx, c, `INSERT INTO application_keys (application_id, id, position, name, kid, thumbprint, algorithm, public_jwk,
			certificate, active, source, created_at, created_by, expires_at, retired_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		id, k.ID, i, k.Name, k.KID, k.Thumbprint, k.Algorithm, sqldb.JSON(k.Public), k.Certificate, k.Active, string(k.Source),
		sqldb.Time(k.CreatedAt), k.CreatedBy, sqldb.Time(k.ExpiresAt), sqldb.Time(k.RetiredAt))
}

const keySelect = `SELECT application_id, position, id, name, kid, thumbprint, algorithm, public_jwk, certificate, active, source,
	created_at, created_by, expires_at, retired_at, last_used FROM application_keys`

func scanKey(row sqldb.Scanner) (application string, p placed[registry.Key], err error) {
	k := &p.value
	var public string
	err = row.Scan(&application, &p.position, &k.ID, &k.Name, &k.KID, &k.Thumbprint, &k.Algorithm, &public, &k.Certificate,
		&k.Active, &k.Source, sqldb.ScanTime(&k.CreatedAt), &k.CreatedBy, sqldb.ScanTime(&k.ExpiresAt), sqldb.ScanTime(&k.RetiredAt),
		sqldb.ScanTime(&k.LastUsed))
	if err != nil {
		return application, p, err
	}
	if k.Public, err = jwk.Parse([]byte(public)); err != nil {
		err = fmt.Errorf("the key %s of %s in the database: %w", k.ID, application, err)
	}
	return application, p, err
}

// loadKeys fills in the keys of the applications whose ids are the list.
func loadKeys(ctx context.Context, c *sqldb.Conn, byID map[string]*registry.Application, list string, ids []any) error {
	return c.Each(ctx, keySelect+` WHERE application_id IN `+list+` ORDER BY application_id, position`, ids, func(row sqldb.Scanner) error {
		id, p, err := scanKey(row)
		if a := byID[id]; a != nil {
			a.Keys = append(a.Keys, p.value)
		}
		return err
	})
}
