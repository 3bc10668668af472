package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"clientele/internal/secret"
	"clientele/internal/store"
)

// kept is what serve and migrate hold for themselves: the lock, the store, the master key.
type kept struct {
	Store   *store.Store
	Master  *secret.Master
	release func()
}

// Close closes the store, then lets go of the lock.
func (k *kept) Close() {
	_ = k.Store.Close()
	k.release()
}

// keep makes and opens what the server needs to keep: the directory, the lock that keeps a second server away, the
// database in this program's schema, the master key.
func (g *Globals) keep(ctx context.Context) (*kept, error) {
	if err := g.makeDirectory(); err != nil {
		return nil, err
	}
	if err := checkOwner(g.Data); err != nil {
		return nil, err
	}
	release, err := g.lock()
	if err != nil {
		return nil, err
	}
	dsn, _ := g.database()
	k := &kept{release: release}
	if k.Store, err = store.Open(ctx, dsn); err != nil {
		release()
		return nil, g.explain(err)
	}
	if k.Master, err = g.openMaster(ctx, k.Store); err != nil {
		k.Close()
		return nil, err
	}
	return k, nil
}

// lock takes the lock of a SQLite file. PostgreSQL serves several nodes and needs none.
func (g *Globals) lock() (release func(), err error) {
	dsn, file := g.database()
	if !file {
		return func() {}, nil
	}
	release, err = lockFile(dsn + ".lock")
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("%s is in use (%w). Stop the other server, or give this one its own with --data", dsn, err)
	}
	return release, err
}

// openMaster reads the master key, and makes one only for a database that has nothing sealed yet.
func (g *Globals) openMaster(ctx context.Context, s *store.Store) (*secret.Master, error) {
	data, err := s.DataKeys(ctx)
	if err != nil {
		return nil, err
	}
	path := g.masterKey()
	if len(data) == 0 {
		return secret.LoadOrCreateMaster(path)
	}
	if err := finishRewrap(path, data); err != nil {
		return nil, err
	}
	master, err := secret.LoadMaster(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the master key %s is gone, and without it the keys in the database cannot be opened. Restore the file from its backup", path)
	}
	if err != nil {
		return nil, err
	}
	if !master.Sealed(data[0].Sealed) {
		return nil, fmt.Errorf("the master key %s is not the one that this database was sealed with. Restore the right file from its backup", filepath.Clean(path))
	}
	return master, nil
}
