package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/sqldb"
)

// CreateUser writes a new user with its event. It fails with account.ErrConflict if the id or the e-mail address is taken;
// the id of a deleted user stays taken.
func (s *Store) CreateUser(ctx context.Context, u account.User, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		if err := insertUser(ctx, c, &u); err != nil {
			return taken(err, account.ErrConflict)
		}
		return record(ctx, c, e)
	})
}

func insertUser(ctx context.Context, c *sqldb.Conn, u *account.User) error {
	var place int64
	if err := c.QueryRow(ctx, `INSERT INTO users (id, email, email_key, email_verified, name, role, password_hash, blocked,
			created_at, updated_at, last_sign_in, revision)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING place`,
		u.ID, u.Email, u.EmailKey, u.EmailVerified, u.Name, string(u.Role), u.PasswordHash, u.Blocked,
		sqldb.Time(u.CreatedAt), sqldb.Time(u.UpdatedAt), sqldb.Time(u.LastSignIn), u.Revision).Scan(&place); err != nil {
		return err
	}
	if err := exec(ctx, c, `INSERT INTO subjects (subject, user_id, sector) VALUES ($1, $1, '')`, u.ID); err != nil {
		return err
	}
	return users.insertTerms(ctx, c, place, termsOfUser(u))
}

// termsOfUser are the words a user is found by: the e-mail address, and the words of the name.
func termsOfUser(u *account.User) []string {
	var set termSet
	set.add(u.EmailKey)
	set.add(u.Email)
	set.add(u.ID)
	set.addText(u.Name)
	return set.sorted()
}

// SaveUser writes a changed user with its event, if the revision is still was. It fails with account.ErrStale,
// account.ErrNotFound, account.ErrConflict if another user has the e-mail address, or account.ErrLastOwner if no owner who can
// sign in were left.
func (s *Store) SaveUser(ctx context.Context, u account.User, was int64, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		owner, err := isOwner(ctx, c, u.ID)
		if err != nil {
			return err
		}
		var place int64
		err = c.QueryRow(ctx, `UPDATE users SET email = $3, email_key = $4, email_verified = $5, name = $6, role = $7,
				password_hash = $8, blocked = $9, updated_at = $10, revision = revision + 1
			WHERE id = $1 AND revision = $2 RETURNING place`,
			u.ID, was, u.Email, u.EmailKey, u.EmailVerified, u.Name, string(u.Role), u.PasswordHash, u.Blocked,
			sqldb.Time(u.UpdatedAt)).Scan(&place)
		if errors.Is(err, sql.ErrNoRows) {
			return staleOrGone(ctx, c, `SELECT EXISTS (SELECT 1 FROM users WHERE id = $1)`, u.ID, account.ErrStale, account.ErrNotFound)
		}
		if err != nil {
			return taken(err, account.ErrConflict)
		}
		if err := users.saveTerms(ctx, c, place, termsOfUser(&u)); err != nil {
			return err
		}
		if err := record(ctx, c, e); err != nil || !owner || u.Role == account.Owner && !u.Blocked {
			return err
		}
		return ownerLeft(ctx, c)
	})
}

// isOwner reports whether a user is an owner who can sign in.
func isOwner(ctx context.Context, c *sqldb.Conn, id string) (is bool, err error) {
	err = c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE id = $1 AND role = 'owner' AND blocked = FALSE)`, id).Scan(&is)
	return is, err
}

// ownerLeft fails with account.ErrLastOwner if there is no owner any more who can sign in. It has to come after the record: whoever
// writes there waits for whoever wrote before, so that of two who take the last two owners away one sees what the other did.
func ownerLeft(ctx context.Context, c *sqldb.Conn) error {
	var left bool
	err := c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE role = 'owner' AND blocked = FALSE)`).Scan(&left)
	if err == nil && !left {
		return account.ErrLastOwner
	}
	return err
}

