// Package users is the pages of people: list, create, profile, role, password, what they are signed in with.
//
//	GET, POST /dashboard/users …/new …/{id}             profile, role, password, reset link
//	GET  /dashboard/users/{id}/access                   sessions, passkeys and applications of a person; each can be ended
//	GET, POST /dashboard/users/{id}/danger              block, delete
package users
