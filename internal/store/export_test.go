package store

import "clientele/internal/sqldb"

// DB lets tests look behind the store.
func (s *Store) DB() *sqldb.DB { return s.db }

// Frequent is how many terms make a word frequent.
const Frequent = frequent
