package registry_test

import (
	"errors"
	"slices"
	"testing"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Whoever reads the record knows applications and APIs by their names.
func TestTheRecordNamesWhomAPermissionIsFor(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		orders := b.api(t, "orders", "read:orders", "write:orders")
		app, _ := b.create(t, registry.Draft{Name: "Night job", Type: registry.MachineToMachine})
		title := "Night job → " + orders.Name
		g, err := b.CreateClientGrant(t.Context(), olga, registry.ClientGrant{ApplicationID: app.ID, APIID: orders.ID, Scopes: oauth.Scopes{"read:orders"}})
		if err != nil {
			t.Fatal(err)
		}
		created := b.lastEvent(t, "client_grant", g.ID)
		for _, want := range []audit.FieldChange{{Field: "application", After: "Night job (" + app.ID + ")"}, {Field: "api", After: orders.Name + " (" + orders.ID + ")"}} {
			if created.TargetName != title || !slices.Contains(created.Changes, want) {
				t.Errorf("made: %+v", created)
			}
		}
		if _, _, err := b.UpdateClientGrant(t.Context(), olga, g.ID, 0, func(g *registry.ClientGrant) error { g.Scopes = oauth.Scopes{"write:orders"}; return nil }); err != nil {
			t.Fatal(err)
		}
		if e := b.lastEvent(t, "client_grant", g.ID); e.TargetName != title || len(e.Changes) != 1 || e.Changes[0].Field != "scopes" {
			t.Errorf("changed: %+v", e)
		}
		if err := b.DeleteClientGrant(t.Context(), olga, g.ID); err != nil {
			t.Fatal(err)
		}
		if e := b.lastEvent(t, "client_grant", g.ID); e.TargetName != title || !slices.Contains(e.Changes, audit.FieldChange{Field: "application", Before: "Night job (" + app.ID + ")"}) {
			t.Errorf("taken back: %+v", e)
		}
		for name, g := range map[string]registry.ClientGrant{
			"Third-party applications → " + orders.Name:     {ThirdParties: true, APIID: orders.ID},
			"Applications nobody approved → " + orders.Name: {Strangers: true, APIID: orders.ID},
		} {
			made, err := b.CreateClientGrant(t.Context(), olga, g)
			if err != nil {
				t.Fatal(err)
			}
			if e := b.lastEvent(t, "client_grant", made.ID); e.TargetName != name {
				t.Errorf("%q instead of %q", e.TargetName, name)
			}
		}
	})
}

// The verbs that change one part of an application can be bound to what the caller saw of the whole.
func TestAVerbOnARevisionThatIsGoneIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		app, minted := b.create(t, registry.Draft{Type: registry.RegularWeb})
		seen := app.Revision
		if _, err := b.SetEnabledAt(t.Context(), olga, app.ID, seen, false); err != nil {
			t.Fatal(err)
		}
		for name, verb := range map[string]func(int64) error{
			"switch": func(at int64) error { _, err := b.SetEnabledAt(t.Context(), olga, app.ID, at, false); return err },
			"revoke": func(at int64) error {
				_, err := b.RevokeSecretAt(t.Context(), olga, app.ID, at, minted[0].Secret.ID)
				return err
			},
			"delete": func(at int64) error { _, err := b.DeleteKeyAt(t.Context(), olga, app.ID, at, "cred_1"); return err },
		} {
			if err := verb(seen); !errors.Is(err, registry.ErrStale) {
				t.Errorf("%s gives %v", name, err)
			}
		}
		if _, err := b.RevokeSecretAt(t.Context(), olga, app.ID, seen+1, minted[0].Secret.ID); err != nil {
			t.Errorf("at the present one: %v", err)
		}
	})
}
