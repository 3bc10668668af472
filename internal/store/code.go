package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/sqldb"
)

// IssueCode finishes the request, if there is one, and writes the grant and the code that answer it. A stranger that gets a
// code has finished an authorization: it stays. IssueCode fails with grant.ErrNotFound if the request is finished or has
// expired, the stranger has, the run of Try it that asked for the code is over, or the user or application is gone.
func (s *Store) IssueCode(ctx context.Context, request secret.Hash, g grant.Grant, n grant.Code) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if request != "" {
			changed, err := c.Exec(ctx, `UPDATE requests SET finished_at = $2 WHERE hash = $1 AND finished_at IS NULL AND expires_at > $2`,
				string(request), n.CreatedAt.UnixMicro())
			if err := mustHit(changed, err, grant.ErrNotFound); err != nil {
				return err
			}
		}
		stays, err := answered(ctx, c, &g, n.CreatedAt)
		if err != nil {
			return err
		}
		if err := insertGrant(ctx, c, &g); err != nil {
			return err
		}
		if err := exec(ctx, c, `INSERT INTO codes (hash, grant_id, application_id, redirect_uri, challenge, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			string(n.Hash), n.GrantID, n.ApplicationID, n.RedirectURI, string(n.Challenge), n.CreatedAt.UnixMicro(), n.ExpiresAt.UnixMicro()); err != nil {
			return err
		}
		if !stays {
			return nil
		}
		return tell(ctx, c, registry.KindApplication, n.CreatedAt, g.ApplicationID)
	})
}

// answered is what a code does beside itself: the run of Try it that asked for it has it now, and a stranger stays. A run says
// nothing about the stranger.
func answered(ctx context.Context, c *sqldb.Conn, g *grant.Grant, now time.Time) (stays bool, err error) {
	if g.TrialID != "" {
		return false, grantTrial(ctx, c, g, now)
	}
	return finishStranger(ctx, c, g, now)
}

// finishStranger takes the end from a client with a URL that has one, and says whether it did. It fails with
// grant.ErrNotFound if that end has come: whoever removes it and whoever gives it a code cannot both win.
func finishStranger(ctx context.Context, c *sqldb.Conn, g *grant.Grant, now time.Time) (did bool, err error) {
	if !strings.HasPrefix(string(g.ClientID), "https://") {
		return false, nil
	}
	var end time.Time
	err = c.QueryRow(ctx, `SELECT expires_at FROM applications WHERE id = $1`, g.ApplicationID).Scan(sqldb.ScanTime(&end))
	if err != nil || end.IsZero() {
		return false, absent(err, grant.ErrNotFound)
	}
	changed, err := c.Exec(ctx, `UPDATE applications SET expires_at = NULL WHERE id = $1 AND expires_at > $2`, g.ApplicationID, now.UnixMicro())
	if err != nil || changed > 0 {
		return changed > 0, err
	}
	// Either it has come to its end, or somebody else has finished it since we looked.
	var stays bool
	err = c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM applications WHERE id = $1 AND expires_at IS NULL)`, g.ApplicationID).Scan(&stays)
	if err == nil && !stays {
		err = grant.ErrNotFound
	}
	return false, err
}

// Code returns the code whose value has one of the hashes, used or not, with its grant. It fails with grant.ErrNotFound.
func (s *Store) Code(ctx context.Context, hashes []secret.Hash) (n grant.Code, g grant.Grant, err error) {
	var f filter
	text := `SELECT c.hash, c.grant_id, c.application_id, c.redirect_uri, c.challenge, c.created_at, c.expires_at, c.redeemed_at, ` +
		grantColumns + ` FROM codes c JOIN grants g ON g.id = c.grant_id WHERE c.hash IN ` + in(&f, texts(hashes))
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		n, g = grant.Code{}, grant.Grant{}
		fields := append([]any{
			&n.Hash, &n.GrantID, &n.ApplicationID, &n.RedirectURI, &n.Challenge, sqldb.ScanTime(&n.CreatedAt),
			sqldb.ScanTime(&n.ExpiresAt), sqldb.ScanTime(&n.RedeemedAt),
		}, grantFields(&g)...)
		return absent(c.QueryRow(ctx, text, f.args...).Scan(fields...), grant.ErrNotFound)
	})
	return n, g, err
}

// RedeemCode uses up a code, pins the authentication method on its grant, with the thumbprint of the key if there was one,
// and writes the refresh family, if there is one.
// Of concurrent calls one wins. A code that was used, has expired, or whose grant has ended is not won, and nothing is
// written. RFC 6749 §4.1.2.
func (s *Store) RedeemCode(ctx context.Context, hash secret.Hash, now time.Time, method oauth.AuthMethod, thumbprint string, f *grant.Family) (won bool, err error) {
	err = s.db.Update(ctx, func(c *sqldb.Conn) error {
		won = false
		var id string
		err := c.QueryRow(ctx, `UPDATE codes SET redeemed_at = $2 WHERE hash = $1 AND redeemed_at IS NULL AND expires_at > $2 RETURNING grant_id`,
			string(hash), now.UnixMicro()).Scan(&id)
		if err != nil {
			return err
		}
		changed, err := c.Exec(ctx, `UPDATE grants SET auth_method = $2, key_thumbprint = $3 WHERE id = $1 AND revoked_at IS NULL`,
			id, string(method), thumbprint)
		if err := mustHit(changed, err, sql.ErrNoRows); err != nil {
			return err
		}
		if f != nil {
			if err := insertFamily(ctx, c, f); err != nil {
				return err
			}
		}
		won = true
		return nil
	})
	if err != nil {
		won = false
	}
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return won, err
}
