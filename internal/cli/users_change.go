package cli

import (
	"context"

	"clientele/internal/account"
)

// UsersUpdateCmd changes a user.
type UsersUpdateCmd struct {
	ID       string  `arg:"" help:"ID or e-mail address."`
	Email    *string `help:"New e-mail address; it counts as not verified." placeholder:"ADDRESS"`
	Name     *string `help:"Name, as people read it." placeholder:"TEXT"`
	Verified *bool   `negatable:"" help:"Whether the address is known to be the person's."`
	Role     *string `help:"owner, editor, viewer, or none." placeholder:"ROLE"`
	JSONFlag
}

// Run changes the user.
func (c *UsersUpdateCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	role, err := c.role()
	if err != nil {
		return err
	}
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	u, err := findUser(ctx, o.Accounts, c.ID)
	if err != nil {
		return err
	}
	u, err = o.Accounts.Update(ctx, o.Actor, u.ID, 0, func(u *account.User) error {
		if c.Email != nil && *c.Email != u.Email {
			u.Email, u.EmailVerified = *c.Email, false
		}
		set(&u.Name, c.Name)
		set(&u.EmailVerified, c.Verified)
		if c.Role != nil {
			u.Role = role
		}
		return nil
	})
	if err != nil {
		return err
	}
	return printUser(out, c.JSON, &u)
}

// role is the role that --role names. An empty one, as an unset variable leaves it, is not taken for none.
func (c *UsersUpdateCmd) role() (account.Role, error) {
	switch {
	case c.Role == nil, *c.Role == "none":
		return account.NoRole, nil
	case *c.Role == "":
		return account.NoRole, Usagef("--role is owner, editor, viewer or none")
	}
	return account.Role(*c.Role), nil
}

// UsersSetPasswordCmd sets a password.
type UsersSetPasswordCmd struct {
	ID string `arg:"" help:"ID or e-mail address."`
}

// Help is the long help.
func (c *UsersSetPasswordCmd) Help() string {
	return `The password is read from standard input, one line.

Example:
  printf '%s' "$PASSWORD" | clientele users set-password ada@example.com`
}

// Run sets the password.
func (c *UsersSetPasswordCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	password, err := readPassword(out)
	if err != nil {
		return err
	}
	return g.withUser(ctx, c.ID, func(o *opened, u account.User) error {
		if err := o.Accounts.SetPassword(ctx, o.Actor, u.ID, password); err != nil {
			return err
		}
		out.Notef("%s has a new password; all sessions ended.\n", oneLine(u.Email))
		return nil
	})
}

// withUser opens the store, finds a user and runs do.
func (g *Globals) withUser(ctx context.Context, id string, do func(*opened, account.User) error) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	u, err := findUser(ctx, o.Accounts, id)
	if err != nil {
		return err
	}
	return do(o, u)
}

// UsersBlockCmd blocks a user.
type UsersBlockCmd struct {
	ID string `arg:"" help:"ID or e-mail address."`
}

// Run blocks the user.
func (c *UsersBlockCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	return g.withUser(ctx, c.ID, func(o *opened, u account.User) error {
		if _, err := o.Accounts.Block(ctx, o.Actor, u.ID); err != nil {
			return err
		}
		out.Notef("%s is blocked; all sessions and tokens ended.\n", oneLine(u.Email))
		return nil
	})
}

// UsersUnblockCmd unblocks a user.
type UsersUnblockCmd struct {
	ID string `arg:"" help:"ID or e-mail address."`
}

// Run unblocks the user.
func (c *UsersUnblockCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	return g.withUser(ctx, c.ID, func(o *opened, u account.User) error {
		if _, err := o.Accounts.Unblock(ctx, o.Actor, u.ID); err != nil {
			return err
		}
		out.Notef("%s may sign in again.\n", oneLine(u.Email))
		return nil
	})
}

// UsersDeleteCmd deletes a user.
type UsersDeleteCmd struct {
	ID  string `arg:"" help:"ID or e-mail address."`
	Yes bool   `help:"Do it. There is no undo."`
}

// Run deletes the user.
func (c *UsersDeleteCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	return g.withUser(ctx, c.ID, func(o *opened, u account.User) error {
		if err := confirmed(c.Yes, "deletes "+oneLine(u.Email)+" with all sessions and tokens"); err != nil {
			return err
		}
		if err := o.Accounts.Delete(ctx, o.Actor, u.ID); err != nil {
			return err
		}
		out.Notef("Deleted %s.\n", oneLine(u.Email))
		return nil
	})
}
