// Package account is who signs in: users with their passwords, operators with their roles, and browser sessions.
//
// Invariants:
//
//   - Passwords are argon2id behind a semaphore, so that no crowd of sign-ins takes the machine's memory. NFKC first.
//   - An unknown user and a wrong password answer alike and take alike. The throttle is asked before argon2 is.
//   - The throttle slows guessing and never locks the owner out: every lane opens again by itself, and the lane of an
//     address or browser that the owner signed in from is not closed by what strangers do elsewhere.
//   - A session's token is kept as a keyed hash and changes at every sign-in. A blocked user's session is worth nothing.
//   - A user's id is opaque and never reused. An e-mail address belongs to one user, whatever its spelling.
//   - There is always an owner: the last one cannot be deleted, blocked or demoted.
//
// NIST SP 800-63B-4 §3.1.1 (passwords), RFC 9106 (argon2), RFC 8176 (amr).
package account
