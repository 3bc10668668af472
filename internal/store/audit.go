package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"clientele/internal/audit"
	"clientele/internal/sqldb"
)

// record appends a change event to the chain and a notice for caches. It must be the last thing a transaction writes: it
// locks the head until the commit, which is what puts sequences in commit order, and a lock that is always taken last can
// never be half of a deadlock.
func record(ctx context.Context, c *sqldb.Conn, e audit.Event) error {
	var link chained
	var notice int64
	err := c.QueryRow(ctx, `UPDATE audit_head SET sequence = sequence + 1, notice = notice + 1 WHERE id = 1
		RETURNING sequence, hash, notice`).Scan(&link.sequence, &link.prev, &notice)
	if err != nil {
		return fmt.Errorf("lock the head of the record: %w", err)
	}
	link.event, link.changes = e, "[]"
	if len(e.Changes) > 0 {
		link.changes = sqldb.JSON(e.Changes)
	}
	hash := link.hash()
	if err := exec(ctx, c, `INSERT INTO audit_changes (sequence, at, kind, actor_kind, actor_id, actor_name, actor_address,
			actor_door, target_kind, target_id, target_name, changes, prev_hash, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		link.sequence, e.At.UnixMicro(), e.Kind, string(e.Actor.Kind), e.Actor.ID, e.Actor.Name, e.Actor.Address,
		e.Actor.Door, e.TargetKind, e.TargetID, e.TargetName, link.changes, link.prev, hash); err != nil {
		return fmt.Errorf("append to the record: %w", err)
	}
	if err := exec(ctx, c, `UPDATE audit_head SET hash = $1 WHERE id = 1`, hash); err != nil {
		return fmt.Errorf("move the head of the record: %w", err)
	}
	return notify(ctx, c, notice, e.TargetKind, e.TargetID, e.At)
}

func notify(ctx context.Context, c *sqldb.Conn, sequence int64, kind, id string, at time.Time) error {
	return exec(ctx, c, `INSERT INTO changes (seq, kind, id, at) VALUES ($1, $2, $3, $4)`, sequence, kind, id, at.UnixMicro())
}

// tell appends notices for caches where nothing is recorded: one for each id. Like record it comes last in a transaction.
func tell(ctx context.Context, c *sqldb.Conn, kind string, at time.Time, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	var last int64
	err := c.QueryRow(ctx, `UPDATE audit_head SET notice = notice + $1 WHERE id = 1 RETURNING notice`, len(ids)).Scan(&last)
	if err != nil {
		return fmt.Errorf("lock the head of the record: %w", err)
	}
	for i, id := range ids {
		if err := notify(ctx, c, last-int64(len(ids)-1-i), kind, id, at); err != nil {
			return err
		}
	}
	return nil
}

// chained is an event in its place in the chain.
type chained struct {
	sequence int64
	event    audit.Event
	changes  string // JSON, as it is kept
	prev     string
}

// hash covers every column of the row and the hash before it, each with its length, so that no two rows read alike.
func (l *chained) hash() string {
	h := sha256.New()
	var size [8]byte
	for _, part := range []string{
		l.prev, strconv.FormatInt(l.sequence, 10), strconv.FormatInt(l.event.At.UnixMicro(), 10), l.event.Kind,
		string(l.event.Actor.Kind), l.event.Actor.ID, l.event.Actor.Name, l.event.Actor.Address, l.event.Actor.Door,
		l.event.TargetKind, l.event.TargetID, l.event.TargetName, l.changes,
	} {
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil))
}

const changeColumns = `sequence, at, kind, actor_kind, actor_id, actor_name, actor_address, actor_door, target_kind, target_id,
	target_name, changes, prev_hash, hash`

func scanChange(row sqldb.Scanner) (l chained, hash string, err error) {
	e := &l.event
	err = row.Scan(&l.sequence, sqldb.ScanTime(&e.At), &e.Kind, &e.Actor.Kind, &e.Actor.ID, &e.Actor.Name, &e.Actor.Address,
		&e.Actor.Door, &e.TargetKind, &e.TargetID, &e.TargetName, &l.changes, &l.prev, &hash)
	e.Sequence = l.sequence
	return l, hash, err
}

// Events returns change events, newest first. A limit of 0 means 50; more than 1000 are never returned.
func (s *Store) Events(ctx context.Context, q audit.Query) (events []audit.Event, err error) {
	f := filter{}
	if q.TargetKind != "" {
		f.add("target_kind = ?", q.TargetKind)
	}
	if q.TargetID != "" {
		f.add("target_id = ?", q.TargetID)
	}
	if q.Before > 0 {
		f.add("sequence < ?", q.Before)
	}
	text := "SELECT " + changeColumns + " FROM audit_changes" + f.where() + " ORDER BY sequence DESC LIMIT " + f.arg(pageSize(q.Limit))
	err = s.db.Read(ctx, func(c *sqldb.Conn) error {
		events, err = sqldb.All(ctx, c, func(row sqldb.Scanner) (audit.Event, error) {
			l, _, err := scanChange(row)
			if err == nil {
				err = sqldb.ParseJSON(l.changes, &l.event.Changes)
			}
			return l.event, err
		}, text, f.args...)
		return err
	})
	return events, err
}

// ErrTampered means that the record of changes is not what was written: an event was changed, removed or put in.
var ErrTampered = fmt.Errorf("the record of changes was tampered with")

// VerifyChain reads the whole record and checks every link, the end against the head, and the beginning against where the
// last pruning ended. It fails with ErrTampered and says at which event. Whoever can rewrite the whole record and its head can
// make another whole chain: against that, copies of the head have to be kept elsewhere.
func (s *Store) VerifyChain(ctx context.Context) error {
	return s.db.View(ctx, func(c *sqldb.Conn) error {
		var last, at int64
		var head, prev string
		if err := c.QueryRow(ctx, `SELECT sequence, hash, pruned_sequence, pruned_hash FROM audit_head WHERE id = 1`).
			Scan(&last, &head, &at, &prev); err != nil {
			return err
		}
		err := c.Each(ctx, "SELECT "+changeColumns+" FROM audit_changes WHERE sequence > $1 ORDER BY sequence", []any{at}, func(row sqldb.Scanner) error {
			l, hash, err := scanChange(row)
			if err != nil {
				return err
			}
			if l.sequence != at+1 || l.prev != prev || l.hash() != hash {
				return fmt.Errorf("event %d: %w", at+1, ErrTampered)
			}
			at, prev = l.sequence, hash
			return nil
		})
		if err == nil && (at != last || prev != head) {
			err = fmt.Errorf("event %d, the last of %d: %w", at, last, ErrTampered)
		}
		return err
	})
}
