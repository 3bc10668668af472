// Package singleuse kills a process that writes to the store fifty times with SIGKILL and asks for all it had acknowledged:
// a used code must stay used, a rotated refresh token rotated, a revoked grant revoked, and the record whole. SQLite runs as
// in production.
package singleuse
