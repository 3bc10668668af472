package cli

import (
	"context"
	"time"

	"clientele/internal/account"
)

// UsersPasskeysCmd is the verbs for the passkeys of a user. Nobody adds one here: that takes the browser of whose it is.
type UsersPasskeysCmd struct {
	List   UsersPasskeysListCmd   `cmd:"" help:"List the passkeys of a user, the oldest first."`
	Remove UsersPasskeysRemoveCmd `cmd:"" help:"Remove a passkey that was lost."`
}

// UsersPasskeysListCmd lists passkeys.
type UsersPasskeysListCmd struct {
	ID string `arg:"" help:"ID or e-mail address of the user."`
	JSONFlag
}

// passkey is one as JSON shows it.
type passkey struct {
	ID        string     `json:"passkey_id"`
	Name      string     `json:"name"`
	Synced    bool       `json:"synced"`
	Created   time.Time  `json:"created_at"`
	Used      *time.Time `json:"last_used_at,omitempty"`
	Suspected *time.Time `json:"suspected_at,omitempty"` // a copy of it may exist
}

// Run prints a table.
func (c *UsersPasskeysListCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	return g.withUser(ctx, c.ID, func(o *opened, u account.User) error {
		held, err := o.Accounts.Passkeys(ctx, u.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return out.printJSON(passkeysJSON(held))
		}
		rows := make([][]string, len(held))
		for i := range held {
			p := &held[i]
			suspected := ""
			if !p.Suspected.IsZero() {
				suspected = "a copy may exist: refused " + day(p.Suspected)
			}
			rows[i] = []string{p.ID, p.Name, yesNo(p.Synced()), day(p.CreatedAt), day(p.LastUsed), suspected}
		}
		return out.table("id|name|synced|added|last used|", rows)
	})
}

func passkeysJSON(held []account.Passkey) []passkey {
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	all := make([]passkey, len(held))
	for i := range held {
		p := &held[i]
		all[i] = passkey{ID: p.ID, Name: p.Name, Synced: p.Synced(), Created: p.CreatedAt, Used: at(p.LastUsed), Suspected: at(p.Suspected)}
	}
	return all
}

// UsersPasskeysRemoveCmd removes passkeys.
type UsersPasskeysRemoveCmd struct {
	ID      string `arg:"" help:"ID or e-mail address of the user."`
	Passkey string `arg:"" optional:"" help:"ID of the passkey, as list prints it."`
	All     bool   `help:"All that the user has."`
	Yes     bool   `help:"Do it. There is no undo."`
}

// Help is the long help.
func (c *UsersPasskeysRemoveCmd) Help() string {
	return `Sessions go on; whoever may have the lost device is signed out with "clientele users sign-out".

Where operators need a passkey (the setting operator_passkeys), an operator without any signs in with the password and adds a new
one before anything else is open.

Examples:
  clientele users passkeys list ada@example.com
  clientele users passkeys remove ada@example.com psk_4Zc1fQ2uVb7KpXw9TnE3aL --yes
  clientele users passkeys remove ada@example.com --all --yes`
}

// Run removes one passkey, or all of them.
func (c *UsersPasskeysRemoveCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	if (c.Passkey == "") != c.All {
		return Usagef("name one passkey, as `clientele users passkeys list` prints it, or all of them with --all")
	}
	return g.withUser(ctx, c.ID, func(o *opened, u account.User) error {
		which, err := c.which(ctx, o.Accounts, u)
		if err != nil {
			return err
		}
		if err := confirmed(c.Yes, "removes "+counted(len(which), "passkey", "passkeys")+" of "+oneLine(u.Email)); err != nil {
			return err
		}
		for _, id := range which {
			if err := o.Accounts.RemovePasskey(ctx, o.Actor, u, id); err != nil {
				return absent("passkey", id+" of "+oneLine(u.Email), err)
			}
		}
		out.Notef("Removed %s of %s.\n", counted(len(which), "passkey", "passkeys"), oneLine(u.Email))
		return nil
	})
}

// which are the passkeys to remove. Nobody is left without a way to sign in: that is said before the first is gone.
func (c *UsersPasskeysRemoveCmd) which(ctx context.Context, a *account.Accounts, u account.User) ([]string, error) {
	if !c.All {
		return []string{c.Passkey}, nil
	}
	held, err := a.Passkeys(ctx, u.ID)
	switch {
	case err != nil:
		return nil, err
	case len(held) == 0:
		return nil, absence{oneLine(u.Email) + " has no passkey", account.ErrNoPasskey}
	case u.PasswordHash == "":
		return nil, account.ErrLastPasskey
	}
	all := make([]string, len(held))
	for i := range held {
		all[i] = held[i].ID
	}
	return all, nil
}

// UsersSignOutCmd ends what a user is signed in with.
type UsersSignOutCmd struct {
	ID string `arg:"" help:"ID or e-mail address."`
}

// Run ends sessions, connections and tokens.
func (c *UsersSignOutCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	return g.withUser(ctx, c.ID, func(o *opened, u account.User) error {
		if err := o.Accounts.EndSessions(ctx, o.Actor, u); err != nil {
			return err
		}
		out.Notef("%s is signed out everywhere; sessions, connected applications and refresh tokens ended.\n", oneLine(u.Email))
		return nil
	})
}
