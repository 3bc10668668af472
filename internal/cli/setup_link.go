package cli

import (
	"context"
	"errors"
	"fmt"

	"clientele/internal/account"
)

// SetupLinkCmd prints a new set-up link.
type SetupLinkCmd struct{}

// Run replaces the set-up link by a new one, unless an operator exists already.
func (c *SetupLinkCmd) Run(ctx context.Context, g *Globals, out *Output) error {
	o, err := g.openStore(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	token, expires, err := o.Accounts.NewSetupLink(ctx)
	if errors.Is(err, account.ErrHasOperator) {
		return fmt.Errorf("%w: sign in at the dashboard, or make another with `clientele users create --operator`", err)
	}
	if err != nil {
		return err
	}
	out.Notef("Good once, until %s; an older link is void now:\n", expires.Local().Format("15:04"))
	out.Printf("%s\n", setupURL(o.Issuer, token.Reveal()))
	return nil
}

// setupURL carries the token in the fragment, which no server or proxy sees or logs.
func setupURL(issuer, token string) string { return issuer + "setup#" + token }
