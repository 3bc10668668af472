package settings

import (
	"context"
	"errors"
	"fmt"

	"clientele/internal/audit"
)

// servedName is the row beside the settings that says under which issuer the server was started last. It is no setting: nobody sets
// it, and nothing that the server does depends on it. It is there for who works beside the server.
const servedName = "public_url"

// Served is the issuer that the server was started with last, on whichever node; empty if it never was.
func (k *Keeper) Served(ctx context.Context) (string, error) {
	stored, err := k.Store.Settings(ctx)
	if err != nil {
		return "", fmt.Errorf("cannot read the settings: %w", err)
	}
	return stored[servedName], nil
}

// Serve keeps the issuer that the server is started with, and returns the one until now, empty if this is the first. A change is
// recorded like one of a setting, in the name of actor: every token, passkey and client that knows the old one notices.
func (k *Keeper) Serve(ctx context.Context, actor audit.Actor, issuer string) (before string, err error) {
	before, err = k.Served(ctx)
	if err != nil || before == issuer {
		return before, err
	}
	write := Write{Name: servedName, Was: before, Value: issuer, Event: k.event(actor, servedName, before, issuer)}
	err = k.Store.SaveSettings(ctx, []Write{write})
	if errors.Is(err, ErrStale) { // another node started at this moment
		return k.Served(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("cannot keep the public URL: %w", err)
	}
	return before, nil
}