// DeleteUser removes a user with sessions, consents, grants, codes and refresh families. It fails with account.ErrNotFound, or
// account.ErrLastOwner if no owner who can sign in were left.
func (s *Store) DeleteUser(ctx context.Context, id string, _ time.Time, e audit.Event) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		owner, err := isOwner(ctx, c, id)
		if err != nil {
			return err
		}
		changed, err := c.Exec(ctx, `DELETE FROM users WHERE id = $1`, id)
		if err := mustHit(changed, err, account.ErrNotFound); err != nil {
			return err
		}
		if err := exec(ctx, c, `DELETE FROM import_queue_people WHERE user_id = $1`, id); err != nil {
			return err
		}
		if err := record(ctx, c, e); err != nil || !owner {
			return err
		}
		return ownerLeft(ctx, c)
	})
}

const userSelect = `SELECT u.id, u.email, u.email_key, u.email_verified, u.name, u.role, u.password_hash, u.blocked, u.created_at,
	u.updated_at, u.last_sign_in, u.revision FROM users u`

func scanUser(row sqldb.Scanner) (u account.User, err error) {
	err = row.Scan(&u.ID, &u.Email, &u.EmailKey, &u.EmailVerified, &u.Name, &u.Role, &u.PasswordHash, &u.Blocked,
		sqldb.ScanTime(&u.CreatedAt), sqldb.ScanTime(&u.UpdatedAt), sqldb.ScanTime(&u.LastSignIn), &u.Revision)
	return u, err
}

// User returns a user by id. It fails with account.ErrNotFound.
func (s *Store) User(ctx context.Context, id string) (account.User, error) {
	return s.user(ctx, "u.id", id)
}

// UserByEmail returns a user by the normalised e-mail address. It fails with account.ErrNotFound.
func (s *Store) UserByEmail(ctx context.Context, key string) (account.User, error) {
	return s.user(ctx, "u.email_key", key)
}

func (s *Store) user(ctx context.Context, column, value string) (u account.User, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		u, err = scanUser(c.QueryRow(ctx, userSelect+" WHERE "+column+" = $1", value))
		return absent(err, account.ErrNotFound)
	})
	return u, err
}

// Users returns one page of users, newest first. Every word of the search must begin the e-mail address, the id or a word
// of the name.
func (s *Store) Users(ctx context.Context, q account.Query) (page account.Page, err error) {
	err = s.db.View(ctx, func(c *sqldb.Conn) error {
		page = account.Page{}
		p, err := users.pick(ctx, c, s.selectUsers(q))
		if err != nil {
			return err
		}
		page.Next, page.Total = p.next, p.total
		if len(p.places) == 0 {
			return nil
		}
		var f filter
		text := userSelect + " WHERE u.place IN " + in(&f, p.places) + " ORDER BY u.place DESC"
		page.Users, err = sqldb.All(ctx, c, scanUser, text, f.args...)
		return err
	})
	return page, err
}

func (s *Store) selectUsers(q account.Query) selection {
	wanted := selection{words: words(q.Search), order: newestFirst, after: q.After, limit: pageSize(q.Limit), total: q.Total, bounds: s.bounds}
	if q.Operators {
		wanted.filter.add("role <> ''")
	}
	if q.Blocked {
		wanted.filter.add("blocked = TRUE")
	}
	return wanted
}

// MarkSignedIn keeps when a user last signed in. It is no change of the user: the revision stays.
func (s *Store) MarkSignedIn(ctx context.Context, userID string, at time.Time) error {
	return s.db.Update(ctx, func(c *sqldb.Conn) error {
		return exec(ctx, c, `UPDATE users SET last_sign_in = $2 WHERE id = $1 AND (last_sign_in IS NULL OR last_sign_in < $2)`, userID, at.UnixMicro())
	})
}

// HasOperator reports whether any user has a role.
func (s *Store) HasOperator(ctx context.Context) (has bool, err error) {
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		has, err = hasOperator(ctx, c)
		return err
	})
	return has, err
}

func hasOperator(ctx context.Context, c *sqldb.Conn) (has bool, err error) {
	err = c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE role <> '')`).Scan(&has)
	return has, err
}
