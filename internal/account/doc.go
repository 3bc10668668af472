// Package account is who signs in: users with their passwords, operators, and browser sessions.
//
// Invariants: passwords are argon2id behind a semaphore; an unknown user and a wrong password answer alike and take alike;
// a session's token is kept as a keyed hash and changes at every sign-in; a user's id is opaque and never reused.
package account
