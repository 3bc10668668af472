package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"testing"
)

// locked is what SQLite says at once when somebody else has the database locked.
func locked(t *testing.T) error {
	t.Helper()
	path := t.TempDir() + "/locked.db"
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	other, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(0)")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var busy error
	if err := db.Update(t.Context(), func(*Conn) error {
		_, busy = other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return busy
}

func TestAServerWaitsForAnotherThatMigrates(t *testing.T) {
	busy := locked(t)
	calls := 0
	err := patiently(t.Context(), func() error {
		if calls++; calls < 5 {
			return busy
		}
		return nil
	})
	if err != nil || calls != 5 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestAServerDoesNotWaitForEver(t *testing.T) {
	busy := locked(t)
	ended, end := context.WithCancel(t.Context())
	end()
	for name, tt := range map[string]struct {
		ctx  context.Context
		err  error
		want int
	}{
		"while it stays locked": {t.Context(), busy, 12},
		"once it is told to":    {ended, busy, 1},
		"for another reason":    {t.Context(), errors.New("the disk is full"), 1},
	} {
		calls := 0
		err := patiently(tt.ctx, func() error { calls++; return tt.err })
		if !errors.Is(err, tt.err) || calls != tt.want {
			t.Errorf("%s: %d calls, %v", name, calls, err)
		}
	}
}
