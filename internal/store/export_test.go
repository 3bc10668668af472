package store

import "clientele/internal/sqldb"

// DB lets tests look behind the store.
func (s *Store) DB() *sqldb.DB { return s.db }

// SetFrequent makes words frequent that match more than n terms.
func (s *Store) SetFrequent(n int) { s.frequent = n }
