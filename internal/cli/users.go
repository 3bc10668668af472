package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"strings"

	"clientele/internal/account"
	"clientele/internal/management"
)

// UsersCmd is the verbs for users and operators.
type UsersCmd struct {
	Create      UsersCreateCmd      `cmd:"" help:"Create a user or, with --operator, an operator."`
	List        UsersListCmd        `cmd:"" help:"List users, newest first."`
	Show        UsersShowCmd        `cmd:"" help:"Show a user."`
	Update      UsersUpdateCmd      `cmd:"" help:"Change a user."`
	SetPassword UsersSetPasswordCmd `cmd:"" help:"Set a password; ends the user's sessions."`
	Passkeys    UsersPasskeysCmd    `cmd:"" help:"Passkeys of a user: list, and remove what was lost."`
	SignOut     UsersSignOutCmd     `cmd:"" help:"End a user's sessions, connected applications and refresh tokens."`
	Block       UsersBlockCmd       `cmd:"" help:"Keep a user from signing in; ends sessions and tokens."`
	Unblock     UsersUnblockCmd     `cmd:"" help:"Let a user sign in again."`
	Delete      UsersDeleteCmd      `cmd:"" help:"Delete a user."`
}

// findUser finds a user by id or e-mail address.
func findUser(ctx context.Context, a *account.Accounts, id string) (account.User, error) {
	find := a.User
	if strings.Contains(id, "@") {
		find = a.UserByEmail
	}
	u, err := find(ctx, id)
	return u, absent("user", id, err)
}

// maxPasswordLine is more than any password may have, so that a file given by mistake is not read whole.
const maxPasswordLine = 4096

// readPassword reads one line of standard input. There is no flag for it: arguments are seen by other users of the machine
// and end up in the shell's history.
func readPassword(out *Output) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(out.In, maxPasswordLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	if line == "" {
		return "", Usagef("the password is read from standard input, which was empty: printf '%%s' \"$PASSWORD\" | clientele users …")
	}
	return line, nil
}

// UsersCreateCmd creates a user.
type UsersCreateCmd struct {
	Email      string `arg:"" help:"E-mail address."`
	Name       string `help:"Name, as people read it." placeholder:"TEXT"`
	Verified   bool   `help:"The address is known to be the person's."`
	Operator   bool   `help:"May sign in to the dashboard."`
	Role       string `help:"With --operator: owner, editor or viewer. Default: owner." enum:",owner,editor,viewer" default:"" placeholder:"ROLE"`
	NoPassword bool   `help:"Set no password now."`
	JSONFlag
}

// Help is the long help.
func (c *UsersCreateCmd) Help() string {
	return `The password is read from standard input, one line.

Examples:
  printf '%s' "$PASSWORD" | clientele users create ada@example.com --name "Ada"
  printf '%s' "$PASSWORD" | clientele users create ops@example.com --operator --role editor`
}

// Run creates the user.
func (c *UsersCreateCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	n := account.NewUser{Email: c.Email, Name: c.Name, EmailVerified: c.Verified}
	switch {
	case c.Operator:
		n.Role = account.Role(cmp.Or(c.Role, string(account.Owner)))
	case c.Role != "":
		return Usagef("--role is what an operator may do: add --operator")
	}
	if !c.NoPassword {
		password, err := readPassword(out)
		if err != nil {
			return err
		}
		n.Password = password
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	u, err := o.Accounts.Create(ctx, o.Actor, n)
	if err != nil {
		return err
	}
	return printUser(out, c.JSON, &u)
}

func printUser(out *Output, asJSON bool, u *account.User) error {
	if asJSON {
		return out.printJSON(management.UserJSON(u))
	}
	return out.facts(
		fact("id", u.ID), fact("e-mail", u.Email), fact("verified", yesNo(u.EmailVerified)), fact("name", u.Name), fact("operator", string(u.Role)),
		fact("state", userState(u)), fact("created", moment(u.CreatedAt)), fact("last sign-in", day(u.LastSignIn)),
	)
}

func userState(u *account.User) string {
	switch {
	case u.Blocked:
		return "blocked"
	case u.PasswordHash == "":
		return "no password"
	}
	return "active"
}

// UsersListCmd lists users.
type UsersListCmd struct {
	Search    string `help:"Beginning of the e-mail address, or of a word of the name." placeholder:"TEXT"`
	Operators bool   `help:"Only operators."`
	Limit     int    `help:"How many at most; 0 for all." default:"100"`
	JSONFlag
}

// Run prints a table.
func (c *UsersListCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	users, err := c.read(ctx, o.Accounts)
	if err != nil {
		return err
	}
	if c.JSON {
		all := make([]management.User, len(users))
		for i := range users {
			all[i] = management.UserJSON(&users[i])
		}
		return out.printJSON(all)
	}
	rows := make([][]string, len(users))
	for i := range users {
		u := &users[i]
		rows[i] = []string{u.ID, u.Email, u.Name, string(u.Role), userState(u), day(u.LastSignIn)}
	}
	return out.table("id|e-mail|name|operator|state|last sign-in", rows)
}

func (c *UsersListCmd) read(ctx context.Context, a *account.Accounts) ([]account.User, error) {
	all := []account.User{}
	q := account.Query{Search: c.Search, Operators: c.Operators, Limit: 100}
	for {
		page, err := a.Users(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Users...)
		if c.Limit > 0 && len(all) >= c.Limit {
			return all[:c.Limit], nil
		}
		if q.After = page.Next; q.After == "" {
			return all, nil
		}
	}
}

// UsersShowCmd shows a user.
type UsersShowCmd struct {
	ID string `arg:"" help:"ID or e-mail address."`
	JSONFlag
}

// Run prints the user.
func (c *UsersShowCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	u, err := findUser(ctx, o.Accounts, c.ID)
	if err != nil {
		return err
	}
	return printUser(out, c.JSON, &u)
}
