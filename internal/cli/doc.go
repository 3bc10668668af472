// Package cli is the command line: `clientele serve`, and verbs for whoever looks after the machine.
//
//	serve                              start the server
//	migrate                            bring the database to this program's schema, without starting
//	apps apis grants users             create, list, show, update, delete
//	settings                           what can be changed while the server runs
//	keys                               signing keys and the master key
//	setup-link                         a new one-time link that makes the first operator
//
// The verbs work on the store directly, also beside a running server, which sees a change within a second. They refuse to
// run as another user than the owner of the data directory, never migrate by themselves, and write who ran them (the user
// of the operating system) into the record.
//
// Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 there is no such thing.
package cli
