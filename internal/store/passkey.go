package store

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/sqldb"
)

// AddPasskey writes a new passkey with its event. It fails with account.ErrTooManyPasskeys if the user has as many as anybody
// may have, account.ErrPasskeyTaken if somebody has this credential, and account.ErrNotFound if the user is gone.
func (s *Store) AddPasskey(ctx context.Context, p account.Passkey, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if _, err := passkeysOf(ctx, c, p.UserID, account.MaxPasskeys); err != nil {
			return err
		}
		cr := &p.Credential
		err := exec(ctx, c, `INSERT INTO passkeys (id, user_id, credential_id, name, public_key, sign_count, transports, flags, aaguid,
				created_at, last_used, suspected_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			p.ID, p.UserID, credentialText(cr.ID), p.Name, cr.PublicKey, int64(cr.Authenticator.SignCount), sqldb.Words(cr.Transport),
			int64(p.FlagBits()), hex.EncodeToString(cr.Authenticator.AAGUID), sqldb.Time(p.CreatedAt), sqldb.Time(p.LastUsed),
			sqldb.Time(p.Suspected))
		if err != nil {
			return taken(err, account.ErrPasskeyTaken)
		}
		return record(ctx, c, e)
	})
}

// passkeysOf counts the passkeys of a user. It holds the user's row until the commit, so that of concurrent changes each sees
// what the one before did. It fails with account.ErrTooManyPasskeys if there are below or more already.
func passkeysOf(ctx context.Context, c *sqldb.Conn, userID string, below int64) (held passkeyCount, err error) {
	var hash string
	err = c.QueryRow(ctx, `UPDATE users SET revision = revision WHERE id = $1 RETURNING password_hash`, userID).Scan(&hash)
	if err != nil {
		return held, absent(err, account.ErrNotFound)
	}
	held.password = hash != ""
	if err := c.QueryRow(ctx, `SELECT COUNT(*) FROM passkeys WHERE user_id = $1`, userID).Scan(&held.passkeys); err != nil {
		return held, err
	}
	if below > 0 && held.passkeys >= below {
		return held, account.ErrTooManyPasskeys
	}
	return held, nil
}

// passkeyCount is what a user can sign in with.
type passkeyCount struct {
	password bool
	passkeys int64
}

func credentialText(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

const passkeySelect = `SELECT id, user_id, credential_id, name, public_key, sign_count, transports, flags, aaguid, created_at, last_used,
	suspected_at FROM passkeys`

func scanPasskey(row sqldb.Scanner) (p account.Passkey, err error) {
	var credential, aaguid string
	var count, flags int64
	err = row.Scan(&p.ID, &p.UserID, &credential, &p.Name, &p.Credential.PublicKey, &count, sqldb.ScanWords(&p.Credential.Transport),
		&flags, &aaguid, sqldb.ScanTime(&p.CreatedAt), sqldb.ScanTime(&p.LastUsed), sqldb.ScanTime(&p.Suspected))
	if err != nil {
		return p, err
	}
	id, badID := base64.RawURLEncoding.DecodeString(credential)
	model, badModel := hex.DecodeString(aaguid)
	p.Credential.ID, p.Credential.Authenticator.AAGUID = id, model
	p.Credential.Authenticator.SignCount = uint32(count) //nolint:gosec // it was one when it was written
	p.SetFlagBits(byte(flags))                           //nolint:gosec // it was one when it was written
	return p, errors.Join(badID, badModel)
}

// Passkeys returns the passkeys of a user, the oldest first.
func (s *Store) Passkeys(ctx context.Context, userID string) (passkeys []account.Passkey, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		passkeys, err = sqldb.All(ctx, c, scanPasskey, passkeySelect+` WHERE user_id = $1 ORDER BY created_at, id LIMIT 100`, userID)
		return err
	})
	return passkeys, err
}

// PasskeyByCredential returns the passkey that the browser calls by this id. It fails with account.ErrNoPasskey.
func (s *Store) PasskeyByCredential(ctx context.Context, credentialID []byte) (p account.Passkey, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		p, err = scanPasskey(c.QueryRow(ctx, passkeySelect+` WHERE credential_id = $1`, credentialText(credentialID)))
		return absent(err, account.ErrNoPasskey)
	})
	return p, err
}

// RenamePasskey gives a passkey of a user another name. It fails with account.ErrNoPasskey.
func (s *Store) RenamePasskey(ctx context.Context, userID, id, name string, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `UPDATE passkeys SET name = $3 WHERE id = $1 AND user_id = $2`, id, userID, name)
		if err := mustHit(changed, err, account.ErrNoPasskey); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}

// RemovePasskey removes a passkey of a user, of whom atLeast must stay. It fails with account.ErrNoPasskey, and with
// account.ErrLastPasskey if fewer would stay, or none and there is no password either.
func (s *Store) RemovePasskey(ctx context.Context, userID, id string, atLeast int, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		held, err := passkeysOf(ctx, c, userID, 0)
		if err != nil {
			return err
		}
		changed, err := c.Exec(ctx, `DELETE FROM passkeys WHERE id = $1 AND user_id = $2`, id, userID)
		if err := mustHit(changed, err, account.ErrNoPasskey); err != nil {
			return err
		}
		if left := held.passkeys - 1; left < int64(atLeast) || left == 0 && !held.password {
			return account.ErrLastPasskey
		}
		return record(ctx, c, e)
	})
}

// UsePasskey keeps that a passkey was used. The counter must be higher than the one before unless both are 0, which is how an
// authenticator says that it has none; of concurrent uses with one counter the first wins. It fails with
// account.ErrPasskeyCopied, and with account.ErrNoPasskey if it was removed meanwhile.
// Web Authentication Level 3 §6.1.1, §7.2 step 22.
func (s *Store) UsePasskey(ctx context.Context, use account.PasskeyUse) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `UPDATE passkeys SET sign_count = $2, flags = $3, last_used = $4
			WHERE id = $1 AND (sign_count < $2 OR sign_count = 0 AND $2 = 0)`, use.ID, int64(use.SignCount), int64(use.Flags), use.At.UnixMicro())
		if err != nil || changed > 0 {
			return err
		}
		return staleOrGone(ctx, c, `SELECT EXISTS (SELECT 1 FROM passkeys WHERE id = $1)`, use.ID, account.ErrPasskeyCopied, account.ErrNoPasskey)
	})
}

// SuspectPasskey keeps that a passkey was refused because a copy of it may exist. It fails with account.ErrNoPasskey.
func (s *Store) SuspectPasskey(ctx context.Context, userID, id string, at time.Time, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		changed, err := c.Exec(ctx, `UPDATE passkeys SET suspected_at = $3 WHERE id = $1 AND user_id = $2`, id, userID, at.UnixMicro())
		if err := mustHit(changed, err, account.ErrNoPasskey); err != nil {
			return err
		}
		return record(ctx, c, e)
	})
}
