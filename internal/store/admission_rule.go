package store

import (
	"context"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
)

// AdmissionRules returns all rules, oldest first.
func (s *Store) AdmissionRules(ctx context.Context) (rules []registry.AdmissionRule, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		rules, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (r registry.AdmissionRule, err error) {
			return r, row.Scan(&r.ID, &r.Pattern, &r.Effect, &r.Note, sqldb.ScanTime(&r.CreatedAt), &r.CreatedBy)
		}, `SELECT id, pattern, effect, note, created_at, created_by FROM admission_rules ORDER BY created_at, id`)
		return err
	})
	return rules, err
}

// CreateAdmissionRule writes a rule with its event. It fails with registry.ErrConflict if there is one with the same
// pattern.
func (s *Store) CreateAdmissionRule(ctx context.Context, r registry.AdmissionRule, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		err := exec(ctx, c, `INSERT INTO admission_rules (id, pattern, effect, note, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
			r.ID, r.Pattern, string(r.Effect), r.Note, r.CreatedAt.UnixMicro(), r.CreatedBy)
		if err != nil {
			return taken(err, registry.ErrConflict)
		}
		return record(ctx, c, e)
	})
}

// DeleteAdmissionRule removes a rule with its event. It fails with registry.ErrNotFound.
func (s *Store) DeleteAdmissionRule(ctx context.Context, id string, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `DELETE FROM admission_rules WHERE id = $1`, id)
		if err := mustHit(changed, err, registry.ErrNotFound); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}
