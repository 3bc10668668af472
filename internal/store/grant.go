package store

import (
	"context"
	"time"

	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/sqldb"
)

func insertGrant(ctx context.Context, c *sqldb.Conn, g *grant.Grant) error {
	err := exec(ctx, c, `INSERT INTO grants (id, application_id, client_id, user_id, session_id, redirect_uri, device, scopes, targets,
			resources, acr, amr, auth_time, nonce, auth_method, key_thumbprint, confirmation, document_hash, key_set_version,
			admission_rule, created_at, revoked_at, revoked_why, trial_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		g.ID, g.ApplicationID, string(g.ClientID), sqldb.Text(g.UserID), g.SessionID, g.RedirectURI, g.Device, sqldb.Words(g.Scopes),
		sqldb.JSON(g.Targets), g.Resources, g.ACR, sqldb.Words(g.AMR), sqldb.Time(g.AuthTime), g.Nonce, string(g.AuthMethod),
		g.KeyThumbprint, g.Confirmation, g.DocumentHash, g.KeySetVersion, g.AdmissionRule, sqldb.Time(g.CreatedAt),
		sqldb.Time(g.RevokedAt), g.RevokedWhy, g.TrialID)
	if sqldb.IsOrphan(err) {
		return grant.ErrNotFound
	}
	return err
}

const grantColumns = `g.id, g.application_id, g.client_id, g.user_id, g.session_id, g.redirect_uri, g.device, g.scopes, g.targets,
	g.resources, g.acr, g.amr, g.auth_time, g.nonce, g.auth_method, g.key_thumbprint, g.confirmation, g.document_hash,
	g.key_set_version, g.admission_rule, g.created_at, g.revoked_at, g.revoked_why, g.trial_id`

// grantFields are where the columns of a grant go.
func grantFields(g *grant.Grant) []any {
	return []any{
		&g.ID, &g.ApplicationID, &g.ClientID, sqldb.ScanText(&g.UserID), &g.SessionID, &g.RedirectURI, &g.Device,
		sqldb.ScanWords(&g.Scopes), sqldb.ScanJSON(&g.Targets), &g.Resources, &g.ACR, sqldb.ScanWords(&g.AMR),
		sqldb.ScanTime(&g.AuthTime), &g.Nonce, &g.AuthMethod, &g.KeyThumbprint, &g.Confirmation, &g.DocumentHash,
		&g.KeySetVersion, &g.AdmissionRule, sqldb.ScanTime(&g.CreatedAt), sqldb.ScanTime(&g.RevokedAt), &g.RevokedWhy,
		&g.TrialID,
	}
}

func scanGrant(row sqldb.Scanner) (g grant.Grant, err error) {
	return g, row.Scan(grantFields(&g)...)
}

// Grant returns a grant, alive or not. It fails with grant.ErrNotFound; the grants of a deleted user or application are
// gone with them.
func (s *Store) Grant(ctx context.Context, id string) (g grant.Grant, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		g, err = scanGrant(c.QueryRow(ctx, `SELECT `+grantColumns+` FROM grants g WHERE g.id = $1`, id))
		return absent(err, grant.ErrNotFound)
	})
	return g, err
}

// UserGrants returns the grants of a user that still stand, newest first; those of Try it, which end with their run, are left out.
func (s *Store) UserGrants(ctx context.Context, userID string) (grants []grant.Grant, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		grants, err = sqldb.All(ctx, c, scanGrant, `SELECT `+grantColumns+` FROM grants g WHERE g.user_id = $1 AND g.revoked_at IS NULL AND g.trial_id = ''
			ORDER BY g.created_at DESC, g.id DESC LIMIT 1000`, userID)
		return err
	})
	return grants, err
}

// RevokeGrant ends a grant and its refresh families. Ending one that has ended, or is not there, changes nothing.
func (s *Store) RevokeGrant(ctx context.Context, id, why string, now time.Time) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error { return revokeGrant(ctx, c, id, why, now) })
}

// revokeGrant takes the grant's row before those of its families, as RedeemCode does, so that a family cannot be added to
// a grant while it ends.
func revokeGrant(ctx context.Context, c *sqldb.Conn, id, why string, now time.Time) error {
	if err := exec(ctx, c, `UPDATE grants SET revoked_at = $2, revoked_why = $3 WHERE id = $1 AND revoked_at IS NULL`,
		id, now.UnixMicro(), why); err != nil {
		return err
	}
	return exec(ctx, c, `UPDATE refresh_families SET revoked_at = $2 WHERE grant_id = $1 AND revoked_at IS NULL`, id, now.UnixMicro())
}

// RevokeFamilies ends all refresh families of an application, and says how many there were: for when its secret was
// replaced because somebody else may know it. Access tokens that are out end by themselves.
func (s *Store) RevokeFamilies(ctx context.Context, applicationID string, now time.Time, e audit.Event) (ended int, err error) {
	err = s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `UPDATE refresh_families SET revoked_at = $2 WHERE application_id = $1 AND revoked_at IS NULL`,
			applicationID, now.UnixMicro())
		if err != nil {
			return err
		}
		ended = int(changed)
		return record(ctx, c, e)
	})
	return ended, err
}
