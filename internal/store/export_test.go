package store

import "clientele/internal/sqldb"

// DB lets tests look behind the store.
func (s *Store) DB() *sqldb.DB { return s.db }

// SetBounds makes searches take another way sooner.
func (s *Store) SetBounds(few, soon, frequent int) { s.bounds = bounds{few, soon, frequent} }
