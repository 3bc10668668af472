// Package storetest opens stores for tests: a SQLite one that needs nothing, and one on PostgreSQL if the environment
// variable CLIENTELE_TEST_POSTGRES holds the postgres:// URL of a database whose user may create others. Every test gets a
// database of its own, which is removed when the test ends.
//
// With CI or CLIENTELE_REQUIRE_POSTGRES set, a test on every engine fails if there is no PostgreSQL to run on.
package storetest
