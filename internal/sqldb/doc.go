// Package sqldb is the one place that knows which SQL engine is behind the store: SQLite (a file, the default) or
// PostgreSQL. Everything above it writes one SQL text for both, with $1, $2 … as placeholders.
//
// Invariants: SQLite has one writer connection and several that may only read, so readers never wait for a writer; a write
// transaction takes its lock when it begins; a commit is durable when Update returns (synchronous=FULL, because in WAL
// mode NORMAL can lose the last commits on power loss, which would bring back a used code); times are integer microseconds
// in UTC, and NULL is the zero time; rows are always closed before a method returns; PostgreSQL is never spoken to in the
// simple protocol.
package sqldb
