package store

import (
	"context"
	"slices"
	"strings"

	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// saveParts makes the rows that belong to an application what a says: URIs, tags, secrets, keys and search terms. Rows that are
// as they were are not touched, and nobody's last use is.
func saveParts(ctx context.Context, c *sqldb.Conn, a *registry.Application, place int64) error {
	for _, kind := range uriKinds {
		if err := saveURIs(ctx, c, a.ID, kind.name, *kind.of(a)); err != nil {
			return err
		}
	}
	if err := saveTags(ctx, c, a); err != nil {
		return err
	}
	if err := saveSecrets(ctx, c, a); err != nil {
		return err
	}
	if err := saveKeys(ctx, c, a); err != nil {
		return err
	}
	return applications.saveTerms(ctx, c, place, termsOfApplication(a))
}

// insertParts is saveParts for an application that is new: there is nothing to compare with.
func insertParts(ctx context.Context, c *sqldb.Conn, a *registry.Application, place int64) error {
	for _, kind := range uriKinds {
		for i, u := range *kind.of(a) {
			if err := insertURI(ctx, c, a.ID, kind.name, i, u); err != nil {
				return err
			}
		}
	}
	for i, tag := range a.Tags {
		if err := insertTag(ctx, c, a.ID, i, tag); err != nil {
			return err
		}
	}
	for i, s := range a.Secrets {
		if err := insertSecret(ctx, c, a.ID, i, s); err != nil {
			return err
		}
	}
	for i, k := range a.Keys {
		if err := insertKey(ctx, c, a.ID, i, k); err != nil {
			return err
		}
	}
	return applications.insertTerms(ctx, c, place, termsOfApplication(a))
}

// uriKind is one list of URIs an application has.
type uriKind struct {
	name string
	of   func(*registry.Application) *[]registry.URI
}

// uriKinds are the lists of URIs an application has, with the kind their rows carry.
var uriKinds = []uriKind{
	{"redirect", func(a *registry.Application) *[]registry.URI { return &a.RedirectURIs }},
	{"logout", func(a *registry.Application) *[]registry.URI { return &a.LogoutURIs }},
	{"web_origin", func(a *registry.Application) *[]registry.URI { return &a.WebOrigins }},
	{"cors_origin", func(a *registry.Application) *[]registry.URI { return &a.CORSOrigins }},
}

// placed is a row that has a place in a list.
type placed[T any] struct {
	position int
	value    T
}

// replace brings a list of rows from what is kept to what is wanted, with one call for each row that differs.
func replace[T any](have map[string]placed[T], want []T, key func(T) string, same func(a, b T) bool,
	remove func(key string) error, insert, update func(position int, v T) error,
) error {
	keep := make(map[string]bool, len(want))
	for _, v := range want {
		keep[key(v)] = true
	}
	for k := range have {
		if keep[k] {
			continue
		}
		if err := remove(k); err != nil {
			return err
		}
	}
	for i, v := range want {
		row, there := have[key(v)]
		var err error
		switch {
		case !there:
			err = insert(i, v)
		case row.position != i || !same(row.value, v):
			err = update(i, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func saveURIs(ctx context.Context, c *sqldb.Conn, id, kind string, want []registry.URI) error {
	have := make(map[string]placed[registry.URI])
	err := c.Each(ctx, `SELECT value, position, source, added_at, added_by FROM application_uris WHERE application_id = $1 AND kind = $2`,
		[]any{id, kind}, func(row sqldb.Scanner) error {
			var p placed[registry.URI]
			err := row.Scan(&p.value.Value, &p.position, &p.value.Source, sqldb.ScanTime(&p.value.AddedAt), &p.value.AddedBy)
			have[p.value.Value] = p
			return err
		})
	if err != nil {
		return err
	}
	return replace(have, want, func(u registry.URI) string { return u.Value },
		func(a, b registry.URI) bool {
			return a.Source == b.Source && a.AddedBy == b.AddedBy && a.AddedAt.Equal(b.AddedAt)
		},
		func(value string) error {
			return exec(ctx, c, `DELETE FROM application_uris WHERE application_id = $1 AND kind = $2 AND value = $3`, id, kind, value)
		},
		func(i int, u registry.URI) error { return insertURI(ctx, c, id, kind, i, u) },
		func(i int, u registry.URI) error {
			return exec(ctx, c, `UPDATE application_uris SET position = $4, source = $5, added_at = $6, added_by = $7
				WHERE application_id = $1 AND kind = $2 AND value = $3`, id, kind, u.Value, i, string(u.Source), u.AddedAt.UnixMicro(), u.AddedBy)
		})
}

func insertURI(ctx context.Context, c *sqldb.Conn, id, kind string, i int, u registry.URI) error {
	return exec(ctx, c, `INSERT INTO application_uris (application_id, kind, value, position, source, added_at, added_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, kind, u.Value, i, string(u.Source), u.AddedAt.UnixMicro(), u.AddedBy)
}

func saveTags(ctx context.Context, c *sqldb.Conn, a *registry.Application) error {
	have := make(map[string]placed[string])
	err := c.Each(ctx, `SELECT tag, position FROM application_tags WHERE application_id = $1`, []any{a.ID}, func(row sqldb.Scanner) error {
		var p placed[string]
		err := row.Scan(&p.value, &p.position)
		have[p.value] = p
		return err
	})
	if err != nil {
		return err
	}
	return replace(have, a.Tags, strings.Clone, func(a, b string) bool { return a == b },
		func(tag string) error {
			return exec(ctx, c, `DELETE FROM application_tags WHERE application_id = $1 AND tag = $2`, a.ID, tag)
		},
		func(i int, tag string) error { return insertTag(ctx, c, a.ID, i, tag) },
		func(i int, tag string) error {
			return exec(ctx, c, `UPDATE application_tags SET position = $3 WHERE application_id = $1 AND tag = $2`, a.ID, tag, i)
		})
}

func insertTag(ctx context.Context, c *sqldb.Conn, id string, i int, tag string) error {
	return exec(ctx, c, `INSERT INTO application_tags (application_id, tag, position) VALUES ($1, $2, $3)`, id, tag, i)
}

func saveSecrets(ctx context.Context, c *sqldb.Conn, a *registry.Application) error {
	have := make(map[string]placed[registry.ClientSecret])
	err := c.Each(ctx, secretSelect+` WHERE application_id = $1`, []any{a.ID}, func(row sqldb.Scanner) error {
		_, p, err := scanSecret(row)
		have[p.value.ID] = p
		return err
	})
	if err != nil {
		return err
	}
	return replace(have, a.Secrets, func(s registry.ClientSecret) string { return s.ID },
		func(a, b registry.ClientSecret) bool {
			return a.Name == b.Name && a.ExpiresAt.Equal(b.ExpiresAt) && a.RetiredAt.Equal(b.RetiredAt)
		},
		func(id string) error {
			return exec(ctx, c, `DELETE FROM application_secrets WHERE application_id = $1 AND id = $2`, a.ID, id)
		},
		func(i int, s registry.ClientSecret) error { return insertSecret(ctx, c, a.ID, i, s) },
		func(i int, s registry.ClientSecret) error {
			return exec(ctx, c, `UPDATE application_secrets SET position = $3, name = $4, expires_at = $5, retired_at = $6
				WHERE application_id = $1 AND id = $2`, a.ID, s.ID, i, s.Name, sqldb.Time(s.ExpiresAt), sqldb.Time(s.RetiredAt))
		})
}

func insertSecret(ctx context.Context, c *sqldb.Conn, id string, i int, s registry.ClientSecret) error {
	return exec(ctx, c, `INSERT INTO application_secrets (id, application_id, position, name, hash, last_four, created_at,
			created_by, expires_at, retired_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.ID, id, i, s.Name, string(s.Hash), s.LastFour, sqldb.Time(s.CreatedAt), s.CreatedBy,
		sqldb.Time(s.ExpiresAt), sqldb.Time(s.RetiredAt))
}

const secretSelect = `SELECT application_id, position, id, name, hash, last_four, created_at, created_by, expires_at, retired_at, last_used
	FROM application_secrets`

func scanSecret(row sqldb.Scanner) (application string, p placed[registry.ClientSecret], err error) {
	s := &p.value
	err = row.Scan(&application, &p.position, &s.ID, &s.Name, &s.Hash, &s.LastFour, sqldb.ScanTime(&s.CreatedAt), &s.CreatedBy,
		sqldb.ScanTime(&s.ExpiresAt), sqldb.ScanTime(&s.RetiredAt), sqldb.ScanTime(&s.LastUsed))
	return application, p, err
}

// loadParts fills in the rows that belong to the applications: four queries, however many there are, and one more if some
// of them were imported.
func loadParts(ctx context.Context, c *sqldb.Conn, apps []registry.Application) error {
	if len(apps) == 0 {
		return nil
	}
	byID := make(map[string]*registry.Application, len(apps))
	ids := make([]string, len(apps))
	for i := range apps {
		byID[apps[i].ID] = &apps[i]
		ids[i] = apps[i].ID
	}
	var f filter
	list := in(&f, ids)
	if err := c.Each(ctx, `SELECT application_id, kind, value, source, added_at, added_by, last_used FROM application_uris
		WHERE application_id IN `+list+` ORDER BY application_id, kind, position`, f.args, func(row sqldb.Scanner) error {
		return loadURI(row, byID)
	}); err != nil {
		return err
	}
	if err := c.Each(ctx, `SELECT application_id, tag FROM application_tags WHERE application_id IN `+list+`
		ORDER BY application_id, position`, f.args, func(row sqldb.Scanner) error {
		var id, tag string
		err := row.Scan(&id, &tag)
		if a := byID[id]; a != nil {
			a.Tags = append(a.Tags, tag)
		}
		return err
	}); err != nil {
		return err
	}
	if err := c.Each(ctx, secretSelect+` WHERE application_id IN `+list+` ORDER BY application_id, position`, f.args, func(row sqldb.Scanner) error {
		id, p, err := scanSecret(row)
		if a := byID[id]; a != nil {
			a.Secrets = append(a.Secrets, p.value)
		}
		return err
	}); err != nil {
		return err
	}
	if err := loadKeys(ctx, c, byID, list, f.args); err != nil {
		return err
	}
	return loadImports(ctx, c, apps, byID)
}

func loadURI(row sqldb.Scanner, byID map[string]*registry.Application) error {
	var id, kind string
	var u registry.URI
	if err := row.Scan(&id, &kind, &u.Value, &u.Source, sqldb.ScanTime(&u.AddedAt), &u.AddedBy, sqldb.ScanTime(&u.LastUsed)); err != nil {
		return err
	}
	i := slices.IndexFunc(uriKinds, func(k uriKind) bool { return k.name == kind })
	if a := byID[id]; a != nil && i >= 0 {
		list := uriKinds[i].of(a)
		*list = append(*list, u)
	}
	return nil
}
