package store

import (
	"context"
	"time"

	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/sqldb"
)

// Consents returns what a person allowed: to one application, or to all if applicationID is empty.
func (s *Store) Consents(ctx context.Context, userID, applicationID string) (consents []grant.Consent, err error) {
	f := filter{}
	f.add("user_id = ?", userID)
	if applicationID != "" {
		f.add("application_id = ?", applicationID)
	}
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		consents, err = sqldb.All(ctx, c, scanConsent, `SELECT id, user_id, application_id, redirect_class, redirect_host, audience,
			document_identity, scopes, created_at, updated_at FROM consents`+f.where()+` ORDER BY created_at DESC, id DESC LIMIT 1000`, f.args...)
		return err
	})
	return consents, err
}

func scanConsent(row sqldb.Scanner) (n grant.Consent, err error) {
	err = row.Scan(&n.ID, &n.UserID, &n.ApplicationID, &n.RedirectClass, &n.RedirectHost, &n.Audience, &n.DocumentIdentity,
		sqldb.ScanWords(&n.Scopes), sqldb.ScanTime(&n.CreatedAt), sqldb.ScanTime(&n.UpdatedAt))
	return n, err
}

// SaveConsent remembers a consent with its event. One for the same person, application, redirect, audience and document
// identity keeps its id and has both sets of scopes afterwards. It fails with grant.ErrNotFound if the user or application
// is gone.
func (s *Store) SaveConsent(ctx context.Context, n grant.Consent, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		var id string
		var had oauth.Scopes
		err := c.QueryRow(ctx, `INSERT INTO consents (id, user_id, application_id, redirect_class, redirect_host, audience,
				document_identity, scopes, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (user_id, application_id, redirect_class, redirect_host, audience, document_identity)
				DO UPDATE SET updated_at = excluded.updated_at
			RETURNING id, scopes`,
			n.ID, n.UserID, n.ApplicationID, string(n.RedirectClass), n.RedirectHost, n.Audience, n.DocumentIdentity,
			sqldb.Words(n.Scopes), sqldb.Time(n.CreatedAt), sqldb.Time(n.UpdatedAt)).Scan(&id, sqldb.ScanWords(&had))
		if sqldb.IsOrphan(err) {
			return grant.ErrNotFound
		}
		if err != nil {
			return err
		}
		if !had.Covers(n.Scopes) { // the row is ours until the commit, so nobody else's scopes get lost
			if err := exec(ctx, c, `UPDATE consents SET scopes = $2 WHERE id = $1`, id, sqldb.Words(had.Or(n.Scopes))); err != nil {
				return err
			}
		}
		return record(ctx, c, e)
	})
}

// RevokeConsent forgets a consent and ends every grant of its person to its application, because a grant that outlived the
// consent it rests on would go on giving tokens. It fails with grant.ErrNotFound.
func (s *Store) RevokeConsent(ctx context.Context, id string, now time.Time, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		var user, application string
		err := c.QueryRow(ctx, `DELETE FROM consents WHERE id = $1 RETURNING user_id, application_id`, id).Scan(&user, &application)
		if err != nil {
			return absent(err, grant.ErrNotFound)
		}
		if err := endGrants(ctx, c, user, application, e.Kind, now); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}
