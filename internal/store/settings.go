package store

import (
	"context"

	"clientele/internal/audit"
	"clientele/internal/sqldb"
)

// Settings returns the settings that differ from their default, as text by name.
func (s *Store) Settings(ctx context.Context) (values map[string]string, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		values = make(map[string]string)
		return c.Each(ctx, `SELECT name, value FROM settings`, nil, func(row sqldb.Scanner) error {
			var name, value string
			err := row.Scan(&name, &value)
			values[name] = value
			return err
		})
	})
	return values, err
}

// SaveSetting writes a setting with its event. The empty value removes it, which means its default.
func (s *Store) SaveSetting(ctx context.Context, name, value string, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		var err error
		if value == "" {
			err = exec(ctx, c, `DELETE FROM settings WHERE name = $1`, name)
		} else {
			err = exec(ctx, c, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
				ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, name, value, e.At.UnixMicro())
		}
		if err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}
