// Package store keeps everything, in plain SQL that SQLite and PostgreSQL both read. It satisfies the small Store interface
// that each room declares.
//
// Invariants: each method is one transaction with an outcome; the database decides races, with a condition in the write
// itself, and zero rows is the answer; a change and its event are written together or not at all; the record of changes is
// append-only and chained, in commit order; a revocation that follows from misuse is committed before it is reported; no
// secret is here in clear, only keyed hashes and sealed keys; the time is always the caller's.
//
// Errors are the sentinels of the nouns: registry.ErrNotFound, account.ErrConflict and so on.
package store
