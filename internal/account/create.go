package account

import (
	"context"
	"strings"
	"unicode/utf8"

	"clientele/internal/audit"
	"clientele/internal/secret"
)

// MaxNameLength is how long a person's name may be, in characters.
const MaxNameLength = 150

// NewUser is what a user is made from.
type NewUser struct {
	Email         string
	EmailVerified bool
	Name          string // optional
	Password      string // empty = cannot sign in with a password yet
	Role          Role
}

// Create makes a user. It fails with *Invalid, which has every violation, or ErrConflict if the address is taken.
func (a *Accounts) Create(ctx context.Context, actor audit.Actor, n NewUser) (User, error) {
	u, err := a.draft(ctx, n)
	if err != nil {
		return User{}, err
	}
	if err := a.Store.CreateUser(ctx, u, a.event(EventCreated, actor, u, describe(User{}, u)...)); err != nil {
		return User{}, err
	}
	return u, nil
}

// draft checks n and makes the user of it, without keeping anything.
func (a *Accounts) draft(ctx context.Context, n NewUser) (User, error) {
	u, err := a.checked(n)
	if err != nil || n.Password == "" {
		return u, err
	}
	u.PasswordHash, err = a.Passwords.Hash(ctx, n.Password)
	return u, err
}

// checked is draft without the hash of the password, which takes a while.
func (a *Accounts) checked(n NewUser) (User, error) {
	now := a.Now()
	u := User{
		ID: "usr_" + secret.ID(22), Email: strings.TrimSpace(n.Email), EmailVerified: n.EmailVerified, Name: strings.TrimSpace(n.Name),
		Role: n.Role, CreatedAt: now, UpdatedAt: now, Revision: 1,
	}
	invalid := &Invalid{}
	checkUser(invalid, &u)
	if n.Password != "" {
		checkPassword(invalid, n.Password, a.passwordContext(u)...)
	}
	if err := invalid.orNil(); err != nil {
		return User{}, err
	}
	return u, nil
}

// checkUser adds what is wrong with u and derives the key of its address.
func checkUser(invalid *Invalid, u *User) {
	key, err := EmailKey(u.Email)
	switch {
	case u.Email == "":
		invalid.add("email", "missing", "An e-mail address is needed.")
	case err != nil:
		invalid.add("email", "malformed", "This "+err.Error()+".")
	}
	u.EmailKey = key
	switch {
	case utf8.RuneCountInString(u.Name) > MaxNameLength:
		invalid.add("name", "too_long", "The name may have 150 characters at most.")
	case !printable(u.Name):
		invalid.add("name", "malformed", "The name has a character that cannot be shown.")
	}
	if !u.Role.Known() {
		invalid.add("role", "unknown", "The role is owner, editor, viewer or none.")
	}
}

// passwordContext are the words that a guesser tries first for u.
func (a *Accounts) passwordContext(u User) []string {
	local, domain, _ := strings.Cut(u.EmailKey, "@")
	host, _, _ := strings.Cut(domain, ".")
	return append(strings.Fields(u.Name), local, host, u.EmailKey, u.Name, a.Policy().InstanceName, "clientele")
}

func describe(before, after User) []audit.FieldChange {
	var changes []audit.FieldChange
	note := func(field, was, is string) {
		if was != is {
			changes = append(changes, audit.FieldChange{Field: field, Before: was, After: is})
		}
	}
	note("email", before.Email, after.Email)
	note("name", before.Name, after.Name)
	note("role", string(before.Role), string(after.Role))
	note("email_verified", yes(before.EmailVerified), yes(after.EmailVerified))
	note("blocked", yes(before.Blocked), yes(after.Blocked))
	if before.PasswordHash != after.PasswordHash {
		note("password", "", "set")
	}
	return changes
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
