package store

import (
	"context"

	"clientele/internal/sqldb"
)

// Names returns what applications and people are called, by their ids: the name of an application, the e-mail address of a
// person. What is gone is left out.
func (s *Store) Names(ctx context.Context, applications, people []string) (names map[string]string, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		names = make(map[string]string, len(applications)+len(people))
		add := func(text string, ids []string) error {
			if len(ids) == 0 {
				return nil
			}
			var f filter
			return c.Each(ctx, text+in(&f, ids), f.args, func(row sqldb.Scanner) error {
				var id, name string
				if err := row.Scan(&id, &name); err != nil {
					return err
				}
				names[id] = name
				return nil
			})
		}
		if err := add(`SELECT id, name FROM applications WHERE id IN `, applications); err != nil {
			return err
		}
		return add(`SELECT id, email FROM users WHERE id IN `, people)
	})
	return names, err
}
