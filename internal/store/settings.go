package store

import (
	"context"

	"clientele/internal/audit"
	"clientele/internal/settings"
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

// SaveSettings writes settings with their events, all or none. The empty value removes one, which means its default. It fails with
// settings.ErrStale if one is not what it was.
func (s *Store) SaveSettings(ctx context.Context, writes []settings.Write) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		for _, w := range writes {
			changed, err := writeSetting(ctx, c, w)
			if err := mustHit(changed, err, settings.ErrStale); err != nil {
				return err
			}
			if err := record(ctx, c, w.Event); err != nil {
				return err
			}
		}
		return nil
	})
}

func writeSetting(ctx context.Context, c *sqldb.Conn, w settings.Write) (changed int64, err error) {
	switch at := w.Event.At.UnixMicro(); {
	case w.Was == "":
		return c.Exec(ctx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`, w.Name, w.Value, at)
	case w.Value == "":
		return c.Exec(ctx, `DELETE FROM settings WHERE name = $1 AND value = $2`, w.Name, w.Was)
	default:
		return c.Exec(ctx, `UPDATE settings SET value = $3, updated_at = $4 WHERE name = $1 AND value = $2`, w.Name, w.Was, w.Value, at)
	}
}
